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

      Columns are matched by name. A .csv has the names of its columns in the first line. A .jsonl has
      one object a line, with values as 'iceberg scan --json' prints them. A column that the file does
      not have is null.
      """,
    declaration: Arguments.Declaration(options: ["--from", "--delimiter", "--null", "--branch"])
  ) { invocation in
    let arguments = invocation.arguments
    let (catalog, identifier) = try await TableSource.catalog(invocation)
    guard let file = arguments.value("--from") else {
      throw ArgumentError("--from FILE is missing")
    }
    let table = try await catalog.loadTable(identifier)
    var source = try await RowSource(
      file: file, schema: table.metadata.currentSchema, fileIO: table.fileIO,
      csv: try csvOptions(arguments))
    let files = try await table.withWriter { writer in
      var rows = 0
      while let batch = try await source.next() {
        try await writer.write(batch)
        rows += batch.rowCount
        if Output.isWatched { Output.error("\r\(rows) rows") }
      }
      if Output.isWatched { Output.error("\r") }
    }
    let branch = arguments.value("--branch") ?? SnapshotReference.main
    let newTable = try await table.commit { $0.append(files, toBranch: branch) }
    let snapshot = newTable.metadata.references[branch].flatMap {
      newTable.metadata.snapshot(id: $0.snapshotID)
    }
    let rows = files.reduce(0) { $0 + $1.recordCount }
    if invocation.isJSON {
      var object = JSONObject()
      object["snapshot_id"] = JSONText.number(snapshot?.id)
      object["added_records"] = .integer(rows)
      object["added_data_files"] = .integer(Int64(files.count))
      object["metadata-location"] = JSONText.string(newTable.metadataLocation)
      Output.write(JSONText.line(.object(object)))
    } else {
      Output.write(
        "added \(rows) rows in \(files.count) files to \(identifier): "
          + "snapshot \(snapshot.map { "\($0.id)" } ?? "none")\n")
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
