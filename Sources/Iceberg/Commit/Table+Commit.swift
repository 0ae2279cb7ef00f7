public import IcebergModel

extension Table {
  /// Commits changes together and returns the table with them.
  ///
  /// ```swift
  /// table = try await table.commit { tx in
  ///   tx.append(files)
  ///   tx.setProperty("owner", "ops")
  /// }
  /// ```
  ///
  /// When another writer was first, the changes are carried out on the new version, as often as
  /// `retry` allows. Nothing of them is visible before all of them are. A closure that adds no changes
  /// commits nothing.
  ///
  /// Throws `commitConflict` when all attempts lost their race, `commitStateUnknown` when it cannot be
  /// found out whether the changes were committed (look at the table before trying again), and
  /// `unsupported` when the table was opened without a catalog. Every other error says that nothing
  /// was changed.
  ///
  /// - Parameters:
  ///   - retry: how often and how long is tried; nil is what the table's properties `commit.retry.*`
  ///     say.
  ///   - environment: the clock and the random numbers.
  ///   - changes: says what is to be changed.
  @discardableResult
  public func commit(
    retry: RetryPolicy? = nil, environment: CommitEnvironment = .system,
    _ changes: (inout Transaction) throws -> Void
  ) async throws -> Table {
    var transaction = Transaction(base: metadata)
    try changes(&transaction)
    return try await commit(transaction, retry: retry, environment: environment)
  }

  /// Commits the changes that a transaction has collected; see ``commit(retry:environment:_:)``.
  package func commit(
    _ transaction: Transaction, retry: RetryPolicy? = nil,
    environment: CommitEnvironment = .system
  ) async throws -> Table {
    guard let catalog else {
      throw IcebergError(
        .unsupported,
        "the table was opened from its files, read-only: load it from a catalog to change it",
        context: .init(table: identifier.description, location: metadataLocation))
    }
    try transaction.validate()
    if transaction.changes.isEmpty { return self }
    let loop = CommitLoop(
      catalog: catalog, identifier: identifier, changes: transaction.changes,
      environment: environment, policy: try retry ?? RetryPolicy(commitsOf: metadata),
      statusChecks: try RetryPolicy(statusChecksOf: metadata))
    return try await loop.run(on: self)
  }

  /// Adds data files to the table, in one new snapshot, and returns the table with them.
  ///
  /// See ``commit(retry:environment:_:)`` for what is thrown.
  ///
  /// - Parameters:
  ///   - files: files that are written already.
  ///   - branch: the branch to add them to. One that does not exist is made from the main branch.
  @discardableResult
  public func append(
    _ files: [DataFile], toBranch branch: String = SnapshotReference.main
  ) async throws -> Table {
    try await commit { $0.append(files, toBranch: branch) }
  }
}
