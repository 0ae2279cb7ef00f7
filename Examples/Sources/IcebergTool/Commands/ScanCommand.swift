import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg scan`
  static let scan = Command(
    name: "scan", summary: "the rows of a table, now or at any point of its history",
    help: """
      iceberg scan TABLE: the rows. With --json one row a line, numbers as numbers, everything else as text.

      \(TimeTravelOptions.help)
      \(FilterOption.help)
        --select COLUMNS  only these columns, with commas between them; dots lead into nested ones
        --limit N         no more than N rows

      iceberg scan /data/warehouse/logs/events --as-of 2024-01-15 --select id,level --limit 20
      iceberg scan /data/warehouse/logs/events --at '~1' --where "level = 'ERROR' AND id >= 100"
      """,
    declaration: Arguments.Declaration(
      options: TimeTravelOptions.names + [FilterOption.name, "--select", "--limit"])
  ) { invocation in
    let arguments = invocation.arguments
    let source = try await TableSource.open(invocation)
    var scan = try TimeTravelOptions.scan(source.table, arguments)
      .filter(try FilterOption.filter(arguments))
    if let columns = arguments.value("--select") { scan = scan.select(RowOutput.names(columns)) }
    let limit = try RowOutput.limit(arguments)
    let rows = scan
    let schema = try rows.schema
    try await source.following(rows) {
      try await RowOutput.write(
        source.counted(rows.batches()), columns: schema, limit: limit, isJSON: invocation.isJSON)
    }
  }
}
