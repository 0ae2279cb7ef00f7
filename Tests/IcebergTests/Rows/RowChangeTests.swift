import Iceberg
import IcebergModel
import IcebergTestSupport
import Synchronization
import Testing

@Suite struct RowChangeTests {
  static let fields: [Field] = [.required("id", .long), .optional("level", .string)]

  static func batch(_ ids: Range<Int64>, level: String = "a") throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string(level)] },
      schema: Schema([.required("id", .long, id: 1), .optional("level", .string, id: 2)]))
  }

  /// Two files of level a with ten rows each, one of level b.
  static func table(
    version: Int = 3, fileIO: any FileIO = MemoryFileIO(), properties: [String: String] = [:]
  ) async throws -> Table {
    var table = try await MemoryCatalog(fileIO: fileIO).createTable(
      "db.t", schema: Schema(fields), partitionedBy: [.identity("level")],
      properties: properties.merging(["format-version": "\(version)"]) { $1 })
    table = try await table.append(try batch(0..<10))
    table = try await table.append(try batch(10..<20))
    return try await table.append(try batch(20..<30, level: "b"))
  }

  static func ids(_ table: Table, branch: String = SnapshotReference.main) async throws -> [Int64] {
    var ids: [Int64] = []
    for try await batch in table.scan().at(.ref(branch)).select("id").batches() {
      if case .long(let values)? = batch.columns.first?.values { ids += values }
    }
    return ids.sorted()
  }

  static func options(_ mode: TableProperties.RowLevelMode) -> RowChangeOptions {
    RowChangeOptions(mode: mode)
  }

  @Test("files that have no other rows are dropped without being read", arguments: [1, 2, 3])
  func wholeFiles(version: Int) async throws {
    // By their partition, and by the bounds of a column.
    for filter in [col("level") == "b", col("id") < 10] {
      let storage = MemoryFileIO()
      let table = try await Self.table(version: version, fileIO: storage)
      // What is not there cannot be read.
      for task in try await table.scan().tasks() { try await storage.remove([task.file.location]) }
      let report = try await table.delete(where: filter)
      #expect(report.deletedRowCount == 10)
      #expect(report.removedFiles.count == 1)
      #expect(report.addedFiles.isEmpty && report.addedDeletes.isEmpty)
      let snapshot = try #require(report.table.metadata.currentSnapshot)
      #expect(snapshot.id == report.snapshotID)
      #expect(snapshot.summary?.operation == .delete)
      #expect(snapshot.summary?["deleted-records"] == "10")
      #expect(try await report.table.scan().tasks().count == 2)
    }
  }

  @Test("a filter that no row satisfies commits nothing and writes nothing")
  func nothing() async throws {
    for mode in TableProperties.RowLevelMode.allCases {
      let table = try await Self.table()
      let before = try await table.fileIO.list(under: table.metadata.location).map(\.location)
      for filter in [col("id") == 100, col("id") == 5 && col("level") == "b", .none] {
        let report = try await table.delete(where: filter, options: Self.options(mode))
        #expect(report.isEmpty)
        #expect(report.snapshotID == nil)
        #expect(report.table.metadata == table.metadata)
      }
      let after = try await table.fileIO.list(under: table.metadata.location).map(\.location)
      #expect(Set(after) == Set(before))
    }
  }

  @Test("the mode is the one that the table asks for; version 1 is always written anew")
  func modes() async throws {
    for (version, property, expected) in [
      (1, "merge-on-read", TableProperties.RowLevelMode.copyOnWrite),
      (2, "merge-on-read", .mergeOnRead), (3, "copy-on-write", .copyOnWrite),
      (3, "merge-on-read", .mergeOnRead),
    ] {
      let table = try await Self.table(
        version: version, properties: ["write.delete.mode": property])
      let report = try await table.delete(where: col("id") == 3)
      #expect(report.mode == expected)
      #expect(report.rewrittenFiles.count == (expected == .copyOnWrite ? 1 : 0))
      #expect(report.filesWithDeletes.count == (expected == .copyOnWrite ? 0 : 1))
      #expect(
        report.addedDeletes.map(\.format)
          == (expected == .copyOnWrite ? [] : [version == 2 ? .parquet : .puffin]))
      #expect(try await Self.ids(report.table) == (0..<30).filter { $0 != 3 })
    }
  }

  @Test("the second vector of a file takes in the first one, which is removed")
  func repeatedVectors() async throws {
    var table = try await Self.table()
    for id in 0..<4 as Range<Int64> {
      let report = try await table.delete(
        where: col("id") == id, options: Self.options(.mergeOnRead))
      #expect(report.removedDeletes.count == (id == 0 ? 0 : 1))
      table = report.table
    }
    let deletes = try await table.scan().tasks().flatMap(\.deletes)
    #expect(deletes.map(\.file.recordCount) == [4])
    #expect(table.metadata.currentSnapshot?.summary?["total-position-deletes"] == "4")
    let rest = try await table.delete(where: col("id") < 10, options: Self.options(.mergeOnRead))
    #expect(rest.deletedRowCount == 6)
    #expect(rest.removedFiles.count == 1)
    #expect(try await Self.ids(rest.table) == Array(10..<30))
  }

  @Test("rows that are written anew keep their ids and the number of their last change")
  func lineage() async throws {
    let table = try await Self.table()
    func lineage(_ table: Table) async throws -> [Int64: [Int64]] {
      var result: [Int64: [Int64]] = [:]
      for try await batch in table.scan().select(
        "id", "_row_id", "_last_updated_sequence_number"
      ).batches() {
        let columns = batch.columns.map { column -> [Int64] in
          if case .long(let values) = column.values { return values }
          return []
        }
        for row in 0..<batch.rowCount {
          result[columns[0][row]] = [columns[1][row], columns[2][row]]
        }
      }
      return result
    }
    var expected = try await lineage(table)
    var current = table
    for id in [3, 4, 15] as [Int64] {
      current = try await current.delete(
        where: col("id") == id, options: Self.options(.copyOnWrite)
      )
      .table
      expected[id] = nil
      #expect(try await lineage(current) == expected)
    }
    #expect(Set(expected.values.map { $0[1] }) == [1, 2, 3])
    let overwritten = try await current.overwrite(
      where: col("id") < 5, with: [Self.batch(100..<102)], options: Self.options(.copyOnWrite)
    ).table
    let after = try await lineage(overwritten)
    for (id, values) in expected where id >= 5 { #expect(after[id] == values) }
    #expect(after[100]?[1] == overwritten.metadata.lastSequenceNumber)
    #expect(Set(after.values.map { $0[0] }).count == after.count)
  }

  @Test("a dry run tells what would be done, and writes nothing", arguments: [true, false])
  func dryRun(rewrites: Bool) async throws {
    let table = try await Self.table()
    let before = try await table.fileIO.list(under: table.metadata.location).map(\.location)
    let mode: TableProperties.RowLevelMode = rewrites ? .copyOnWrite : .mergeOnRead
    let report = try await table.delete(
      where: col("id") >= 5 && col("id") < 25, dryRun: true, options: Self.options(mode))
    #expect(report.isDryRun && report.snapshotID == nil && !report.isEmpty)
    #expect(report.deletedRowCount == 20)
    #expect(report.removedFiles.count == 1)
    #expect(report.rewrittenFiles.count == (rewrites ? 2 : 0))
    #expect(report.filesWithDeletes.count == (rewrites ? 0 : 2))
    let after = try await table.fileIO.list(under: table.metadata.location).map(\.location)
    #expect(Set(after) == Set(before))
    #expect(try await Self.ids(table.refreshed()).count == 30)
  }

  @Test("a dry run of new rows checks and counts them, and tells what a commit would")
  func dryRunOfRows() async throws {
    let table = try await Self.table()
    let before = try await table.fileIO.list(under: table.metadata.location).map(\.location)
    let rows = [try Self.batch(100..<104), try Self.batch(104..<106, level: "c")]
    let report = try await table.overwrite(where: col("id") < 15, with: rows, dryRun: true)
    #expect(report.isDryRun && report.snapshotID == nil && !report.isEmpty)
    #expect(report.deletedRowCount == 15 && report.addedRowCount == 6)
    #expect(report.addedFiles.isEmpty)
    let none = try await table.overwrite(where: col("id") < 0, with: rows, dryRun: true)
    #expect(none.deletedRowCount == 0 && !none.isEmpty)
    let replaced = try await table.overwritePartitions(with: rows, dryRun: true)
    let appended = try await table.append(rows[0], rows[1], dryRun: true)
    for plan in [replaced, appended] {
      #expect(plan.metadataLocation == nil && plan.metadata.snapshots.count == 4)
    }
    for misfit in [RecordBatch(names: ["no"], columns: [Column(.int([1]), count: 1)], rowCount: 1)]
    {
      await expectError(.invalidArgument) {
        _ = try await table.overwrite(where: .all, with: [misfit], dryRun: true)
      }
      await expectError(.invalidArgument) {
        _ = try await table.overwritePartitions(with: [misfit], dryRun: true)
      }
      await expectError(.invalidArgument) { _ = try await table.append(misfit, dryRun: true) }
    }
    let after = try await table.fileIO.list(under: table.metadata.location).map(\.location)
    #expect(Set(after) == Set(before))
    #expect(try await Self.ids(table.refreshed()).count == 30)

    let keys = [
      "added-data-files", "added-records", "deleted-data-files", "deleted-records",
      "total-records", "changed-partition-count",
    ]
    func counts(_ table: Table) -> [String?] {
      keys.map { table.metadata.currentSnapshot?.summary?[$0] }
    }
    #expect(counts(replaced) == ["2", "6", "2", "20", "16", "2"])
    #expect(counts(appended) == ["2", "6", nil, nil, "36", "2"])
    #expect(counts(try await Self.table().overwritePartitions(with: rows)) == counts(replaced))
    #expect(counts(try await Self.table().append(rows[0], rows[1])) == counts(appended))
  }

  @Test("what is staged is on no branch before it is published")
  func staged() async throws {
    let rows = try Self.batch(100..<104)
    let changes: [(@Sendable (Table) async throws -> Table, [Int64])] = [
      ({ try await $0.delete(where: col("id") < 5, stagedAs: "w").table }, Array(5..<30)),
      (
        { try await $0.overwrite(where: col("id") < 25, with: [rows], stagedAs: "w").table },
        Array(25..<30) + Array(100..<104)
      ),
      (
        { try await $0.overwritePartitions(with: [rows], stagedAs: "w") },
        Array(20..<30) + Array(100..<104)
      ),
      ({ try await $0.append(rows, stagedAs: "w") }, Array(0..<30) + Array(100..<104)),
    ]
    for (change, expected) in changes {
      let table = try await Self.table()
      let changed = try await change(table)
      #expect(changed.metadata.currentSnapshotID == table.metadata.currentSnapshotID)
      #expect(changed.metadata.snapshots.last?.summary?["wap.id"] == "w")
      #expect(try await Self.ids(changed).count == 30)
      let published = try await changed.commit { $0.publish(wapID: "w") }
      #expect(try await Self.ids(published) == expected)
    }
    let report = try await Self.table().delete(where: col("id") == 3, stagedAs: "w")
    #expect(report.snapshotID == report.table.metadata.snapshots.last?.id)
    #expect(report.snapshotID != report.table.metadata.currentSnapshotID)
  }

  @Test("a branch is changed, and the main branch is not")
  func branches() async throws {
    for mode in TableProperties.RowLevelMode.allCases {
      var table = try await Self.table()
      table = try await table.delete(
        where: col("id") == 3, fromBranch: "audit", options: Self.options(mode)
      ).table
      table = try await table.delete(
        where: col("id") == 4, fromBranch: "audit", options: Self.options(mode)
      ).table
      #expect(try await Self.ids(table).count == 30)
      #expect(try await Self.ids(table, branch: "audit") == (0..<30).filter { $0 != 3 && $0 != 4 })
    }
  }

  @Test("partitions of the given rows are replaced, and no others")
  func partitions() async throws {
    let table = try await Self.table()
    let replaced = try await table.overwritePartitions(with: [Self.batch(50..<52)])
    #expect(try await Self.ids(replaced) == Array(20..<30) + [50, 51])
    #expect(replaced.metadata.currentSnapshot?.summary?["replace-partitions"] == "true")
    let same = try await replaced.overwritePartitions(with: [RecordBatch]())
    #expect(same.metadata == replaced.metadata)
  }

  @Test("rows that others add are a conflict at the serializable level, and stay at the other")
  func isolation() async throws {
    for mode in TableProperties.RowLevelMode.allCases {
      for level in TableProperties.IsolationLevel.allCases {
        let table = try await Self.table()
        _ = try await table.append(try Self.batch(5..<6))
        var options = Self.options(mode)
        options.isolation = level
        let before = try await table.fileIO.list(under: table.metadata.location + "/data").count
        do {
          let report = try await table.delete(where: col("id") == 5, options: options)
          #expect(level == .snapshot)
          #expect(try await Self.ids(report.table).filter { $0 == 5 }.count == 1)
        } catch let error as IcebergError {
          #expect(level == .serializable)
          #expect(error.code == .validationFailed)
          let after = try await table.fileIO.list(under: table.metadata.location + "/data").count
          #expect(after == before)
        }
      }
    }
  }

  @Test("a file that others wrote anew, or deleted rows of, is a conflict at every level")
  func concurrentChanges() async throws {
    for level in TableProperties.IsolationLevel.allCases {
      for (mode, other) in [
        (TableProperties.RowLevelMode.copyOnWrite, TableProperties.RowLevelMode.copyOnWrite),
        (.copyOnWrite, .mergeOnRead), (.mergeOnRead, .copyOnWrite), (.mergeOnRead, .mergeOnRead),
      ] {
        let table = try await Self.table()
        let theirs = try await table.delete(where: col("id") == 4, options: Self.options(other))
        var options = Self.options(mode)
        options.isolation = level
        await #expect("\(level) \(mode) after \(other)") {
          try await table.delete(where: col("id") == 5, options: options)
        } throws: {
          ($0 as? IcebergError)?.code == .validationFailed
        }
        #expect(try await Self.ids(theirs.table.refreshed()).count == 29)
      }
    }
  }

  @Test(
    "rows that others deleted by key do not come back with the rest of their file",
    arguments: TableProperties.IsolationLevel.allCases)
  func concurrentEqualityDeletes(level: TableProperties.IsolationLevel) async throws {
    var table = try await MemoryCatalog().createTable("db.t", schema: Schema(Self.fields))
    table = try await table.append(try Self.batch(0..<10))
    let deletes = try await table.withEqualityDeleteWriter(["id"]) {
      try await $0.write(
        try RecordBatch(rows: [[.long(7)]], schema: Schema([.required("id", .long, id: 1)])))
    }
    let theirs = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: deletes)) }
    var options = Self.options(.copyOnWrite)
    options.isolation = level
    // Their key is not among the rows that are deleted, but in the file that is written anew.
    await #expect {
      try await table.delete(where: col("id") < 5, options: options)
    } throws: {
      ($0 as? IcebergError)?.code == .validationFailed
    }
    #expect(try await Self.ids(theirs.refreshed()) == [0, 1, 2, 3, 4, 5, 6, 8, 9])
  }

  @Test(
    "files whose names are alike but for how their letters are written lose their own rows",
    arguments: [2, 3], [TableProperties.RowLevelMode.copyOnWrite, .mergeOnRead])
  func exactLocations(version: Int, mode: TableProperties.RowLevelMode) async throws {
    let fileIO = MemoryFileIO()
    var table = try await MemoryCatalog(fileIO: fileIO).createTable(
      "db.t", schema: Schema(Self.fields), properties: ["format-version": "\(version)"])
    for (name, ids) in [("\u{e9}", 0..<10), ("e\u{301}", 10..<14)] as [(String, Range<Int64>)] {
      var file = try #require(
        try await table.withWriter { try await $0.write(try Self.batch(ids)) }.first)
      let bytes = try await fileIO.read(file.location, range: nil)
      file.location = "\(table.metadata.location)/data/\(name).parquet"
      try await fileIO.write(bytes, to: file.location, mode: .createNew)
      table = try await table.commit { $0.append([file]) }
    }
    table = try await table.delete(
      where: col("id") == 8 || col("id") == 11, options: Self.options(mode)
    ).table
    #expect(try await Self.ids(table) == [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13])
    table = try await table.delete(where: col("id") == 12, options: Self.options(mode)).table
    #expect(try await Self.ids(table) == [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 13])
    let all = RewritePositionDeletesOptions(groups: FileGroupOptions(rewritesAll: true))
    table = try await table.rewritePositionDeleteFiles(all).table
    #expect(try await Self.ids(table) == [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 13])
  }

  @Test("dropping a file that others wrote anew meanwhile is a conflict, beside vectors too")
  func concurrentRewrite() async throws {
    for level in TableProperties.IsolationLevel.allCases {
      let table = try await Self.table()
      // The first file is written anew; the change drops it and deletes a row of the second one.
      _ = try await table.delete(where: col("id") == 4, options: Self.options(.copyOnWrite))
      var options = Self.options(.mergeOnRead)
      options.isolation = level
      await #expect {
        try await table.delete(where: col("id") < 11, options: options)
      } throws: {
        ($0 as? IcebergError)?.code == .validationFailed
      }
    }
  }

  @Test("files that were written are removed when the change fails")
  func cleanup() async throws {
    for mode in TableProperties.RowLevelMode.allCases {
      let storage = FaultyFileIO(MemoryFileIO())
      let table = try await Self.table(fileIO: storage)
      let before = try await storage.list(under: table.metadata.location).map(\.location)
      await #expect(throws: (any Error).self) {
        try await table.overwrite(
          where: col("id") == 5,
          with: AsyncThrowingStream<RecordBatch, any Error> { stream in
            stream.yield(
              (try? Self.batch(100..<110)) ?? RecordBatch(names: [], columns: [], rowCount: 0))
            stream.finish(throwing: IcebergError(.storage, "the source is gone"))
          }, options: Self.options(mode))
      }
      let after = try await storage.list(under: table.metadata.location).map(\.location)
      #expect(Set(after) == Set(before))
    }
  }

  @Test("progress is told file by file")
  func progress() async throws {
    let table = try await Self.table()
    let steps = Mutex<[RowChangeProgress]>([])
    var options = Self.options(.copyOnWrite)
    options.progress = { step in steps.withLock { $0.append(step) } }
    _ = try await table.delete(where: col("id") == 3 || col("id") == 13, options: options)
    let told = steps.withLock { $0 }
    #expect(told.filter { $0.step == .finding }.map(\.filesDone).sorted() == [0, 1, 2])
    #expect(told.filter { $0.step == .rewriting }.map(\.filesDone).sorted() == [0, 1, 2])
    #expect(told.last?.step == .committing)
  }
}
