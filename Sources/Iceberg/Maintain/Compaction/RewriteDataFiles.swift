internal import IcebergColumns
internal import IcebergModel
internal import Synchronization

/// Carries out the rewrite of data files that was planned.
///
/// Spec: Row Lineage; Sorting.
struct RewriteDataFiles: Sendable {
  private let plan: RewriteDataFilesPlan
  private let rewritten = Rewritten()
  /// How many groups, or parts of groups, are written at the same time at most.
  private let width: Int
  private var table: Table { plan.table }
  private var options: RewriteDataFilesOptions { plan.options }

  /// How often deletes that others commit are carried to the new files before a commit is given up.
  private static let carryLimit = 10

  /// What was written out of what, noted by tasks that run at the same time.
  private final class Rewritten: Sendable {
    let rows = Mutex<[RewrittenRows]>([])
  }

  init(_ plan: RewriteDataFilesPlan) {
    self.plan = plan
    let isWhole = plan.sortsGroups || plan.groups.allSatisfy { Self.isDivided($0, plan) }
    let limit = max(1, plan.options.groups.concurrency)
    width = isWhole ? min(limit, max(1, plan.groups.count)) : limit
  }

  /// Whether rows of a group may go into files of several partitions.
  private static func isDivided(
    _ group: RewriteDataFilesPlan.Group, _ plan: RewriteDataFilesPlan
  ) -> Bool {
    group.tasks.contains { $0.file.specID != plan.outputSpec.id }
  }

  /// Writes and commits all groups.
  func run() async throws -> RewriteDataFilesReport {
    var report = plan.report(isDryRun: false)
    guard let snapshot = plan.snapshot else { return report }
    if !plan.groups.isEmpty {
      var run = FileGroupRun(
        report.groups, of: table, options: options.groups, progress: options.progress)
      let units = try plan.groups.indices.flatMap { try self.units(of: $0) }
      var current = table
      try await run.run(units) { groups in
        current = try await commit(&groups, startingAt: snapshot, on: current)
        return current.metadata.headSnapshot(of: options.branch)?.id
      }
      report.table = current
      report.groups = run.reports
      report.snapshotIDs = run.snapshotIDs
    }
    if options.removesDanglingDeletes, report.groups.contains(where: \.isCommitted) {
      let dangling = try await report.table.removeDanglingDeletes(
        fromBranch: options.branch, summary: options.summary)
      report.danglingDeletes = dangling.removedDeletes
      report.table = dangling.table
      if let id = dangling.snapshotID { report.snapshotIDs.append(id) }
    }
    return report
  }

  /// Commits groups. What others meanwhile deleted of their rows is deleted in the new files, too.
  private func commit(
    _ groups: inout [FileGroupReport], startingAt snapshot: Snapshot, on table: Table
  ) async throws -> Table {
    // Before version 2 files have no sequence numbers.
    let keepsNumber = options.usesStartingSequenceNumber && table.metadata.formatVersion >= 2
    var rewrite = RewriteFiles(
      removed: groups.flatMap(\.files), added: groups.flatMap(\.addedFiles),
      removedDeletes: groups.flatMap(\.removedDeletes),
      dataSequenceNumber: keepsNumber ? snapshot.sequenceNumber : nil,
      startingSnapshotID: snapshot.id)
    var current = table
    var attempt = 0
    while true {
      do {
        return try await current.commit { transaction in
          transaction.add(StartingPoint(branch: options.branch, snapshotID: snapshot.id))
          transaction.rewriteFiles(rewrite, toBranch: options.branch, summary: options.summary)
        }
      } catch {
        let code = (error as? IcebergError)?.code
        if code == .commitStateUnknown { throw error }
        await table.removeUncommitted(rewrite.carriedDeletes)
        guard code == .validationFailed, attempt < Self.carryLimit,
          rewrite.leavesEqualityDeletes,
          let carried = try? await carry(groups, since: snapshot, on: current)
        else {
          try Task.checkCancellation()
          throw error
        }
        attempt += 1
        current = carried.table
        for index in groups.indices {
          groups[index].removedDeletes = groups[index].files.flatMap {
            carried.vectors[ExactText($0.location)] ?? []
          }
          groups[index].carriedDeleteCount = groups[index].addedFiles.reduce(0) {
            $0 + (carried.rowCounts[ExactText($1.location)] ?? 0)
          }
        }
        rewrite.removedDeletes = groups.flatMap(\.removedDeletes)
        rewrite.carriedDeletes = carried.added
        rewrite.startingSnapshotID = carried.snapshotID
      }
    }
  }

  private func carry(
    _ groups: [FileGroupReport], since snapshot: Snapshot, on table: Table
  ) async throws -> CarriedDeletes? {
    let removed = Set(groups.lazy.flatMap(\.files).map { ExactText($0.location) })
    return try await CarriedDeletes(
      of: plan.groups.flatMap(\.tasks).filter { removed.contains(ExactText($0.file.location)) },
      rewritten: rewritten.rows.withLock { rows in
        rows.filter { $0.tasks.contains { removed.contains(ExactText($0.file.location)) } }
      }, since: snapshot, on: table, options)
  }
}

