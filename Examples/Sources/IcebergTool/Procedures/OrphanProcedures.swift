import ExampleSupport
import Iceberg

extension Procedure {
  /// `remove_orphan_files`
  static let removeOrphanFiles = Procedure(
    name: "remove_orphan_files", summary: "delete files in a table's folder that no metadata names",
    help: """
      Files that are younger than a day are never touched: they may be of a writer that has not committed
      yet. A folder that another table shares, or lies in, is refused.
      """,
    parameters: [
      .table, Parameter("older_than", .time, "only files last changed before; 3 days ago"),
      Parameter("location", .text, "the folder to look through; that of the table"),
      Parameter("dry_run", .flag, "only list them, as --dry-run does"),
      Parameter("max_concurrent_deletes", .number, "files deleted at the same time"),
      Parameter("file_list_view", .text, "not here: --location looks through a folder"),
      Parameter("equal_schemes", .pairs, "s3a,s3n=s3: schemes that mean the same"),
      Parameter("equal_authorities", .pairs, "a,b=c: hosts or buckets that mean the same"),
      Parameter("prefix_mismatch_mode", .text, "ERROR, IGNORE or DELETE; ERROR"),
      Parameter("prefix_listing", .flag, "of no effect here: storage lists in its own way"),
      Parameter("stream_results", .flag, "print all orphans, not only the first 20,000"),
      Parameter(
        "gone_table_uuids", .texts,
        "ids of tables that are gone for good: their metadata here is an orphan, too"),
      .otherTables("places (their folders) or files (all that they lead to, wherever); places"),
      .memory("for names of files, beyond which they go to TMPDIR; 64MB"),
    ]
  ) { call in
    let given = call.given
    if given.text("file_list_view") != nil {
      throw TextError("file_list_view names a view of Spark, which there is none of here")
    }
    var options = RemoveOrphanFilesOptions()
    options.olderThanMillis = given.time("older_than")
    options.location = given.text("location")
    options.dryRun = call.isDryRun || given.flag("dry_run") == true
    if let count = try given.count("max_concurrent_deletes") {
      options.maxConcurrentDeletes = count
    }
    options.goneTableUUIDs = Set(given.texts("gone_table_uuids") ?? [])
    options.otherTables = try Procedure.otherTables(given, places: .places, files: .files)
    options.memoryLimit = given.size("memory_limit") ?? options.memoryLimit
    for (key, value) in given.pairs("equal_schemes") ?? [] { options.equalSchemes[key] = value }
    for (key, value) in given.pairs("equal_authorities") ?? [] {
      options.equalAuthorities[key] = value
    }
    if let mode = given.text("prefix_mismatch_mode") {
      guard let known = RemoveOrphanFilesOptions.PrefixMismatchMode(rawValue: mode.uppercased())
      else { throw TextError("prefix_mismatch_mode is ERROR, IGNORE or DELETE, not '\(mode)'") }
      options.prefixMismatchMode = known
    }
    let streams = given.flag("stream_results") == true
    if streams {
      options.reportedFileLimit = 0
      let isJSON = call.isJSON
      options.onOrphan = { OrphanText.write($0, isJSON: isJSON) }
    }
    options.progress = OrphanText.progress
    let report = try await call.table().removeOrphanFiles(options)
    OrphanText.write(report, call, printsFiles: !streams)
    return report.failureCount > 0 ? .failure : .success
  }
}

/// What a removal of orphans tells.
enum OrphanText {
  /// Shows how far it is, when somebody watches.
  static var progress: (@Sendable (RemoveOrphanFilesProgress) -> Void)? {
    guard Output.isWatched else { return nil }
    return { progress in
      let step =
        switch progress.step {
        case .checkingPlace: "looking for other tables"
        case .listing: "files listed"
        case .reading: "metadata files read"
        case .comparing: "files compared"
        case .deleting: "files deleted"
        }
      let total = progress.filesTotal.map { " of \($0)" } ?? ""
      Output.progress.update { "\(progress.filesDone)\(total) \(step)" }
    }
  }

  /// Prints one orphan.
  static func write(_ file: OrphanFile, isJSON: Bool) {
    Output.write(isJSON ? JSONText.line(.object(json(file))) : file.location + "\n")
  }

  /// Prints the orphans, and what was done.
  static func write(
    _ report: RemoveOrphanFilesReport, _ call: ProcedureCall, printsFiles: Bool
  ) {
    for failure in report.failures {
      Output.error("iceberg remove_orphan_files: \(failure.location): \(failure.error)\n")
    }
    if printsFiles {
      if call.isJSON {
        for file in report.orphanFiles { write(file, isJSON: true) }
      } else {
        var printer = TablePrinter(
          ["orphan_file_location", "kind", .number("bytes"), "last_modified"],
          maximumCellWidth: 400)
        for file in report.orphanFiles {
          printer.add([
            file.location, file.kind.text, file.sizeInBytes.map(String.init) ?? "",
            Timestamps.text(millis: file.modifiedMillis),
          ])
        }
        Output.write(printer.text)
      }
    }
    Output.error(summary(report) + "\n")
  }

  /// `would delete 3 files, 1.2 MB (2 data 1.2 MB, 1 manifest 5 kB); 12 left that may be of a writer`
  static func summary(_ report: RemoveOrphanFilesReport) -> String {
    let totals = report.isDryRun ? report.orphans : report.deleted
    var text = report.isDryRun ? "would delete " : "deleted "
    text += "\(Counts.text(totals.all.count, "file")), \(Sizes.text(totals.all.sizeInBytes))"
    if totals.all.count > 0 { text += " (\(totals.line))" }
    text += "; \(Counts.text(report.listedFileCount, "file")) looked at"
    if let young = report.leftFileCounts[.young], young > 0 {
      text += ", \(young) left that may be of a writer"
    }
    if report.failureCount > 0 { text += ", \(report.failureCount) could not be deleted" }
    return text
  }

  private static func json(_ file: OrphanFile) -> JSONObject {
    [
      "orphan_file_location": .string(file.location), "kind": .string(file.kind.text),
      "size_in_bytes": JSONText.number(file.sizeInBytes),
      "last_modified": .string(Timestamps.text(millis: file.modifiedMillis)),
    ]
  }
}
