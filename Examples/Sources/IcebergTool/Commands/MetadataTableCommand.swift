import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg metadata-table`
  static let metadataTable = Command(
    name: "metadata-table", summary: "one of Iceberg's metadata tables, such as partitions",
    help: """
      iceberg metadata-table NAME TABLE: one of the tables that show what a table is made of.
      With --json one row a line. NAME is one of
        \(names)

      \(TimeTravelOptions.help)
        --select COLUMNS  only these columns, with commas between them; dots lead into nested ones
        --limit N         no more than N rows

      Points of history are for tables whose rows are those of one snapshot: not for history, refs,
      snapshots, metadata_log_entries and those that begin with all_.

      iceberg metadata-table partitions /data/warehouse/logs/events --select partition,record_count
      """,
    declaration: Arguments.Declaration(options: TimeTravelOptions.names + ["--select", "--limit"])
  ) { invocation in
    let arguments = invocation.arguments
    let words = try arguments.positional("name", "table")
    guard let name = MetadataTable(rawValue: words[0]) else {
      throw ArgumentError("there is no metadata table '\(words[0])'; there are\n  \(names)")
    }
    let table = try await TableSource.open(words[1], invocation).table
    var scan = table.metadataTable(name)
    if let point = try TimeTravelOptions.point(arguments, in: table) { scan = scan.at(point) }
    if let columns = arguments.value("--select") { scan = scan.select(RowOutput.names(columns)) }
    try await RowOutput.write(
      scan.batches(), columns: try scan.schema, limit: try RowOutput.limit(arguments),
      isJSON: invocation.isJSON)
  }

  private static let names: String = {
    var lines: [String] = []
    for name in MetadataTable.allCases.map(\.rawValue) {
      if let last = lines.last, last.count + name.count < 80 {
        lines[lines.count - 1] = last + ", " + name
      } else {
        lines.append(name)
      }
    }
    return lines.joined(separator: ",\n  ")
  }()
}
