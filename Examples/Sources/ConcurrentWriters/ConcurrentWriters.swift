import ExampleSupport
import Iceberg

/// Many writers of one table that know nothing of each other: what is made again by itself, and what the
/// program has to decide.
///
/// Usage: concurrent-writers [FOLDER]
@main
struct ConcurrentWriters {
  static func main() async throws {
    var story = Story()
    let warehouse = Story.folder("concurrent-writers")
    let accounts = try await FileSystemCatalog(warehouse: warehouse).createTable(
      "bank.accounts",
      schema: Schema([.required("id", .long), .required("balance", .long)]),
      partitionedBy: [.bucket(4, "id")],
      properties: ["commit.retry.num-retries": "20", "commit.retry.min-wait-ms": "10"])

    story.step("Four writers append five times each, all at the same time")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          // Each has a catalog of its own, as if it were a process on another computer.
          var table = try await open(warehouse)
          for batch in 0..<5 {
            let id = Int64(writer * 100 + batch)
            table = try await table.append(rows: [Account(id: id, balance: 100)])
          }
        }
      }
      try await group.waitForAll()
    }
    var table = try await accounts.refreshed()
    story.tell(
      "\(table.metadata.snapshots.count) commits, \(try await total(table)) on all accounts")

    story.step("Two change different accounts at once: both are right, both are committed")
    let before = table
    table = try await deposit(50, to: 1, in: before)
    table = try await deposit(50, to: 201, in: before)
    story.tell("\(try await total(table)) on all accounts")

    story.step("Two change the same account from the same version: the second must not win")
    let stale = table
    table = try await deposit(10, to: 301, in: stale)
    do {
      _ = try await deposit(10, to: 301, in: stale)
      story.tell("a deposit was lost")
    } catch let error as IcebergError where error.code == .validationFailed {
      story.tell("refused: the account was changed since it was read")
    }

    story.step("What to do about it: read again, decide again")
    table = try await depositUntilDone(10, to: 301, in: stale)
    story.tell("account 301 has \(try await balance(of: 301, in: table))")

    story.step("Ten such deposits at the same time, none is lost")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<10 {
        group.addTask {
          _ = try await depositUntilDone(1, to: 301, in: try await open(warehouse))
        }
      }
      try await group.waitForAll()
    }
    table = try await table.refreshed()
    story.tell("account 301 has \(try await balance(of: 301, in: table))")
  }

  private static func open(_ warehouse: String) async throws -> Table {
    try await FileSystemCatalog(warehouse: warehouse).loadTable("bank.accounts")
  }

  /// Writes the new balance of an account, if nobody has changed it since this version of the table.
  private static func deposit(_ amount: Int64, to id: Int64, in table: Table) async throws -> Table
  {
    let old = try await balance(of: id, in: table)
    let row = RecordBatch(
      names: ["id", "balance"],
      columns: [Column(.long([id]), count: 1), Column(.long([old + amount]), count: 1)],
      rowCount: 1)
    // `serializable`: what the filter selects must be the same as when it was read.
    return try await table.overwrite(
      where: col("id") == id, with: [row], options: RowChangeOptions(isolation: .serializable)
    ).table
  }

  private static func depositUntilDone(
    _ amount: Int64, to id: Int64, in table: Table
  ) async throws -> Table {
    var table = table
    while true {
      do {
        return try await deposit(amount, to: id, in: table)
      } catch let error as IcebergError where error.code == .validationFailed {
        table = try await table.refreshed()
      }
    }
  }

  private static func balance(of id: Int64, in table: Table) async throws -> Int64 {
    for try await account in table.scan().filter(col("id") == id).rows(as: Account.self) {
      return account.balance
    }
    throw IcebergError(.notFound, "there is no account \(id)")
  }

  private static func total(_ table: Table) async throws -> Int64 {
    var total: Int64 = 0
    for try await account in table.scan().rows(as: Account.self) { total += account.balance }
    return total
  }
}

/// One row of the table.
struct Account: Codable {
  var id: Int64
  var balance: Int64
}
