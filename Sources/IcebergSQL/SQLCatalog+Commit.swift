#if SQL
public import Iceberg

extension SQLCatalog {
  public func createTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    let draft = try await draftTable(identifier, creation)
    let staged = try await store.stage(draft.metadata, creating: identifier)
    try await publish([staged])
    return store.table(staged, in: self)
  }

  public func draftTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    guard try await row(of: identifier) == nil else { throw VersionStore.exists(identifier) }
    let location: String
    if let wanted = creation.location {
      location = wanted
    } else {
      location = try await defaultLocation(identifier)
    }
    let metadata = try creation.metadata(
      uuid: environment.uuid(), location: location, nowMillis: environment.now())
    return Table(
      identifier: identifier, metadata: metadata, metadataLocation: nil, fileIO: fileIO,
      catalog: nil)
  }

  public func commit(
    _ commit: TableCommit, to identifier: TableIdentifier
  ) async throws -> Table {
    let tables = try await self.commit([(identifier, commit)])
    return tables[0]
  }

  /// Commits to several tables in one transaction of the database.
  public func commit(_ commits: [(TableIdentifier, TableCommit)]) async throws -> [Table] {
    try VersionStore.checkNamedOnce(commits)
    var outcomes: [(table: Table, staged: VersionStore.Staged?)] = []
    do {
      for (identifier, commit) in commits {
        let outcome = try await stage(commit, to: identifier)
        outcomes.append(outcome)
      }
    } catch {
      await store.discard(outcomes.compactMap(\.staged))
      throw error
    }
    let all = outcomes.compactMap(\.staged)
    do {
      try await publish(all)
    } catch let error as IcebergError where error.code == .alreadyExists {
      // Only a commit that makes a table can find it there.
      throw IcebergError(
        .commitConflict, "another writer has made the table", context: error.context)
    }
    for staged in all { await store.removeOutdated(after: staged) }
    return outcomes.map(\.table)
  }
}

extension SQLCatalog {
  private var store: VersionStore { VersionStore(fileIO: fileIO, environment: environment) }

  /// The version that a commit leads to; nothing is staged when it changes nothing.
  private func stage(
    _ commit: TableCommit, to identifier: TableIdentifier
  ) async throws -> (Table, VersionStore.Staged?) {
    if commit.createsTable, try await row(of: identifier) == nil {
      try CatalogName.checkNew(identifier.namespace + [identifier.name])
      let place = commit.updates.contains { if case .setLocation = $0 { true } else { false } }
      let location = place ? "" : try await defaultLocation(identifier)
      let metadata = try store.created(by: commit, identifier) { location }
      let staged = try await store.stage(metadata, creating: identifier)
      return (store.table(staged, in: self), staged)
    }
    let current = try await loadTable(identifier)
    guard let staged = try await store.stage(commit, on: current) else { return (current, nil) }
    return (store.table(staged, in: self), staged)
  }

  /// Makes staged versions current, all of them or none. The files of those that surely are not are
  /// removed.
  private func publish(_ staged: [VersionStore.Staged]) async throws {
    guard let first = staged.first else { return }
    let name = name
    do {
      try await database.change(steps: steps) { records in
        for version in staged {
          let table = version.identifier
          guard let base = version.base?.metadataLocation else {
            try records.insert(table, version.location, in: name)
            continue
          }
          if try records.exchange(base, for: version.location, of: table, in: name) { continue }
          let isThere = try records.row(of: table, in: name) != nil
          throw isThere ? VersionStore.conflict(table) : VersionStore.missing(table)
        }
      }
    } catch let error as SQLiteConnection.UnknownOutcome {
      if await isCurrentOrWas(first) { return }
      throw IcebergError(
        .commitStateUnknown, "it is not known whether the commit took place; delete nothing of it",
        context: .init(table: first.identifier.description, location: path), cause: error.cause)
    } catch {
      await store.discard(staged)
      throw error
    }
  }

  /// Whether the database shows that a version was committed. That it does not is no proof that it was
  /// not: others may have gone on, or a log may still be recovered.
  private func isCurrentOrWas(_ version: VersionStore.Staged) async -> Bool {
    await Task {
      guard let row = try? await row(of: version.identifier) else { return false }
      return row.location == version.location || row.previous == version.location
    }.value
  }

  private func defaultLocation(_ identifier: TableIdentifier) async throws -> String {
    let name = name
    let properties = try await database.query {
      try $0.properties(of: identifier.namespace, in: name)
    }
    let namespaceLocation = properties[NamespaceRules.location]
    guard let base = warehouse ?? namespaceLocation, !base.isEmpty else {
      throw IcebergError(
        .invalidArgument,
        """
        there is no place for the table: open the catalog with a warehouse, give its namespace a \
        property 'location', or the table a location
        """, context: .init(table: identifier.description))
    }
    return NamespaceRules.tableLocation(
      identifier, warehouse: base, namespaceLocation: namespaceLocation)
  }
}
#endif
