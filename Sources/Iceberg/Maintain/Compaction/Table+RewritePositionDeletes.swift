extension Table {
  /// Replaces position delete files by fewer ones, and in tables of version 3 by deletion vectors, and
  /// tells what was done.
  ///
  /// Deletes of rows of data files that are gone are left out. Equality deletes, and vectors of data
  /// files without other deletes, stay as they are.
  ///
  /// Throws as ``rewriteDataFiles(_:dryRun:)`` does.
  ///
  /// - Parameters:
  ///   - options: which files are rewritten and how.
  ///   - dryRun: whether groups are only planned, and nothing written.
  public func rewritePositionDeleteFiles(
    _ options: RewritePositionDeletesOptions = RewritePositionDeletesOptions(),
    dryRun: Bool = false
  ) async throws -> RewritePositionDeletesReport {
    let plan = try await RewritePositionDeletesPlan(of: self, options)
    if dryRun { return plan.report(isDryRun: true) }
    return try await RewritePositionDeletes(plan).run()
  }
}
