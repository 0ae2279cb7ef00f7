import Iceberg
import IcebergModel
import IcebergTestSupport
import Synchronization
import Testing

/// Compaction of tables that change all the time, and of such whose storage fails.
@Suite struct CompactionTests {
  private static let modes: [RowChangeOptions] = [
    RowChangeOptions(mode: .mergeOnRead), RowChangeOptions(mode: .copyOnWrite),
  ]

  private static func batch(_ ids: [Int64]) throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string($0 % 3 == 0 ? "a" : "b"), .double(Double($0 / 2))] },
      schema: SampleTable.schema)
  }

  /// The rows by their ids, with what versions that number rows tell of them.
  private static func rows(_ table: Table) async throws -> [[Int64]] {
    var names = ["id"]
    if table.metadata.formatVersion >= 3 {
      names += ["_row_id", "_last_updated_sequence_number"]
    }
    var rows: [[Int64]] = []
    for try await batch in table.scan().select(names).batches() {
      let columns = batch.columns.map { column -> [Int64] in
        if case .long(let values) = column.values { return values }
        return []
      }
      rows += (0..<batch.rowCount).map { row in columns.map { $0[row] } }
    }
    return rows.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func options(
    sorts: Bool, _ random: inout SeededRandom
  ) -> RewriteDataFilesOptions {
    var options = RewriteDataFilesOptions(
      strategy: sorts ? .sort([.descending("amount"), .ascending("id")]) : .binPack,
      groups: FileGroupOptions(
        targetFileSize: Int64.random(in: 1000...4000, using: &random),
        minInputFiles: Int.random(in: 1...3, using: &random),
        rewritesAll: Int.random(in: 0..<4, using: &random) == 0,
        maxGroupSize: Int64.random(in: 2000...100_000, using: &random),
        concurrency: Int.random(in: 1...4, using: &random),
        partialProgress: Bool.random(using: &random) ? .init(maxCommits: 3) : nil))
    options.deleteFileThreshold = Bool.random(using: &random) ? 1 : nil
    options.removesDanglingDeletes = Bool.random(using: &random)
    options.usesStartingSequenceNumber = Bool.random(using: &random)
    options.sortMemoryLimit = Bool.random(using: &random) ? 1 : 1 << 20
    options.scan.batchRowLimit = Int.random(in: 1...40, using: &random)
    return options
  }

  /// Changes a table once, as chance wants it; returns the ids of the rows that are left.
  private static func change(
    _ table: Table, _ ids: Set<Int64>, next: Int64, _ random: inout SeededRandom,
    modes: [RowChangeOptions] = modes
  ) async throws -> (Table, Set<Int64>) {
    let start = next + Int64.random(in: 1..<4, using: &random)
    let victim = Int64.random(in: 0...max(1, next), using: &random)
    let kind = Int.random(in: 0..<5, using: &random)
    if table.metadata.formatVersion >= 2, kind == 0 {
      let keys = try RecordBatch(
        rows: [[.long(victim)]], schema: SampleTable.schema.selecting(["id"]))
      // Of every partition: rows are divided by city.
      let unpartitioned = table.metadata.defaultPartitionSpec.fields.isEmpty
      if unpartitioned {
        let files = try await table.withEqualityDeleteWriter(["id"]) { try await $0.write(keys) }
        return (
          try await table.commit { $0.rowDelta(RowDelta(addedDeletes: files)) },
          ids.subtracting([victim])
        )
      }
    }
    if kind <= 2 {
      let report = try await table.delete(
        where: col("id") >= victim && col("id") < victim + 4,
        options: modes.randomElement(using: &random) ?? modes[0])
      return (report.table, ids.filter { !(victim..<victim + 4).contains($0) })
    }
    let new = Array(start..<start + Int64.random(in: 1...12, using: &random))
    return (try await table.append(batch(new)), ids.union(new))
  }

  @Test(
    "compaction of random tables leaves their rows, with their ids, in every version",
    arguments: [1, 2, 3])
  func random(version: Int) async throws {
    var random = SeededRandom("CompactionTests.random \(version)")
    var (rewritten, deletes) = (0, 0)
    for round in 0..<LongTests.rounds(quick: 6, long: 200) {
      let partitioned = round % 2 == 0
      var table = try await MemoryCatalog().createTable(
        "db.t",
        SampleTable.creation(
          partitioned: partitioned,
          properties: [
            "format-version": "\(min(2, version))",
            "write.format.default": Bool.random(using: &random) ? "parquet" : "avro",
            "write.delete.granularity": Bool.random(using: &random) ? "file" : "partition",
          ]))
      if version == 1 {
        table = try await MemoryCatalog().createTable(
          "db.t",
          SampleTable.creation(partitioned: partitioned, properties: ["format-version": "1"]))
      }
      var ids: Set<Int64> = []
      for step in 0..<14 {
        (table, ids) = try await Self.change(table, ids, next: ids.max() ?? 0, &random)
        if version == 3, step == 3 {
          table = try await table.commit { $0.upgradeFormat(to: 3) }
          // Rows have ids from the first snapshot of version 3 on.
          let new = (ids.max() ?? 0) + 1
          table = try await table.append(Self.batch([new]))
          ids.insert(new)
        }
        guard step % 5 == 4 else { continue }
        let before = try await Self.rows(table)
        let sorts = Bool.random(using: &random)
        let report = try await table.rewriteDataFiles(Self.options(sorts: sorts, &random))
        rewritten += report.rewrittenDataFilesCount
        #expect(report.failedDataFilesCount == 0)
        table = report.table
        #expect(try await Self.rows(table) == before)
        guard version > 1 else { continue }
        let compacted = try await table.rewritePositionDeleteFiles(
          .init(groups: FileGroupOptions(rewritesAll: true)))
        deletes += compacted.rewrittenDeleteFilesCount
        table = compacted.table
        #expect(try await Self.rows(table) == before)
        table = try await table.removeDanglingDeletes().table
        #expect(try await Self.rows(table) == before)
        #expect(Set(before.map { $0[0] }) == ids)
      }
    }
    print("version \(version): \(rewritten) data files, \(deletes) delete files rewritten")
    #expect(rewritten > 0)
    #expect(version != 2 || deletes > 0)
  }

  @Test(
    "rows that others delete by position meanwhile are deleted in the new files, too",
    arguments: [2, 3])
  func carriedDeletes(version: Int) async throws {
    var random = SeededRandom("CompactionTests.carriedDeletes \(version)")
    var carried: Int64 = 0
    for round in 0..<LongTests.rounds(quick: 20, long: 600) {
      var table = try await MemoryCatalog().createTable(
        "db.t",
        SampleTable.creation(
          partitioned: round % 2 == 0,
          properties: [
            "format-version": "\(version)",
            "write.format.default": Bool.random(using: &random) ? "parquet" : "avro",
            "write.delete.granularity": Bool.random(using: &random) ? "file" : "partition",
            "write.object-storage.enabled": "\(Bool.random(using: &random))",
            "write.parquet.row-group-size-bytes": "300", "write.parquet.page-row-limit": "3",
          ]))
      var ids: Set<Int64> = []
      for _ in 0..<6 {
        (table, ids) = try await Self.change(table, ids, next: ids.max() ?? 0, &random)
      }
      let start = table
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        (table, ids) = try await Self.change(
          table, ids, next: ids.max() ?? 0, &random, modes: [Self.modes[0]])
      }
      let expected = try await Self.rows(table)
      #expect(expected.map { $0[0] } == ids.sorted())
      // Before version 3 rows that are sorted are not found again.
      let sorts = version == 3 && Bool.random(using: &random)
      var options = Self.options(sorts: sorts, &random)
      options.usesStartingSequenceNumber = true
      let live = Set(try await table.scan().tasks().map(\.file.location))
      let planned = try await start.rewriteDataFiles(options, dryRun: true).groups.flatMap(\.files)
      do {
        let report = try await start.rewriteDataFiles(options)
        // Files whose rows are all deleted are removed: those stand against it.
        let isWhole = planned.allSatisfy { live.contains($0.location) }
        #expect(report.failedDataFilesCount == 0 || !isWhole)
        for group in report.groups where group.isCommitted { carried += group.carriedDeleteCount }
      } catch let error as IcebergError where error.code == .validationFailed {
        #expect(planned.contains { !live.contains($0.location) }, "\(error)")
      }
      table = try await table.refreshed()
      #expect(try await Self.rows(table) == expected)
      // What was carried is what others see, and can be changed again.
      let rest = try await table.rewriteDataFiles(
        .init(groups: FileGroupOptions(rewritesAll: true)))
      #expect(rest.failedDataFilesCount == 0)
      #expect(try await Self.rows(rest.table) == expected)
    }
    print("version \(version): \(carried) deletes of rows carried to new files")
    #expect(carried > 0)
  }

  /// How many compactions have rewritten something.
  private final class Compactions: Sendable {
    let count = Mutex(0)
  }

  @Test("a writer that appends and deletes all the time loses nothing to compaction")
  func besideAWriter() async throws {
    let seed = SeededRandom("CompactionTests.besideAWriter").seed
    for version in [2, 3] {
      let catalog = MemoryCatalog()
      var made = try await catalog.createTable(
        "db.t",
        SampleTable.creation(
          partitioned: version == 3,
          properties: [
            "format-version": "\(version)", "commit.retry.num-retries": "100",
            "commit.retry.min-wait-ms": "1", "commit.retry.max-wait-ms": "5",
          ]))
      made = try await made.append(Self.batch(Array(0..<30)))
      // For both versions 20 seconds, or five minutes; longer where compaction has done nothing yet.
      let end = ContinuousClock.now + .seconds(LongTests.rounds(quick: 10, long: 150))
      let compactions = Compactions()
      let writer = Task { () -> (Set<Int64>, Int) in
        var random = SeededRandom(seed: seed)
        var ids = Set(0..<30 as Range<Int64>)
        var changes = 0
        while ContinuousClock.now < end || compactions.count.withLock({ $0 }) == 0 {
          changes += 1
          let table = try await catalog.loadTable("db.t")
          do {
            (_, ids) = try await Self.change(table, ids, next: ids.max() ?? 0, &random)
          } catch let error as IcebergError where error.code == .validationFailed {
            // The file was compacted before the delete: a later one finds the rows.
          }
        }
        return (ids, changes)
      }
      let compaction = Task { () -> (Int, Int) in
        // The writer waits for no more than one that fails.
        defer { compactions.count.withLock { $0 += 1 } }
        var (groups, failed) = (0, 0)
        while !Task.isCancelled {
          let table = try await catalog.loadTable("db.t")
          let options = FileGroupOptions(
            minInputFiles: 2, concurrency: 2, partialProgress: .init(maxCommits: 10))
          guard let report = try await Self.compacted(table, options) else { break }
          groups += report.groups.count
          failed += report.groups.count { !$0.isCommitted }
          if groups > 0 { compactions.count.withLock { $0 += 1 } }
          for error in report.groups.compactMap(\.error) {
            // Nothing but what others committed stands against it.
            #expect((error as? IcebergError)?.code == .validationFailed, "\(error)")
          }
          _ = try? await report.table.removeDanglingDeletes()
          await Task.yield()
        }
        return (groups, failed)
      }
      let (ids, changes) = try await writer.value
      compaction.cancel()
      let (groups, failed) = try await compaction.value
      let table = try await catalog.loadTable("db.t")
      let rows = try await Self.rows(table)
      #expect(rows.map { $0[0] } == ids.sorted(), "version \(version)")
      if version == 3 { #expect(Set(rows.map { $0[1] }).count == rows.count) }
      print("version \(version): \(failed) of \(groups) groups failed beside \(changes) changes")
      #expect(groups > 0)
      // Alone it succeeds.
      let rest = try await table.rewriteDataFiles(
        .init(groups: FileGroupOptions(rewritesAll: true)))
      #expect(rest.failedDataFilesCount == 0)
      #expect(try await Self.rows(rest.table) == rows)
    }
  }

  @Test("rows deleted meanwhile are noticed, also when their vectors were listed anew")
  func vectorsListedAnew() async throws {
    let catalog = MemoryCatalog()
    let creation = SampleTable.creation(properties: ["format-version": "3"])
    var table = try await catalog.createTable("db.t", creation)
    table = try await table.append(try Self.batch([1, 2, 3, 4]))
    table = try await table.append(try Self.batch([11, 12, 13, 14]))
    let start = table
    // One manifest has both vectors; of the second delete one takes the place of another, so that the
    // manifest is written anew.
    for filter in [col("id") == 1 || col("id") == 11, col("id") == 2] {
      table = try await table.delete(where: filter, options: Self.modes[0]).table
    }
    var options = RewriteDataFilesOptions(
      groups: FileGroupOptions(
        rewritesAll: true, maxGroupSize: 1, partialProgress: .init(maxCommits: 10)))
    // Nothing is carried to files of a number of their own.
    options.usesStartingSequenceNumber = false
    let report = try await start.rewriteDataFiles(options)
    #expect(report.groups.count == 2)
    for group in report.groups {
      let error = try #require(group.error as? IcebergError)
      #expect(error.code == .validationFailed, "\(error)")
    }
    let rows = try await Self.rows(try await catalog.loadTable("db.t"))
    #expect(rows.map { $0[0] } == [3, 4, 12, 13, 14])
  }

  /// What compaction did; nil when it was cancelled.
  private static func compacted(
    _ table: Table, _ groups: FileGroupOptions
  ) async throws -> RewriteDataFilesReport? {
    do {
      return try await table.rewriteDataFiles(.init(groups: groups))
    } catch  where error is CancellationError || Task.isCancelled {
      return nil
    }
  }

  @Test(
    "whatever call goes wrong, the rows stay, and compaction can be run again",
    arguments: FaultKind.allCases)
  func crashes(stop: FaultKind) async throws {
    let expected = Array(0..<20 as Range<Int64>).filter { $0 != 3 }
    // In the quick suite one call of several, others for each kind of stop.
    let first = FaultKind.allCases.firstIndex(of: stop) ?? 0
    let step = LongTests.rounds(quick: FaultKind.allCases.count, long: 1)
    for number in stride(from: step == 1 ? 0 : first, to: 200, by: step) {
      let memory = MemoryFileIO()
      let plain = FileSystemCatalog(
        warehouse: "/wh", fileIO: memory, environment: TestEnvironment().environment)
      var table = try await plain.createTable(
        "db.t", SampleTable.creation(partitioned: true, properties: ["format-version": "3"]))
      table = try await table.append(try Self.batch(Array(0..<10)))
      table = try await table.append(try Self.batch(Array(10..<20)))
      table = try await table.delete(where: col("id") == 3, options: Self.modes[0]).table
      let files = Set(memory.locations.filter { $0.contains("/data/") })
      let faulty = FaultyFileIO(memory) { $0.number == number ? stop.fault : nil }
      let catalog = FileSystemCatalog(
        warehouse: "/wh", fileIO: faulty, environment: TestEnvironment(seed: 2).environment)
      let groups = FileGroupOptions(minInputFiles: 2, concurrency: 1)
      var told: Result<RewriteDataFilesReport, any Error>
      do {
        told = .success(
          try await catalog.loadTable("db.t").rewriteDataFiles(.init(groups: groups)))
      } catch {
        told = .failure(error)
      }
      let found = try await plain.loadTable("db.t")
      #expect(try await Self.rows(found).map { $0[0] } == expected, "call \(number)")
      let isCommitted = found.metadata.snapshots.count > 3
      switch told {
      case .success: #expect(isCommitted, "call \(number)")
      case .failure(let error as IcebergError) where error.code == .commitStateUnknown: break
      case .failure(let error):
        #expect(!isCommitted, "call \(number): \(error)")
        if stop != .stop, stop != .stopAfter {
          #expect(
            Set(memory.locations.filter { $0.contains("/data/") }) == files,
            "call \(number): \(error)")
        }
      }
      let again = try await found.rewriteDataFiles(.init(groups: groups))
      #expect(again.rewrittenDataFilesCount == (isCommitted ? 0 : 4))
      #expect(try await Self.rows(again.table).map { $0[0] } == expected, "call \(number)")
      if faulty.calls.count <= number {
        #expect(number > 20)
        return
      }
    }
    Issue.record("the compaction never came to its end")
  }
}
