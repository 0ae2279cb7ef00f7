import IcebergModel
import Synchronization

/// A catalog in memory, for tests and for tables that need not outlive the process.
///
/// Only the names and the locations of the current metadata files are kept in memory: all files,
/// metadata included, go to the storage that the catalog is given, by default in memory too.
public final class MemoryCatalog: Catalog {
  /// The folder below which tables are made that are given no location.
  public let warehouse: String
  /// The storage of the tables.
  public let fileIO: any FileIO
  /// The clock and the random numbers of commits.
  public let environment: CommitEnvironment

  private struct State {
    /// The location of the current metadata file.
    var tables: [TableIdentifier: String] = [:]
    var namespaces: Set<[String]> = []
  }

  private let state = Mutex(State())

  /// A catalog without tables.
  public init(
    warehouse: String = "memory:/warehouse", fileIO: any FileIO = MemoryFileIO(),
    environment: CommitEnvironment = .system
  ) {
    self.warehouse = FileLocation.withoutTrailingSlash(warehouse)
    self.fileIO = fileIO
    self.environment = environment
  }

  public func loadTable(_ identifier: TableIdentifier) async throws -> Table {
    let location = try location(of: identifier)
    return table(identifier, try await TableMetadata(at: location, fileIO: fileIO), location)
  }

  public func createTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    if state.withLock({ $0.tables[identifier] != nil }) { throw exists(identifier) }
    let place = (identifier.namespace + [identifier.name]).reduce(warehouse) {
      FileLocation.child($1, of: $0)
    }
    let metadata = try creation.metadata(
      uuid: environment.uuid(), location: creation.location ?? place,
      nowMillis: environment.now())
    let location = try await write(metadata, version: 0)
    let isFirst = state.withLock { state in
      if state.tables[identifier] != nil { return false }
      state.tables[identifier] = location
      for count in 0..<identifier.namespace.count {
        state.namespaces.insert(Array(identifier.namespace[...count]))
      }
      return true
    }
    guard isFirst else {
      try? await fileIO.remove([location])
      throw exists(identifier)
    }
    return table(identifier, metadata, location)
  }

  /// Names an existing metadata file as the current version of a table. Throws `alreadyExists`, and
  /// what reading the file throws.
  public func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String
  ) async throws -> Table {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    let metadata = try await TableMetadata(at: metadataLocation, fileIO: fileIO)
    let isFirst = state.withLock { state in
      if state.tables[identifier] != nil { return false }
      state.tables[identifier] = metadataLocation
      for count in 0..<identifier.namespace.count {
        state.namespaces.insert(Array(identifier.namespace[...count]))
      }
      return true
    }
    guard isFirst else { throw exists(identifier) }
    return table(identifier, metadata, metadataLocation)
  }

  public func commit(
    _ commit: TableCommit, to identifier: TableIdentifier
  ) async throws -> Table {
    let current = try await loadTable(identifier)
    guard let base = current.metadataLocation else { return current }
    var metadata = try commit.applied(
      to: current.metadata, at: base, nowMillis: environment.now())
    if metadata == current.metadata { return current }
    if metadata.tableUUID == nil { metadata.tableUUID = environment.uuid() }
    let version = MetadataFileName(FileLocation.name(of: base))?.version ?? 0
    let location = try await write(metadata, version: version &+ 1)
    let isNext = state.withLock { state in
      guard state.tables[identifier] == base else { return false }
      state.tables[identifier] = location
      return true
    }
    guard isNext else {
      try? await fileIO.remove([location])
      throw IcebergError(
        .commitConflict, "another writer has committed a version since this one was loaded",
        context: .init(table: identifier.description))
    }
    await removeOutdated(before: metadata, after: current.metadata)
    return table(identifier, metadata, location)
  }

  public func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws {
    var files: PurgedFiles?
    if purge {
      let table = try await loadTable(identifier)
      try PurgedFiles.checkIsAllowed(table.metadata, identifier)
      files = try await PurgedFiles(table.metadata, fileIO: fileIO)
    }
    guard let last = state.withLock({ $0.tables.removeValue(forKey: identifier) }) else {
      throw missing(identifier)
    }
    if let files {
      try await fileIO.remove(files.locations)
      try await fileIO.remove([last])
    }
  }

  public func renameTable(_ identifier: TableIdentifier, to name: TableIdentifier) async throws {
    try CatalogName.checkNew(name.namespace + [name.name])
    try state.withLock { state in
      guard let location = state.tables[identifier] else { throw missing(identifier) }
      guard state.tables[name] == nil else { throw exists(name) }
      state.tables[identifier] = nil
      state.tables[name] = location
      for count in 0..<name.namespace.count {
        state.namespaces.insert(Array(name.namespace[...count]))
      }
    }
  }

  public func listTables(in namespace: [String]) async throws -> [TableIdentifier] {
    try state.withLock { state in
      guard namespace.isEmpty || state.namespaces.contains(namespace) else {
        throw missing(namespace)
      }
      return state.tables.keys.filter { $0.namespace == namespace }.sorted { $0.name < $1.name }
    }
  }

  public func listNamespaces(in parent: [String]) async throws -> [[String]] {
    try state.withLock { state in
      guard parent.isEmpty || state.namespaces.contains(parent) else { throw missing(parent) }
      return state.namespaces
        .filter { $0.count == parent.count + 1 && $0.starts(with: parent) }
        .sorted { $0[parent.count] < $1[parent.count] }
    }
  }

  public func createNamespace(_ namespace: [String]) async throws {
    guard !namespace.isEmpty else {
      throw IcebergError(.invalidArgument, "a namespace needs a name")
    }
    try CatalogName.checkNew(namespace)
    try state.withLock { state in
      guard !state.namespaces.contains(namespace) else {
        throw IcebergError(
          .alreadyExists, "there is a namespace '\(namespace.joined(separator: "."))'")
      }
      for count in 0..<namespace.count { state.namespaces.insert(Array(namespace[...count])) }
    }
  }

  public func dropNamespace(_ namespace: [String]) async throws {
    try state.withLock { state in
      guard state.namespaces.contains(namespace) else { throw missing(namespace) }
      let isEmpty =
        !state.tables.keys.contains { $0.namespace.starts(with: namespace) }
        && !state.namespaces.contains { $0.count > namespace.count && $0.starts(with: namespace) }
      guard isEmpty else {
        throw IcebergError(
          .invalidArgument,
          "the namespace '\(namespace.joined(separator: "."))' is not empty")
      }
      state.namespaces.remove(namespace)
    }
  }
}

