import Iceberg
import IcebergModel
import IcebergTestSupport
import Synchronization
import Testing

@Suite struct RewriteDataFilesTests {
  static let fields: [Field] = [.required("id", .long), .optional("level", .string)]

  static func batch(_ ids: [Int64], level: String = "a") throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string(level)] },
      schema: Schema([.required("id", .long, id: 1), .optional("level", .string, id: 2)]))
  }

  /// Six files of ten rows each in every partition `a` and `b`; ids are spread over the files.
  static func table(
    version: Int = 3, fileIO: any FileIO = MemoryFileIO(), levels: [String] = ["a", "b"],
    sortedBy terms: [SortTerm] = [], properties: [String: String] = [:]
  ) async throws -> Table {
    var table = try await MemoryCatalog(fileIO: fileIO).createTable(
      "db.t", schema: Schema(fields), partitionedBy: [.identity("level")], sortedBy: terms,
      properties: properties.merging(["format-version": "\(version)"]) { $1 })
    for (place, level) in levels.enumerated() {
      for number in 0..<6 as Range<Int64> {
        let ids = (0..<10).map { Int64(place) * 60 + Int64($0) * 6 + number }
        table = try await table.append(batch(ids, level: level))
      }
    }
    return table
  }

  /// The ids of rows, with their row ids and the numbers of their last changes where there are such.
  static func rows(_ table: Table, branch: String = "main") async throws -> [[Int64]] {
    let names =
      table.metadata.formatVersion >= 3
      ? ["id", "_row_id", "_last_updated_sequence_number"] : ["id"]
    var rows: [[Int64]] = []
    for try await batch in table.scan().at(.ref(branch)).select(names).batches() {
      let columns = batch.columns.map { column -> [Int64] in
        if case .long(let values) = column.values { return values }
        return []
      }
      rows += (0..<batch.rowCount).map { row in columns.map { $0[row] } }
    }
    return rows.sorted { $0[0] < $1[0] }
  }

  static func dataFiles(_ table: Table) async throws -> Set<String> {
    Set(try await table.fileIO.list(under: table.metadata.location + "/data").map(\.location))
  }

  static var partial: FileGroupOptions {
    FileGroupOptions(partialProgress: FileGroupOptions.PartialProgress())
  }

  @Test("small files of a partition become one, with the same rows", arguments: [1, 2, 3])
  func binPack(version: Int) async throws {
    let table = try await Self.table(version: version)
    let expected = try await Self.rows(table)
    let report = try await table.rewriteDataFiles()
    #expect(report.rewrittenDataFilesCount == 12)
    #expect(report.addedDataFilesCount == 2)
    #expect(report.failedDataFilesCount == 0)
    #expect(report.rewrittenBytesCount == report.groups.reduce(0) { $0 + $1.byteCount })
    #expect(report.groups.map(\.partition) == ["level=b", "level=a"])
    #expect(report.snapshotIDs == [report.table.metadata.currentSnapshotID])
    let snapshot = try #require(report.table.metadata.currentSnapshot)
    #expect(snapshot.summary?.operation == .replace)
    #expect(try await report.table.scan().tasks().count == 2)
    #expect(try await Self.rows(report.table) == expected)
    let again = try await report.table.rewriteDataFiles()
    #expect(again.groups.isEmpty && again.snapshotIDs.isEmpty)
    #expect(again.table.metadata == report.table.metadata)
  }

  @Test("a dry run tells what would be done, and writes nothing")
  func dryRun() async throws {
    let table = try await Self.table()
    let before = try await table.fileIO.list(under: table.metadata.location).map(\.location)
    let plan = try await table.rewriteDataFiles(dryRun: true)
    #expect(plan.rewrittenDataFilesCount == 12 && plan.addedDataFilesCount == 2)
    let after = try await table.fileIO.list(under: table.metadata.location).map(\.location)
    #expect(Set(before) == Set(after))
    let report = try await table.rewriteDataFiles()
    #expect(report.rewrittenBytesCount == plan.rewrittenBytesCount)
  }

  @Test("deleted rows are left out, and their vectors with them", arguments: [2, 3])
  func deletes(version: Int) async throws {
    var table = try await Self.table(version: version)
    let mode = RowChangeOptions(mode: .mergeOnRead)
    table = try await table.delete(where: col("id") < 20, options: mode).table
    let expected = try await Self.rows(table)
    #expect(expected.count == 100)
    var options = RewriteDataFilesOptions()
    options.removesDanglingDeletes = true
    let report = try await table.rewriteDataFiles(options)
    #expect(try await Self.rows(report.table) == expected)
    #expect(report.groups.flatMap(\.addedFiles).reduce(0) { $0 + $1.recordCount } == 100)
    let tasks = try await report.table.scan().tasks()
    #expect(version == 2 || tasks.allSatisfy { $0.deletes.isEmpty })
    #expect(report.removedDeleteFilesCount == (version == 3 ? 6 : 0))
  }

  @Test("only files that may have rows of the filter are rewritten")
  func filter() async throws {
    let table = try await Self.table()
    let expected = try await Self.rows(table)
    let report = try await table.rewriteDataFiles(.init(where: col("level") == "a"))
    #expect(report.rewrittenDataFilesCount == 6)
    #expect(report.groups.map(\.partition) == ["level=a"])
    #expect(try await Self.rows(report.table) == expected)
    let some = try await report.table.rewriteDataFiles(
      .init(where: col("id") == 60, groups: FileGroupOptions(minInputFiles: 1, rewritesAll: true)))
    #expect(some.rewrittenDataFilesCount == 1)
    #expect(try await Self.rows(some.table) == expected)
  }

  @Test("a branch is rewritten, and the main branch is not")
  func branch() async throws {
    var table = try await Self.table()
    table = try await table.delete(where: col("id") == 3, fromBranch: "audit").table
    let expected = try await Self.rows(table, branch: "audit")
    let main = table.metadata.currentSnapshotID
    let report = try await table.rewriteDataFiles(.init(branch: "audit"))
    #expect(report.rewrittenDataFilesCount == 12)
    #expect(report.table.metadata.currentSnapshotID == main)
    #expect(report.snapshotIDs == [report.table.metadata.references["audit"]?.snapshotID])
    #expect(try await Self.rows(report.table, branch: "audit") == expected)
  }

  @Test("new files are divided by the spec that is asked for")
  func outputSpec() async throws {
    var table = try await Self.table()
    table = try await table.commit { $0.partitioning.remove("level") }
    let expected = try await Self.rows(table)
    let into = try await table.rewriteDataFiles()
    #expect(into.addedDataFilesCount == 1)
    #expect(into.groups.map(\.partition) == [""])
    #expect(try await Self.rows(into.table) == expected)
    var options = RewriteDataFilesOptions(groups: FileGroupOptions(rewritesAll: true))
    options.outputSpecID = 0
    let back = try await into.table.rewriteDataFiles(options)
    let added = back.groups.flatMap(\.addedFiles)
    #expect(added.map(\.specID) == [0, 0])
    #expect(
      Set(added.map(\.partition)) == [StructValue([.string("a")]), StructValue([.string("b")])])
    #expect(try await Self.rows(back.table) == expected)
  }

  @Test("files of many partitions are closed early when their rows take more than they may")
  func writeMemory() async throws {
    let rows = try RecordBatch(
      rows: (0..<40).map { [.long($0), .string($0 % 2 == 0 ? "a" : "b")] },
      schema: Schema([.required("id", .long, id: 1), .optional("level", .string, id: 2)]))
    var fileCounts: [Int] = []
    for limit in [1 << 30, 1] {
      var table = try await MemoryCatalog().createTable("db.t", schema: Schema(Self.fields))
      table = try await table.append(rows)
      table = try await table.commit { $0.partitioning.replaceAll(with: [.identity("level")]) }
      var options = RewriteDataFilesOptions(groups: FileGroupOptions(rewritesAll: true))
      options.writeMemoryLimit = limit
      options.scan.batchRowLimit = 10
      let report = try await table.rewriteDataFiles(options)
      fileCounts.append(report.addedDataFilesCount)
      #expect(try await Self.rows(report.table) == Self.rows(table))
    }
    #expect(fileCounts[0] == 2 && fileCounts[1] > 2, "\(fileCounts)")
  }

  @Test("limits of memory are shared by what is rewritten at the same time")
  func shares() {
    var options = RewriteDataFilesOptions()
    options.writeMemoryLimit = 1000
    options.scan.deleteMemoryLimit = 500
    for (width, write, deletes) in [(1, 1000, 500), (5, 200, 100), (0, 1000, 500), (9999, 1, 1)] {
      let shares = options.shares(among: width)
      #expect(shares.write.memoryLimit == write && shares.scan.deleteMemoryLimit == deletes)
    }
  }

  @Test("equality deletes of a partition stand against files of another spec", arguments: [0, 1])
  func equalityDeletesOfAnotherSpec(output: Int) async throws {
    var table = try await Self.table()
    let keys = try RecordBatch(
      rows: [[.long(7), .string("a")]], schema: table.metadata.currentSchema)
    table = try await table.commit { $0.partitioning.remove("level") }
    if output == 0 { table = try await table.rewriteDataFiles().table }
    let spec = try #require(table.metadata.partitionSpec(id: 0))
    let files = try await table.withEqualityDeleteWriter(["id", "level"], in: spec) {
      try await $0.write(keys)
    }
    // Of files divided by the first spec they delete a row, of others none.
    let theirs = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: files)) }
    let expected = try await Self.rows(theirs)
    #expect(expected.count == (output == 0 ? 120 : 119))
    var options = RewriteDataFilesOptions(groups: FileGroupOptions(rewritesAll: true))
    options.outputSpecID = output
    await #expect {
      try await table.rewriteDataFiles(options)
    } throws: {
      ($0 as? IcebergError)?.code == .validationFailed
    }
    let now = try await table.refreshed()
    #expect(try await Self.rows(now) == expected)
    #expect(try await Self.rows(try await now.rewriteDataFiles(options).table) == expected)
  }

  @Test("new files have the number of the start, or that of the commit", arguments: [true, false])
  func sequenceNumber(keeps: Bool) async throws {
    let table = try await Self.table()
    var options = RewriteDataFilesOptions()
    options.usesStartingSequenceNumber = keeps
    let report = try await table.rewriteDataFiles(options)
    let number = table.metadata.lastSequenceNumber + (keeps ? 0 : 1)
    let numbers = try await report.table.scan().tasks().map(\.sequenceNumber)
    #expect(numbers == [number, number])
  }

  @Test("a target size is kept to")
  func sizes() async throws {
    let table = try await Self.table(version: 2, levels: ["a"])
    let size = try await table.scan().tasks().map(\.file.fileSizeInBytes).max() ?? 0
    let report = try await table.rewriteDataFiles(
      .init(groups: FileGroupOptions(targetFileSize: size * 2)))
    #expect(report.groups.map(\.expectedFileCount) == [3])
    #expect(report.addedDataFilesCount >= 2)
    #expect(try await Self.rows(report.table).count == 60)
  }

  // MARK: Others

  @Test("rows that others append meanwhile stay")
  func appends() async throws {
    let table = try await Self.table()
    _ = try await table.append(Self.batch([1000, 1001]))
    let report = try await table.rewriteDataFiles()
    #expect(report.rewrittenDataFilesCount == 12)
    let rows = try await Self.rows(report.table)
    #expect(rows.map { $0[0] } == Array(0..<120) + [1000, 1001])
  }

  @Test(
    "rows that others delete meanwhile are deleted in the new files",
    arguments: [(2, false), (3, false), (3, true)])
  func carriedDeletes(version: Int, sorts: Bool) async throws {
    var table = try await Self.table(version: version)
    let mode = RowChangeOptions(mode: .mergeOnRead)
    // Some rows are deleted before, by position and by key.
    table = try await table.delete(where: col("id") == 12 || col("id") == 18, options: mode).table
    let keys = try RecordBatch(
      rows: [[.long(1), .string("a")]], schema: table.metadata.currentSchema)
    let old = try await table.withEqualityDeleteWriter(["id", "level"]) { try await $0.write(keys) }
    table = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: old)) }
    let start = table
    table = try await table.delete(where: col("id") == 7 || col("id") == 24, options: mode).table
    table = try await table.delete(where: col("id") == 13, options: mode).table
    let expected = try await Self.rows(table)

    let report = try await start.rewriteDataFiles(
      .init(strategy: sorts ? .sort([.descending("id")]) : .binPack))
    #expect(report.rewrittenDataFilesCount == 12)
    #expect(report.groups.map(\.carriedDeleteCount).sorted() == [0, 3])
    #expect(report.removedDeleteFilesCount == (version == 3 ? 2 : 0))
    #expect(try await Self.rows(report.table) == expected)
    let summary = try #require(report.table.metadata.currentSnapshot?.summary)
    #expect(summary.operation == .replace)
    let deletes = try await report.table.scan().tasks().flatMap(\.deletes)
    // Of version 2 a delete file of several data files is left.
    #expect(deletes.filter { $0.kind != .equalityDeletes }.count == (version == 3 ? 1 : 2))
    if version == 3 { #expect(deletes.contains { $0.file.recordCount == 3 }) }
    // Nobody sees a change of rows.
    let head = try #require(table.metadata.currentSnapshotID)
    for try await batch in report.table.changes(after: .snapshot(head)).batches() {
      #expect(batch.rowCount == 0)
    }
  }

  @Test("before version 3, rows that others delete while files are sorted stand against it")
  func conflicts() async throws {
    let table = try await Self.table(version: 2)
    let theirs = try await table.delete(
      where: col("id") == 7, options: RowChangeOptions(mode: .mergeOnRead)
    ).table
    let files = try await Self.dataFiles(table)
    var options = RewriteDataFilesOptions(strategy: .sort([.descending("id")]))
    await #expect {
      try await table.rewriteDataFiles(options)
    } throws: {
      ($0 as? IcebergError)?.code == .validationFailed
    }
    #expect(try await Self.dataFiles(table) == files)

    options.groups = Self.partial
    options.groups.concurrency = 1
    let report = try await table.rewriteDataFiles(options)
    #expect(report.rewrittenDataFilesCount == 6)
    #expect(report.failedDataFilesCount == 6)
    #expect(report.groups.filter { $0.error != nil }.map(\.partition) == ["level=a"])
    #expect(report.groups.filter { $0.error != nil }.allSatisfy { $0.addedFiles.isEmpty })
    #expect(report.snapshotIDs.count == 1)
    #expect(try await Self.rows(report.table) == Self.rows(theirs))
    #expect(try await Self.dataFiles(table).count == files.count + 1)
  }

  @Test("files that others remove meanwhile stand against their rewrite", arguments: [2, 3])
  func removedMeanwhile(version: Int) async throws {
    let table = try await Self.table(version: version)
    let theirs = try await table.delete(
      where: col("id") == 7, options: RowChangeOptions(mode: .copyOnWrite)
    ).table
    let files = try await Self.dataFiles(table)
    await #expect {
      try await table.rewriteDataFiles()
    } throws: {
      ($0 as? IcebergError)?.code == .validationFailed
    }
    #expect(try await Self.dataFiles(table) == files)
    #expect(try await Self.rows(try await table.refreshed()) == Self.rows(theirs))
  }

  @Test("equality deletes that others commit meanwhile apply to the new files")
  func equalityDeletes() async throws {
    let table = try await Self.table(version: 2)
    let keys = try RecordBatch(
      rows: [[.long(7), .string("a")]], schema: table.metadata.currentSchema)
    let names = ["id", "level"]
    let files = try await table.withEqualityDeleteWriter(names) { try await $0.write(keys) }
    _ = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: files)) }
    let report = try await table.rewriteDataFiles()
    #expect(try await Self.rows(report.table).map { $0[0] } == Array(0..<120).filter { $0 != 7 })
    var options = RewriteDataFilesOptions()
    options.usesStartingSequenceNumber = false
    let other = try await Self.table(version: 2)
    let more = try await other.withEqualityDeleteWriter(names) { try await $0.write(keys) }
    _ = try await other.commit { $0.rowDelta(RowDelta(addedDeletes: more)) }
    await #expect(throws: IcebergError.self) {
      _ = try await other.rewriteDataFiles(options)
    }
  }

  @Test("a branch that is taken back meanwhile is no place for the new files")
  func rollback() async throws {
    let table = try await Self.table(version: 2)
    let first = try #require(table.metadata.snapshots.first)
    _ = try await table.commit { $0.rollback(to: first.id) }
    await #expect {
      try await table.rewriteDataFiles()
    } throws: {
      ($0 as? IcebergError)?.code == .validationFailed
    }
  }

  @Test("a branch that is removed meanwhile is not made anew")
  func removedBranch() async throws {
    let table = try await Self.table().commit { $0.createBranch("audit") }
    _ = try await table.commit { $0.removeBranch("audit") }
    await #expect {
      try await table.rewriteDataFiles(.init(branch: "audit"))
    } throws: {
      ($0 as? IcebergError)?.code == .validationFailed
    }
    #expect(try await table.refreshed().metadata.references["audit"] == nil)
  }

  @Test("progress is committed in so many commits, and no more may fail than are told")
  func partialProgress() async throws {
    let levels = ["a", "b", "c", "d", "e"]
    for (limit, commits) in [(1, 1), (2, 2), (3, 3), (10, 5)] {
      let table = try await Self.table(levels: levels)
      let expected = try await Self.rows(table)
      let report = try await table.rewriteDataFiles(
        .init(groups: FileGroupOptions(partialProgress: .init(maxCommits: limit))))
      #expect(report.snapshotIDs.count == commits)
      #expect(report.rewrittenDataFilesCount == 30)
      #expect(try await Self.rows(report.table) == expected)
    }
    let table = try await Self.table(levels: levels)
    _ = try await table.delete(where: col("id") == 7)
    for (limit, fails) in [(0, true), (1, false)] {
      let groups = FileGroupOptions(
        partialProgress: .init(maxCommits: 10, maxFailedCommits: limit))
      do {
        let report = try await table.rewriteDataFiles(.init(groups: groups))
        #expect(!fails)
        #expect(report.failedDataFilesCount > 0)
      } catch let error as IcebergError {
        #expect(fails && "\(error)".contains("1 of 5 commits"), "\(error)")
        return try await Self.checkRest(of: table)
      }
    }
  }

  private static func checkRest(of table: Table) async throws {
    let report = try await table.refreshed().rewriteDataFiles()
    #expect(report.rewrittenDataFilesCount == 6)
    #expect(try await rows(report.table).count == 299)
  }

  @Test("nothing is removed when the outcome is unknown")
  func unknownOutcome() async throws {
    for isPartial in [true, false] {
      let table = try await Self.table()
      let lost = FaultyCatalog(
        try #require(table.catalog), faults: [.fail(IcebergError(.commitStateUnknown, "lost"))])
      let view = Table(
        identifier: table.identifier, metadata: table.metadata,
        metadataLocation: table.metadataLocation, fileIO: table.fileIO, catalog: lost)
      lost.failLoads(100)
      let files = try await Self.dataFiles(table)
      var groups = FileGroupOptions(concurrency: 1)
      if isPartial { groups.partialProgress = .init(maxCommits: 1) }
      do {
        let report = try await view.commitQuickly().rewriteDataFiles(.init(groups: groups))
        #expect(isPartial && report.failedDataFilesCount == 12)
        guard case .unknown = report.groups[0].outcome else {
          Issue.record("\(report.groups[0].outcome)")
          continue
        }
      } catch let error as IcebergError {
        #expect(!isPartial && error.code == .commitStateUnknown)
      }
      #expect(try await Self.dataFiles(table).count == files.count + 2)
    }
  }

  @Test("a file that cannot be read fails its group, and nothing is left of it")
  func brokenFile() async throws {
    let table = try await Self.table()
    let tasks = try await table.scan().tasks()
    let broken = try #require(tasks.first { $0.file.partition == StructValue([.string("a")]) })
    try await table.fileIO.remove([broken.file.location])
    let files = try await Self.dataFiles(table)
    await #expect(throws: IcebergError.self) { try await table.rewriteDataFiles() }
    #expect(try await Self.dataFiles(table) == files)
    let report = try await table.rewriteDataFiles(.init(groups: Self.partial))
    #expect(report.failedDataFilesCount == 6 && report.rewrittenDataFilesCount == 6)
    #expect(try await Self.dataFiles(table).count == files.count + 1)
  }

  @Test("progress is told to the last group")
  func progress() async throws {
    let table = try await Self.table()
    let told = Mutex<[RewriteProgress]>([])
    var options = RewriteDataFilesOptions()
    options.progress = { step in told.withLock { $0.append(step) } }
    let report = try await table.rewriteDataFiles(options)
    let steps = told.withLock { $0 }
    #expect(steps.first?.groupsDone == 0)
    #expect(steps.last?.step == .committing)
    #expect(steps.last?.groupsDone == 2 && steps.last?.groupsTotal == 2)
    #expect(steps.last?.bytesDone == report.rewrittenBytesCount)
    #expect(steps.last?.bytesTotal == report.rewrittenBytesCount)
  }
}

extension Table {
  /// The same table, whose commits are not looked for long when their outcome is unknown.
  fileprivate func commitQuickly() -> Table {
    var metadata = metadata
    metadata.properties["commit.status-check.num-retries"] = "0"
    metadata.properties["commit.status-check.min-wait-ms"] = "1"
    return Table(
      identifier: identifier, metadata: metadata, metadataLocation: metadataLocation,
      fileIO: fileIO, catalog: catalog)
  }
}
