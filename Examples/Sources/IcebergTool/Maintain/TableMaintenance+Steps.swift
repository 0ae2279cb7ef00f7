import ExampleSupport
import Iceberg

// The steps. Each returns what it did, and leaves the newest version of the table behind.
extension TableMaintenance {
  /// Expires snapshots.
  func expire(_ table: inout Table) async throws -> MaintenanceReport.Step {
    let name = "expire_snapshots"
    let wanted = policy.expiry
    let health = try await health(of: table)
    guard let reason = policy.reasonToExpire(health) else {
      return .skipped(name, "not needed: \(Counts.text(health.snapshotCount, "snapshot"))")
    }
    if try !table.metadata.property(TableProperties.garbageCollectionEnabled) {
      return .skipped(name, "'gc.enabled' is false: files must not be deleted")
    }
    var options = ExpireSnapshotsOptions(
      olderThanMillis: wanted.olderThan.flatMap { ProcedureValue.text($0).millis },
      retainLast: wanted.retainLast.map { Int($0) },
      unusedLayouts: wanted.cleansMetadata ? .removed : .kept, progress: ExpiryText.progress)
    options.otherTables = policy.expiry.otherTables == "files" ? .files : .places
    options.memoryLimit = policy.memoryLimit ?? options.memoryLimit
    if let plan = planning(.delete, by: name, of: table) {
      options.onFile = { plan($0.location, $0.kind, $0.sizeInBytes, $0.snapshotID) }
    }
    let report =
      try await table.expireSnapshots(options, dryRun: isDryRun)
    table = report.table
    var step = MaintenanceReport.Step(name: name, reason: reason, text: "none is old enough")
    step.isChange = !report.snapshots.isEmpty
    if step.isChange {
      let files = report.deleted.all
      step.text =
        "\(Counts.text(report.snapshots.count, "snapshot")), \(Counts.text(files.count, "file")), "
        + Sizes.text(files.sizeInBytes)
    }
    let kept = report.kept.all.count
    if kept > 0 { step.text += "; \(Counts.text(kept, "file")) kept for others" }
    step.result = ExpiryText.result(of: report)
    step.result["kinds"] = report.deleted.json
    step.result["snapshots"] = ExpiryText.snapshotTotals(of: report)
    if isDryRun, step.isChange {
      step.totals = ExpiryText.snapshots(of: report).lines + ["", report.deleted.line]
    }
    if report.failedCount > 0 {
      let first = report.firstFailure.map { ": \($0)" } ?? ""
      step.error = "\(Counts.text(report.failedCount, "file")) could not be deleted\(first)"
    }
    return step
  }

  /// Puts data files together.
  func compact(_ table: inout Table) async throws -> MaintenanceReport.Step {
    let name = "rewrite_data_files"
    let health = try await health(of: table)
    guard let reason = policy.reasonToCompact(health) else {
      let size = health.averageDataFileInBytes.map { ", \(Sizes.text($0)) on average" } ?? ""
      return .skipped(
        name, "not needed: \(Counts.text(health.dataFileCount, "file"))\(size)")
    }
    let wanted = policy.compaction
    var options = try RewriteDataFilesOptions(
      parsing: wanted.options,
      strategy: try Procedure.strategy(wanted.strategy, sortOrder: wanted.sortOrder),
      where: try wanted.condition.map(Procedure.condition) ?? .all)
    options.progress = RewriteText.progress
    options.divide(memoryLimit: policy.memoryLimit)
    let report = try await table.rewriteDataFiles(options, dryRun: isDryRun)
    if let plan = planning(.rewrite, by: name, of: table) {
      for file in report.groups.lazy.flatMap(\.files) {
        plan(file.location, .data, file.fileSizeInBytes, nil)
      }
    }
    table = report.table
    var step = MaintenanceReport.Step(name: name, reason: reason, text: "")
    step.isChange = report.rewrittenDataFilesCount > 0
    step.text =
      step.isChange
      ? "\(Counts.text(report.rewrittenDataFilesCount, "file")), "
        + "\(Sizes.text(report.rewrittenBytesCount)), into \(report.addedDataFilesCount)"
      : "nothing to put together"
    step.result = [
      "rewritten_data_files_count": .integer(Int64(report.rewrittenDataFilesCount)),
      "added_data_files_count": .integer(Int64(report.addedDataFilesCount)),
      "rewritten_bytes_count": .integer(report.rewrittenBytesCount),
      "failed_data_files_count": .integer(Int64(report.failedDataFilesCount)),
      "removed_delete_files_count": .integer(Int64(report.removedDeleteFilesCount)),
    ]
    if report.failedDataFilesCount > 0 {
      let first = report.groups.lazy.compactMap(\.error).first.map { ": \($0)" } ?? ""
      step.error = "\(Counts.text(report.failedDataFilesCount, "file")) failed\(first)"
    }
    return step
  }

