import Iceberg

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `hold-lock WAREHOUSE TABLE OWNER MILLIS WORK`: asks for the lock of a table's maintenance, which lasts
/// MILLIS after the last sign of life. Prints `refused OWNER` when somebody else holds it, or `held` after it
/// was held for WORK milliseconds.
struct LockHolding {
  private let warehouse: String
  private let table: TableIdentifier
  private let owner: String
  private let lasting: Duration
  private let work: Duration

  init(_ arguments: inout ArraySlice<String>) throws {
    warehouse = try arguments.next("WAREHOUSE")
    table = try TableIdentifier(parsing: arguments.next("TABLE"))
    owner = try arguments.next("OWNER")
    lasting = .milliseconds(try arguments.nextNumber("MILLIS"))
    work = .milliseconds(try arguments.nextNumber("WORK"))
  }

  func run() async throws {
    let table = try await FileSystemCatalog(warehouse: warehouse).loadTable(table)
    let outcome = try await MaintenanceLock.hold(table, owner: owner, lasting: lasting) { lock in
      try await Task.sleep(for: work)
      try await lock.check()
    }
    switch outcome {
    case .done: print("held")
    case .locked(let holder): print("refused \(holder.owner)")
    }
  }
}
