import Iceberg
import IcebergTestSupport
import Testing

/// Filters of metadata tables, which leave out manifests and files, against rows of all of them.
@Suite(.needsSharedFiles) struct MetadataTableFilterTests {
  static let tables = ["golden", "golden-java", "golden-java/spark"].flatMap { folder in
    SharedFiles.folders(in: folder).filter { SharedFiles.has($0 + "/expected.json") }
  }

  /// The metadata tables of which anything is left out, and a condition that no row satisfies and no
  /// manifest decides.
  static let never: [(name: MetadataTable, condition: String)] = [
    (.entries, "status = 9"), (.allEntries, "status = 9"), (.files, "record_count = -1"),
    (.allFiles, "record_count = -1"), (.deleteFiles, "record_count = -1"),
    (.partitions, "record_count = -1"), (.positionDeletes, "pos = -1"),
  ]

  /// What manifests and entries are left out by, and something else.
  static let columns: Set = [
    "partition", "spec_id", "content", "file_path", "delete_file_path", "pos", "record_count",
  ]

  private static func chosen(_ fields: [Field]) -> [Field] {
    fields.compactMap { field in
      if columns.contains(field.name) { return field }
      guard field.name == "data_file" else { return nil }
      var field = field
      field.type = .struct(chosen(field.type.children))
      return field
    }
  }

  @Test("what a filter leaves out has no row that satisfies it", arguments: tables)
  func filters(path: String) async throws {
    var random = SeededRandom("metadata-table-filters/" + path)
    let table = try await GoldenTable(path).table
    for (name, condition) in Self.never {
      let scan = table.metadataTable(name)
      // Delete files in ORC, partitions that cannot be shown, and tables that are broken on purpose.
      guard let whole = try? await Self.read(scan), !whole.rows.isEmpty else { continue }
      let schema = Schema(Self.chosen(try scan.schema.fields))
      let rounds = LongTests.isEnabled ? 200 : whole.rows.count > 100 ? 1 : 2
      for _ in 0..<rounds {
        let filter = random.filter(over: schema, depth: 2, values: whole.values)
        let pruned = try await Self.read(scan.filter(filter)).rows
        let all = try await Self.read(scan.filter(.or([filter, try Filter(parsing: condition)])))
        #expect(pruned == all.rows, "\(name): \(filter)")
      }
    }
  }

  /// The rows of a scan as JSON, and the values in them by the ids of their columns.
  private static func read(
    _ scan: MetadataTableScan
  ) async throws -> (rows: [String], values: [Int: [Literal]]) {
    let schema = try scan.schema
    let encoder = RowJSONEncoder(schema: schema)
    var rows: [String] = []
    var values: [Int: [Literal]] = [:]
    for try await batch in scan.batches() {
      for row in 0..<batch.rowCount {
        rows.append(String(decoding: try encoder.encode(row, of: batch), as: UTF8.self))
      }
      collect(batch.columns, schema.fields, into: &values)
    }
    return (rows, values)
  }

  private static func collect(
    _ columns: [Column], _ fields: [Field], into values: inout [Int: [Literal]]
  ) {
    for (column, field) in zip(columns, fields) {
      if case .struct(let parts) = column.values, case .struct(let children) = field.type {
        collect(parts, children, into: &values)
      } else if field.type.isPrimitive {
        for row in 0..<column.count {
          if let value = Literal(column.value(at: row), type: field.type) {
            values[field.id, default: []].append(value)
          }
        }
      }
    }
  }
}
