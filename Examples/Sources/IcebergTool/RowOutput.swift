import ExampleSupport
import Iceberg

/// Prints rows, as a table for people or as JSON, a row a line.
enum RowOutput {
  /// Writes the rows of `batches`, but no more than `limit`.
  static func write(
    _ batches: some AsyncSequence<RecordBatch, any Error>, columns schema: Schema, limit: Int,
    isJSON: Bool
  ) async throws {
    if isJSON {
      try await writeJSON(batches, schema, limit: limit)
    } else {
      try await writeTable(batches, schema, limit: limit)
    }
  }

  /// The names in `text`, with commas between them.
  static func names(_ text: String) -> [String] {
    text.split(separator: ",").map { name in
      String(String(name.drop { $0 == " " }.reversed()).drop { $0 == " " }.reversed())
    }
  }

  /// The number of rows that `--limit` allows.
  static func limit(_ arguments: Arguments) throws -> Int {
    let limit = try arguments.number("--limit", as: Int.self) ?? .max
    guard limit >= 0 else { throw ArgumentError("--limit needs a number that is not negative") }
    return limit
  }

  private static func writeJSON(
    _ batches: some AsyncSequence<RecordBatch, any Error>, _ schema: Schema, limit: Int
  ) async throws {
    let encoder = RowJSONEncoder(schema: schema)
    var rest = limit
    for try await batch in batches {
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

  private static func writeTable(
    _ batches: some AsyncSequence<RecordBatch, any Error>, _ schema: Schema, limit: Int
  ) async throws {
    let encoder = RowJSONEncoder(schema: schema)
    let columns = schema.fields.map { field in
      isNumber(field.type)
        ? TablePrinter.Column.number(field.name) : TablePrinter.Column(field.name)
    }
    var page = TablePrinter(columns)
    var rowsOnPage = 0
    var count = 0
    reading: for try await batch in batches {
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
    Output.error("\(Counts.text(count, "row"))\(count == limit ? " (the limit)" : "")\n")
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
