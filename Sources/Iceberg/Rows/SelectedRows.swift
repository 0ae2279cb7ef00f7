internal import IcebergColumns
internal import IcebergModel

/// The rows of a table that satisfy a filter, by their data files: what a change of rows is about.
struct SelectedRows: Sendable {
  /// Rows of one data file.
  struct File: Sendable {
    /// The data file, with its deletes.
    var task: FileScanTask
    /// The positions of the rows; nil when they are all that the file has, which was then not read.
    var positions: DeletionVector?
    /// The number of the rows, without those that were deleted before.
    var rowCount: Int64

    /// Whether the file has no other rows, as far as is known without its equality deletes.
    var isWhole: Bool {
      positions.map { Int64($0.count) >= task.file.recordCount } ?? true
    }
  }

  /// The snapshot that was searched; nil in an empty table.
  var snapshotID: Int64?
  /// The files with such rows, by partition and location.
  var files: [File] = []

  /// Finds the rows of a branch that satisfy `filter`.
  ///
  /// Files all of whose rows do by their partition or metrics are not read. Of the others the columns of
  /// the filter are.
  static func find(
    _ filter: Filter, in table: Table, branch: String, options: RowChangeOptions
  ) async throws -> SelectedRows {
    var result = SelectedRows()
    guard table.metadata.headSnapshot(of: branch) != nil else { return result }
    let scan = TableScan(of: table, options: options.scan).at(.ref(table.metadata.readable(branch)))
      .filter(filter)
    // By its columns alone: where rows are is not what others commit conflicts with.
    _ = try filter.bound(
      to: scan.wholeSchema.index, caseSensitive: options.scan.isCaseSensitive)
    result.snapshotID = try scan.snapshot?.id
    let planner = ScanPlanner(scan)
    let tasks = try await planner.rest()
    let chosen = tasks.map { task in
      var task = task
      // What is asked of a row is where it is.
      task.schema = Schema([ReservedFields.position])
      return (task, planner.holdsNothingElse(task))
    }
    let deletes = try ScanDeletes(
      of: chosen.map(\.0), fileIO: table.fileIO, options: options.scan)
    let done = ProgressCount(.finding, of: chosen.count, options.progress)
    let files = try await chosen.concurrentMap(limit: options.concurrency) { task, isWhole in
      try Task.checkCancellation()
      let file =
        isWhole
        ? try await whole(task, deletes: deletes)
        : try await search(task, deletes: deletes, fileIO: table.fileIO, options: options.scan)
      done.advance()
      return file
    }
    for (file, task) in zip(files, tasks) where file.rowCount > 0 {
      var file = file
      file.task.schema = task.schema
      result.files.append(file)
    }
    result.files.sort { $0.task.file.precedesInPartitions($1.task.file) }
    return result
  }

  private static func whole(_ task: FileScanTask, deletes: ScanDeletes) async throws -> File {
    let deleted = try await deletes.positions(of: task)?.count ?? 0
    return File(task: task, positions: nil, rowCount: task.file.recordCount - Int64(deleted))
  }

  private static func search(
    _ task: FileScanTask, deletes: ScanDeletes, fileIO: any FileIO, options: ScanOptions
  ) async throws -> File {
    let reader = try await TaskReader(of: task, deletes: deletes, fileIO: fileIO, options: options)
    var positions = DeletionVector()
    try await reader.forEachBatch { batch in
      guard case .long(let values)? = batch.columns.first?.values else { return }
      try positions.insert(contentsOf: values[...])
    }
    return File(task: task, positions: positions, rowCount: Int64(positions.count))
  }
}

extension TableMetadata {
  /// The newest snapshot of a branch; of one that does not exist, that of the main branch, which it will
  /// be made from.
  func headSnapshot(of branch: String) -> Snapshot? {
    if let reference = references[branch] { return snapshot(id: reference.snapshotID) }
    return currentSnapshot
  }

  /// The branch whose rows a change of `branch` starts from.
  func readable(_ branch: String) -> String {
    references[branch] == nil ? SnapshotReference.main : branch
  }
}
