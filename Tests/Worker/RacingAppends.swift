import Iceberg
import IcebergModel

/// `append WAREHOUSE TABLE WRITER COUNT RETRIES`: appends files to a table one by one, while other
/// processes do the same. Prints a line for each: `committed NAME`, `conflict NAME`, `unknown NAME`.
struct RacingAppends {
  private let warehouse: String
  private let table: TableIdentifier
  private let writer: String
  private let count: Int
  private let retries: Int?

  init(_ arguments: inout ArraySlice<String>) throws {
    warehouse = try arguments.next("WAREHOUSE")
    table = try TableIdentifier(parsing: arguments.next("TABLE"))
    writer = try arguments.next("WRITER")
    count = try arguments.nextNumber("COUNT")
    let text = try arguments.next("RETRIES")
    retries = text == "default" ? nil : Int(text)
  }

  func run() async throws {
    let catalog = FileSystemCatalog(warehouse: warehouse)
    var table = try await catalog.loadTable(table)
    let policy = retries.map {
      RetryPolicy(
        retries: $0, minWait: .milliseconds(1), maxWait: .milliseconds(200),
        totalTime: .seconds(600))
    }
    for number in 0..<count {
      let name = "\(writer)-\(number)"
      let file = DataFile(
        location: table.metadata.location + "/data/\(name).parquet", format: .parquet,
        specID: table.metadata.defaultSpecID, recordCount: 1, fileSizeInBytes: 100)
      do {
        table = try await table.commit(retry: policy) { $0.append([file]) }
        print("committed \(name)")
      } catch let error as IcebergError where error.code == .commitConflict {
        print("conflict \(name)")
        table = try await table.refreshed()
      } catch let error as IcebergError where error.code == .commitStateUnknown {
        print("unknown \(name)")
        table = try await table.refreshed()
      }
    }
  }
}
