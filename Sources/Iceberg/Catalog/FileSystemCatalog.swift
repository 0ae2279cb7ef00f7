import IcebergModel

/// A catalog that is nothing but folders: a table is a folder below the warehouse, a version a file
/// `metadata/vN.metadata.json` in it, and a commit the creation of the next version's file.
///
/// The layout is that of Java's `HadoopCatalog` and `HadoopTables`; both sides read and continue each
/// other's tables. Commits are safe where ``FileIO/write(_:to:mode:)`` with `createNew` is: for any
/// number of processes of this library on one file system or store. Java's own commits on a local
/// disk look first and rename then, so that a Java writer at the same moment can overwrite a version.
///
/// Every file of a table lies below its folder: tables cannot be moved, renamed, or keep their
/// metadata elsewhere.
public struct FileSystemCatalog: Catalog {
  /// The folder that holds the namespaces, absolute.
  public let warehouse: String
  /// The storage of the warehouse.
  public let fileIO: any FileIO
  /// The clock and the random numbers of commits.
  public let environment: CommitEnvironment

  /// The catalog of a folder, which need not exist yet. A relative path is taken from the working
  /// directory as it is now.
  public init(
    warehouse: String, fileIO: any FileIO = FileIOResolver(),
    environment: CommitEnvironment = .system
  ) {
    let place = FileLocation.scheme(of: warehouse) == nil ? absolutePath(warehouse) : warehouse
    self.warehouse = FileLocation.withoutTrailingSlash(place)
    self.fileIO = fileIO
    self.environment = environment
  }

  public func loadTable(_ identifier: TableIdentifier) async throws -> Table {
    let folder = try versions(of: identifier)
    guard let current = try await folder.current() else { throw missing(identifier) }
    return table(identifier, current)
  }

  public func createTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    let draft = try await draftTable(identifier, creation)
    return try await make(identifier, draft.metadata, in: try versions(of: identifier))
  }

  public func draftTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    let folder = try versions(of: identifier)
    try await checkIsNotInTable(identifier.namespace)
    let location = try location(of: identifier.namespace + [identifier.name])
    if let wanted = creation.location, FileLocation.withoutTrailingSlash(wanted) != location {
      throw IcebergError(
        .invalidArgument,
        "the table's folder is '\(location)', by its name; it cannot be made at '\(wanted)'",
        context: .init(table: identifier.description))
    }
    let metadata = try creation.metadata(
      uuid: environment.uuid(), location: location, nowMillis: environment.now())
    try checkStaysInPlace(metadata.properties)
    try await checkIsFree(identifier, folder)
    return Table(
      identifier: identifier, metadata: metadata, metadataLocation: nil, fileIO: fileIO,
      catalog: nil)
  }

  /// Names a metadata file as the first version of a table, by writing its content as that version.
  ///
  /// The metadata has to say that the table lies in the folder of its name here: that of a table that
  /// was dropped without its files (`metadata/dropped-vN.json`), or that another catalog kept there. Throws
  /// `unsupported` for other places, and with `overwrite` where there is a table: its versions are
  /// never replaced.
  public func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws -> Table {
    let metadata = try await registered(identifier, metadataLocation, overwrite)
    return try await make(identifier, metadata, in: try versions(of: identifier))
  }

  public func validateRegistration(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws {
    try checkStaysInPlace(
      try await registered(identifier, metadataLocation, overwrite).properties)
  }

  /// The first version of a table that is registered.
  private func registered(
    _ identifier: TableIdentifier, _ metadataLocation: String, _ overwrite: Bool
  ) async throws -> TableMetadata {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    let folder = try versions(of: identifier)
    try await checkIsNotInTable(identifier.namespace)
    if try await folder.current() != nil {
      guard overwrite else { throw exists(identifier) }
      throw IcebergError(
        .unsupported, "the versions of a table whose place is its name are never replaced",
        context: .init(table: identifier.description))
    }
    var metadata = try await TableMetadata(at: metadataLocation, fileIO: fileIO)
    try checkLies(at: location(of: identifier.namespace + [identifier.name]), metadata)
    // Versions count from 1 again: what the log says of earlier ones of such names is no longer true.
    metadata.metadataLog.removeAll {
      MetadataFileName(FileLocation.name(of: $0.location))?.kind == .version
    }
    return metadata
  }

  /// Publishes the first version of a table.
  private func make(
    _ identifier: TableIdentifier, _ metadata: TableMetadata, in folder: VersionFolder,
    adding snapshots: [Snapshot] = []
  ) async throws -> Table {
    try checkStaysInPlace(metadata.properties)
    do {
      let created = try await folder.publish(metadata, after: nil, adding: snapshots)
      return table(identifier, created)
    } catch let error as IcebergError where error.code == .commitConflict {
      throw exists(identifier)
    }
  }

  public func commit(
    _ commit: TableCommit, to identifier: TableIdentifier
  ) async throws -> Table {
    let folder = try versions(of: identifier)
    guard let current = try await folder.current() else {
      guard commit.createsTable else { throw missing(identifier) }
      return try await create(identifier, commit, in: folder)
    }
    var metadata: TableMetadata
    do {
      metadata = try commit.applied(
        to: current.metadata, at: current.location, nowMillis: environment.now())
    } catch {
      var error = error
      error.context.table = error.context.table ?? identifier.description
      throw error
    }
    if metadata == current.metadata { return table(identifier, current) }
    try validate(metadata, following: current.metadata, of: identifier)
    if metadata.tableUUID == nil { metadata.tableUUID = environment.uuid() }
    return table(
      identifier, try await folder.publish(metadata, after: current, adding: commit.addedSnapshots))
  }

  /// Throws `unsupported` when the table would not lie any more where its name says.
  public func validate(
    _ metadata: TableMetadata, following current: TableMetadata, of identifier: TableIdentifier
  ) throws {
    guard metadata.location == current.location else {
      throw IcebergError(
        .unsupported, "the place of this table is its name: its location cannot be changed",
        context: .init(table: identifier.description))
    }
    try checkStaysInPlace(metadata.properties)
    try checkLies(at: location(of: identifier.namespace + [identifier.name]), metadata)
  }

  /// Throws `alreadyExists` where the folder has metadata, even that of a table of another catalog.
  private func checkIsFree(_ identifier: TableIdentifier, _ folder: VersionFolder) async throws {
    guard try await folder.folder.names().isEmpty else { throw exists(identifier) }
  }

  private func create(
    _ identifier: TableIdentifier, _ commit: TableCommit, in folder: VersionFolder
  ) async throws -> Table {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    try await checkIsNotInTable(identifier.namespace)
    let location = try location(of: identifier.namespace + [identifier.name])
    let metadata = try commit.created(
      location: { location }, uuid: environment.uuid(), nowMillis: environment.now())
    try checkLies(at: location, metadata)
    do {
      try await checkIsFree(identifier, folder)
      return try await make(identifier, metadata, in: folder, adding: commit.addedSnapshots)
    } catch let error as IcebergError where error.code == .alreadyExists {
      throw IcebergError(
        .commitConflict, "another writer has made the table",
        context: .init(table: identifier.description))
    }
  }

  /// Always throws `unsupported`: the name of a table is its place.
  public func renameTable(_ identifier: TableIdentifier, to name: TableIdentifier) async throws {
    throw IcebergError(
      .unsupported, "a table whose place is its name cannot be renamed",
      context: .init(table: identifier.description))
  }
}

