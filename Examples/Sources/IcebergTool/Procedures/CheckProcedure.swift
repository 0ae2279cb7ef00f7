import ExampleSupport
import Iceberg

extension Procedure {
  /// `check`
  static let check = Procedure(
    name: "check", summary: "whether every file that a table needs is there and as recorded",
    help: """
      Nothing is changed. Metadata, manifest lists and manifests are read, and of data and delete files
      and statistics their lengths are compared. Ends with 7 when rows cannot be read or would be wrong.
      """,
    parameters: [
      .table, Parameter("contents", .flag, "open data and delete files, too"),
      Parameter("current", .flag, "only the current snapshot, not all that are kept"),
      Parameter("max_findings", .number, "print no more than so many; 1000"),
      .memory("for names of files, beyond which they go to TMPDIR; 64MB"),
    ], hasDryRun: false
  ) { call in
    let given = call.given
    var options = TableCheckOptions(
      snapshots: given.flag("current") == true ? .current : .all,
      depth: given.flag("contents") == true ? .contents : .files)
    if let count = try given.count("max_findings") { options.findingLimit = count }
    options.memoryLimit = given.size("memory_limit") ?? options.memoryLimit
    if Output.isWatched {
      options.progress = { progress in
        let total = progress.filesTotal.map { " of \($0)" } ?? ""
        let step =
          switch progress.step {
          case .metadata: "metadata files"
          case .manifests: "manifests"
          case .files: "files"
          case .contents: "files read"
          }
        Output.progress.update { "\(progress.filesDone)\(total) \(step)" }
      }
    }
    let table = try await TableSource.open(call.tableName, call.invocation).table
    let report = try await table.check(options)
    write(report, call)
    return report.isIntact ? .success : .found
  }

  private static func write(_ report: TableCheckReport, _ call: ProcedureCall) {
    if call.isJSON {
      for finding in report.findings {
        Output.write(
          JSONText.line([
            "severity": .string(finding.severity.rawValue), "code": .string("\(finding.code)"),
            "message": .string(finding.message), "location": JSONText.string(finding.location),
            "snapshot_ids": .array(finding.snapshotIDs.map { .integer($0) }),
          ]))
      }
      Output.write(
        JSONText.line([
          "errors": .integer(Int64(report.errorCount)),
          "warnings": .integer(Int64(report.warningCount)),
          "snapshots": .integer(Int64(report.snapshotCount)),
          "manifests": .integer(Int64(report.manifestCount)),
          "files": .integer(Int64(report.fileCount)),
          "size_in_bytes": .integer(report.sizeInBytes),
        ]))
      return
    }
    if !report.findings.isEmpty {
      var printer = TablePrinter(
        ["severity", "code", "message", "location"], maximumCellWidth: 160)
      for finding in report.findings {
        printer.add([
          finding.severity.rawValue, "\(finding.code)", finding.message, finding.location ?? "",
        ])
      }
      Output.write(printer.text)
    }
    let files = "\(Counts.text(report.fileCount, "file")), \(Sizes.text(report.sizeInBytes))"
    let place = "\(files) of \(Counts.text(report.snapshotCount, "snapshot")) looked at"
    Output.write(
      report.isIntact && report.warningCount == 0
        ? "intact: \(place)\n"
        : "\(Counts.text(report.errorCount, "error")) and "
          + "\(Counts.text(report.warningCount, "warning")): \(place)\n")
  }
}
