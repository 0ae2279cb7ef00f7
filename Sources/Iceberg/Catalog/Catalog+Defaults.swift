import IcebergModel

// What a catalog that can do no more does: it refuses, and changes nothing.
extension Catalog {
  /// Throws `unsupported`.
  public func draftTable(
    _ identifier: TableIdentifier, _ creation: TableCreation
  ) async throws -> Table {
    throw IcebergError(
      .unsupported, "this catalog makes tables at once only: create the table first",
      context: .init(table: identifier.description))
  }

  /// Throws `unsupported`.
  public func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws -> Table {
    throw IcebergError(
      .unsupported, "this catalog cannot take in tables that were made elsewhere",
      context: .init(table: identifier.description, location: metadataLocation))
  }

  /// Throws `alreadyExists` where there is a table that is not to be overwritten.
  public func validateRegistration(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws {
    guard try await !tableExists(identifier) || overwrite else {
      throw VersionStore.exists(identifier)
    }
  }

  /// Drops the table with its files; the report tells what was found before.
  @discardableResult
  public func purgeTable(
    _ identifier: TableIdentifier, _ options: DeleteReachableFilesOptions
  ) async throws -> DeleteReachableFilesReport {
    let table = try await loadTable(identifier)
    var preview = options
    preview.dryRun = true
    var report = try await table.deleteReachableFiles(preview, beside: self)
    if !options.dryRun {
      try await dropTable(identifier, purge: true)
      report.isDryRun = false
    }
    return report
  }

  /// Refuses nothing.
  public func validate(
    _ metadata: TableMetadata, following current: TableMetadata, of identifier: TableIdentifier
  ) throws {}

  /// Makes a commit to one table; throws `unsupported` for more.
  public func commit(_ commits: [(TableIdentifier, TableCommit)]) async throws -> [Table] {
    guard let (identifier, commit) = commits.first else { return [] }
    guard commits.count == 1 else {
      throw IcebergError(
        .unsupported,
        """
        this catalog cannot commit to \(commits.count) tables at once; nothing was changed: commit to \
        one after the other, or use a catalog that can
        """, context: .init(table: commits.map(\.0.description).joined(separator: ", ")))
    }
    return [try await self.commit(commit, to: identifier)]
  }

  /// None, of a namespace that exists. Throws `notFound`.
  public func namespaceProperties(_ namespace: [String]) async throws -> [String: String] {
    _ = try await listNamespaces(in: namespace)
    return [:]
  }

  /// Throws `unsupported`, unless nothing is to be changed; and `notFound`.
  public func updateNamespaceProperties(
    _ namespace: [String], setting: [String: String], removing: Set<String>
  ) async throws {
    _ = try await listNamespaces(in: namespace)
    if setting.isEmpty, removing.isEmpty { return }
    throw NamespaceRules.keepsNoProperties(namespace)
  }
}
