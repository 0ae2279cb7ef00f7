#if SQL
public import Iceberg

extension SQLCatalog {
  /// The current version of a table. Throws `notFound`, and `invalidMetadata` when its metadata file is
  /// not there.
  public func loadTable(_ identifier: TableIdentifier) async throws -> Table {
    var tried: String?
    while true {
      guard let row = try await row(of: identifier) else { throw VersionStore.missing(identifier) }
      guard let location = row.location else {
        throw IcebergError(
          .invalidMetadata, "the catalog has no metadata location of the table",
          context: .init(table: identifier.description))
      }
      do {
        return Table(
          identifier: identifier, metadata: try await TableMetadata(at: location, fileIO: fileIO),
          metadataLocation: location, fileIO: fileIO, catalog: self)
      } catch let error as IcebergError where error.code == .notFound {
        // It may have been current when it was asked for, and be deleted by now.
        guard tried != location else {
          throw IcebergError(
            .invalidMetadata, "the metadata file that the catalog names is not there",
            context: .init(table: identifier.description, location: location), cause: error)
        }
        tried = location
      }
    }
  }

  public func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws -> Table {
    let metadata = try await register(identifier, metadataLocation, overwrite) {}
    return Table(
      identifier: identifier, metadata: metadata, metadataLocation: metadataLocation,
      fileIO: fileIO, catalog: self)
  }

  public func validateRegistration(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws {
    struct OnlyTried: Error {}
    do {
      // The transaction is undone.
      _ = try await register(identifier, metadataLocation, overwrite) { throw OnlyTried() }
    } catch is OnlyTried {}
  }

  private func register(
    _ identifier: TableIdentifier, _ metadataLocation: String, _ overwrite: Bool,
    committing: @escaping @Sendable () throws -> Void
  ) async throws -> TableMetadata {
    try CatalogName.checkNew(identifier.namespace + [identifier.name])
    let metadata = try await TableMetadata(at: metadataLocation, fileIO: fileIO)
    let name = name
    try await change { records in
      if try !overwrite || !records.replace(identifier, metadataLocation, in: name) {
        try records.insert(identifier, metadataLocation, in: name)
      }
      try committing()
    }
    return metadata
  }

  public func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws {
    if purge { return try await dropWithFiles(identifier) }
    let name = name
    let isRemoved = try await change { try $0.remove(identifier, at: nil, from: name) }
    guard isRemoved else { throw VersionStore.missing(identifier) }
  }

  @discardableResult
  public func purgeTable(
    _ identifier: TableIdentifier, _ options: DeleteReachableFilesOptions
  ) async throws -> DeleteReachableFilesReport {
    let name = name
    return try await purge(identifier, options) { table in
      let last = table.metadataLocation
      return try await change { try $0.remove(identifier, at: last, from: name) }
    }
  }

  public func renameTable(_ identifier: TableIdentifier, to newName: TableIdentifier) async throws {
    try CatalogName.checkNew(newName.namespace + [newName.name])
    let name = name
    try await change { records in
      guard try records.row(of: identifier, in: name) != nil else {
        throw VersionStore.missing(identifier)
      }
      if newName != identifier { _ = try records.rename(identifier, to: newName, in: name) }
    }
  }

  public func listTables(in namespace: [String]) async throws -> [TableIdentifier] {
    let name = name
    return try await database.query { records in
      guard try records.exists(namespace, in: name) else {
        throw NamespaceRules.missing(namespace)
      }
      return try records.tables(in: namespace, of: name).map {
        TableIdentifier(namespace: namespace, name: $0)
      }
    }
  }

  func row(of identifier: TableIdentifier) async throws -> SQLRecords.TableRow? {
    let name = name
    return try await database.query { try $0.row(of: identifier, in: name) }
  }

  /// Changes rows, all or none. Throws `commitStateUnknown` when it is not known whether it took place.
  func change<R: Sendable>(
    _ body: @escaping @Sendable (SQLRecords) throws -> R
  ) async throws -> R {
    do {
      return try await database.change(steps: steps, body)
    } catch let error as SQLiteConnection.UnknownOutcome {
      throw IcebergError(
        .commitStateUnknown, "it is not known whether the catalog was changed: look at it again",
        context: .init(location: path), cause: error.cause)
    }
  }
}
#endif