// What is written.
extension RewriteDataFiles {
  /// The work on a group: a part for each new file, where they need not know of each other.
  private func units(of index: Int) throws -> [FileGroupRun.Unit] {
    let group = plan.groups[index]
    let isDivided = Self.isDivided(group, plan)
    let form = try RewrittenForm(plan, mixesPartitions: isDivided, width: width)
    if isDivided || plan.sortsGroups {
      let fileCount = plan.sortsGroups ? group.fileCount : 1
      return [unit(of: index, group.tasks, byteCount: group.byteCount, form, fileCount: fileCount)]
    }
    let packing = TaskPacking(targetSize: group.splitSize, lookback: 10, openFileCost: 0)
    return packing.groups(of: group.tasks).map { tasks in
      let size = FileGroupSizes.sum(
        tasks.lazy.map { task in
          task.byteRange.map { $0.upperBound - $0.lowerBound } ?? task.file.fileSizeInBytes
        })
      return unit(of: index, tasks, byteCount: size, form, fileCount: 1)
    }
  }

  private func unit(
    of group: Int, _ tasks: [FileScanTask], byteCount: Int64, _ form: RewrittenForm, fileCount: Int
  ) -> FileGroupRun.Unit {
    FileGroupRun.Unit(group: group, byteCount: byteCount) {
      let files = try await form.write(tasks, fileCount: fileCount)
      let rows = RewrittenRows(tasks: tasks, files: files, isInOrder: !form.sorts)
      rewritten.rows.withLock { $0.append(rows) }
      return FileGroupRun.Output(added: files)
    }
  }
}

/// In which form the rows of a group are written anew, and how they get there.
private struct RewrittenForm: Sendable {
  private let table: Table
  private let scan: ScanOptions
  private let write: WriteOptions
  private let layout: FileLayout
  private let lineage: [Field]
  private let sorting: RowSpill.Settings?

  /// Whether rows are sorted; else they are copied in their order.
  var sorts: Bool { sorting != nil }

  /// - Parameter width: how many are read, sorted and written at the same time.
  init(_ plan: RewriteDataFilesPlan, mixesPartitions: Bool, width: Int) throws(IcebergError) {
    let metadata = plan.table.metadata
    table = plan.table
    (scan, write) = plan.options.shares(among: width)
    lineage =
      metadata.formatVersion >= 3
      ? [ReservedFields.rowID, ReservedFields.lastUpdatedSequenceNumber] : []
    layout = FileLayout(
      spec: plan.outputSpec, targetFileSize: plan.sizes.outputLimit,
      sortOrderID: plan.order.flatMap { $0.id == TableSortOrder.unsorted.id ? nil : $0.id })
    guard var order = plan.order else {
      sorting = nil
      return
    }
    if mixesPartitions {
      order.fields =
        plan.outputSpec.fields.map { field in
          SortField(
            sourceIDs: field.sourceIDs, transform: field.transform, direction: .ascending,
            nullOrder: .nullsFirst)
        } + order.fields
    }
    let share = plan.options.sortMemoryLimit / max(1, width)
    sorting = try RowSpill.Settings(
      order: order, schema: metadata.currentSchema, lineage: lineage, metadata: metadata,
      memoryLimit: share / plan.options.shufflePartitionsPerFile,
      folder: plan.options.temporaryFolder)
  }

  /// Writes the rows of tasks that are not deleted. When that fails, nothing is left of the new files.
  ///
  /// - Parameter fileCount: into how many files of about the same number of rows sorted ones go.
  func write(_ tasks: [FileScanTask], fileCount: Int) async throws -> [DataFile] {
    let tasks = tasks.map { task in
      var task = task
      task.schema = Schema(table.metadata.currentSchema.fields + lineage)
      return task
    }
    let rows = BatchSequence(of: tasks, fileIO: table.fileIO, options: scan)
    var writer = try TableWriter(
      table, options: write, lineage: lineage, layout: layout)
    do {
      if let sorting {
        try await Self.sort(rows, sorting, into: &writer, fileCount: fileCount)
      } else {
        for try await batch in rows {
          try Task.checkCancellation()
          try await writer.write(batch.columns, count: batch.rowCount)
        }
      }
    } catch {
      await writer.abort()
      throw error
    }
    return try await writer.finish()
  }

  private static func sort(
    _ rows: BatchSequence, _ settings: RowSpill.Settings, into writer: inout TableWriter,
    fileCount: Int
  ) async throws {
    try await ScratchFolder.with(in: settings.folder) { scratch in
      var spill = RowSpill(settings, scratch: scratch)
      try await spill.add(rows)
      let share = max(1, (spill.rowCount - 1) / Int64(max(1, fileCount)) + 1)
      let sorted = SortedRowsAhead(try await spill.finish())
      var room = share
      var next = try await sorted.next()
      while let (columns, count) = next {
        try Task.checkCancellation()
        async let following = sorted.next()
        var start = 0
        while start < count {
          let end = min(count, start + Int(clamping: room))
          let isPart = end - start < count
          try await writer.write(
            isPart ? columns.map { $0.slice(start..<end) } : columns, count: end - start)
          room -= Int64(end - start)
          start = end
          if room == 0 {
            // The next rows belong behind all of these.
            try await writer.endFiles()
            room = share
          }
        }
        next = try await following
      }
    }
  }
}
