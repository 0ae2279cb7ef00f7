import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// A change of rows stops between any two of its steps: the table is before it or after it.
@Suite struct RowChangeCrashTests {
  static let name: TableIdentifier = "db.t"
  static let cases = CommitCrashTests.Stop.allCases.flatMap { stop in
    TableProperties.RowLevelMode.allCases.map { (stop, $0) }
  }

  private static func batch(_ ids: Range<Int64>) throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string($0 % 2 == 0 ? "a" : "b"), .double(Double($0))] },
      schema: SampleTable.schema)
  }

  private static func ids(_ table: Table) async throws -> [Int64] {
    var ids: [Int64] = []
    for try await batch in table.scan().select("id").batches() {
      if case .long(let values)? = batch.columns.first?.values { ids += values }
    }
    return ids.sorted()
  }

  @Test(
    "whatever call goes wrong, rows are there as before or after, and what failed leaves no files",
    arguments: cases)
  func calls(stop: CommitCrashTests.Stop, mode: TableProperties.RowLevelMode) async throws {
    let before = Array(0..<20 as Range<Int64>)
    let after = before.filter { !(3..<12).contains($0) } + [100, 101]
    for number in 0..<200 {
      let memory = MemoryFileIO()
      let plain = FileSystemCatalog(
        warehouse: "/wh", fileIO: memory, environment: TestEnvironment().environment)
      var table = try await plain.createTable(
        Self.name, SampleTable.creation(partitioned: true, properties: ["format-version": "3"]))
      table = try await table.append(try Self.batch(0..<10))
      table = try await table.append(try Self.batch(10..<20))
      let files = Set(memory.locations.filter { $0.contains("/data/") })
      let faulty = FaultyFileIO(memory) { $0.number == number ? stop.fault() : nil }
      let catalog = FileSystemCatalog(
        warehouse: "/wh", fileIO: faulty, environment: TestEnvironment(seed: 2).environment)
      var told: Result<RowChangeReport, any Error>
      do {
        let table = try await catalog.loadTable(Self.name)
        told = .success(
          try await table.overwrite(
            where: col("id") >= 3 && col("id") < 12, with: [Self.batch(100..<102)],
            options: RowChangeOptions(mode: mode, concurrency: 1)))
      } catch {
        told = .failure(error)
      }
      let found = try await plain.loadTable(Self.name)
      let isCommitted = found.metadata.snapshots.count > 2
      #expect(try await Self.ids(found) == (isCommitted ? after : before), "call \(number)")
      switch told {
      case .success(let report):
        #expect(isCommitted, "call \(number)")
        #expect(report.snapshotID == found.metadata.currentSnapshotID)
      case .failure(let error as IcebergError) where error.code == .commitStateUnknown: break
      case .failure(let error):
        #expect(!isCommitted, "call \(number): \(error)")
        if stop != .stop, stop != .stopAfter {
          let left = Set(memory.locations.filter { $0.contains("/data/") })
          #expect(left == files, "call \(number): \(error)")
        }
      }
      if faulty.calls.count <= number {
        #expect(number > 20)
        return
      }
    }
    Issue.record("the change never came to its end")
  }
}
