import ExampleSupport
import Iceberg

/// A table as the command line names it, and how it was found.
struct TableSource {
  /// The table.
  var table: Table
  /// Why the metadata file that was read is the one to read.
  var reason: String

  /// Opens the table that the command line names.
  static func open(_ invocation: Invocation) async throws -> TableSource {
    try await open(try invocation.arguments.positional("table")[0], invocation)
  }

  /// Opens the table called `name`.
  static func open(_ name: String, _ invocation: Invocation) async throws -> TableSource {
    let arguments = invocation.arguments
    let fileIO = try fileIO(arguments)
    if let warehouse = arguments.value("--warehouse") {
      let catalog = FileSystemCatalog(warehouse: warehouse, fileIO: fileIO)
      let table = try await catalog.loadTable(try TableIdentifier(parsing: name))
      return TableSource(table: table, reason: "it is the newest version in the warehouse")
    }
    let table = try await Table.open(at: name, fileIO: fileIO)
    return TableSource(table: table, reason: table.metadataResolution?.description ?? "")
  }

  /// The catalog and the name of the table that the command line names, for commands that write.
  ///
  /// Without a warehouse the table is a folder, and the folder around it is the warehouse.
  static func catalog(
    _ invocation: Invocation
  ) throws -> (catalog: FileSystemCatalog, identifier: TableIdentifier) {
    let arguments = invocation.arguments
    let name = try arguments.positional("table")[0]
    let fileIO = try fileIO(arguments)
    if let warehouse = arguments.value("--warehouse") {
      let catalog = FileSystemCatalog(warehouse: warehouse, fileIO: fileIO)
      return (catalog, try TableIdentifier(parsing: name))
    }
    if name.hasSuffix(".metadata.json") || name.hasSuffix(".metadata.json.gz") {
      throw ArgumentError("a metadata file cannot be written to: give the folder of the table")
    }
    var parts = name.split(separator: "/", omittingEmptySubsequences: false)
    while parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
    let table = String(parts.removeLast())
    if [".", "..", ""].contains(table) {
      throw ArgumentError("'\(name)' does not name the folder of a table")
    }
    let folder = parts.joined(separator: "/")
    let warehouse = folder.isEmpty ? (name.hasPrefix("/") ? "/" : ".") : folder
    return (FileSystemCatalog(warehouse: warehouse, fileIO: fileIO), TableIdentifier(name: table))
  }

  private static func fileIO(_ arguments: Arguments) throws -> any FileIO {
    var mappings: [LocationMapping] = []
    for text in arguments.values("--map-location") {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw ArgumentError("--map-location needs OLD=NEW, not '\(text)'")
      }
      mappings.append(LocationMapping(from: String(parts[0]), to: String(parts[1])))
    }
    let local = LocalFileIO()
    return mappings.isEmpty ? local : MappedFileIO(local, mappings: mappings)
  }
}