  /// Rewrites manifests.
  func rewriteManifests(_ table: inout Table) async throws -> MaintenanceReport.Step {
    let name = "rewrite_manifests"
    let health = try await health(of: table)
    guard let reason = policy.reasonToRewriteManifests(health) else {
      return .skipped(name, "not needed: \(Counts.text(health.manifestCount, "manifest"))")
    }
    var options = RewriteManifestsOptions(progress: ManifestText.progress)
    options.memoryLimit = policy.memoryLimit ?? options.memoryLimit
    let report = try await table.rewriteManifests(options, dryRun: isDryRun)
    if let plan = planning(.rewrite, by: name, of: table) {
      for file in report.rewrittenManifests {
        plan(file.location, .manifest, file.length, file.addedSnapshotID)
      }
    }
    table = report.table
    var step = MaintenanceReport.Step(name: name, reason: reason, text: "nothing to put together")
    step.isChange = report.rewrittenManifestsCount > 0
    if step.isChange {
      step.text =
        "\(Counts.text(report.rewrittenManifestsCount, "manifest")) into "
        + "\(report.addedManifestsCount)"
    }
    step.result = [
      "rewritten_manifests_count": .integer(Int64(report.rewrittenManifestsCount)),
      "added_manifests_count": .integer(Int64(report.addedManifestsCount)),
    ]
    return step
  }

  /// Removes orphan files.
  func removeOrphans(_ table: inout Table) async throws -> MaintenanceReport.Step {
    let name = "remove_orphan_files"
    guard policy.orphans.isEnabled else { return .skipped(name, "not enabled") }
    if try !table.metadata.property(TableProperties.garbageCollectionEnabled) {
      return .skipped(name, "'gc.enabled' is false: files must not be deleted")
    }
    var options = RemoveOrphanFilesOptions()
    options.dryRun = isDryRun
    options.olderThanMillis = policy.orphans.olderThan.flatMap { ProcedureValue.text($0).millis }
    options.otherTables = policy.orphans.otherTables == "files" ? .files : .places
    options.reportedFileLimit = 0
    options.memoryLimit = policy.memoryLimit ?? options.memoryLimit
    options.progress = OrphanText.progress
    if let plan = planning(.delete, by: name, of: table) {
      options.onOrphan = { plan($0.location, $0.kind, $0.sizeInBytes, nil) }
    }
    let report = try await table.removeOrphanFiles(options)
    table = report.table
    let total = isDryRun ? report.orphans.all : report.deleted.all
    var step = MaintenanceReport.Step(
      name: name, reason: "always", text: OrphanText.summary(report))
    step.isChange = total.count > 0
    step.result = [
      "orphan_files_count": .integer(Int64(report.orphans.all.count)),
      "orphan_bytes_count": .integer(report.orphans.all.sizeInBytes),
      "deleted_files_count": .integer(Int64(report.deleted.all.count)),
      "deleted_bytes_count": .integer(report.deleted.all.sizeInBytes),
      "kinds": (isDryRun ? report.orphans : report.deleted).json,
    ]
    if report.failureCount > 0 {
      let first = report.failures.first.map { ": \($0.location): \($0.error)" } ?? ""
      step.error = "\(Counts.text(report.failureCount, "file")) could not be deleted\(first)"
    }
    return step
  }
}
