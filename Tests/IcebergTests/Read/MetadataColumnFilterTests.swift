import Iceberg
import IcebergTestSupport
import Testing

@Suite("Filters of metadata columns")
struct MetadataColumnFilterTests {
  /// Three files with the ids from 0, 100 and 200, of which the second has another partition spec.
  static func table(version: Int = 3) async throws -> Table {
    let catalog = MemoryCatalog(fileIO: MemoryFileIO())
    var table = try await catalog.createTable(
      "db.t", schema: Schema([.required("id", .long), .optional("town", .string)]),
      properties: ["format-version": "\(version)"])
    func append(_ first: Int64, _ count: Int64) async throws {
      let rows = (first..<first + count).map { [Literal.long($0), .string("Ulm")] as [Literal?] }
      table = try await table.append(
        RecordBatch(rows: rows, schema: table.metadata.currentSchema))
    }
    try await append(0, 5)
    table = try await table.commit { tx in tx.partitioning.add("town") }
    try await append(100, 1)
    try await append(200, 3)
    return table
  }

  private func ids(_ table: Table, _ filter: String) async throws -> [Int64] {
    var ids: [Int64] = []
    let scan = table.scan().select("id").filter(try Filter(parsing: filter))
    for try await batch in scan.batches() {
      guard case .long(let values) = batch.columns[0].values else { continue }
      ids += values
    }
    #expect(try await scan.count() == Int64(ids.count))
    return ids.sorted()
  }

  @Test(
    "rows are chosen by where they are",
    arguments: [
      ("_pos = 2", [2, 202]), ("_pos >= 1 AND id >= 200 AND _spec_id = 1", [201, 202]),
      ("_spec_id = 0", [0, 1, 2, 3, 4]), ("_spec_id <> 0 AND _pos = 0", [100, 200]),
      ("_spec_id = 0 AND id > 2", [3, 4]), ("NOT _spec_id = 1 OR id = 100", [0, 1, 2, 3, 4, 100]),
      ("_row_id = 5", [100]), ("_row_id IN (0, 8)", [0, 202]), ("_row_id IS NULL", []),
      ("_last_updated_sequence_number = 2", [100]),
      ("_last_updated_sequence_number < 3 AND _pos = 0", [0, 100]),
      ("_file IS NULL", []), ("_spec_id = 7", []), ("_pos = 1 OR town = 'Bern'", [1, 201]),
    ] as [(String, [Int64])])
  func choosing(filter: String, expected: [Int64]) async throws {
    let table = try await Self.table()
    #expect(try await ids(table, filter) == expected)
  }

  @Test("only the file that is named is read, and explained why not the others")
  func oneFile() async throws {
    let table = try await Self.table(version: 2)
    let tasks = try await table.scan().tasks()
    let wanted = try #require(tasks.first { $0.file.specID == 0 }).file.location
    let scan = table.scan().filter(col("_file") == Literal.string(wanted))
    let left = try await scan.tasks()
    #expect(left.map(\.file.location) == [wanted])
    #expect(left.allSatisfy { $0.residual == .all })
    #expect(try await ids(table, "_file = '\(wanted)'") == [0, 1, 2, 3, 4])
    #expect(try await ids(table, "_file = '\(wanted)' AND _pos > 2") == [3, 4])
    #expect(try await ids(table, "_file = '\(wanted)' OR id = 100") == [0, 1, 2, 3, 4, 100])
    #expect(try await ids(table, "_row_id = 0").isEmpty, "version 2 has no row ids")
    let explanation = try await scan.explain()
    let skipped = explanation.files.filter { !$0.decision.isKept }
    #expect(skipped.count == tasks.count - 1)
    #expect(explanation.files.contains { $0.file.location == wanted && $0.decision.isKept })
    for file in skipped {
      guard case .skipped(let rule, _) = file.decision else { continue }
      #expect(rule == .place)
    }
  }

  @Test(
    "columns that rows cannot be chosen by are refused before the first row",
    arguments: [
      ("_deleted = true", IcebergError.Code.unsupported), ("_partition.x = 1", .unsupported),
      ("_partition IS NULL", .unsupported), ("_nothing = 1", .notFound),
      ("_pos = 'a'", .invalidArgument),
    ] as [(String, IcebergError.Code)])
  func refused(filter: String, code: IcebergError.Code) async throws {
    let table = try await Self.table(version: 2)
    await #expect {
      _ = try await table.scan().filter(try Filter(parsing: filter)).tasks()
    } throws: {
      ($0 as? IcebergError)?.code == code
    }
  }

  @Test("a column of the table that has the name of a metadata column is the one that is meant")
  func ownColumn() async throws {
    let catalog = MemoryCatalog(fileIO: MemoryFileIO())
    var table = try await catalog.createTable(
      "db.t", schema: Schema([.required("id", .long), .required("_pos", .long)]))
    table = try await table.append(
      RecordBatch(
        rows: [[.long(1), .long(70)], [.long(2), .long(71)]], schema: table.metadata.currentSchema))
    #expect(try await ids(table, "_pos = 71") == [2])
  }
}
