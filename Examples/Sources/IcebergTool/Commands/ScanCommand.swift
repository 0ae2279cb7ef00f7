import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg scan`
  static let scan = Command(
    name: "scan", summary: "the rows of a table, now or at any point of its history",
    help: """
      iceberg scan TABLE: the rows. With --json one row a line, numbers as numbers, everything else as text.

      \(TimeTravelOptions.help)
        --select COLUMNS  only these columns, with commas between them; dots lead into nested ones
        --limit N         no more than N rows

      iceberg scan /data/warehouse/logs/events --as-of 2024-01-15 --select id,level --limit 20
      """,
    declaration: Arguments.Declaration(options: TimeTravelOptions.names + ["--select", "--limit"])
  ) { invocation in
    let arguments = invocation.arguments
    let table = try await TableSource.open(invocation).table
    var scan = try TimeTravelOptions.scan(table, arguments)
    if let columns = arguments.value("--select") {
      scan = scan.select(RowOutput.names(columns))
    }
    let limit = try RowOutput.limit(arguments)
    try await RowOutput.write(
      scan.batches(), columns: try scan.schema, limit: limit, isJSON: invocation.isJSON)
  }
}
