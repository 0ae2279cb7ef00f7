import IcebergColumns
import IcebergParquet

/// Columns as text, in the form that `Spec/Vectors/parquet/generate.py` gives them: the name, then a
/// line of JSON for each row. Bytes are hexadecimal, and so are the bits of floating-point numbers.
struct ColumnText {
  /// The text so far.
  private(set) var utf8: [UInt8] = []

  /// Appends the line of a name.
  mutating func append(name: String) {
    utf8 += name.utf8
    utf8.append(UInt8(ascii: "\n"))
  }

  /// Appends a line for each row of a column.
  mutating func append(rows column: Column) {
    for row in 0..<column.count {
      append(column, row)
      utf8.append(UInt8(ascii: "\n"))
    }
  }

  private mutating func append(_ column: Column, _ row: Int) {
    if column.isNull(at: row) { return append("null") }
    switch column.values {
    case .boolean(let bits): append(bits[row] ? "true" : "false")
    case .int(let values): append(String(values[row]))
    case .long(let values): append(String(values[row]))
    case .float(let values): append("\"f" + String(values[row].bitPattern, radix: 16) + "\"")
    case .double(let values): append("\"d" + String(values[row].bitPattern, radix: 16) + "\"")
    case .decimal(let values): append("\"" + String(values[row]) + "\"")
    case .bytes(let offsets, let data):
      append(hex: data[Int(offsets[row])..<Int(offsets[row + 1])])
    case .fixed(let width, let data): append(hex: data[row * width..<(row + 1) * width])
    case .null: append("null")
    case .list(let offsets, let element):
      append(Int(offsets[row])..<Int(offsets[row + 1])) { $0.append(element, $1) }
    case .map(let offsets, let key, let value):
      append(Int(offsets[row])..<Int(offsets[row + 1])) { text, entry in
        text.append(0..<2) { $0.append($1 == 0 ? key : value, entry) }
      }
    case .struct(let fields): append(0..<fields.count) { $0.append(fields[$1], row) }
    }
  }

  private mutating func append(_ text: String) { utf8 += text.utf8 }

  private mutating func append(hex bytes: ArraySlice<UInt8>) {
    let digits = Array("0123456789abcdef".utf8)
    utf8.append(UInt8(ascii: "\""))
    for byte in bytes {
      utf8.append(digits[Int(byte >> 4)])
      utf8.append(digits[Int(byte & 15)])
    }
    utf8.append(UInt8(ascii: "\""))
  }

  private mutating func append(
    _ range: Range<Int>, _ element: (inout ColumnText, Int) -> Void
  ) {
    utf8.append(UInt8(ascii: "["))
    for index in range {
      if index > range.lowerBound { utf8.append(UInt8(ascii: ",")) }
      element(&self, index)
    }
    utf8.append(UInt8(ascii: "]"))
  }
}
