import IcebergModel

extension Table {
  /// The table as a commit of the changes would make it. Nothing is committed, and no file is written.
  ///
  /// ```swift
  /// let after = try await table.preview { $0.rollback(to: snapshotID) }
  /// print(after.metadata.currentSnapshotID)
  /// ```
  /// Throws what the commit would throw when this version is still current then. The result can be
  /// read, and not changed: it belongs to no catalog. The ids of new snapshots are not those that a
  /// commit gives.
  ///
  /// - Parameters:
  ///   - environment: the clock and the random numbers.
  ///   - changes: says what is to be changed.
  public func preview(
    environment: CommitEnvironment = .system, _ changes: (inout Transaction) throws -> Void
  ) async throws -> Table {
    var transaction = Transaction(base: metadata)
    try changes(&transaction)
    let fileIO = OverlayFileIO(fileIO)
    var work = CommitWork(fileIO: fileIO, environment: environment)
    work.beginAttempt()
    var metadata = metadata
    for (index, change) in transaction.changes.enumerated() {
      work.begin(change: index)
      let updates = try await change.updates(on: metadata, in: &work)
      let time = max(environment.now(), metadata.lastUpdatedMillis)
      metadata = try metadata.applying(updates, timestampMillis: time)
    }
    return Table(
      identifier: identifier, metadata: metadata, metadataLocation: nil, fileIO: fileIO,
      catalog: nil)
  }
}