extension FileSystemCatalog {
  /// The location of a namespace or table. Throws `invalidArgument` for names that would lead
  /// elsewhere.
  func location(of names: [String]) throws -> String {
    try names.reduce(warehouse) { folder, name in
      try CatalogName.check(name)
      return FileLocation.child(name, of: folder)
    }
  }

  func versions(of identifier: TableIdentifier) throws -> VersionFolder {
    let location = try location(of: identifier.namespace + [identifier.name])
    return VersionFolder(
      MetadataFolder(location: FileLocation.child("metadata", of: location), fileIO: fileIO))
  }

  func missing(_ identifier: TableIdentifier) -> IcebergError {
    IcebergError(
      .notFound, "there is no table of this name in '\(warehouse)'",
      context: .init(table: identifier.description))
  }

  private func exists(_ identifier: TableIdentifier) -> IcebergError {
    IcebergError(
      .alreadyExists, "there is a table of this name in '\(warehouse)'",
      context: .init(table: identifier.description))
  }

  func table(_ identifier: TableIdentifier, _ version: VersionFolder.Version) -> Table {
    Table(
      identifier: identifier, metadata: version.metadata, metadataLocation: version.location,
      fileIO: fileIO, catalog: self)
  }

  private func checkStaysInPlace(_ properties: [String: String]) throws {
    let key = TableProperties.metadataPath.key
    guard properties[key] == nil else {
      throw IcebergError(
        .unsupported,
        "'\(key)' cannot be set: this catalog looks for metadata in the table's folder only")
    }
  }

  /// New files go to the location that metadata names. For a copy of a table that is the place of the
  /// original, where a commit to the copy has no business.
  func checkLies(at folder: String, _ metadata: TableMetadata) throws {
    let mapped = (fileIO as? MappedFileIO)?.mapped(metadata.location) ?? metadata.location
    if isSamePlace(mapped, (fileIO as? MappedFileIO)?.mapped(folder) ?? folder) { return }
    throw IcebergError(
      .unsupported,
      """
      the table says that it lies at '\(metadata.location)': it was copied or moved here. It can be \
      read, and changed through storage that maps that place to this one
      """, context: .init(location: folder))
  }

  /// Nothing is made inside the folder of a table.
  private func checkIsNotInTable(_ namespace: [String]) async throws {
    for count in 0..<namespace.count {
      let place = try location(of: Array(namespace[...count]))
      guard try await !isTable(place) else {
        throw IcebergError(
          .invalidArgument,
          "'\(namespace[...count].joined(separator: "."))' is a table and cannot hold tables")
      }
    }
  }
}
