public import IcebergColumns
public import IcebergModel

extension Table {
  /// Replaces the rows that satisfy `filter` by others, in one new snapshot, and tells what was done.
  ///
  /// Rows are deleted as ``delete(where:fromBranch:dryRun:options:summary:)`` does it, and the given
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
  ///   - options: how rows are deleted, and how much happens at once.
  ///   - summary: more to say about the snapshot, such as who made it and why.
  @discardableResult
  public func overwrite(
    where filter: Filter, with batches: [RecordBatch],
    toBranch branch: String = SnapshotReference.main,
    options: RowChangeOptions = RowChangeOptions(), summary: [String: String] = [:]
  ) async throws -> RowChangeReport {
    let change = try RowChange(
      of: self, where: filter, branch: branch, options: options, summary: summary)
    return try await change.run { writer in
      for batch in batches { try await writer.write(batch) }
    }
  }

  /// Replaces the rows that satisfy `filter` by others that arrive one batch after the other.
  ///
  /// No more than a few batches are held in memory. See
  /// ``overwrite(where:with:toBranch:options:summary:)-([RecordBatch])`` for the rest.
  @discardableResult
  public func overwrite<Batches: AsyncSequence>(
    where filter: Filter, with batches: Batches,
    toBranch branch: String = SnapshotReference.main,
    options: RowChangeOptions = RowChangeOptions(), summary: [String: String] = [:]
  ) async throws -> RowChangeReport where Batches.Element == RecordBatch {
    let change = try RowChange(
      of: self, where: filter, branch: branch, options: options, summary: summary)
    return try await change.run { writer in
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
  ///   - isolation: what is tolerated of commits to the same partitions since this version.
  ///   - options: how files are written.
  ///   - summary: more to say about the snapshot, such as who made it and why.
  @discardableResult
  public func overwritePartitions<Batches: AsyncSequence>(
    with batches: Batches, toBranch branch: String = SnapshotReference.main,
    isolation: TableProperties.IsolationLevel? = nil, options: WriteOptions = WriteOptions(),
    summary: [String: String] = [:]
  ) async throws -> Table where Batches.Element == RecordBatch {
    let files = try await withWriter(options: options) { writer in
      for try await batch in batches { try await writer.write(batch) }
    }
    return try await replacePartitions(files, branch, isolation, summary)
  }

  /// Replaces all rows of every partition that the given rows are in; see
  /// ``overwritePartitions(with:toBranch:isolation:options:summary:)-(Batches,_,_,_,_)``.
  @discardableResult
  public func overwritePartitions(
    with batches: [RecordBatch], toBranch branch: String = SnapshotReference.main,
    isolation: TableProperties.IsolationLevel? = nil, options: WriteOptions = WriteOptions(),
    summary: [String: String] = [:]
  ) async throws -> Table {
    let files = try await withWriter(options: options) { writer in
      for batch in batches { try await writer.write(batch) }
    }
    return try await replacePartitions(files, branch, isolation, summary)
  }

  private func replacePartitions(
    _ files: [DataFile], _ branch: String, _ isolation: TableProperties.IsolationLevel?,
    _ summary: [String: String]
  ) async throws -> Table {
    if files.isEmpty { return self }
    let check = isolation.map { isolation in
      ConflictCheck(
        startingSnapshotID: metadata.headSnapshot(of: branch)?.id, isolation: isolation)
    }
    do {
      return try await commit {
        $0.replacePartitions(with: files, check: check, toBranch: branch, summary: summary)
      }
    } catch let error as IcebergError where error.code == .commitStateUnknown {
      throw error
    } catch {
      await removeUncommitted(files)
      throw error
    }
  }
}
