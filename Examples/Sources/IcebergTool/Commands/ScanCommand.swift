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
      scan = scan.select(columns.split(separator: ",").map { trimmed($0) })
    }
    let limit = try arguments.number("--limit", as: Int.self) ?? .max
    guard limit >= 0 else { throw ArgumentError("--limit needs a number that is not negative") }
    if invocation.isJSON {
      try await printJSON(scan, limit: limit)
    } else {
      try await printTable(scan, limit: limit)
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(String(text.drop { $0 == " " }.reversed()).drop { $0 == " " }.reversed())
  }

  private static func printJSON(_ scan: TableScan, limit: Int) async throws {
    let encoder = RowJSONEncoder(schema: try scan.schema)
    var rest = limit
    for try await batch in scan.batches() {
      var lines: [UInt8] = []
      for index in 0..<min(batch.rowCount, rest) {
        try encoder.append(index, of: batch, to: &lines)
        lines.append(UInt8(ascii: "\n"))
        if lines.count > 1 << 20 {
          Output.write(lines)
          lines.removeAll(keepingCapacity: true)
        }
      }
      Output.write(lines)
      rest -= min(batch.rowCount, rest)
      if rest == 0 { return }
    }
  }

  /// How many rows are laid out together: the widths of columns follow from them.
  private static let rowsPerPage = 1000

  private static func printTable(_ scan: TableScan, limit: Int) async throws {
    let schema = try scan.schema
    let encoder = RowJSONEncoder(schema: schema)
    let columns = schema.fields.map { field in
      isNumber(field.type)
        ? TablePrinter.Column.number(field.name) : TablePrinter.Column(field.name)
    }
    var page = TablePrinter(columns)
    var rowsOnPage = 0
    var count = 0
    reading: for try await batch in scan.batches() {
      for index in 0..<batch.rowCount {
        if count == limit { break reading }
        page.add(try cells(index, batch, encoder))
        count += 1
        rowsOnPage += 1
        if rowsOnPage == rowsPerPage {
          Output.write(page.text)
          page = TablePrinter(columns)
          rowsOnPage = 0
        }
      }
    }
    if rowsOnPage > 0 || count == 0 { Output.write(page.text) }
    Output.error("\(count) row\(count == 1 ? "" : "s")\(count == limit ? " (--limit)" : "")\n")
  }

  private static func cells(
    _ index: Int, _ batch: RecordBatch, _ encoder: RowJSONEncoder
  ) throws -> [String?] {
    let bytes = try encoder.encode(index, of: batch)
    guard case .object(let row) = try JSONValue(parsing: Bytes(bytes)) else { return [] }
    return row.members.map { member in
      switch member.value {
      case .null: nil
      case .string(let text): text
      default: member.value.serialized().utf8String
      }
    }
  }

  private static func isNumber(_ type: FieldType) -> Bool {
    switch type {
    case .int, .long, .float, .double, .decimal: true
    default: false
    }
  }
}
