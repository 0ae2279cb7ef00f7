import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg delete`
  static let delete = Command(
    name: "delete", summary: "delete the rows of a condition",
    help: """
      iceberg delete TABLE --where CONDITION: delete rows, in one commit: all of them or none.

      \(FilterOption.help)

        --all           delete all rows; instead of --where
        --dry-run       only tell what would be done
      \(RowChangeCommand.help)
      \(StagingOption.help)

      Files that have no other rows are dropped without being read. A condition that no row satisfies
      commits nothing.
      """,
    declaration: RowChangeCommand.declaration(flags: ["--all", "--dry-run"])
  ) { invocation in
    let arguments = invocation.arguments
    let filter = try RowChangeCommand.filter(arguments)
    let (catalog, identifier) = try await TableSource.catalog(invocation)
    let table = try await catalog.loadTable(identifier)
    let wapID = try StagingOption.id(arguments, of: table)
    let report = try await table.delete(
      where: filter, fromBranch: RowChangeCommand.branch(arguments), stagedAs: wapID,
      dryRun: arguments.has("--dry-run"), options: try RowChangeCommand.options(arguments))
    RowChangeCommand.print(report, stagedAs: wapID, of: identifier, invocation)
  }

  /// `iceberg overwrite`
  static let overwrite = Command(
    name: "overwrite", summary: "replace the rows of a condition by those of a file",
    help: """
      iceberg overwrite TABLE --from FILE --where CONDITION
      iceberg overwrite TABLE --from FILE --partitions

      Replace rows by those of a file, in one commit: all of it or nothing.

      \(FilterOption.help)

        --all           replace all rows; instead of --where
        --partitions    replace all rows of every partition that a row of the file is in; instead of
                        --where
        --from FILE     .csv, .jsonl (or .ndjson), .parquet or .avro, as for 'iceberg append'
        --delimiter C   what stands between the fields of a .csv; the default is a comma
        --null TEXT     what stands for null in a .csv; the default is an empty field without quotes
        --dry-run       only tell how many rows would be deleted and added
      \(RowChangeCommand.help)
      \(StagingOption.help)
      """,
    declaration: RowChangeCommand.declaration(
      flags: ["--all", "--partitions", "--dry-run"],
      options: ["--from", "--delimiter", "--null"])
  ) { invocation in
    let arguments = invocation.arguments
    guard let file = arguments.value("--from") else {
      throw ArgumentError("--from FILE is missing")
    }
    let branch = RowChangeCommand.branch(arguments)
    let replacesPartitions = arguments.has("--partitions")
    if replacesPartitions, arguments.has("--all") || arguments.value(FilterOption.name) != nil {
      throw ArgumentError("--partitions stands instead of --where and --all")
    }
    let isDryRun = arguments.has("--dry-run")
    let filter = replacesPartitions ? Filter.all : try RowChangeCommand.filter(arguments)
    let options = try RowChangeCommand.options(arguments)
    let (catalog, identifier) = try await TableSource.catalog(invocation)
    let table = try await catalog.loadTable(identifier)
    let wapID = try StagingOption.id(arguments, of: table)
    let source = try await RowSource(
      file: file, schema: table.metadata.currentSchema, fileIO: table.fileIO,
      csv: try Command.csvOptions(arguments))
    let batches = RowSourceBatches(source: source)
    if replacesPartitions {
      let changed = try await table.overwritePartitions(
        with: batches, toBranch: branch, stagedAs: wapID, isolation: options.isolation,
        dryRun: isDryRun)
      let isNew = changed.metadata.snapshots.count > table.metadata.snapshots.count
      RowChangeCommand.printReplaced(
        changed, isNew ? StagingOption.snapshot(in: changed, stagedAs: wapID, on: branch) : nil,
        stagedAs: wapID, of: identifier, isDryRun: isDryRun, invocation)
    } else {
      let report = try await table.overwrite(
        where: filter, with: batches, toBranch: branch, stagedAs: wapID, dryRun: isDryRun,
        options: options)
      RowChangeCommand.print(report, stagedAs: wapID, of: identifier, invocation)
    }
  }
}

/// What the commands that change rows have in common.
private enum RowChangeCommand {
  static let help = """
      --mode MODE       copy-on-write or merge-on-read; the default is the table's write.delete.mode
      --isolation LEVEL serializable or snapshot: what is tolerated of commits meanwhile; the default
                        is the table's write.delete.isolation-level
      --branch NAME     the branch to change; the default is main
    """

  static func declaration(
    flags: [String], options: [String] = []
  ) -> Arguments.Declaration {
    Arguments.Declaration(
      flags: flags,
      options: [FilterOption.name, "--mode", "--isolation", "--branch", StagingOption.name]
        + options)
  }

  static func branch(_ arguments: Arguments) -> String {
    arguments.value("--branch") ?? SnapshotReference.main
  }

  /// The condition, which has to be given: nobody deletes everything by leaving out an option.
  static func filter(_ arguments: Arguments) throws -> Filter {
    switch (arguments.value(FilterOption.name), arguments.has("--all")) {
    case (.some, true): throw ArgumentError("--where and --all exclude each other")
    case (nil, true): return .all
    case (.some, false): return try FilterOption.filter(arguments)
    case (nil, false):
      throw ArgumentError("--where CONDITION is missing; --all stands for all rows")
    }
  }

  static func options(_ arguments: Arguments) throws -> RowChangeOptions {
    var options = RowChangeOptions()
    if let text = arguments.value("--mode") {
      guard let mode = TableProperties.RowLevelMode(rawValue: text) else {
        throw ArgumentError("--mode is copy-on-write or merge-on-read, not '\(text)'")
      }
      options.mode = mode
    }
    if let text = arguments.value("--isolation") {
      guard let level = TableProperties.IsolationLevel(rawValue: text) else {
        throw ArgumentError("--isolation is serializable or snapshot, not '\(text)'")
      }
      options.isolation = level
    }
    if Output.isWatched {
      options.progress = { progress in
        let step =
          switch progress.step {
          case .finding: "files searched"
          case .rewriting: "files written anew"
          case .committing: "files, committing"
          }
        Output.progress.update { "\(progress.filesDone) of \(progress.filesTotal) \(step)" }
      }
    }
    return options
  }

  static func print(
    _ report: RowChangeReport, stagedAs wapID: String?, of identifier: TableIdentifier,
    _ invocation: Invocation
  ) {
    let counts: [(name: String, count: Int64)] = [
      ("deleted_records", report.deletedRowCount), ("added_records", report.addedRowCount),
      ("removed_data_files", Int64(report.removedFiles.count)),
      ("rewritten_data_files", Int64(report.rewrittenFiles.count)),
      ("data_files_with_deletes", Int64(report.filesWithDeletes.count)),
      ("added_data_files", Int64(report.addedFiles.count)),
      ("added_delete_files", Int64(report.addedDeletes.count)),
      ("removed_delete_files", Int64(report.removedDeletes.count)),
    ]
    if invocation.isJSON {
      var object = JSONObject()
      object["snapshot_id"] = JSONText.number(report.snapshotID)
      object["dry_run"] = .bool(report.isDryRun)
      object["mode"] = .string(report.mode.rawValue)
      if let wapID { object["wap_id"] = .string(wapID) }
      for (name, count) in counts { object[name] = .integer(count) }
      object["metadata-location"] = JSONText.string(report.table.metadataLocation)
      return Output.write(JSONText.line(.object(object)))
    }
    let verb = report.isDryRun ? "would delete" : "deleted"
    var text = "\(verb) \(report.deletedRowCount) rows of \(identifier)"
    if report.addedRowCount > 0 {
      text += " and \(report.isDryRun ? "add" : "added") \(report.addedRowCount)"
    }
    if report.isEmpty {
      text += ": nothing to do"
    } else if let id = report.snapshotID {
      text += ": snapshot \(id)\(StagingOption.note(wapID))"
    }
    text += "\n"
    for (name, count) in counts.dropFirst(2) where count > 0 {
      text += "  \(name.split(separator: "_").joined(separator: " ")): \(count)\n"
    }
    Output.write(text)
  }

  static func printReplaced(
    _ table: Table, _ snapshot: Snapshot?, stagedAs wapID: String?, of identifier: TableIdentifier,
    isDryRun: Bool, _ invocation: Invocation
  ) {
    let names =
      isDryRun
      ? ["added-records", "deleted-records", "deleted-data-files"]
      : ["added-records", "deleted-records", "added-data-files", "deleted-data-files"]
    if invocation.isJSON {
      var object = JSONObject()
      object["snapshot_id"] = isDryRun ? .null : JSONText.number(snapshot?.id)
      object["dry_run"] = .bool(isDryRun)
      if let wapID { object["wap_id"] = .string(wapID) }
      for name in names {
        let count = snapshot?.summary?[name].flatMap { Int64($0) } ?? 0
        object[name.split(separator: "-").joined(separator: "_")] = .integer(count)
      }
      object["metadata-location"] = JSONText.string(table.metadataLocation)
      return Output.write(JSONText.line(.object(object)))
    }
    let counts = names.map { "\(snapshot?.summary?[$0] ?? "0") \($0)" }.joined(separator: ", ")
    if isDryRun {
      return Output.write("would replace partitions of \(identifier): \(counts)\n")
    }
    Output.write(
      "replaced partitions of \(identifier): snapshot \(snapshot.map { "\($0.id)" } ?? "none"), "
        + counts + StagingOption.note(wapID) + "\n")
  }
}
