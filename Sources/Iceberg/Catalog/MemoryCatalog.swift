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

  let state = Mutex(MemoryCatalogState())

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
    guard let location = state.withLock({ $0.tables[identifier] }) else {
      throw VersionStore.missing(identifier)
    }
    return table(identifier, try await TableMetadata(at: location, fileIO: fileIO), location)
  }

  public func createTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    let draft = try await draftTable(identifier, creation)
    return try await create(identifier, draft.metadata, else: VersionStore.exists(identifier))
  }

  public func draftTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    if state.withLock({ $0.tables[identifier] != nil }) { throw VersionStore.exists(identifier) }
    let metadata = try creation.metadata(
      uuid: environment.uuid(), location: creation.location ?? defaultLocation(identifier),
      nowMillis: environment.now())
    return Table(
      identifier: identifier, metadata: metadata, metadataLocation: nil, fileIO: fileIO,
      catalog: nil)
  }

  public func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws -> Table {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    let metadata = try await TableMetadata(at: metadataLocation, fileIO: fileIO)
    try state.withLock { state in
      if !overwrite, state.tables[identifier] != nil { throw VersionStore.exists(identifier) }
      state.add(identifier, metadataLocation)
    }
    return table(identifier, metadata, metadataLocation)
  }

  public func validateRegistration(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    _ = try await TableMetadata(at: metadataLocation, fileIO: fileIO)
    if !overwrite, state.withLock({ $0.tables[identifier] != nil }) {
      throw VersionStore.exists(identifier)
    }
  }

  public func commit(
    _ commit: TableCommit, to identifier: TableIdentifier
  ) async throws -> Table {
    let tables = try await self.commit([(identifier, commit)])
    return tables[0]
  }

  public func commit(_ commits: [(TableIdentifier, TableCommit)]) async throws -> [Table] {
    try VersionStore.checkNamedOnce(commits)
    var outcomes: [(table: Table, staged: VersionStore.Staged?)] = []
    func discard() async { await store.discard(outcomes.compactMap(\.staged)) }
    do {
      for (identifier, commit) in commits {
        let staged = try await stage(commit, to: identifier)
        outcomes.append(staged)
      }
      let all = outcomes.compactMap(\.staged)
      try state.withLock { state in
        for staged in all
        where state.tables[staged.identifier] != staged.base?.metadataLocation {
          throw VersionStore.conflict(staged.identifier)
        }
        for staged in all { state.add(staged.identifier, staged.location) }
      }
      for staged in all { await store.removeOutdated(after: staged) }
      return outcomes.map(\.table)
    } catch {
      await discard()
      throw error
    }
  }

  public func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws {
    if purge { return try await dropWithFiles(identifier) }
    guard state.withLock({ $0.tables.removeValue(forKey: identifier) }) != nil else {
      throw VersionStore.missing(identifier)
    }
  }

  @discardableResult
  public func purgeTable(
    _ identifier: TableIdentifier, _ options: DeleteReachableFilesOptions
  ) async throws -> DeleteReachableFilesReport {
    try await purge(identifier, options) { table in
      state.withLock { state in
        guard state.tables[identifier] == table.metadataLocation else { return false }
        state.tables[identifier] = nil
        return true
      }
    }
  }

  public func renameTable(_ identifier: TableIdentifier, to name: TableIdentifier) async throws {
    try CatalogName.checkNew(name.namespace + [name.name])
    try state.withLock { state in
      guard let location = state.tables[identifier] else { throw VersionStore.missing(identifier) }
      guard state.tables[name] == nil else { throw VersionStore.exists(name) }
      state.tables[identifier] = nil
      state.add(name, location)
    }
  }
}

extension MemoryCatalog {
  private var store: VersionStore { VersionStore(fileIO: fileIO, environment: environment) }

  private func table(
    _ identifier: TableIdentifier, _ metadata: TableMetadata, _ location: String
  ) -> Table {
    Table(
      identifier: identifier, metadata: metadata, metadataLocation: location, fileIO: fileIO,
      catalog: self)
  }

  private func defaultLocation(_ identifier: TableIdentifier) -> String {
    NamespaceRules.tableLocation(
      identifier, warehouse: warehouse,
      namespaceLocation: state.withLock {
        $0.namespaces[identifier.namespace]?[NamespaceRules.location]
      })
  }

  private func create(
    _ identifier: TableIdentifier, _ metadata: TableMetadata, else failure: IcebergError
  ) async throws -> Table {
    let staged = try await store.stage(metadata, creating: identifier)
    let isFirst = state.withLock { state in
      if state.tables[identifier] != nil { return false }
      state.add(identifier, staged.location)
      return true
    }
    guard isFirst else {
      await store.discard([staged])
      throw failure
    }
    return store.table(staged, in: self)
  }

  /// The version that a commit leads to; nothing is staged when it changes nothing.
  private func stage(
    _ commit: TableCommit, to identifier: TableIdentifier
  ) async throws -> (Table, VersionStore.Staged?) {
    if commit.createsTable, state.withLock({ $0.tables[identifier] == nil }) {
      try CatalogName.checkNew(identifier.namespace + [identifier.name])
      let metadata = try store.created(by: commit, identifier) { defaultLocation(identifier) }
      let staged = try await store.stage(metadata, creating: identifier)
      return (store.table(staged, in: self), staged)
    }
    let current = try await loadTable(identifier)
    guard let staged = try await store.stage(commit, on: current) else { return (current, nil) }
    return (store.table(staged, in: self), staged)
  }
}
