#if SQL
import Iceberg
import IcebergModel
import IcebergSQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `sql-rounds DATABASE WAREHOUSE WRITER COUNT`: appends a file to `db.t` and then commits to `db.a` and
/// `db.b` at once, as often as COUNT says, while other processes do the same. Prints `appended NAME` and
/// `paired NAME` for what is committed, at once.
struct SQLRounds {
  private let database: String
  private let warehouse: String
  private let writer: String
  private let count: Int

  init(_ arguments: inout ArraySlice<String>) throws {
    database = try arguments.next("DATABASE")
    warehouse = try arguments.next("WAREHOUSE")
    writer = try arguments.next("WRITER")
    count = try arguments.nextNumber("COUNT")
  }

  func run() async throws {
    let catalog = try await SQLCatalog.open(database, name: "test", warehouse: warehouse)
    let policy = RetryPolicy(
      retries: 1000, minWait: .milliseconds(1), maxWait: .milliseconds(100),
      totalTime: .seconds(600))
    var table = try await catalog.loadTable("db.t")
    for number in 0..<count {
      let name = "\(writer)-\(number)"
      let file = DataFile(
        location: table.metadata.location + "/data/\(name).parquet", format: .parquet,
        specID: table.metadata.defaultSpecID, recordCount: 1, fileSizeInBytes: 100)
      table = try await table.commit(retry: policy) { $0.append([file]) }
      tell("appended \(name)")
      let commit = TableCommit(requirements: [], updates: [.setProperties([name: "x"])])
      while true {
        do {
          _ = try await catalog.commit([("db.a", commit), ("db.b", commit)])
          tell("paired \(name)")
          break
        } catch let error as IcebergError where error.isRetryable {
          try await Task.sleep(for: .milliseconds(1))
        }
      }
    }
  }

  private func tell(_ line: String) {
    print(line)
    fflush(nil)
  }
}
#endif
