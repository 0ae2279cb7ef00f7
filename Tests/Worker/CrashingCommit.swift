import Iceberg
import IcebergModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `crash-append WAREHOUSE TABLE STEP`: appends a file and stops without any clean-up after a number
/// of steps, counted over all files that the commit writes. Prints `steps N` when it came to its end.
struct CrashingCommit {
  private let warehouse: String
  private let table: TableIdentifier
  private let step: Int

  init(_ arguments: inout ArraySlice<String>) throws {
    warehouse = try arguments.next("WAREHOUSE")
    table = try TableIdentifier(parsing: arguments.next("TABLE"))
    step = try arguments.nextNumber("STEP")
  }

  func run() async throws {
    let counter = StepCounter(last: step)
    let fileIO = LocalFileIO(steps: LocalWriteSteps { _ in counter.reach() })
    let catalog = FileSystemCatalog(warehouse: warehouse, fileIO: fileIO)
    let table = try await catalog.loadTable(table)
    let file = DataFile(
      location: table.metadata.location + "/data/crashing.parquet", format: .parquet,
      specID: table.metadata.defaultSpecID, recordCount: 1, fileSizeInBytes: 100)
    try await table.append([file])
    print("steps \(counter.steps)")
  }
}

/// Counts steps and stops the process at one of them.
private final class StepCounter: Sendable {
  private let count = Mutex(0)
  private let last: Int

  init(last: Int) { self.last = last }

  var steps: Int { count.withLock { $0 } }

  func reach() {
    let number = count.withLock { count in
      defer { count += 1 }
      return count
    }
    if number == last { _exit(CrashingWrite.exitCode) }
  }
}