extension MemoryCatalog {
  private func location(of identifier: TableIdentifier) throws -> String {
    guard let location = state.withLock({ $0.tables[identifier] }) else {
      throw missing(identifier)
    }
    return location
  }

  private func table(
    _ identifier: TableIdentifier, _ metadata: TableMetadata, _ location: String
  ) -> Table {
    Table(
      identifier: identifier, metadata: metadata, metadataLocation: location, fileIO: fileIO,
      catalog: self)
  }

  /// Writes a metadata file that nothing refers to yet: whatever goes wrong, nothing was committed.
  private func write(_ metadata: TableMetadata, version: Int64) async throws -> String {
    let isCompressed = try metadata.property(TableProperties.metadataCompression) == .gzip
    let name = MetadataFileName(
      version: version, uuid: environment.uuid(), compression: isCompressed ? .gzip : .none)
    let location = try TableLocations(metadata).metadataFile(named: name.text)
    do {
      try await fileIO.write(
        metadata.serialized(compressed: isCompressed), to: location, mode: .createNew)
    } catch {
      throw IcebergError(
        .storage, "the metadata file cannot be written; nothing was committed",
        context: .init(location: location), cause: error)
    }
    return location
  }

  private func removeOutdated(before new: TableMetadata, after old: TableMetadata) async {
    try? await fileIO.remove(new.metadataFilesToDelete(after: old))
  }

  private func missing(_ identifier: TableIdentifier) -> IcebergError {
    IcebergError(
      .notFound, "there is no table of this name", context: .init(table: identifier.description))
  }

  private func missing(_ namespace: [String]) -> IcebergError {
    IcebergError(.notFound, "there is no namespace '\(namespace.joined(separator: "."))'")
  }

  private func exists(_ identifier: TableIdentifier) -> IcebergError {
    IcebergError(
      .alreadyExists, "there is a table of this name",
      context: .init(table: identifier.description))
  }
}
