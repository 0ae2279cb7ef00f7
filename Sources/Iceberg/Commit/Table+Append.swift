public import IcebergColumns
internal import IcebergModel

extension Table {
  /// Writes rows into data files and adds them to the main branch, in one new snapshot. Returns the
  /// table with them.
  ///
  /// Columns are matched by name. No rows change nothing.
  ///
  /// Throws `invalidArgument` when a batch does not fit the schema, and what
  /// ``commit(retry:environment:_:)`` throws. Unless that is `commitStateUnknown`, nothing was added
  /// and the files are removed.
  @discardableResult
  public func append(_ batches: RecordBatch...) async throws -> Table {
    try await append { writer in
      for batch in batches { try await writer.write(batch) }
    }
  }

  /// Writes rows that arrive one batch after the other, and adds them to the main branch in one new
  /// snapshot. Returns the table with them.
  ///
  /// No more than a few batches are held in memory. See ``append(_:)-(RecordBatch)`` for the rest.
  @discardableResult
  public func append<Batches: AsyncSequence>(_ batches: Batches) async throws -> Table
  where Batches.Element == RecordBatch {
    try await append { writer in
      for try await batch in batches { try await writer.write(batch) }
    }
  }

  /// Writes values of an `Encodable` type as rows, and adds them to the main branch in one new
  /// snapshot. Returns the table with them.
  ///
  /// The coding keys are the names of columns. Throws `invalidArgument`, naming row and column, when a
  /// value does not fit.
  @discardableResult
  public func append<Row: Encodable>(rows: some Sequence<Row>) async throws -> Table {
    try await append { writer in try await writer.write(rows: rows) }
  }

  private func append(
    _ write: (inout TableWriter) async throws -> Void
  ) async throws -> Table {
    let files = try await withWriter(write)
    do {
      return try await append(files)
    } catch let error as IcebergError where error.code == .commitStateUnknown {
      throw error
    } catch {
      await removeUncommitted(files)
      throw error
    }
  }
}
