import ExampleSupport
import Iceberg

/// The rows of a CSV file whose first line names the columns.
struct CSVRows {
  private var reader: CSVReader
  private let schema: Schema
  private let null: String?
  /// For each field of a record, the column of the table.
  private let columns: [Int]

  /// Reads the names of the columns. Throws ``TextError`` when one is no column of the table, stands
  /// twice, or is of a type that text cannot hold.
  init(_ bytes: [UInt8], _ schema: Schema, _ options: CSVOptions) throws(TextError) {
    reader = CSVReader(bytes, delimiter: options.delimiter)
    self.schema = schema
    null = options.null
    guard let header = try Self.next(&reader) else {
      throw TextError("the file is empty; its first line has to name the columns")
    }
    var columns: [Int] = []
    for cell in header {
      guard let column = schema.fields.firstIndex(where: { $0.name == cell.text }) else {
        throw TextError(
          "line 1: '\(cell.text)' is no column; columns are "
            + schema.fields.map(\.name).joined(separator: ", "))
      }
      if columns.contains(column) { throw TextError("line 1: '\(cell.text)' stands twice") }
      guard schema.fields[column].type.isPrimitive else {
        throw TextError(
          "line 1: '\(cell.text)' is a \(schema.fields[column].type), which a field of a .csv cannot "
            + "hold; use a .jsonl")
      }
      columns.append(column)
    }
    for (index, field) in schema.fields.enumerated()
    where field.isRequired && !columns.contains(index) {
      throw TextError("line 1: the column '\(field.name)' is missing and must not be null")
    }
    self.columns = columns
  }

  /// The next row, one value for each column of the table, or nil at the end.
  mutating func next() throws(TextError) -> [Literal?]? {
    guard let record = try Self.next(&reader) else { return nil }
    guard record.count == columns.count else {
      throw TextError(
        "line \(reader.line): \(record.count) fields, but the first line names \(columns.count)")
    }
    var row = [Literal?](repeating: nil, count: schema.fields.count)
    for (cell, column) in zip(record, columns) {
      let field = schema.fields[column]
      let isNull = null.map { $0 == cell.text && !cell.isQuoted } ?? false
      if isNull || (null == nil && cell.text.isEmpty && !cell.isQuoted) {
        if field.isRequired {
          throw TextError("line \(reader.line): column \(field.name) must not be null")
        }
        continue
      }
      do {
        row[column] = try Literal(parsing: cell.text, type: field.type)
      } catch {
        throw TextError("line \(reader.line): column \(field.name): \(error.message)")
      }
    }
    return row
  }

  private static func next(_ reader: inout CSVReader) throws(TextError) -> [CSVReader.Cell]? {
    do {
      return try reader.next()
    } catch {
      throw TextError(error.description)
    }
  }
}
