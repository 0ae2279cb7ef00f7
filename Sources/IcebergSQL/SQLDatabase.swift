#if SQL
import Iceberg
import Synchronization

/// A database file, used from tasks without holding up the threads they run on.
///
/// There is one connection for changes and one for queries, each with a thread of its own, so that a
/// change that waits for another process holds up no query.
final class SQLDatabase: Sendable {
  let path: String
  private let options: SQLCatalog.Options
  private let changes = Lane()
  private let queries = Lane()

  private final class Lane: Sendable {
    let executor = BlockingExecutor(threadLimit: 1)
    let connection = Mutex<SQLiteConnection?>(nil)
  }

  init(path: String, options: SQLCatalog.Options) {
    self.path = path
    self.options = options
  }

  /// Opens the file, and makes it and its tables where they are missing and `creates` is set.
  func prepare(creates: Bool) async throws {
    let options = options
    try await run(changes, creates: creates) { connection in
      var layout = try SQLLayout(of: connection)
      switch options.journal {
      case .asFound where layout == nil && creates, .writeAheadLog:
        try connection.run("PRAGMA journal_mode = WAL")
      case .rollbackJournal: try connection.run("PRAGMA journal_mode = DELETE")
      case .asFound: break
      }
      if layout == nil, creates {
        try connection.transaction { try SQLLayout.make(in: connection) }
        layout = try SQLLayout(of: connection)
      }
      guard let layout else {
        throw IcebergError(
          .notFound, "there is no catalog in the database: it has no table 'iceberg_tables'",
          context: .init(location: connection.path))
      }
      if layout == .v0, options.layout == .v1 {
        try connection.transaction { try SQLLayout.upgrade(connection) }
      }
    }
  }

  /// Asks something, of one state of the database.
  func query<R: Sendable>(
    _ body: @escaping @Sendable (SQLRecords) throws -> R
  ) async throws -> R {
    try await run(queries) { connection in
      try connection.reading { try body(try SQLRecords(connection)) }
    }
  }

  /// Changes something, all or nothing. Cancelling the task has no effect once it has begun.
  ///
  /// Throws ``SQLiteConnection/UnknownOutcome`` when it is not known whether it took place; every other
  /// error says that nothing was changed.
  func change<R: Sendable>(
    steps: SQLCommitSteps = .none, _ body: @escaping @Sendable (SQLRecords) throws -> R
  ) async throws -> R {
    try Task.checkCancellation()
    return try await Task {
      try await run(changes) { connection in
        try connection.transaction(steps: steps) { try body(try SQLRecords(connection)) }
      }
    }.value
  }

  private func run<R: Sendable>(
    _ lane: Lane, creates: Bool = false,
    _ body: @escaping @Sendable (SQLiteConnection) throws -> R
  ) async throws -> R {
    let (path, options) = (path, options)
    return try await lane.executor.run {
      try lane.connection.withLock { held in
        // One that could not even undo what it began is closed, which undoes it.
        defer { if held?.isInTransaction == true { held = nil } }
        do {
          let connection =
            try held
            ?? SQLiteConnection(
              path: path, creates: creates, busyMilliseconds: options.busyMilliseconds)
          held = connection
          return try body(connection)
        } catch let error as SQLiteError {
          throw error.icebergError(path)
        } catch let error as SQLiteConnection.UnknownOutcome {
          // What the connection believes may be wrong: the next call begins with another one.
          held = nil
          throw error
        }
      }
    }
  }
}
#endif
