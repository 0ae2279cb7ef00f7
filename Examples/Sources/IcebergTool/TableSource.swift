import ExampleSupport
import Iceberg

/// A table as the command line names it, and how it was found.
struct TableSource {
  /// The table.
  var table: Table
  /// Why the metadata file that was read is the one to read.
  var reason: String
  /// Counts what is read, when somebody watches.
  var meter: ReadMeter?

  /// Does work that may take long, and shows how far it is when somebody watches.
  ///
  /// The files that `scan` reads are the ones to be done.
  func following<Result>(
    _ scan: TableScan? = nil, _ work: () async throws -> Result
  ) async throws -> Result {
    guard let meter else { return try await work() }
    return try await meter.follow(scan, work)
  }

  /// Batches that are counted when somebody watches.
  func counted(
    _ batches: some AsyncSequence<RecordBatch, any Error>
  ) -> some AsyncSequence<RecordBatch, any Error> {
    let meter = meter
    return batches.map { batch in
      meter?.add(rows: batch.rowCount)
      return batch
    }
  }

  /// Opens the table that the command line names.
  static func open(_ invocation: Invocation) async throws -> TableSource {
    try await open(try invocation.arguments.positional("table")[0], invocation)
  }

  /// Opens the table called `name`.
  static func open(_ name: String, _ invocation: Invocation) async throws -> TableSource {
    let arguments = invocation.arguments
    guard CatalogOption.isChosen(arguments, for: name) else {
      return try await open(path: name, invocation)
    }
    let (fileIO, meter) = try meteredFileIO(arguments)
    guard let catalog = try await CatalogOption.open(arguments, fileIO: fileIO) else {
      return try await open(path: name, invocation)
    }
    let table = try await catalog.loadTable(try TableIdentifier(parsing: name))
    let place = catalog is FileSystemCatalog ? "warehouse" : "catalog"
    return TableSource(
      table: table, reason: "it is the newest version in the \(place)", meter: meter)
  }

  /// Opens the table in a folder, or that of a metadata file.
  static func open(path: String, _ invocation: Invocation) async throws -> TableSource {
    let (fileIO, meter) = try meteredFileIO(invocation.arguments)
    let table = try await Table.open(at: path, fileIO: fileIO)
    invocation.opened.add(path, location: table.metadata.location)
    return TableSource(
      table: table, reason: table.metadataResolution?.description ?? "", meter: meter)
  }

  /// The catalog and the name of the table that the command line names, for commands that write.
  ///
  /// Without a catalog the table is a folder, and the folder around it is the warehouse.
  static func catalog(
    _ invocation: Invocation, need: CatalogOption.Need = .existing
  ) async throws -> (catalog: any Catalog, identifier: TableIdentifier) {
    try await catalog(of: try invocation.arguments.positional("table")[0], invocation, need: need)
  }

  /// The catalog and the identifier of the table called `name`, for commands that write.
  static func catalog(
    of name: String, _ invocation: Invocation, need: CatalogOption.Need = .existing
  ) async throws -> (catalog: any Catalog, identifier: TableIdentifier) {
    let arguments = invocation.arguments
    let fileIO = try fileIO(arguments)
    if CatalogOption.isChosen(arguments, for: name),
      let catalog = try await CatalogOption.open(arguments, fileIO: fileIO, need: need)
    {
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

  private static func meteredFileIO(
    _ arguments: Arguments
  ) throws -> (any FileIO, ReadMeter?) {
    let fileIO = try fileIO(arguments)
    guard Output.isWatched else { return (fileIO, nil) }
    let meter = ReadMeter(Output.progress)
    return (MeteredFileIO(fileIO, meter), meter)
  }

  /// How the files of tables are read and written.
  static func fileIO(_ arguments: Arguments) throws -> any FileIO {
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
