import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg append`
  static let append = Command(
    name: "append", summary: "add the rows of a file to a table",
    help: """
      iceberg append TABLE --from FILE: add rows, in one commit: all of them or none.

        --from FILE     .csv, .jsonl (or .ndjson), .parquet or .avro
        --delimiter C   what stands between the fields of a .csv; the default is a comma
        --null TEXT     what stands for null in a .csv; the default is an empty field without quotes
        --branch NAME   the branch to add to; the default is main
        --dry-run       only read and check the rows, and tell how many would be added
      \(StagingOption.help)

      Columns are matched by name. A .csv has the names of its columns in the first line. A .jsonl has
      one object a line, with values as 'iceberg scan --json' prints them. A column that the file does
      not have is null.
      """,
    declaration: Arguments.Declaration(
      flags: ["--dry-run"],
      options: ["--from", "--delimiter", "--null", "--branch", StagingOption.name])
  ) { invocation in
    let arguments = invocation.arguments
    let (catalog, identifier) = try await TableSource.catalog(invocation)
    guard let file = arguments.value("--from") else {
      throw ArgumentError("--from FILE is missing")
    }
    let table = try await catalog.loadTable(identifier)
    let wapID = try StagingOption.id(arguments, of: table)
    let isDryRun = arguments.has("--dry-run")
    let source = try await RowSource(
      file: file, schema: table.metadata.currentSchema, fileIO: table.fileIO,
      csv: try csvOptions(arguments))
    let branch = arguments.value("--branch") ?? SnapshotReference.main
    let newTable = try await table.append(
      RowSourceBatches(source: source, tellsCount: Output.isWatched), toBranch: branch,
      stagedAs: wapID, dryRun: isDryRun)
    if Output.isWatched { Output.error("\r") }
    // No rows make no snapshot.
    let isNew = newTable.metadata.snapshots.count > table.metadata.snapshots.count
    let snapshot =
      isNew || wapID == nil
      ? StagingOption.snapshot(in: newTable, stagedAs: wapID, on: branch) : nil
    func count(_ key: String) -> Int64 {
      isNew ? snapshot?.summary?[key].flatMap { Int64($0) } ?? 0 : 0
    }
    let (rows, files) = (count("added-records"), count("added-data-files"))
    if invocation.isJSON {
      var object = JSONObject()
      object["snapshot_id"] = isDryRun ? .null : JSONText.number(snapshot?.id)
      object["added_records"] = .integer(rows)
      object["added_data_files"] = .integer(isDryRun ? 0 : files)
      if let wapID { object["wap_id"] = .string(wapID) }
      object["dry_run"] = .bool(isDryRun)
      object["metadata-location"] = JSONText.string(newTable.metadataLocation)
      Output.write(JSONText.line(.object(object)))
    } else if isDryRun {
      Output.write("would add \(rows) rows to \(identifier)\n")
    } else {
      Output.write(
        "added \(rows) rows in \(files) files to \(identifier): "
          + "snapshot \(snapshot.map { "\($0.id)" } ?? "none")\(StagingOption.note(wapID))\n")
    }
  }

  /// How the file is written, by the options of the command line.
  static func csvOptions(_ arguments: Arguments) throws -> CSVOptions {
    var options = CSVOptions()
    if let text = arguments.value("--delimiter") {
      let unescaped = text == "\\t" ? "\t" : text
      guard let byte = unescaped.utf8.first, unescaped.utf8.count == 1 else {
        throw ArgumentError("--delimiter needs one character, not '\(text)'")
      }
      options.delimiter = byte
    }
    options.null = arguments.value("--null")
    return options
  }
}
