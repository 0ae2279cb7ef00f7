public import IcebergModel

extension Table {
  /// Deletes the rows that satisfy `filter`, in one new snapshot, and tells what was done.
  ///
  /// ```swift
  /// let report = try await table.delete(where: col("level") == "debug")
  /// print(report.deletedRowCount)
  /// table = report.table
  /// ```
  ///
  /// Data files all of whose rows satisfy the filter by their partition or metrics are dropped without
  /// being read. Of others the columns of the filter are read; then, as the property `write.delete.mode`
  /// says, the rows that stay are written into new files, or delete files are written: position deletes
  /// in tables of version 2, deletion vectors in those of version 3. Rows that are written anew keep
  /// their ids. A filter that no row satisfies commits nothing.
  ///
  /// When another writer was first, the change is checked against what it did, as the isolation level
  /// asks, and carried out on the new version.
  ///
  /// Throws `validationFailed` when a concurrent commit stands against it, `invalidArgument` or
  /// `notFound` when the filter does not fit the table, and what ``commit(retry:environment:_:)``
  /// throws. Unless the outcome is unknown, the files that were written are then removed.
  ///
  /// - Parameters:
  ///   - filter: which rows to delete.
  ///   - branch: the branch to delete from. One that does not exist is made from the main branch.
  ///   - wapID: the id under which the snapshot is staged, see ``Transaction/stage(wapID:)``; nil moves
  ///     the branch to it.
  ///   - dryRun: whether everything is only worked out, and nothing written.
  ///   - options: how rows are deleted, and how much happens at once.
  ///   - summary: more to say about the snapshot, such as who made it and why.
  @discardableResult
  public func delete(
    where filter: Filter, fromBranch branch: String = SnapshotReference.main,
    stagedAs wapID: String? = nil, dryRun: Bool = false,
    options: RowChangeOptions = RowChangeOptions(), summary: [String: String] = [:]
  ) async throws -> RowChangeReport {
    let change = try RowChange(
      of: self, where: filter, branch: branch, wapID: wapID, options: options, summary: summary)
    return try await change.run(dryRun: dryRun)
  }
}
