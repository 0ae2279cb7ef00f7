internal import IcebergColumns
internal import IcebergModel

extension TableScan {
  /// The number of rows.
  ///
  /// Throws as reading the rows does.
  public func count() async throws -> Int64 { try await rowCount().rows }

  /// The number of rows, and how it was found out.
  ///
  /// A file all of whose rows are wanted is counted from its manifest: one without deletes or with a
  /// deletion vector, whose partition or metrics tell that the filter holds for every row. Only the
  /// others are read, and of them only the columns of the filter and the deletes.
  ///
  /// Throws as reading the rows does.
  @concurrent
  public func rowCount() async throws -> RowCount {
    let planner = ScanPlanner(select([]))
    var count = RowCount(rows: 0, filesCounted: 0, filesRead: 0)
    var unread: [FileScanTask] = []
    while let step = try await planner.next() {
      for task in step.tasks {
        if let rows = planner.knownRowCount(of: task) {
          try count.add(rows)
          count.filesCounted += 1
        } else {
          unread.append(task)
        }
      }
      // Planning goes on before the rest is read, but not without end.
      if unread.count >= 10_000 { try await count.read(&unread, of: self) }
    }
    try await count.read(&unread, of: self)
    return count
  }
}

extension RowCount {
  fileprivate mutating func read(_ tasks: inout [FileScanTask], of scan: TableScan) async throws {
    filesRead += tasks.count
    for try await batch in BatchSequence(
      of: tasks, fileIO: scan.table.fileIO, options: scan.options)
    {
      try add(Int64(batch.rowCount))
    }
    tasks = []
  }

  fileprivate mutating func add(_ more: Int64) throws(IcebergError) {
    let (sum, overflow) = rows.addingReportingOverflow(more)
    if overflow {
      throw IcebergError(.invalidFile, "the number of rows of all files needs more than 64 bits")
    }
    rows = sum
  }
}
