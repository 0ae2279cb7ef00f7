import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg query`
  static let query = Command(
    name: "query", summary: "a SELECT from one table, or from one of its metadata tables",
    help: """
      iceberg query "SELECT ...": the rows that a query asks for, printed as 'iceberg scan' does.

      \(QueryError.accepted)

      A table is named by its path in quotes, or with --warehouse as namespace.table. Also accepted are
      FOR SYSTEM_TIME AS OF, FOR SYSTEM_VERSION AS OF, and all of them without FOR. Times are UTC unless
      they name a zone; '2 hours ago' and 'yesterday' are times too, and versions in quotes may be '~3'
      (three ancestors back) or 'v1.2~1'. Conditions are those of 'iceberg scan --where'. Names are
      compared exactly; odd ones, and those that are words of SQL, stand in double quotes or backquotes.
      Metadata tables are
        \(Command.metadataTableNames)

      iceberg query --warehouse /data/warehouse "SELECT id, level FROM logs.events
        FOR TIMESTAMP AS OF '2024-01-15 10:30:00' WHERE level = 'ERROR' LIMIT 10"
      iceberg query "SELECT COUNT(*) FROM '/data/warehouse/logs/events' WHERE id > 100" --json
      iceberg query --warehouse /data/warehouse "SELECT file_path, record_count FROM logs.events.files"
      """,
    declaration: Arguments.Declaration()
  ) { invocation in
    try await runQuery(try invocation.arguments.positional("query")[0], invocation)
  }

  /// Prints the rows that the query `text` asks for.
  static func runQuery(_ text: String, _ invocation: Invocation) async throws {
    let query = try TableQuery(parsing: text)
    let filter = try query.condition.map { try FilterOption.filter($0) } ?? .all
    let source = try await QuerySource.open(query.name, invocation)
    let point = try query.point?.resolved(in: source.source.table)
    if let metadataTable = source.metadataTable {
      var scan = source.source.table.metadataTable(metadataTable).filter(filter)
      if let point { scan = scan.at(point) }
      try await run(query, scan, source.source, invocation)
    } else {
      var scan = source.source.table.scan().filter(filter)
      if let point { scan = scan.at(point) }
      try await run(query, scan, source.source, invocation)
    }
  }

  private static func run(
    _ query: TableQuery, _ scan: TableScan, _ source: TableSource, _ invocation: Invocation
  ) async throws {
    var scan = scan
    switch query.selection {
    case .count:
      let all = scan
      write(try await source.following(all) { try await all.count() }, query, invocation)
      return
    case .columns(let columns): scan = scan.select(columns)
    case .all: break
    }
    let rows = scan
    let schema = try rows.schema
    try await source.following(rows) {
      try await RowOutput.write(
        source.counted(rows.batches()), columns: schema, limit: query.limit ?? .max,
        isJSON: invocation.isJSON)
    }
  }

  private static func run(
    _ query: TableQuery, _ scan: MetadataTableScan, _ source: TableSource, _ invocation: Invocation
  ) async throws {
    var scan = scan
    switch query.selection {
    case .count:
      let batches = scan.select([]).batches()
      let count = try await source.following {
        var count: Int64 = 0
        for try await batch in batches { count += Int64(batch.rowCount) }
        return count
      }
      write(count, query, invocation)
      return
    case .columns(let columns): scan = scan.select(columns)
    case .all: break
    }
    let schema = try scan.schema
    let batches = scan.batches()
    try await source.following {
      try await RowOutput.write(
        source.counted(batches), columns: schema, limit: query.limit ?? .max,
        isJSON: invocation.isJSON)
    }
  }

  /// Prints the row of a `COUNT(*)`.
  private static func write(_ count: Int64, _ query: TableQuery, _ invocation: Invocation) {
    if invocation.isJSON {
      if query.limit != 0 { Output.write(JSONText.line(.object(["count": .integer(count)]))) }
      return
    }
    var printer = TablePrinter([.number("count")])
    if query.limit != 0 { printer.add(["\(count)"]) }
    Output.write(printer.text)
  }
}
