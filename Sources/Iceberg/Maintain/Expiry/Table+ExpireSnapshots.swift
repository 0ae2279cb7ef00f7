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
  /// May be interrupted at any point and run again: the table is as before or as after, and files that
  /// were not removed yet are orphans.
  ///
  /// Throws `invalidArgument` when `gc.enabled` is false, or when a snapshot that is to expire is what
  /// a branch or tag stands for; `notFound` or `invalidFile` when the remaining table lacks a file; and
  /// what ``commit(retry:environment:_:)`` throws. Files that cannot be removed after the commit are
  /// counted in the report.
  ///
  /// Spec: Snapshot Retention Policy.
  @discardableResult
  public func expireSnapshots(
    _ options: ExpireSnapshotsOptions = ExpireSnapshotsOptions()
  ) async throws -> ExpireSnapshotsReport {
    try await ExpireSnapshots(table: self, options: options).run()
  }

  /// What ``expireSnapshots(_:)`` would do, without doing it. Reads the same files.
  public func expireSnapshotsDryRun(
    _ options: ExpireSnapshotsOptions = ExpireSnapshotsOptions()
  ) async throws -> ExpireSnapshotsReport {
    try await ExpireSnapshots(table: self, options: options).dryRun()
  }
}
