extension Table {
  /// Removes old snapshots from the table, and the files that only they need.
  ///
  /// ```swift
  /// let report = try await table.expireSnapshots(
  ///   ExpireSnapshotsOptions(olderThanMillis: lastWeek, retainLast: 5))
  /// ```
  /// Snapshots that a branch or tag stands for, and those that the policies of branches keep, stay;
  /// branches and tags that are too old (`history.expire.max-ref-age-ms`) go first. Nothing is removed
  /// when a file that the remaining table needs is missing or damaged.
  ///
  /// Files that others need are kept, and counted in the report: other tables of the catalog, and tables of
  /// whatever catalog that have metadata in the table's metadata folder. A copy of a table, whose metadata
  /// lies elsewhere than it says, is refused unless nothing is to be deleted.
  ///
  /// May be interrupted at any point and run again: the table is as before or as after, and files that
  /// were not removed yet are orphans.
  ///
  /// Throws `invalidArgument` when `gc.enabled` is false, or when a snapshot that is to expire is what
  /// a branch or tag stands for; `notFound` or `invalidFile` when the remaining table lacks a file;
  /// `unsupported` for a copy of a table; `validationFailed` when it cannot be told what others need; and
  /// what ``commit(retry:environment:_:)`` throws. Files that cannot be removed after the commit are
  /// counted in the report.
  ///
  /// - Parameter dryRun: whether it is only worked out what would be done: the same files are read, and
  ///   nothing is changed.
  ///
  /// Spec: Snapshot Retention Policy.
  @discardableResult
  public func expireSnapshots(
    _ options: ExpireSnapshotsOptions = ExpireSnapshotsOptions(), dryRun: Bool = false
  ) async throws -> ExpireSnapshotsReport {
    let expiry = ExpireSnapshots(table: self, options: options)
    return try await dryRun ? expiry.dryRun() : expiry.run()
  }
}
