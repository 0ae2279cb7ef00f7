import IcebergModel

extension Table {
  /// The table as a commit of the changes would make it. Nothing is committed, and no file is written.
  ///
  /// ```swift
  /// let after = try await table.preview { $0.rollback(to: snapshotID) }
  /// print(after.metadata.currentSnapshotID)
  /// ```
  /// Throws what the commit would throw when this version is still current then, except that a table
  /// without a catalog has previews, too. The result can be read, and not changed: it belongs to no
  /// catalog. The ids of new snapshots are not those that a commit gives.
  ///
  /// - Parameters:
  ///   - environment: the clock and the random numbers.
  ///   - changes: says what is to be changed.
  public func preview(
    environment: CommitEnvironment = .system, _ changes: (inout Transaction) throws -> Void
  ) async throws -> Table {
    try await preview(environment: environment, writesManifests: true, changes)
  }

  /// The same, where new manifests may be left out of memory, and can then not be read: their number and
  /// sizes are known from the manifest list.
  package func preview(
    environment: CommitEnvironment, writesManifests: Bool,
    _ changes: (inout Transaction) throws -> Void
  ) async throws -> Table {
    var transaction = Transaction(base: metadata)
    try changes(&transaction)
    try transaction.validate()
    _ = try RetryPolicy(commitsOf: metadata)
    _ = try RetryPolicy(statusChecksOf: metadata)
    let fileIO = OverlayFileIO(fileIO)
    var work = CommitWork(
      fileIO: fileIO, environment: environment, writesManifests: writesManifests)
    work.beginAttempt()
    let commit = try await TableCommit(of: transaction.changes, on: metadata, in: &work)
    var after = metadata
    if !commit.updates.isEmpty {
      after = try commit.applied(
        to: metadata, at: metadataLocation, nowMillis: environment.now())
      try catalog?.validate(after, following: metadata, of: identifier)
    }
    return Table(
      identifier: identifier, metadata: after, metadataLocation: nil, fileIO: fileIO, catalog: nil)
  }
}
