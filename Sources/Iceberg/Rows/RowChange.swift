internal import IcebergModel

/// Deletes rows of a branch and adds others, in one commit.
///
/// First the rows are looked for, file by file; then what takes the place of the files is written; then
/// everything is committed together.
struct RowChange: Sendable {
  let table: Table
  let filter: Filter
  let branch: String
  /// The id under which the snapshot is staged; nil moves the branch to it.
  let wapID: String?
  let options: RowChangeOptions
  let summary: [String: String]
  private let mode: TableProperties.RowLevelMode
  private let isolation: TableProperties.IsolationLevel

  /// A change of the rows of `branch` that satisfy `filter`.
  ///
  /// Throws `invalidArgument` for properties of the table that make no sense.
  init(
    of table: Table, where filter: Filter, branch: String, wapID: String?,
    options: RowChangeOptions, summary: [String: String]
  ) throws(IcebergError) {
    self.table = table
    self.filter = filter
    self.branch = branch
    self.wapID = wapID
    self.options = options
    self.summary = summary
    let metadata = table.metadata
    if metadata.formatVersion < 2 {
      mode = .copyOnWrite
    } else if let wanted = options.mode {
      mode = wanted
    } else {
      mode = try metadata.property(TableProperties.deleteMode)
    }
    if let wanted = options.isolation {
      isolation = wanted
    } else {
      isolation = try metadata.property(TableProperties.deleteIsolation)
    }
  }

  /// Carries the change out, or only works it out.
  ///
  /// - Parameters:
  ///   - dryRun: whether nothing is written.
  ///   - write: writes the rows to add, if there are any.
  func run(
    dryRun: Bool, adding write: ((inout TableWriter) async throws -> Void)? = nil
  ) async throws -> RowChangeReport {
    let rows = try await SelectedRows.find(filter, in: table, branch: branch, options: options)
    var report = report(of: rows, isDryRun: dryRun)
    if dryRun {
      if let write {
        let files = try await table.withCountingWriter(options: options.write, write)
        report.addedRowCount = files.reduce(0) { $0 + $1.recordCount }
      }
      return report
    }
    if rows.files.isEmpty, write == nil { return report }
    do {
      if let write {
        report.addedFiles = try await table.withWriter(options: options.write, write)
        report.addedRowCount = report.addedFiles.reduce(0) { $0 + $1.recordCount }
      }
      let some = rows.files.filter { !$0.isWhole }
      switch mode {
      case .copyOnWrite:
        report.addedFiles += try await RowRewrite(table: table, options: options).run(some)
      case .mergeOnRead:
        let deletes = try await table.writeDeletes(
          of: some.map { RowDeletes(of: $0.task, at: $0.positions ?? DeletionVector()) })
        report.addedDeletes = deletes.added
        report.removedDeletes = deletes.removed
      }
    } catch {
      await table.removeUncommitted(report.addedFiles)
      throw error
    }
    if report.isEmpty { return report }
    options.progress?(
      RowChangeProgress(
        step: .committing, filesDone: rows.files.count, filesTotal: rows.files.count))
    do {
      report.table = try await commit(report, of: rows)
    } catch let error as IcebergError where error.code == .commitStateUnknown {
      throw error
    } catch {
      await table.removeUncommitted(report.addedFiles + report.addedDeletes)
      throw error
    }
    let metadata = report.table.metadata
    report.snapshotID =
      wapID.map { id in
        metadata.snapshots.last { $0.stagedWAPID == id }?.id
      } ?? metadata.headSnapshot(of: branch)?.id
    return report
  }

  private func report(of rows: SelectedRows, isDryRun: Bool) -> RowChangeReport {
    var report = RowChangeReport(table, mode: mode, isDryRun: isDryRun)
    for file in rows.files {
      report.deletedRowCount += file.rowCount
      if file.isWhole {
        report.removedFiles.append(file.task.file)
      } else if mode == .copyOnWrite {
        report.rewrittenFiles.append(file.task.file)
      } else {
        report.filesWithDeletes.append(file.task.file)
      }
    }
    return report
  }

  private func commit(_ report: RowChangeReport, of rows: SelectedRows) async throws -> Table {
    let removed = report.removedFiles + report.rewrittenFiles
    var check: ConflictCheck
    if report.addedDeletes.isEmpty {
      check = ConflictCheck(
        startingSnapshotID: rows.snapshotID, filter: filter, isolation: isolation)
    } else {
      check = ConflictCheck(
        startingSnapshotID: rows.snapshotID, filter: filter, isolation: isolation,
        referencedDataFiles: report.filesWithDeletes.map(\.location), command: .delete)
      // The rows of a file that was rewritten since are under another name now: they would stay.
      check.validatesRemovedFiles = !removed.isEmpty
    }
    check.isCaseSensitive = options.scan.isCaseSensitive
    return try await table.commit { tx in
      if report.addedDeletes.isEmpty {
        tx.overwrite(
          removing: removed, adding: report.addedFiles, check: check, toBranch: branch,
          summary: summary)
      } else {
        tx.rowDelta(
          RowDelta(
            addedFiles: report.addedFiles, addedDeletes: report.addedDeletes,
            removedFiles: removed, removedDeletes: report.removedDeletes, check: check),
          toBranch: branch, summary: summary)
      }
      if let wapID { tx.stage(wapID: wapID) }
    }
  }
}
