import ExampleSupport
import Iceberg

extension Procedure {
  /// `expire_snapshots`
  static let expireSnapshots = Procedure(
    name: "expire_snapshots", summary: "remove old snapshots, and the files that only they need",
    help: """
      What branches and tags stand for stays, and so do the snapshots that their retention keeps. Nothing
      is deleted when a file that the remaining table needs is missing. What another table needs is kept.
      """,
    parameters: [
      .table,
      Parameter("older_than", .time, "only snapshots made before; the table's 5 days ago"),
      Parameter("retain_last", .number, "keep so many of each branch; the table's 1"),
      Parameter("max_concurrent_deletes", .number, "files deleted at the same time"),
      Parameter("stream_results", .flag, "print each file that is deleted"),
      Parameter("snapshot_ids", .numbers, "these, whatever their age"),
      Parameter("clean_expired_metadata", .flag, "also schemas and specs that nothing uses"),
      Parameter(
        "cleanup_level", .text,
        "which files go: ALL, METADATA_ONLY (no data and delete files) or NONE; ALL"),
      .memory("for names of files, beyond which they go to TMPDIR; 64MB"),
      .otherTables("places (whose folders touch) or files (of all); places"),
    ]
  ) { call in
    let given = call.given
    var options = ExpireSnapshotsOptions(
      olderThanMillis: given.time("older_than"), retainLast: try given.count("retain_last"),
      snapshotIDs: Set(given.numbers("snapshot_ids") ?? []),
      unusedLayouts: given.flag("clean_expired_metadata") == true ? .removed : .kept)
    if let count = try given.count("max_concurrent_deletes") {
      options.maxConcurrentDeletes = count
    }
    options.cleanup = try cleanup(given.text("cleanup_level"))
    options.otherTables = try Procedure.otherTables(given, places: .places, files: .files)
    options.memoryLimit = given.size("memory_limit") ?? options.memoryLimit
    options.progress = ExpiryText.progress
    // A dry run lists the files, and so does whoever asks for it.
    if call.isDryRun || given.flag("stream_results") == true {
      let (isJSON, isDryRun) = (call.isJSON, call.isDryRun)
      options.onFile = { ExpiryText.write($0, isJSON: isJSON, isDryRun: isDryRun) }
    }
    let table = try await call.table()
    if let note = ProcedureMistakes.note(
      onKeepingLast: given.number("retain_last"), of: table.metadata)
    {
      Output.error(note)
    }
    let report =
      try await table.expireSnapshots(options, dryRun: call.isDryRun)
    ExpiryText.write(report, call)
    return report.failedCount > 0 ? .failure : .success
  }

  /// The clean-up level of a name, as in Iceberg's API; nil is all.
  private static func cleanup(
    _ level: String?
  ) throws(TextError) -> ExpireSnapshotsOptions.Cleanup {
    switch level?.uppercased() {
    case nil, "ALL": return .all
    case "METADATA_ONLY": return .metadataOnly
    case "NONE": return .none
    case _?:
      throw TextError("cleanup_level is ALL, METADATA_ONLY or NONE, not '\(level ?? "")'")
    }
  }
}

/// What an expiry of snapshots tells.
enum ExpiryText {
  /// Shows how far it is, when somebody watches.
  static var progress: (@Sendable (ExpireSnapshotsProgress) -> Void)? {
    guard Output.isWatched else { return nil }
    return { progress in
      let step =
        switch progress.step {
        case .finding: "manifests read"
        case .checking: "files looked for"
        case .committing: "committing"
        case .deleting: "files deleted"
        }
      let total = progress.filesTotal.map { " of \($0)" } ?? ""
      Output.progress.update { "\(progress.filesDone)\(total) \(step)" }
    }
  }

  /// Prints one file.
  static func write(_ file: ExpiredFile, isJSON: Bool, isDryRun: Bool) {
    guard isJSON else {
      let about = FileText.about(snapshotID: file.snapshotID, sizeInBytes: file.sizeInBytes)
      return Output.write("\(isDryRun ? "would delete" : "deletes") \(file.location)\(about)\n")
    }
    Output.write(
      JSONText.line([
        "file": .string(file.location), "kind": .string(file.kind.text),
        "size_in_bytes": JSONText.number(file.sizeInBytes),
        "snapshot_id": .integer(file.snapshotID),
      ]))
  }

  /// Prints the result, behind what belonged to each snapshot.
  static func write(_ report: ExpireSnapshotsReport, _ call: ProcedureCall) {
    if let failure = report.firstFailure {
      Output.error(
        "iceberg expire_snapshots: \(Counts.text(report.failedCount, "file")) could not be deleted: "
          + "\(failure)\n")
    }
    tellKept(report)
    if !call.isJSON, !report.snapshots.isEmpty {
      Output.write(snapshots(of: report).text + "\n")
      Output.write(report.deleted.table + "\n")
    }
    ProcedureResult(
      result(of: report).members.map { (.number($0.name), $0.value) }
    ).write(
      call.invocation,
      more: [
        "dry_run": .bool(report.isDryRun), "kinds": report.deleted.json,
        "kept_files_count": .integer(Int64(report.kept.all.count)),
        "kept_for": .array(keepers(of: report).map { .string($0) }),
        "snapshots": snapshotTotals(of: report),
      ])
  }

  /// What belonged to each snapshot.
  static func snapshots(of report: ExpireSnapshotsReport) -> TablePrinter {
    var printer = TablePrinter([
      .number("expired snapshot"), "made at", "operation", .number("files"), .number("bytes"),
    ])
    for snapshot in report.snapshots {
      printer.add([
        "\(snapshot.id)", Timestamps.text(millis: snapshot.timestampMillis),
        snapshot.operation ?? "", "\(snapshot.files.all.count)",
        "\(snapshot.files.all.sizeInBytes)",
      ])
    }
    return printer
  }

  /// The same for programs.
  static func snapshotTotals(of report: ExpireSnapshotsReport) -> JSONValue {
    .array(report.snapshots.map { FileText.json(snapshotID: $0.id, $0.files.all) })
  }

  /// Says what was kept, and for whom.
  private static func tellKept(_ report: ExpireSnapshotsReport) {
    let kept = report.kept.all
    guard kept.count > 0 else { return }
    Output.error(
      "iceberg expire_snapshots: \(Counts.text(kept.count, "file")), \(Sizes.text(kept.sizeInBytes)), "
        + "kept for others: \(keepers(of: report).joined(separator: ", "))\n")
  }

  /// The tables and metadata files that need files which would be deleted, or may need them.
  private static func keepers(of report: ExpireSnapshotsReport) -> [String] {
    report.sharingTables.map(\.description) + report.foreignMetadata
  }

  /// The columns of the result.
  static func result(of report: ExpireSnapshotsReport) -> JSONObject {
    [
      "deleted_data_files_count": .integer(Int64(report.deletedDataFilesCount)),
      "deleted_position_delete_files_count":
        .integer(Int64(report.deletedPositionDeleteFilesCount)),
      "deleted_equality_delete_files_count":
        .integer(Int64(report.deletedEqualityDeleteFilesCount)),
      "deleted_manifest_files_count": .integer(Int64(report.deletedManifestFilesCount)),
      "deleted_manifest_lists_count": .integer(Int64(report.deletedManifestListsCount)),
      "deleted_statistics_files_count": .integer(Int64(report.deletedStatisticsFilesCount)),
      "deleted_bytes_count": .integer(report.deleted.all.sizeInBytes),
    ]
  }
}
