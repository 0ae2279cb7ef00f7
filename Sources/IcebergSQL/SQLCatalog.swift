#if SQL
public import Iceberg

/// A catalog in a SQLite database, shared with PyIceberg's `SqlCatalog` and Iceberg Java's `JdbcCatalog`:
/// each opens what the others made, and all may commit at the same time.
///
/// The database keeps names, properties of namespaces, and for every table the location of its current
/// metadata file. A commit exchanges that for another in one transaction, if it still is what the commit
/// was made from; several tables can be committed to in one. Any number of processes on one machine may
/// use a database; on network file systems SQLite's locks are not to be relied on.
///
/// Views that others keep in the database are left alone: they are not listed, and their names are taken.
public final class SQLCatalog: Catalog {
  /// The path of the database file.
  public let path: String
  /// The name that the rows of this catalog carry: a database may hold several catalogs.
  public let name: String
  /// The folder below which tables are made that are given no location; nil: only namespaces with a
  /// property `location` say where.
  public let warehouse: String?
  /// The storage of the tables.
  public let fileIO: any FileIO
  /// The clock and the random numbers of commits.
  public let environment: CommitEnvironment

  let database: SQLDatabase
  let steps: SQLCommitSteps

  /// Opens the catalog in a database file.
  ///
  /// Throws `notFound` when there is none and `options` do not allow to make it, `unsupported` when the
  /// library was built without SQLite, `invalidArgument` when the database holds several catalogs and
  /// `name` is nil, `unavailable` while another process keeps it locked, and `storage` or `invalidFile`
  /// when it cannot be used.
  ///
  /// - Parameters:
  ///   - path: the database file. A relative path is taken from the working directory.
  ///   - name: the name of the catalog in the database, as other engines call it; nil is the only one
  ///     that is there, `default` in an empty database.
  ///   - warehouse: the folder of new tables; nil: only namespaces with a location have new tables.
  ///   - fileIO: the storage of the tables.
  ///   - environment: the clock and the random numbers of commits.
  ///   - options: what is done about a database that is missing, old or locked.
  public static func open(
    _ path: String, name: String? = nil, warehouse: String? = nil,
    fileIO: any FileIO = FileIOResolver(), environment: CommitEnvironment = .system,
    options: Options = Options()
  ) async throws -> SQLCatalog {
    try await open(
      path, name: name, warehouse: warehouse, fileIO: fileIO, environment: environment,
      options: options, steps: .none)
  }

  /// As ``open(_:name:warehouse:fileIO:environment:options:)``, with something between the steps of
  /// every commit.
  package static func open(
    _ path: String, name: String? = nil, warehouse: String? = nil,
    fileIO: any FileIO = FileIOResolver(), environment: CommitEnvironment = .system,
    options: Options = Options(), steps: SQLCommitSteps
  ) async throws -> SQLCatalog {
    try SQLiteConnection.checkIsAvailable(path)
    if options.missing == .refuse {
      guard try await LocalFileIO().exists(path) else {
        throw IcebergError(
          .notFound, "there is no database file of this name", context: .init(location: path))
      }
    }
    let database = SQLDatabase(path: path, options: options)
    try await database.prepare(creates: options.missing == .create)
    let found = try await name == nil ? database.query { try $0.catalogs() } : []
    guard found.count <= 1 else {
      throw IcebergError(
        .invalidArgument,
        "the database holds several catalogs, say which: \(found.joined(separator: ", "))",
        context: .init(location: path))
    }
    return SQLCatalog(
      database, name: name ?? found.first ?? "default", warehouse: warehouse, fileIO: fileIO,
      environment: environment, steps: steps)
  }

  private init(
    _ database: SQLDatabase, name: String, warehouse: String?, fileIO: any FileIO,
    environment: CommitEnvironment, steps: SQLCommitSteps
  ) {
    self.database = database
    path = database.path
    self.name = name
    self.warehouse = warehouse.map {
      var text = $0[...]
      while text.utf8.count > 1, text.hasSuffix("/"), !text.hasSuffix("://") { text.removeLast() }
      return String(text)
    }
    self.fileIO = fileIO
    self.environment = environment
    self.steps = steps
  }
}

extension SQLCatalog {
  /// What is done about a database that is missing, old or locked.
  public struct Options: Hashable, Sendable {
    /// What is done when there is no database, or no catalog in it.
    public enum Missing: Hashable, Sendable {
      /// It is made.
      case create
      /// `notFound` is thrown.
      case refuse
    }

    /// The columns of the table of tables.
    public enum Layout: Hashable, Sendable {
      /// Those that are found; a new database gets the older ones, as Iceberg Java makes them.
      case asFound
      /// Those that tell tables from views, as `jdbc.schema-version` = `V1` of Iceberg Java: an older
      /// database is changed.
      case v1
    }

    /// How the database keeps changes safe until they are complete.
    public enum Journal: Hashable, Sendable {
      /// The way of the file; a new one gets a write-ahead log.
      case asFound
      /// A write-ahead log: queries and a commit do not wait for one another. The file keeps it.
      case writeAheadLog
      /// A rollback journal: one file less, but who reads keeps others from committing.
      case rollbackJournal
    }

    /// What is done when there is no database, or no catalog in it.
    public var missing: Missing
    /// The columns of the table of tables.
    public var layout: Layout
    /// How the database keeps changes safe.
    public var journal: Journal
    /// How long to wait for another process that holds a lock, before `unavailable` is thrown.
    public var busyTimeout: Duration

    /// Options of the given parts.
    public init(
      missing: Missing = .create, layout: Layout = .asFound, journal: Journal = .asFound,
      busyTimeout: Duration = .seconds(30)
    ) {
      self.missing = missing
      self.layout = layout
      self.journal = journal
      self.busyTimeout = busyTimeout
    }

    var busyMilliseconds: Int32 {
      let (seconds, attoseconds) = busyTimeout.components
      return Int32(
        clamping: min(max(seconds, 0), 1 << 20) * 1000 + attoseconds / 1_000_000_000_000_000)
    }
  }
}
#endif
