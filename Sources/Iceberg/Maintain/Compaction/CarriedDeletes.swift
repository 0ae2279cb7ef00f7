internal import IcebergModel

/// Deletes by position that others committed while data files were rewritten, made again for the new
/// files.
///
/// A row that was copied has as many rows in front of it in the new files as were copied before it: so it
/// is found again. Rows that were sorted are found by their ids, which they have from version 3 on.
///
/// Spec: Delete Formats; Row Lineage.
struct CarriedDeletes: Sendable {
  /// The table as others have left it.
  let table: Table
  /// The last snapshot of its branch: all deletes up to it are carried.
  let snapshotID: Int64
  /// Deletes of the new files.
  let added: [DataFile]
  /// How many rows they delete, by the locations of the new files.
  let rowCounts: [ExactText: Int64]
  /// The deletion vectors of the replaced files, by the locations of those.
  let vectors: [ExactText: [DataFile]]
}

extension CarriedDeletes {
  /// Writes the deletes that the files of tasks have got since `start`; nil when there are none, or they
  /// cannot be carried: files are gone, or their rows cannot be found.
  ///
  /// Equality deletes apply to new files as they do to old ones, and are left alone.
  init?(
    of tasks: [FileScanTask], rewritten: [RewrittenRows], since start: Snapshot, on table: Table,
    _ options: RewriteDataFilesOptions
  ) async throws {
    let table = try await table.refreshed()
    guard let head = table.metadata.headSnapshot(of: options.branch), head.id != start.id,
      table.metadata.isAncestor(start.id, of: head.id)
    else { return nil }
    let current = try await Self.current(tasks, in: table, options)
    let changed = tasks.compactMap { task -> FileScanTask? in
      let known = Set(task.deletes.map { FileKey($0.file) })
      guard var now = current[ExactText(task.file.location)] else { return nil }
      now.deletes.removeAll { $0.kind == .equalityDeletes }
      return now.deletes.contains { !known.contains(FileKey($0.file)) } ? now : nil
    }
    guard current.count == tasks.count, !changed.isEmpty else { return nil }
    let deletes = try ScanDeletes(of: changed, fileIO: table.fileIO, options: options.scan)
    var positions: [ExactText: DeletionVector] = [:]
    for task in changed {
      positions[ExactText(task.file.location)] = try await deletes.positions(of: task)
    }
    var rows: [RowDeletes] = []
    for part in rewritten
    where part.tasks.contains(where: { positions[ExactText($0.file.location)] != nil }) {
      guard let found = try await part.find(positions, in: table, scan: options.scan) else {
        return nil
      }
      rows += found
    }
    self.table = table
    snapshotID = head.id
    added = try await table.writeDeletes(of: rows).added
    rowCounts = Dictionary(
      rows.map { (ExactText($0.task.file.location), Int64($0.positions.count)) },
      uniquingKeysWith: +)
    vectors = current.mapValues { task in
      task.deletes.filter { $0.kind == .deletionVector }.map(\.file)
    }
  }

  /// The files of tasks as the table has them now, by their locations.
  private static func current(
    _ tasks: [FileScanTask], in table: Table, _ options: RewriteDataFilesOptions
  ) async throws -> [ExactText: FileScanTask] {
    let wanted = Set(tasks.lazy.map { ExactText($0.file.location) })
    let scan = TableScan(of: table, options: options.scan).at(.ref(options.branch))
      .filter(options.filter)
    let planner = ScanPlanner(scan)
    var found: [ExactText: FileScanTask] = [:]
    while let step = try await planner.next() {
      for task in step.tasks where wanted.contains(ExactText(task.file.location)) {
        found[ExactText(task.file.location)] = task
      }
    }
    return found
  }
}
