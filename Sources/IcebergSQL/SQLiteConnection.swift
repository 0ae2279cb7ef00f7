#if SQL
import CSQLite
import Iceberg

/// A connection to a database file. It blocks, and is used by one thread at a time.
package final class SQLiteConnection {
  /// A commit whose outcome the database did not tell.
  package struct UnknownOutcome: Error {
    package var cause: any Error
  }

  /// The file.
  package let path: String
  private let handle: OpaquePointer
  private var statements: [String: OpaquePointer] = [:]

  /// Opens the file; one that is not there is made where `creates` is set.
  ///
  /// Throws `unsupported` when the library was built without SQLite, and what SQLite says.
  package init(path: String, creates: Bool, busyMilliseconds: Int32) throws {
    try Self.checkIsAvailable(path)
    var opened: OpaquePointer?
    let code = csqlite_open(path, &opened, creates)
    guard code == 0, let opened else {
      let error = Self.error(opened, code)
      if let opened { csqlite_close(opened) }
      throw error.icebergError(path)
    }
    self.path = path
    handle = opened
    _ = csqlite_busy_timeout(opened, busyMilliseconds)
    // A commit that was reported is on disk.
    try run("PRAGMA synchronous = FULL")
  }

  /// Throws `unsupported` when the library was built without SQLite.
  static func checkIsAvailable(_ path: String) throws {
    guard csqlite_available() else {
      throw IcebergError(
        .unsupported, "built without SQLite: install libsqlite3-dev and build again",
        context: .init(location: path))
    }
  }

  deinit {
    for statement in statements.values { csqlite_finalize(statement) }
    csqlite_close(handle)
  }

  /// Runs a statement with the given values for its question marks, and returns how many rows it
  /// changed.
  @discardableResult
  package func run(_ sql: String, _ values: String?...) throws -> Int {
    try each(sql, values) { _ in }
    return Int(csqlite_changes(handle))
  }

  /// The rows that a query finds, as text.
  package func rows(_ sql: String, _ values: String?...) throws -> [[String?]] {
    var rows: [[String?]] = []
    try each(sql, values) { rows.append($0) }
    return rows
  }

  /// Runs `body` in a transaction that no other writer can come between.
  ///
  /// What `body` throws undoes it. Throws ``UnknownOutcome`` when the database could not say whether it
  /// was committed; every other error says that it was not.
  package func transaction<R>(
    steps: SQLCommitSteps = .none, _ body: () throws -> R
  ) throws -> R {
    try run("BEGIN IMMEDIATE")
    let result: R
    do {
      try steps.reached(.begun)
      result = try body()
      try steps.reached(.written)
    } catch {
      rollBack()
      throw error
    }
    do {
      try run("COMMIT")
    } catch let error as SQLiteError where error.isBusy {
      rollBack()
      throw error
    } catch {
      rollBack()
      throw UnknownOutcome(cause: error)
    }
    do {
      try steps.reached(.committed)
    } catch {
      throw UnknownOutcome(cause: error)
    }
    return result
  }

  /// Runs `body` on one state of the database.
  package func reading<R>(_ body: () throws -> R) throws -> R {
    try run("BEGIN")
    defer { rollBack() }
    return try body()
  }

  /// Whether a transaction was begun and neither committed nor undone.
  var isInTransaction: Bool { csqlite_in_transaction(handle) }

  private func rollBack() {
    if isInTransaction { _ = try? run("ROLLBACK") }
  }

  private func each(
    _ sql: String, _ values: [String?], _ body: ([String?]) -> Void
  ) throws(SQLiteError) {
    let statement = try prepared(sql)
    defer { _ = csqlite_reset(statement) }
    for (index, value) in values.enumerated() {
      let code = bind(value, to: statement, at: Int32(index + 1))
      guard code == 0 else { throw Self.error(handle, code) }
    }
    while true {
      switch csqlite_step(statement) {
      case 100: body(row(of: statement))
      case 101: return
      case let code: throw Self.error(handle, code)
      }
    }
  }

  private func prepared(_ sql: String) throws(SQLiteError) -> OpaquePointer {
    if let statement = statements[sql] { return statement }
    var statement: OpaquePointer?
    let code = csqlite_prepare(handle, sql, Int32(sql.utf8.count), &statement)
    guard code == 0, let statement else { throw Self.error(handle, code) }
    statements[sql] = statement
    return statement
  }

  private func bind(
    _ value: String?, to statement: OpaquePointer, at index: Int32
  ) -> Int32 {
    guard let value else { return csqlite_bind_null(statement, index) }
    return csqlite_bind_text(statement, index, value, Int32(clamping: value.utf8.count))
  }

  private func row(of statement: OpaquePointer) -> [String?] {
    (0..<csqlite_column_count(statement)).map { index in
      guard let text = csqlite_column_text(statement, index) else { return nil }
      let size = Int(csqlite_column_size(statement, index))
      return String(decoding: UnsafeBufferPointer(start: text, count: size), as: UTF8.self)
    }
  }

  private static func error(_ handle: OpaquePointer?, _ code: Int32) -> SQLiteError {
    guard let handle else { return SQLiteError(code: code, message: "no memory") }
    return SQLiteError(
      code: csqlite_extended_code(handle), message: String(cString: csqlite_message(handle)))
  }
}
#endif
