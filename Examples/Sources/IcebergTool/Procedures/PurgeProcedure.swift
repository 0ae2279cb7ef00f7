import ExampleSupport
import Iceberg

extension Procedure {
  /// `delete_reachable_files`
  static let deleteReachableFiles = Procedure(
    name: "delete_reachable_files", summary: "delete a table with every file that it leads to",
    help: """
      A table of a catalog is dropped first, as by 'iceberg drop --purge'. One that was dropped without its
      files is named by its last metadata file (a filesystem catalog keeps metadata/dropped-vN.json), beside
      the catalog whose tables may need some of the files. What another table needs stays.
      """,
    parameters: [
      .table, Parameter("max_concurrent_deletes", .number, "files deleted at the same time"),
      Parameter("stream_results", .flag, "print each file that is deleted"),
      .otherTables("places (whose folders touch) or files (of all); places"),
      .memory("for names of files, beyond which they go to TMPDIR; 64MB"),
    ]
  ) { call in
    var options = PurgeText.options(call.invocation)
    options.dryRun = call.isDryRun
    if let count = try call.given.count("max_concurrent_deletes") {
      options.maxConcurrentDeletes = count
    }
    options.memoryLimit = call.given.size("memory_limit") ?? options.memoryLimit
    options.otherTables = try Procedure.otherTables(call.given, places: .places, files: .files)
    if call.isDryRun || call.given.flag("stream_results") == true {
      options.onFile = PurgeText.onFile(call.invocation, isDryRun: call.isDryRun)
    }
    let report = try await delete(call, options)
    PurgeText.write(report, call)
    return report.failedCount > 0 ? .failure : .success
  }

  private static func delete(
    _ call: ProcedureCall, _ options: DeleteReachableFilesOptions
  ) async throws -> DeleteReachableFilesReport {
    let name = call.tableName
    guard name.hasSuffix(".json") || name.hasSuffix(".json.gz") else {
      let (catalog, identifier) = try await TableSource.catalog(of: name, call.invocation)
      return try await catalog.purgeTable(identifier, options)
    }
    let fileIO = try TableSource.fileIO(call.invocation.arguments)
    let catalog = try await CatalogOption.open(call.invocation.arguments, fileIO: fileIO)
    return try await Table.open(at: name, fileIO: fileIO)
      .deleteReachableFiles(options, beside: catalog)
  }
}

/// What the deletion of a table's files tells.
enum PurgeText {
  /// Options that show how far the work is, when somebody watches.
  static func options(_ invocation: Invocation) -> DeleteReachableFilesOptions {
    var options = DeleteReachableFilesOptions()
    guard Output.isWatched else { return options }
    options.progress = { progress in
      let step =
        switch progress.step {
        case .finding: "files found"
        case .deleting: "files deleted"
        }
      Output.progress.update { "\(progress.filesDone) \(step)" }
    }
    return options
  }

  /// Prints one file.
  static func onFile(
    _ invocation: Invocation, isDryRun: Bool
  ) -> @Sendable (DeletedFile) -> Void {
    let isJSON = invocation.isJSON
    return { file in
      guard isJSON else {
        let about = FileText.about(snapshotID: file.snapshotID, sizeInBytes: file.sizeInBytes)
        return Output.write("\(isDryRun ? "would delete" : "deleted") \(file.location)\(about)\n")
      }
      Output.write(
        JSONText.line([
          "file": .string(file.location), "kind": .string(file.kind.text),
          "size_in_bytes": JSONText.number(file.sizeInBytes),
          "snapshot_id": JSONText.number(file.snapshotID),
        ]))
    }
  }

  /// Prints the result, behind what belonged to each snapshot and each kind.
  static func write(_ report: DeleteReachableFilesReport, _ call: ProcedureCall) {
    tell(report, "iceberg delete_reachable_files")
    if !call.isJSON { writeTotals(report) }
    ProcedureResult(result(of: report).members.map { (.number($0.name), $0.value) })
      .write(call.invocation, more: more(about: report))
  }

  /// Prints what belonged to each snapshot and to each kind.
  static func writeTotals(_ report: DeleteReachableFilesReport) {
    var printer = TablePrinter([
      .number("added by snapshot"), "made at", "operation", .number("files"), .number("bytes"),
    ])
    for snapshot in report.snapshots {
      printer.add([
        snapshot.id.map(String.init) ?? "none, or expired",
        snapshot.timestampMillis.map { Timestamps.text(millis: $0) } ?? "",
        snapshot.operation ?? "", "\(snapshot.files.all.count)",
        "\(snapshot.files.all.sizeInBytes)",
      ])
    }
    Output.write(printer.text + "\n" + report.deleted.table + "\n")
  }

  /// Says what could not be deleted, and what was kept.
  static func tell(_ report: DeleteReachableFilesReport, _ command: String) {
    if let failure = report.firstFailure {
      Output.error(
        "\(command): \(Counts.text(report.failedCount, "file")) could not be deleted: \(failure)\n")
    }
    let kept = report.kept.all
    guard kept.count > 0 else { return }
    Output.error(
      "\(command): \(Counts.text(kept.count, "file")), \(Sizes.text(kept.sizeInBytes)), kept: other "
        + "tables need them\n")
  }

  /// The error of a table that is gone, and files of which are not.
  static func failure(
    _ report: DeleteReachableFilesReport, _ table: TableIdentifier
  ) -> IcebergError {
    IcebergError(
      report.firstFailure?.code ?? .storage,
      "the table was dropped, but \(Counts.text(report.failedCount, "file")) could not be deleted",
      context: .init(table: table.description), cause: report.firstFailure)
  }

  /// The columns of the result.
  static func result(of report: DeleteReachableFilesReport) -> JSONObject {
    [
      "deleted_data_files_count": .integer(Int64(report.deletedDataFilesCount)),
      "deleted_position_delete_files_count":
        .integer(Int64(report.deletedPositionDeleteFilesCount)),
      "deleted_equality_delete_files_count":
        .integer(Int64(report.deletedEqualityDeleteFilesCount)),
      "deleted_manifests_count": .integer(Int64(report.deletedManifestsCount)),
      "deleted_manifest_lists_count": .integer(Int64(report.deletedManifestListsCount)),
      "deleted_other_files_count": .integer(Int64(report.deletedOtherFilesCount)),
      "deleted_bytes_count": .integer(report.deleted.all.sizeInBytes),
    ]
  }

  /// What the result says beside its columns.
  static func more(about report: DeleteReachableFilesReport) -> JSONObject {
    [
      "dry_run": .bool(report.isDryRun), "kept_files_count": .integer(Int64(report.kept.all.count)),
      "kinds": report.deleted.json,
      "snapshots": .array(
        report.snapshots.map { FileText.json(snapshotID: $0.id, $0.files.all) }),
    ]
  }
}
