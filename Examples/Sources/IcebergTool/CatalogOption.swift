import ExampleSupport
import Iceberg
import IcebergSQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The catalog that a command line, or else the environment, chooses.
enum CatalogOption {
  /// What is done about a database that is not there.
  enum Need {
    /// It has to be there.
    case existing
    /// It is made: the command makes something in it.
    case made
  }

  /// The catalog, opened; nil when none is chosen.
  ///
  /// `--catalog` and `--warehouse` count before `ICEBERG_CATALOG` and `ICEBERG_WAREHOUSE`, together.
  static func open(
    _ arguments: Arguments, fileIO: any FileIO, need: Need = .existing
  ) async throws -> (any Catalog)? {
    var address = arguments.value("--catalog")
    var warehouse = arguments.value("--warehouse")
    if address == nil, warehouse == nil {
      address = environment("ICEBERG_CATALOG")
      warehouse = environment("ICEBERG_WAREHOUSE")
    }
    guard let address else {
      return warehouse.map { FileSystemCatalog(warehouse: $0, fileIO: fileIO) }
    }
    guard address.hasPrefix("sqlite:") || address.hasPrefix("jdbc:sqlite:") else {
      return try folder(address, warehouse, fileIO)
    }
    var place = try SQLCatalogAddress(parsing: address)
    if let warehouse {
      guard place.warehouse == nil || place.warehouse == warehouse else {
        throw ArgumentError("two warehouses are given: in the address of the catalog, and another")
      }
      place.warehouse = warehouse
    }
    place.warehouse = place.warehouse.map(absolute)
    return try await SQLCatalog.open(
      place, fileIO: fileIO, options: .init(missing: need == .made ? .create : .refuse))
  }

  /// The catalog, opened. Throws when none is chosen.
  static func required(
    _ invocation: Invocation, need: Need = .existing
  ) async throws -> any Catalog {
    let fileIO = try TableSource.fileIO(invocation.arguments)
    guard let catalog = try await open(invocation.arguments, fileIO: fileIO, need: need) else {
      throw ArgumentError("say which catalog: --warehouse DIR, or --catalog sqlite:///path/file.db")
    }
    return catalog
  }

  /// Whether a word names a table in a catalog, if one is chosen: where the environment chooses it, a
  /// path is still a path.
  static func isChosen(_ arguments: Arguments, for name: String) -> Bool {
    if arguments.value("--catalog") != nil || arguments.value("--warehouse") != nil { return true }
    if name.contains("/") { return false }
    return environment("ICEBERG_CATALOG") != nil || environment("ICEBERG_WAREHOUSE") != nil
  }

  private static func folder(
    _ address: String, _ warehouse: String?, _ fileIO: any FileIO
  ) throws -> any Catalog {
    let isFolder = address.hasPrefix("/") || address.hasPrefix(".") || address.hasPrefix("file:")
    guard isFolder, warehouse == nil else {
      throw ArgumentError(
        "'\(address)' is no catalog: 'sqlite:///path/file.db', or a folder of its own ('/path')")
    }
    return FileSystemCatalog(warehouse: address, fileIO: fileIO)
  }

  /// Metadata holds the places of its files: they must not depend on where the tool was started.
  private static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") || path.contains(":") { return path }
    guard let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
  }

  private static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
