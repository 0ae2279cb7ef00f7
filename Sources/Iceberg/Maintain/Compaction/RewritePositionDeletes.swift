internal import IcebergModel

/// Carries out the rewrite of position delete files that was planned.
///
/// Spec: Delete Formats.
struct RewritePositionDeletes: Sendable {
  private let plan: RewritePositionDeletesPlan
  private var table: Table { plan.table }
  private var options: RewritePositionDeletesOptions { plan.options }

  init(_ plan: RewritePositionDeletesPlan) { self.plan = plan }

  /// Writes and commits all groups.
  func run() async throws -> RewritePositionDeletesReport {
    var report = plan.report(isDryRun: false)
    guard let snapshot = plan.snapshot, !plan.groups.isEmpty else { return report }
    var run = FileGroupRun(
      report.groups, of: table, options: options.groups, progress: options.progress)
    let granularity = try table.metadata.property(TableProperties.deleteGranularity)
    let units = plan.groups.enumerated().map { index, group in
      FileGroupRun.Unit(group: index, byteCount: group.byteCount) {
        table.metadata.formatVersion >= 3
          ? try await writeVectors(of: group) : try await writeFiles(of: group, granularity)
      }
    }
    // New files keep the number of those whose place they take.
    let numbers = Dictionary(
      plan.groups.flatMap { group in
        group.deletes.map { ($0.file.location, group.sequenceNumber) }
      }
    ) { max($0, $1) }
    var current = table
    try await run.run(units) { groups in
      var rewrite = RewriteFiles(startingSnapshotID: snapshot.id)
      var removed: Set<FileKey> = []
      for group in groups {
        rewrite.removedDeletes += (group.files + group.removedDeletes).filter {
          removed.insert(FileKey($0)).inserted
        }
        rewrite.addedDeletes += group.addedFiles
        let number = group.files.reduce(0) { max($0, numbers[$1.location] ?? 0) }
        for file in group.addedFiles { rewrite.deleteSequenceNumbers[file.location] = number }
      }
      current = try await current.commit { transaction in
        transaction.add(StartingPoint(branch: options.branch, snapshotID: snapshot.id))
        transaction.rewriteFiles(rewrite, toBranch: options.branch, summary: options.summary)
      }
      return current.metadata.headSnapshot(of: options.branch)?.id
    }
    report.table = current
    report.groups = run.reports
    report.snapshotIDs = run.snapshotIDs
    return report
  }

  /// Writes the deletes of a group into files of their partition.
  private func writeFiles(
    of group: RewritePositionDeletesPlan.Group, _ granularity: TableProperties.DeleteGranularity
  ) async throws -> FileGroupRun.Output {
    let chosen = Set(group.deletes.map(\.file.location))
    let tasks = group.tasks.map { task in
      var task = task
      task.deletes.removeAll { !chosen.contains($0.file.location) }
      return task
    }
    let deletes = try ScanDeletes(of: tasks, fileIO: table.fileIO, options: options.scan)
    var writer = try PositionDeleteFiles(
      table.metadata, fileIO: table.fileIO, targetFileSize: plan.sizes.outputLimit)
    do {
      var rows = DeletedPositions()
      for task in tasks {
        try Task.checkCancellation()
        guard let positions = try await deletes.positions(of: task) else { continue }
        rows.formUnion(positions, of: task.file.location)
        if granularity == .file {
          try await writer.write(rows, in: task.file.partition, of: task.partitionSpec)
          rows = DeletedPositions()
        }
      }
      if !rows.isEmpty, let first = tasks.first {
        try await writer.write(rows, in: first.file.partition, of: first.partitionSpec)
      }
    } catch {
      await writer.abort()
      throw error
    }
    return FileGroupRun.Output(added: writer.finished)
  }

  /// Writes a vector for each data file of a group, with all its deletes by position.
  private func writeVectors(
    of group: RewritePositionDeletesPlan.Group
  ) async throws -> FileGroupRun.Output {
    let chosen = Set(group.deletes.map { FileKey($0.file) })
    let earlier = try EarlierDeletes(of: group.tasks, fileIO: table.fileIO, only: .any)
    var writer = try DeletionVectorFiles(table.metadata, fileIO: table.fileIO)
    do {
      var output = FileGroupRun.Output()
      for task in group.tasks {
        try Task.checkCancellation()
        let merged = try await earlier.merged(with: RowDeletes(of: task, at: DeletionVector()))
        output.removedDeletes += merged.replaced.filter { !chosen.contains(FileKey($0)) }
        if merged.positions.isEmpty { continue }
        try await writer.append(merged.positions, of: task.file)
      }
      output.added = try await writer.finish()
      return output
    } catch {
      await writer.abort()
      throw error
    }
  }
}
