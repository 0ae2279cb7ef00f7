import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// The same tables compacted by Spark's procedures and by this library: the same files are chosen, the
/// result columns are the same, and each reads the rows of the other.
@Suite(.serialized, .long, .needsSpark) struct SparkCompactionTests {
  private static func batch(_ ids: [Int64]) throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string($0 % 3 == 0 ? "a" : "b"), .double(Double($0))] },
      schema: SampleTable.schema)
  }

  private static func ids(_ table: Table) async throws -> [Int64] {
    var ids: [Int64] = []
    for try await batch in table.scan().select("id").batches() {
      if case .long(let values)? = batch.columns.first?.values { ids += values }
    }
    return ids.sorted()
  }

  /// A table with a history; two of the same seed have the same one.
  private static func table(
    _ catalog: FileSystemCatalog, _ name: TableIdentifier, version: Int, partitioned: Bool,
    seed: UInt64
  ) async throws -> Table {
    var random = SeededRandom(seed: seed)
    var table = try await catalog.createTable(
      name,
      SampleTable.creation(
        partitioned: partitioned,
        properties: ["format-version": "\(version)", "write.delete.granularity": "file"]))
    var next: Int64 = 0
    for _ in 0..<Int.random(in: 6...14, using: &random) {
      let count = Int64.random(in: 1...400, using: &random)
      table = try await table.append(batch(Array(next..<next + count)))
      next += count
      if Int.random(in: 0..<3, using: &random) > 0 {
        let first = Int64.random(in: 0..<next, using: &random)
        let last = first + Int64.random(in: 1...200, using: &random)
        table = try await table.delete(
          where: col("id") >= first && col("id") < last,
          options: RowChangeOptions(mode: .mergeOnRead)
        ).table
      }
    }
    return table
  }

  private static let optionSets: [[String: String]] = [
    [:], ["min-input-files": "2"], ["rewrite-all": "true"],
    ["target-file-size-bytes": "4000", "min-input-files": "2"],
    ["target-file-size-bytes": "3000", "max-file-size-bytes": "3100"],
    ["delete-file-threshold": "1"], ["delete-ratio-threshold": "0.1"],
    ["rewrite-all": "true", "max-file-group-size-bytes": "9000"],
    [
      "rewrite-all": "true", "partial-progress.enabled": "true",
      "partial-progress.max-commits": "3",
    ],
    ["rewrite-all": "true", "remove-dangling-deletes": "true"],
    ["rewrite-all": "true", "use-starting-sequence-number": "false"],
  ]

  private static func text(_ options: [String: String]) -> String {
    options.sorted { $0.key < $1.key }.map { "'\($0.key)', '\($0.value)'" }.joined(separator: ", ")
  }

  @Test(
    "rewrite_data_files chooses the same files and returns the same columns", arguments: [2, 3])
  func dataFiles(version: Int) async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path("wh"))
      let spark = try SparkProcess(warehouse: directory.path("wh"))
      for (number, options) in Self.optionSets.enumerated() {
        let partitioned = number % 2 == 0
        let seed = UInt64(100 * version + number)
        let (ours, theirs) = ("db.ours\(number)", "db.theirs\(number)")
        let table = try await Self.table(
          catalog, TableIdentifier(parsing: ours), version: version, partitioned: partitioned,
          seed: seed)
        _ = try await Self.table(
          catalog, TableIdentifier(parsing: theirs), version: version, partitioned: partitioned,
          seed: seed)
        let expected = try await Self.ids(table)
        let report = try await table.rewriteDataFiles(RewriteDataFilesOptions(parsing: options))
        let map = options.isEmpty ? "" : ", options => map(\(Self.text(options)))"
        let columns = try await spark.call(
          "CALL ice.system.rewrite_data_files(table => '\(theirs)'\(map))")
        let told = Comment(rawValue: "v\(version) \(options): \(columns)")
        #expect(
          columns["rewritten_data_files_count"] == Int64(report.rewrittenDataFilesCount), told)
        #expect(columns["rewritten_bytes_count"] == report.rewrittenBytesCount, told)
        if options["target-file-size-bytes"] == nil {
          // Files of a few kilobytes are closed elsewhere: Java looks at their size every 1000 rows.
          #expect(columns["added_data_files_count"] == Int64(report.addedDataFilesCount), told)
        }
        #expect(columns["failed_data_files_count"] == 0, told)
        if let removed = columns["removed_delete_files_count"] {
          #expect(removed == Int64(report.removedDeleteFilesCount), told)
        }
        // Each reads what the other wrote.
        #expect(try await spark.ids(ours) == expected, told)
        let other = try await catalog.loadTable(TableIdentifier(parsing: theirs))
        #expect(try await Self.ids(other) == expected, told)
        let live = try await report.table.scan().tasks().map(\.file.recordCount).sorted()
        let otherLive = try await other.scan().tasks().map(\.file.recordCount).sorted()
        #expect(live.reduce(0, +) == otherLive.reduce(0, +), told)
      }
    }
  }

  @Test("rewrite_position_delete_files does the same", arguments: [true, false])
  func positionDeletes(partitioned: Bool) async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path("wh"))
      let spark = try SparkProcess(warehouse: directory.path("wh"))
      for number in 0..<3 as Range<UInt64> {
        let (ours, theirs) = ("db.ours\(number)", "db.theirs\(number)")
        let table = try await Self.table(
          catalog, TableIdentifier(parsing: ours), version: 2, partitioned: partitioned,
          seed: number)
        let twin = try await Self.table(
          catalog, TableIdentifier(parsing: theirs), version: 2, partitioned: partitioned,
          seed: number)
        let expected = try await Self.ids(table)
        let options = ["rewrite-all": "true"]
        let report = try await table.rewritePositionDeleteFiles(
          RewritePositionDeletesOptions(parsing: options))
        // Names of files differ, and so do the sizes of delete files, which hold them.
        let plan = try await twin.rewritePositionDeleteFiles(
          RewritePositionDeletesOptions(parsing: options), dryRun: true)
        let columns = try await spark.call(
          "CALL ice.system.rewrite_position_delete_files(table => '\(theirs)', "
            + "options => map(\(Self.text(options))))")
        let told = Comment(rawValue: "\(number): \(columns)")
        #expect(
          columns["rewritten_delete_files_count"] == Int64(report.rewrittenDeleteFilesCount), told)
        #expect(columns["added_delete_files_count"] == Int64(report.addedDeleteFilesCount), told)
        #expect(columns["rewritten_bytes_count"] == plan.rewrittenBytesCount, told)
        #expect(try await spark.ids(ours) == expected, told)
        let other = try await catalog.loadTable(TableIdentifier(parsing: theirs))
        #expect(try await Self.ids(other) == expected, told)
      }
    }
  }
}
