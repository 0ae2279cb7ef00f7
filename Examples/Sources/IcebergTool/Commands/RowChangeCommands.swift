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

      Files that have no other rows are dropped without being read. A condition that no row satisfies
      commits nothing.
      """,
    declaration: RowChangeCommand.declaration(flags: ["--all", "--dry-run"])
  ) { invocation in
    let arguments = invocation.arguments
    let filter = try RowChangeCommand.filter(arguments)
    let (catalog, identifier) = try await TableSource.catalog(invocation)
    let table = try await catalog.loadTable(identifier)
    let report = try await table.delete(
      where: filter, fromBranch: RowChangeCommand.branch(arguments),
      dryRun: arguments.has("--dry-run"), options: try RowChangeCommand.options(arguments))
    RowChangeCommand.print(report, of: identifier, invocation)
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
        --dry-run       only tell which rows would be deleted
      \(RowChangeCommand.help)
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
    if replacesPartitions, arguments.has("--dry-run") {
      throw ArgumentError("--dry-run goes with --where or --all, not with --partitions")
    }
    let filter = replacesPartitions ? Filter.all : try RowChangeCommand.filter(arguments)
    let options = try RowChangeCommand.options(arguments)
    let (catalog, identifier) = try await TableSource.catalog(invocation)
    let table = try await catalog.loadTable(identifier)
    if arguments.has("--dry-run") {
      let report = try await table.delete(
        where: filter, fromBranch: branch, dryRun: true, options: options)
      return RowChangeCommand.print(report, of: identifier, invocation)
    }
    let source = try await RowSource(
      file: file, schema: table.metadata.currentSchema, fileIO: table.fileIO,
      csv: try Command.csvOptions(arguments))
    let batches = RowSourceBatches(source: source)
    if replacesPartitions {
      let changed = try await table.overwritePartitions(
        with: batches, toBranch: branch, isolation: options.isolation)
      RowChangeCommand.printReplaced(changed, branch, of: identifier, invocation)
    } else {
      let report = try await table.overwrite(
        where: filter, with: batches, toBranch: branch, options: options)
      RowChangeCommand.print(report, of: identifier, invocation)
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
      options: [FilterOption.name, "--mode", "--isolation", "--branch"] + options)
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
    _ report: RowChangeReport, of identifier: TableIdentifier, _ invocation: Invocation
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
      for (name, count) in counts { object[name] = .integer(count) }
      object["metadata-location"] = JSONText.string(report.table.metadataLocation)
      return Output.write(JSONText.line(.object(object)))
    }
    let verb = report.isDryRun ? "would delete" : "deleted"
    var text = "\(verb) \(report.deletedRowCount) rows of \(identifier)"
    if report.addedRowCount > 0 { text += " and added \(report.addedRowCount)" }
    if report.isEmpty {
      text += ": nothing to do"
    } else if let id = report.snapshotID {
      text += ": snapshot \(id)"
    }
    text += "\n"
    for (name, count) in counts.dropFirst(2) where count > 0 {
      text += "  \(name.split(separator: "_").joined(separator: " ")): \(count)\n"
    }
    Output.write(text)
  }

  static func printReplaced(
    _ table: Table, _ branch: String, of identifier: TableIdentifier, _ invocation: Invocation
  ) {
    let snapshot = table.metadata.references[branch].flatMap {
      table.metadata.snapshot(id: $0.snapshotID)
    }
    let names = ["added-records", "deleted-records", "added-data-files", "deleted-data-files"]
    if invocation.isJSON {
      var object = JSONObject()
      object["snapshot_id"] = JSONText.number(snapshot?.id)
      for name in names {
        let count = snapshot?.summary?[name].flatMap { Int64($0) } ?? 0
        object[name.split(separator: "-").joined(separator: "_")] = .integer(count)
      }
      object["metadata-location"] = JSONText.string(table.metadataLocation)
      return Output.write(JSONText.line(.object(object)))
    }
    let counts = names.map { "\(snapshot?.summary?[$0] ?? "0") \($0)" }.joined(separator: ", ")
    Output.write(
      "replaced partitions of \(identifier): snapshot \(snapshot.map { "\($0.id)" } ?? "none"), "
        + counts + "\n")
  }
}

/// The rows of a file as a sequence.
private struct RowSourceBatches: AsyncSequence {
  var source: RowSource

  func makeAsyncIterator() -> Iterator { Iterator(source: source) }

  struct Iterator: AsyncIteratorProtocol {
    var source: RowSource

    mutating func next() async throws -> RecordBatch? { try await source.next() }
  }
}
