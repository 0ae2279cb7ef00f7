import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// A change of rows stops between any two of its steps: the table is before it or after it.
@Suite struct RowChangeCrashTests {
  static let name: TableIdentifier = "db.t"

  /// Everything that writes rows, or deletes of rows, and commits them; on a table with the rows 0 to 9
  /// and 10 to 19, each in a partition of the odd and one of the even ones.
  enum Change: String, CaseIterable, Sendable {
    case append, overwritePartitions
    case overwriteByCopy, overwriteByDeletes, deleteByCopy, deleteByDeletes
    case equalityDeletes, vectors, positionDeletes

    /// Does it, and says which files the caller has written, to be committed then.
    func run(on table: Table, writing written: (Set<String>) -> Void) async throws {
      switch self {
      case .append: _ = try await table.append(RowChangeCrashTests.batch(100..<102))
      case .overwritePartitions:
        _ = try await table.overwritePartitions(with: [RowChangeCrashTests.batch([100, 102])])
      case .overwriteByCopy, .overwriteByDeletes:
        let report = try await table.overwrite(
          where: col("id") >= 3 && col("id") < 12, with: [RowChangeCrashTests.batch(100..<102)],
          options: options)
        #expect(report.snapshotID == report.table.metadata.currentSnapshotID)
      case .deleteByCopy, .deleteByDeletes:
        try await table.delete(where: col("id") >= 3 && col("id") < 12, options: options)
      case .equalityDeletes:
        let files = try await table.withEqualityDeleteWriter(["id"]) { writer in
          try await writer.write(
            RecordBatch(
              rows: (3..<12 as Range<Int64>).map { [.long($0), .string($0 % 2 == 0 ? "a" : "b")] },
              schema: SampleTable.schema.selecting(["id", "city"])))
        }
        written(Set(files.map(\.location)))
        _ = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: files)) }
      case .vectors, .positionDeletes:
        let tasks = try await table.scan().tasks()
        let deletes = try await table.writeDeletes(
          of: tasks.map { RowDeletes(of: $0, at: try DeletionVector([1, 3])) })
        written(Set(deletes.added.map(\.location)))
        _ = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: deletes.added)) }
      }
    }

    private var options: RowChangeOptions {
      RowChangeOptions(
        mode: self == .overwriteByCopy || self == .deleteByCopy ? .copyOnWrite : .mergeOnRead,
        concurrency: 1)
    }

    var formatVersion: Int { self == .positionDeletes ? 2 : 3 }

    /// The rows once it is done.
    var rows: [Int64] {
      let all = Array(0..<20 as Range<Int64>)
      return switch self {
      case .append: all + [100, 101]
      case .overwritePartitions: all.filter { $0 % 2 == 1 } + [100, 102]
      case .overwriteByCopy, .overwriteByDeletes:
        all.filter { !(3..<12).contains($0) } + [100, 101]
      case .deleteByCopy, .deleteByDeletes, .equalityDeletes: all.filter { !(3..<12).contains($0) }
      case .vectors, .positionDeletes: all.filter { ![1, 3].contains($0 % 10 / 2) }
      }
    }
  }

  private static func batch(_ ids: some Sequence<Int64>) throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string($0 % 2 == 0 ? "a" : "b"), .double(Double($0))] },
      schema: SampleTable.schema)
  }

  private static func ids(_ table: Table) async throws -> [Int64] {
    try await WarehouseScene.ids(table)
  }

  /// Waiting takes next to no time.
  private static let properties = [
    "commit.retry.min-wait-ms": "1", "commit.retry.max-wait-ms": "1",
    "commit.status-check.min-wait-ms": "1", "commit.status-check.max-wait-ms": "1",
  ]

  @Test(
    "whatever call goes wrong, rows are there as before or after, and what failed leaves no files",
    arguments: zip(Change.allCases, 0..<1000))
  func calls(change: Change, place: Int) async throws {
    let stored = MemoryFileIO()
    let catalog = FileSystemCatalog(
      warehouse: "/wh", fileIO: stored, environment: TestEnvironment().environment)
    let properties = Self.properties.merging(["format-version": "\(change.formatVersion)"]) { $1 }
    _ = try await catalog.createTable(
      Self.name, SampleTable.creation(partitioned: true, properties: properties)
    ).append(Self.batch(0..<10)).append(Self.batch(10..<20))
    for stop in FaultKind.some(2, for: place) {
      try await play(change, stop, on: stored)
    }
  }

  private func play(
    _ change: Change, _ stop: FaultKind, on stored: MemoryFileIO
  ) async throws {
    for number in 0..<200 {
      let memory = try await stored.copied()
      let files = Set(memory.locations)
      let faulty = FaultyFileIO(memory) { $0.number == number ? stop.fault : nil }
      let catalog = FileSystemCatalog(
        warehouse: "/wh", fileIO: faulty, environment: TestEnvironment(seed: 2).environment)
      var written: Set<String> = []
      var told: (any Error)?
      do {
        try await change.run(on: catalog.loadTable(Self.name)) { written = $0 }
      } catch {
        told = error
      }
      let found = try await FileSystemCatalog(
        warehouse: "/wh", fileIO: memory, environment: TestEnvironment().environment
      ).loadTable(Self.name)
      let isDone = found.metadata.snapshots.count > 2
      let isStop = stop == .stop || stop == .stopAfter
      let place = "\(change), \(stop) at call \(number)"
      #expect(try await Self.ids(found) == (isDone ? change.rows : Array(0..<20)), "\(place)")
      // Nothing that was committed before is gone.
      #expect(files.isSubset(of: memory.locations), "\(place)")
      switch told {
      case nil: #expect(isDone, "\(place)")
      case let error as IcebergError where error.code == .commitStateUnknown: break
      case let error?:
        #expect(!isDone, "\(place): \(error)")
        if !isStop {
          let left = Set(memory.locations).subtracting(files).subtracting(written)
          #expect(left.isEmpty, "\(place): \(error)")
        }
      }
      if isStop, Set(memory.locations) != files {
        // What is left behind can be told from what is needed.
        var options = RemoveOrphanFilesOptions()
        options.olderThanMillis = .max
        options.shortInterval = .acceptedAsNothingWrites
        _ = try await found.removeOrphanFiles(options)
        #expect(isDone || Set(memory.locations) == files, "\(place)")
        #expect(try await Self.ids(found) == (isDone ? change.rows : Array(0..<20)), "\(place)")
      }
      if faulty.calls.count <= number {
        #expect(told == nil, "\(place)")
        #expect(number > 10)
        return
      }
    }
    Issue.record("\(change) never came to its end")
  }
}
