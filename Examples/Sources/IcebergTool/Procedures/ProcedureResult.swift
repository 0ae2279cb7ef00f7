import ExampleSupport
import Iceberg

/// The rows of a procedure's result, for people and as JSON.
struct ProcedureResult {
  /// One column.
  struct Column {
    var name: String
    var isNumber: Bool

    /// A column of numbers.
    static func number(_ name: String) -> Column { Column(name: name, isNumber: true) }
    /// A column of texts.
    static func text(_ name: String) -> Column { Column(name: name, isNumber: false) }
  }

  private let columns: [Column]
  private var rows: [[JSONValue]] = []

  /// A result without rows.
  init(_ columns: [Column]) { self.columns = columns }

  /// A result of one row.
  init(_ cells: [(Column, JSONValue)]) {
    columns = cells.map(\.0)
    rows = [cells.map(\.1)]
  }

  /// Adds a row.
  mutating func add(_ row: [JSONValue]) { rows.append(row) }

  /// Prints the rows: a table, or an object a line, to which `more` is added.
  func write(_ invocation: Invocation, more: JSONObject = JSONObject()) {
    if invocation.isJSON {
      for row in rows {
        var object = JSONObject(
          zip(columns, row).map { JSONObject.Member($0.name, $1) })
        for member in more.members { object[member.name] = member.value }
        Output.write(JSONText.line(.object(object)))
      }
      return
    }
    var printer = TablePrinter(
      columns.map { column in
        column.isNumber ? TablePrinter.Column.number(column.name) : TablePrinter.Column(column.name)
      }, maximumCellWidth: 200)
    for row in rows { printer.add(row.map(Self.cell)) }
    Output.write(printer.text)
  }

  private static func cell(_ value: JSONValue) -> String? {
    switch value {
    case .null: nil
    case .string(let text): text
    default: value.serialized().utf8String
    }
  }
}
