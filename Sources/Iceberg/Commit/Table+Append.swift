public import IcebergColumns
public import IcebergModel

extension Table {
  /// Writes rows into data files and adds them to a branch, in one new snapshot. Returns the table with
  /// them.
  ///
  /// Columns are matched by name. No rows change nothing.
  ///
  /// Throws `invalidArgument` when a batch does not fit the schema, and what
  /// ``commit(retry:environment:_:)`` throws. Unless that is `commitStateUnknown`, nothing was added
  /// and the files are removed.
  ///
  /// - Parameters:
  ///   - batches: the rows.
  ///   - branch: the branch to add them to. One that does not exist is made from the main branch.
  ///   - wapID: the id under which the snapshot is staged, see ``Transaction/stage(wapID:)``; nil moves
  ///     the branch to it.
  ///   - dryRun: whether the rows are only checked and counted, and nothing written. Then the table is
  ///     returned as ``preview(environment:_:)`` does it: the summary of its last snapshot has the counts,
  ///     and the new rows cannot be read.
  @discardableResult
  public func append(
    _ batches: RecordBatch..., toBranch branch: String = SnapshotReference.main,
    stagedAs wapID: String? = nil, dryRun: Bool = false
  ) async throws -> Table {
    try await append(branch, wapID, dryRun) { writer in
      for batch in batches { try await writer.write(batch) }
    }
  }

  /// Writes rows that arrive one batch after the other, and adds them to a branch in one new snapshot.
  /// Returns the table with them.
  ///
  /// No more than a few batches are held in memory. See
  /// ``append(_:toBranch:stagedAs:dryRun:)-(RecordBatch,_,_,_)`` for the rest.
  @discardableResult
  public func append<Batches: AsyncSequence>(
    _ batches: Batches, toBranch branch: String = SnapshotReference.main,
    stagedAs wapID: String? = nil, dryRun: Bool = false
  ) async throws -> Table where Batches.Element == RecordBatch {
    try await append(branch, wapID, dryRun) { writer in
      for try await batch in batches { try await writer.write(batch) }
    }
  }

  /// Writes values of an `Encodable` type as rows, and adds them to a branch in one new snapshot.
  /// Returns the table with them.
  ///
  /// The coding keys are the names of columns. Throws `invalidArgument`, naming row and column, when a
  /// value does not fit. See ``append(_:toBranch:stagedAs:dryRun:)-(RecordBatch,_,_,_)`` for the rest.
  @discardableResult
  public func append<Row: Encodable>(
    rows: some Sequence<Row>, toBranch branch: String = SnapshotReference.main,
    stagedAs wapID: String? = nil, dryRun: Bool = false
  ) async throws -> Table {
    try await append(branch, wapID, dryRun) { writer in try await writer.write(rows: rows) }
  }

  private func append(
    _ branch: String, _ wapID: String?, _ dryRun: Bool,
    _ write: (inout TableWriter) async throws -> Void
  ) async throws -> Table {
    try await commitFiles(write, stagedAs: wapID, dryRun: dryRun) { tx, files in
      tx.append(files, toBranch: branch)
    }
  }

  /// Writes files and commits a change that adds them; without rows there is none. When it is not
  /// committed, the files are removed.
  ///
  /// - Parameter dryRun: whether the rows are only counted, and what the table would be is returned.
  func commitFiles(
    _ write: (inout TableWriter) async throws -> Void, options: WriteOptions = WriteOptions(),
    stagedAs wapID: String?, dryRun: Bool, _ add: (inout Transaction, [DataFile]) -> Void
  ) async throws -> Table {
    let files =
      dryRun
      ? try await withCountingWriter(options: options, write)
      : try await withWriter(options: options, write)
    if files.isEmpty { return self }
    func change(_ tx: inout Transaction) {
      add(&tx, files)
      if let wapID { tx.stage(wapID: wapID) }
    }
    if dryRun { return try await preview { change(&$0) } }
    do {
      return try await commit { change(&$0) }
    } catch let error as IcebergError where error.code == .commitStateUnknown {
      throw error
    } catch {
      await removeUncommitted(files)
      throw error
    }
  }
}
