import Iceberg
import IcebergTestSupport
import Testing

/// The ids of rows, and the numbers of the commits that last changed them, as Spark finds them in tables
/// that this library wrote.
@Suite(.serialized, .long, .needsSpark) struct SparkLineageTests {
  private static func batch(_ ids: Range<Int64>) throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string($0 % 3 == 0 ? "a" : "b"), .double(Double($0))] },
      schema: SampleTable.schema)
  }

  /// `id row-id sequence-number` of every row, in the order of the ids.
  private static func ours(_ table: Table) async throws -> [String] {
    var rows: [(Int64, String)] = []
    let scan = table.scan().select("id", "_row_id", "_last_updated_sequence_number")
    for try await batch in scan.batches() {
      for row in 0..<batch.rowCount {
        let numbers = batch.columns.map { column -> Int64? in
          guard case .long(let values) = column.values else { return nil }
          return column.validity?[row] == false ? nil : values[row]
        }
        let words = numbers.map { $0.map { "\($0)" } ?? "null" }
        rows.append((numbers[0] ?? -1, words.joined(separator: " ")))
      }
    }
    return rows.sorted { $0.0 < $1.0 }.map(\.1)
  }

  private static func theirs(_ name: String, _ spark: SparkProcess) async throws -> [String] {
    try await spark.column(
      """
      SELECT concat_ws(' ', id, coalesce(_row_id, 'null'), \
      coalesce(_last_updated_sequence_number, 'null')) FROM ice.\(name) ORDER BY id
      """)
  }

  @Test(
    "row ids and sequence numbers are kept through every change, as Spark reads them",
    arguments: [true, false])
  func changes(partitioned: Bool) async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path("wh"))
      let spark = try SparkProcess(warehouse: directory.path("wh"))
      let name = "db.lineage\(partitioned ? 1 : 0)"
      var table = try await catalog.createTable(
        TableIdentifier(parsing: name),
        SampleTable.creation(partitioned: partitioned, properties: ["format-version": "3"]))
      var seen: [String: String] = [:]
      func check(_ what: Comment) async throws {
        let rows = try await Self.ours(table)
        #expect(!rows.isEmpty && !rows.contains { $0.contains("null") }, what)
        #expect(try await Self.theirs(name, spark) == rows, what)
        // A row that nobody changed is what it was.
        for row in rows {
          let words = row.split(separator: " ").map(String.init)
          let now = words[1...].joined(separator: " ")
          #expect(seen[words[0], default: now] == now, what)
          seen[words[0]] = now
        }
      }
      table = try await table.append(Self.batch(0..<300))
      table = try await table.append(Self.batch(300..<500))
      try await check("appended")
      table = try await table.delete(
        where: col("id") >= 20 && col("id") < 60, options: RowChangeOptions(mode: .copyOnWrite)
      ).table
      try await check("deleted by copy-on-write")
      table = try await table.delete(
        where: col("id") >= 400 && col("id") < 420, options: RowChangeOptions(mode: .mergeOnRead)
      ).table
      try await check("deleted by merge-on-read")
      let all = FileGroupOptions(rewritesAll: true)
      table = try await table.rewriteDataFiles(.init(groups: all)).table
      try await check("packed")
      table = try await table.append(Self.batch(500..<600))
      table = try await table.rewriteDataFiles(
        .init(strategy: .sort([.descending("id")]), groups: all)
      ).table
      try await check("sorted")
      table = try await table.commit { $0.rewriteManifests() }
      try await check("manifests rewritten")
    }
  }
}
