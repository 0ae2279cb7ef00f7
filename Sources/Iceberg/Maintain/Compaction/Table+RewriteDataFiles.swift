extension Table {
  /// Replaces data files by others with the same rows, of better sizes or in another order, and tells
  /// what was done.
  ///
  /// ```swift
  /// let report = try await table.rewriteDataFiles()
  /// print(report.rewrittenDataFilesCount, report.addedDataFilesCount)
  /// table = report.table
  /// ```
  ///
  /// Files that are too small or too large, or have many deletes, are put together into groups by
  /// partition; each group is read without its deleted rows and written anew. Rows keep their ids. What
  /// others append or delete meanwhile stays: rows that they deleted of the files are deleted in the new
  /// ones, too. A commit of groups fails, and nothing is left of them, where they removed some of the
  /// files, or deleted rows by position that are divided by another spec or, before version 3, sorted.
  ///
  /// Without partial progress all groups are committed together, or none. With it each commit is for
  /// itself, and ``RewriteDataFilesReport/groups`` tells which failed.
  ///
  /// Throws `invalidArgument` when options make no sense together or for the table, `notFound` when the
  /// branch does not exist, `validationFailed` when a concurrent commit stands against it, and what
  /// ``commit(retry:environment:_:)`` throws.
  ///
  /// - Parameters:
  ///   - options: which files are rewritten and how.
  ///   - dryRun: whether groups are only planned, and nothing written.
  public func rewriteDataFiles(
    _ options: RewriteDataFilesOptions = RewriteDataFilesOptions(), dryRun: Bool = false
  ) async throws -> RewriteDataFilesReport {
    let plan = try await RewriteDataFilesPlan(of: self, options)
    if dryRun { return plan.report(isDryRun: true) }
    return try await RewriteDataFiles(plan).run()
  }
}
