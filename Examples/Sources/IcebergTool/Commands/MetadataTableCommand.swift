import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg metadata-table`
  static let metadataTable = Command(
    name: "metadata-table", summary: "one of Iceberg's metadata tables, such as partitions",
    help: """
      iceberg metadata-table NAME TABLE: one of the tables that show what a table is made of.
      With --json one row a line. NAME is one of
        \(metadataTableNames)

      \(TimeTravelOptions.help)
      \(FilterOption.help)
        --select COLUMNS  only these columns, with commas between them; dots lead into nested ones
        --limit N         no more than N rows

      Points of history are for tables whose rows are those of one snapshot: not for history, refs,
      snapshots, metadata_log_entries and those that begin with all_.

      iceberg metadata-table partitions /data/warehouse/logs/events --select partition,record_count
      iceberg metadata-table files /data/warehouse/logs/events --where "record_count > 1000" --at v1.2
      """,
    declaration: Arguments.Declaration(
      options: TimeTravelOptions.names + [FilterOption.name, "--select", "--limit"])
  ) { invocation in
    let arguments = invocation.arguments
    let words = try arguments.positional("name", "table")
    guard let name = MetadataTable(rawValue: words[0]) else {
      if MetadataTable(rawValue: words[1]) != nil {
        throw ArgumentError(
          "the name stands before the table: iceberg metadata-table \(words[1]) \(words[0])")
      }
      throw ArgumentError(
        "there is no metadata table '\(words[0])'; there are\n  \(metadataTableNames)")
    }
    let source = try await TableSource.open(words[1], invocation)
    let table = source.table
    var scan = table.metadataTable(name).filter(try FilterOption.filter(arguments))
    if let point = try TimeTravelOptions.point(arguments, in: table) { scan = scan.at(point) }
    if let columns = arguments.value("--select") { scan = scan.select(RowOutput.names(columns)) }
    let limit = try RowOutput.limit(arguments)
    let schema = try scan.schema
    let batches = source.counted(scan.batches())
    try await source.following {
      try await RowOutput.write(batches, columns: schema, limit: limit, isJSON: invocation.isJSON)
    }
  }

  /// The names of the metadata tables, in lines of a help text.
  static let metadataTableNames: String = {
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
