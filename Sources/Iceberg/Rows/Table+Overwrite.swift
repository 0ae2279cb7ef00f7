public import IcebergColumns
public import IcebergModel

extension Table {
  /// Replaces the rows that satisfy `filter` by others, in one new snapshot, and tells what was done.
  ///
  /// Rows are deleted as ``delete(where:fromBranch:stagedAs:dryRun:options:summary:)`` does it, and the given
  /// ones are added whether they satisfy the filter or not. The filter ``IcebergModel/Filter/all``
  /// replaces all rows.
  ///
  /// ```swift
  /// let report = try await table.overwrite(where: col("day") == today, with: [batch])
  /// ```
  ///
  /// - Parameters:
  ///   - filter: which rows to delete.
  ///   - batches: the rows to add, in the form that ``TableWriter/write(_:)`` takes.
  ///   - branch: the branch to change. One that does not exist is made from the main branch.
  ///   - wapID: the id under which the snapshot is staged, see ``Transaction/stage(wapID:)``; nil moves
  ///     the branch to it.
  ///   - dryRun: whether everything is only worked out, the new rows checked and counted, and nothing
  ///     written.
  ///   - options: how rows are deleted, and how much happens at once.
  ///   - summary: more to say about the snapshot, such as who made it and why.
  @discardableResult
  public func overwrite(
    where filter: Filter, with batches: [RecordBatch],
    toBranch branch: String = SnapshotReference.main, stagedAs wapID: String? = nil,
    dryRun: Bool = false, options: RowChangeOptions = RowChangeOptions(),
    summary: [String: String] = [:]
  ) async throws -> RowChangeReport {
    let change = try RowChange(
      of: self, where: filter, branch: branch, wapID: wapID, options: options, summary: summary)
    return try await change.run(dryRun: dryRun) { writer in
      for batch in batches { try await writer.write(batch) }
    }
  }

  /// Replaces the rows that satisfy `filter` by others that arrive one batch after the other.
  ///
  /// No more than a few batches are held in memory. See
  /// ``overwrite(where:with:toBranch:stagedAs:dryRun:options:summary:)-([RecordBatch])`` for the rest.
  @discardableResult
  public func overwrite<Batches: AsyncSequence>(
    where filter: Filter, with batches: Batches,
    toBranch branch: String = SnapshotReference.main, stagedAs wapID: String? = nil,
    dryRun: Bool = false, options: RowChangeOptions = RowChangeOptions(),
    summary: [String: String] = [:]
  ) async throws -> RowChangeReport where Batches.Element == RecordBatch {
    let change = try RowChange(
      of: self, where: filter, branch: branch, wapID: wapID, options: options, summary: summary)
    return try await change.run(dryRun: dryRun) { writer in
      for try await batch in batches { try await writer.write(batch) }
    }
  }

  /// Replaces all rows of every partition that the given rows are in, in one new snapshot, and returns
  /// the table with them. A table without partitions is replaced as a whole.
  ///
  /// Partitions are those of the default partition spec. Unless `isolation` says so, nothing is checked
  /// of what other writers did to the partitions meanwhile.
  ///
  /// - Parameters:
  ///   - batches: the rows, in the form that ``TableWriter/write(_:)`` takes. None change nothing.
  ///   - branch: the branch to change. One that does not exist is made from the main branch.
  ///   - wapID: the id under which the snapshot is staged, see ``Transaction/stage(wapID:)``; nil moves
  ///     the branch to it.
  ///   - isolation: what is tolerated of commits to the same partitions since this version.
  ///   - dryRun: whether the rows are only checked and counted, and nothing written. Then the table is
  ///     returned as ``preview(environment:_:)`` does it: the summary of its last snapshot has the counts,
  ///     and the new rows cannot be read.
  ///   - options: how files are written.
  ///   - summary: more to say about the snapshot, such as who made it and why.
  @discardableResult
  public func overwritePartitions<Batches: AsyncSequence>(
    with batches: Batches, toBranch branch: String = SnapshotReference.main,
    stagedAs wapID: String? = nil, isolation: TableProperties.IsolationLevel? = nil,
    dryRun: Bool = false, options: WriteOptions = WriteOptions(), summary: [String: String] = [:]
  ) async throws -> Table where Batches.Element == RecordBatch {
    try await replacePartitions(branch, wapID, isolation, dryRun, options, summary) { writer in
      for try await batch in batches { try await writer.write(batch) }
    }
  }

  /// Replaces all rows of every partition that the given rows are in; see
  /// ``overwritePartitions(with:toBranch:stagedAs:isolation:dryRun:options:summary:)-(Batches,_,_,_,_,_,_)``.
  @discardableResult
  public func overwritePartitions(
    with batches: [RecordBatch], toBranch branch: String = SnapshotReference.main,
    stagedAs wapID: String? = nil, isolation: TableProperties.IsolationLevel? = nil,
    dryRun: Bool = false, options: WriteOptions = WriteOptions(), summary: [String: String] = [:]
  ) async throws -> Table {
    try await replacePartitions(branch, wapID, isolation, dryRun, options, summary) { writer in
      for batch in batches { try await writer.write(batch) }
    }
  }

  private func replacePartitions(
    _ branch: String, _ wapID: String?, _ isolation: TableProperties.IsolationLevel?,
    _ dryRun: Bool, _ options: WriteOptions, _ summary: [String: String],
    _ write: (inout TableWriter) async throws -> Void
  ) async throws -> Table {
    let check = isolation.map { isolation in
      ConflictCheck(
        startingSnapshotID: metadata.headSnapshot(of: branch)?.id, isolation: isolation)
    }
    return try await commitFiles(write, options: options, stagedAs: wapID, dryRun: dryRun) {
      tx, files in
      tx.replacePartitions(with: files, check: check, toBranch: branch, summary: summary)
    }
  }
}
