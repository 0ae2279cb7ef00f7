import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// What `Interop/java/MetadataTables.java` writes about metadata tables.
struct MetadataTableAnswers {
  /// One metadata table at one snapshot.
  struct Case: Hashable {
    /// The snapshot; nil is the current one.
    var snapshotID: Int64?
    /// The metadata table.
    var name: MetadataTable
  }

  /// The columns of the tables that have been looked at.
  private(set) var schemas: [Case: Schema] = [:]
  /// The rows, in the order of text.
  private(set) var rows: [Case: [String]] = [:]
  /// Why rows could not be shown.
  private(set) var errors: [Case: String] = [:]

  /// What stands in the lines of a file.
  init(parsing text: String) throws {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
      try #require(parts.count == 4)
      let name = try #require(MetadataTable(rawValue: String(parts[2])))
      let item = Case(snapshotID: Int64(parts[1]), name: name)
      if parts[0] == "error" {
        errors[item] = String(parts[3])
        continue
      }
      let value = try JSONValue(parsing: Bytes(Array(parts[3].utf8)))
      switch parts[0] {
      case "schema": schemas[item] = try Schema(json: value)
      case "row": rows[item, default: []].append(Self.text(value))
      default: Issue.record("a line of another kind: \(parts[0])")
      }
    }
    for item in rows.keys { rows[item]?.sort() }
  }

  /// The columns that this library shows, as far as the release has them that wrote the answers.
  static func schema(of name: MetadataTable, in table: Table) throws -> Schema {
    var schema = try table.metadataTable(name).schema
    if name == .allManifests { #expect(schema.fields.removeLast().name == "key_metadata") }
    return schema
  }

  /// The rows that this library shows, in the order of text.
  static func rows(of item: Case, in table: Table) async throws -> [String] {
    let schema = try schema(of: item.name, in: table)
    var scan = table.metadataTable(item.name).select(schema.fields.map(\.name))
    if let id = item.snapshotID { scan = scan.at(.snapshot(id)) }
    let encoder = RowJSONEncoder(schema: schema)
    var rows: [String] = []
    for try await batch in scan.batches() {
      for row in 0..<batch.rowCount {
        let line = Bytes(try encoder.encode(row, of: batch))
        rows.append(text(try JSONValue(parsing: line)))
      }
    }
    return rows.sorted()
  }

  /// A value as text that is the same however its numbers are written. The text `null`, which the
  /// reference implementation shows where a manifest has no bound, is taken as null.
  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string("null"), .null: "null"
    case .integer(let number): "\(number)"
    case .number: number(String(decoding: value.serialized(), as: UTF8.self))
    case .array(let values): "[\(values.map(text).joined(separator: ","))]"
    case .object(let object):
      "{\(object.members.map { "\($0.name):\(text($0.value))" }.joined(separator: ","))}"
    default: String(decoding: value.serialized(), as: UTF8.self)
    }
  }

  private static func number(_ text: String) -> String {
    let value = Double(text) ?? .nan
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}
