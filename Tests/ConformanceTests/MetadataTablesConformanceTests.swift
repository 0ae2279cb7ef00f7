import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Metadata tables against what the reference implementation shows, see
/// `Spec/Vectors/metadata-tables/SOURCE.md`.
@Suite(.needsSharedFiles) struct MetadataTablesConformanceTests {
  static let tables = ["v1_partition_evolution", "v3_dv", "v3_types_all_and_nested"]

  /// What is expected of one metadata table at one snapshot.
  struct Case: Hashable {
    /// The snapshot; nil is the current one.
    var snapshotID: Int64?
    /// The metadata table.
    var name: MetadataTable
  }

  private static func lines(
    _ table: String, _ kind: String
  ) throws -> [Case: [JSONValue]] {
    var cases: [Case: [JSONValue]] = [:]
    for line in try Vectors.text("metadata-tables/\(table).tsv").split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
      let name = try #require(MetadataTable(rawValue: String(parts[2])))
      let value = try JSONValue(parsing: Bytes(Array(parts[3].utf8)))
      let item = Case(snapshotID: Int64(parts[1]), name: name)
      if parts[0] == kind { cases[item, default: []].append(value) }
    }
    return cases
  }

  @Test("columns, types, ids and docs are those of the reference implementation", arguments: tables)
  func schemas(table: String) async throws {
    let golden = try await GoldenTable("golden-java/\(table)").table
    var count = 0
    for (item, values) in try Self.lines(table, "schema") {
      var ours = try golden.metadataTable(item.name).schema
      // Newer than the release that wrote the vectors.
      if item.name == .allManifests { #expect(ours.fields.removeLast().name == "key_metadata") }
      #expect(ours == (try Schema(json: values[0])), "\(item)")
      count += 1
    }
    #expect(count == (table == "v3_types_all_and_nested" ? 3 : 16))
  }

  @Test("rows are those of the reference implementation", arguments: tables)
  func rows(table: String) async throws {
    let golden = try await GoldenTable("golden-java/\(table)").table
    let expected = try Self.lines(table, "row")
    for (item, values) in expected {
      var scan = golden.metadataTable(item.name)
      if let id = item.snapshotID { scan = scan.at(.snapshot(id)) }
      if item.name == .allManifests {
        scan = scan.select(try scan.schema.fields.dropLast().map(\.name))
      }
      let encoder = RowJSONEncoder(schema: try scan.schema)
      var ours: [String] = []
      for try await batch in scan.batches() {
        for row in 0..<batch.rowCount {
          let line = Bytes(try encoder.encode(row, of: batch))
          ours.append(Self.text(try JSONValue(parsing: line)))
        }
      }
      #expect(ours.sorted() == values.map(Self.text).sorted(), "\(item)")
    }
  }

  /// A value as text that is the same however its numbers are written. The text `null`, which the
  /// reference implementation shows where a manifest has no bound, is taken as null.
  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string("null"), .null: "null"
    case .number: "\(Double(String(decoding: value.serialized(), as: UTF8.self)) ?? .nan)"
    case .array(let values): "[\(values.map(text).joined(separator: ","))]"
    case .object(let object):
      "{\(object.members.map { "\($0.name):\(text($0.value))" }.joined(separator: ","))}"
    default: String(decoding: value.serialized(), as: UTF8.self)
    }
  }
}
