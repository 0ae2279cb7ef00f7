#if SQL
public import Iceberg

/// Where a catalog in a SQLite database is, as one text:
/// `sqlite:///data/catalog.db?warehouse=/data/warehouse&name=prod`.
public struct SQLCatalogAddress: Hashable, Sendable {
  /// The path of the database file.
  public var path: String
  /// The name of the catalog in the database; nil is the only one that is there.
  public var name: String?
  /// The folder of new tables; nil: only namespaces with a location have new tables.
  public var warehouse: String?
  /// How the database keeps changes safe.
  public var journal: SQLCatalog.Options.Journal

  /// Reads `sqlite:///absolute/path`, `sqlite:relative/path`, or `jdbc:sqlite:/path`, and after a
  /// question mark `warehouse=`, `name=` and `journal=` (`wal` or `rollback`), joined by
  /// `&`.
  ///
  /// Slashes in front count as one: `sqlite:////path`, as SQLAlchemy writes absolute paths, is the same
  /// place. Nothing is percent-decoded. Throws `invalidArgument` for anything else.
  public init(parsing text: String) throws {
    var rest = text[...]
    if rest.hasPrefix("jdbc:") { rest = rest.dropFirst("jdbc:".count) }
    guard rest.hasPrefix("sqlite:") else {
      throw IcebergError(
        .invalidArgument, "'\(text)' is no address of a SQLite database: 'sqlite:///path/file.db'")
    }
    rest = rest.dropFirst("sqlite:".count)
    let mark = rest.firstIndex(of: "?") ?? rest.endIndex
    var path = rest[..<mark]
    if path.hasPrefix("//") {
      path = path.drop { $0 == "/" }
      path = "/" + path
    }
    guard !path.isEmpty, path != "/", !path.contains(":memory:"), !path.hasPrefix("file:")
    else {
      throw IcebergError(
        .invalidArgument, "'\(text)' does not name the file of a database: 'sqlite:///path/file.db'"
      )
    }
    self.path = String(path)
    journal = .asFound
    for part in rest[mark...].dropFirst().split(separator: "&") {
      let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = words.count == 2 ? String(words[1]) : ""
      switch (words[0], value) {
      case ("warehouse", _) where !value.isEmpty: warehouse = value
      case ("name", _) where !value.isEmpty: name = value
      case ("journal", "wal"): journal = .writeAheadLog
      case ("journal", "rollback"): journal = .rollbackJournal
      default:
        throw IcebergError(
          .invalidArgument,
          "'\(part)' is not understood: 'warehouse=FOLDER', 'name=NAME' and 'journal=wal' (or rollback) are"
        )
      }
    }
  }
}

extension SQLCatalog {
  /// Opens the catalog at an address; see ``open(_:name:warehouse:fileIO:environment:options:)``.
  public static func open(
    _ address: SQLCatalogAddress, fileIO: any FileIO = FileIOResolver(),
    environment: CommitEnvironment = .system, options: Options = Options()
  ) async throws -> SQLCatalog {
    var options = options
    if address.journal != .asFound { options.journal = address.journal }
    return try await open(
      address.path, name: address.name, warehouse: address.warehouse, fileIO: fileIO,
      environment: environment, options: options)
  }
}
#endif
