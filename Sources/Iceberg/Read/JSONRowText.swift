internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// The text of one row as JSON, while it is put together.
struct JSONRowText {
  /// The text so far, in UTF-8.
  var bytes: [UInt8] = []

  /// Appends the values of columns side by side, as an object.
  mutating func append(
    _ fields: [Field], _ columns: [Column], at row: Int
  ) throws(IcebergError) {
    bytes.append(UInt8(ascii: "{"))
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(quoted: field.name.utf8)
      bytes.append(UInt8(ascii: ":"))
      try append(field, columns[index], at: row)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func append(
    _ field: Field, _ column: Column, at row: Int
  ) throws(IcebergError) {
    if column.isNull(at: row) { return append("null") }
    switch (field.type, column.values) {
    case (.boolean, .boolean(let bits)): append(bits[row] ? "true" : "false")
    case (.int, .int(let values)): append("\(values[row])")
    case (.long, .long(let values)): append("\(values[row])")
    case (.float, .float(let values)): append(number: Double(values[row]))
    case (.double, .double(let values)): append(number: values[row])
    case (.decimal(_, let scale), .decimal(let values)):
      append(plain: DecimalText.text(unscaled: values[row], scale: scale))
    case (.date, .int(let values)): append(plain: TimeText.date(days: Int(values[row])))
    case (.time, .long(let values)): append(plain: TimeText.time(values[row], .micros))
    case (.timestamp, .long(let values)):
      append(plain: TimeText.timestamp(values[row], .micros))
    case (.timestamptz, .long(let values)):
      append(plain: TimeText.timestamp(values[row], .micros) + "+00:00")
    case (.timestampNanos, .long(let values)):
      append(plain: TimeText.timestamp(values[row], .nanos))
    case (.timestamptzNanos, .long(let values)):
      append(plain: TimeText.timestamp(values[row], .nanos) + "+00:00")
    case (.string, .bytes(let offsets, let data)):
      let text = data[Int(offsets[row])..<Int(offsets[row + 1])]
      guard String(validating: text, as: UTF8.self) != nil else {
        throw error(.invalidFile, "a text is not UTF-8", field)
      }
      append(quoted: text)
    case (.binary, .bytes(let offsets, let data)), (.geometry, .bytes(let offsets, let data)),
      (.geography, .bytes(let offsets, let data)):
      append(hex: data[Int(offsets[row])..<Int(offsets[row + 1])])
    case (.fixed, .fixed(let width, let data)):
      append(hex: data[(row * width)..<((row + 1) * width)])
    case (.uuid, .fixed(width: 16, let data)):
      append(plain: Bytes(copying: data[(row * 16)..<((row + 1) * 16)]).uuidText)
    case (.variant, .struct(let parts)) where parts.count == 2:
      let variant: Variant
      do throws(FormatError) {
        variant = try Variant(metadata: parts[0].binary(at: row), value: parts[1].binary(at: row))
      } catch {
        throw self.error(.invalidFile, "a variant is malformed: \(error.reason)", field)
      }
      bytes.append(contentsOf: variant.json.serialized())
    case (.struct(let fields), .struct(let columns)) where fields.count == columns.count:
      try append(fields, columns, at: row)
    case (.list(let element), .list(let offsets, let inner)):
      bytes.append(UInt8(ascii: "["))
      for index in Int(offsets[row])..<Int(offsets[row + 1]) {
        if index > Int(offsets[row]) { bytes.append(UInt8(ascii: ",")) }
        try append(element, inner, at: index)
      }
      bytes.append(UInt8(ascii: "]"))
    case (.map(let key, let value), .map(let offsets, let keys, let values)):
      let entries = Int(offsets[row])..<Int(offsets[row + 1])
      try append(entries, key, keys, value, values)
    default: throw error(.invalidArgument, "the column is not of its type \(field.type)", field)
    }
  }

  /// The entries of a map as an array of pairs, sorted by the text of their keys.
  private mutating func append(
    _ entries: Range<Int>, _ key: Field, _ keys: Column, _ value: Field, _ values: Column
  ) throws(IcebergError) {
    var sorted: [(key: [UInt8], index: Int)] = []
    for index in entries {
      var text = JSONRowText()
      try text.append(key, keys, at: index)
      sorted.append((text.bytes, index))
    }
    sorted.sort { $0.key.lexicographicallyPrecedes($1.key) }
    bytes.append(UInt8(ascii: "["))
    for (position, entry) in sorted.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(UInt8(ascii: "["))
      bytes += entry.key
      bytes.append(UInt8(ascii: ","))
      try append(value, values, at: entry.index)
      bytes.append(UInt8(ascii: "]"))
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private func error(
    _ code: IcebergError.Code, _ reason: String, _ field: Field
  ) -> IcebergError {
    IcebergError(
      code, "column \(field.name): \(reason)", context: IcebergError.Context(fieldID: field.id))
  }
}

extension JSONRowText {
  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A string that needs no escapes.
  private mutating func append(plain text: String) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(number value: Double) {
    if value.isNaN { return append("\"NaN\"") }
    if value.isInfinite { return append(value < 0 ? "\"-Infinity\"" : "\"Infinity\"") }
    append("\(value)")
  }

  private mutating func append(hex data: ArraySlice<UInt8>) {
    append(plain: Bytes(copying: data).hexText)
  }

  /// A string with the escapes that JSON demands.
  mutating func append(quoted text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x08: append("\\b")
      case 0x09: append("\\t")
      case 0x0a: append("\\n")
      case 0x0c: append("\\f")
      case 0x0d: append("\\r")
      case 0..<0x20:
        append("\\u00")
        bytes.append(UInt8(ascii: "0") + byte >> 4)
        bytes.append(contentsOf: String(byte & 0xf, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension Column {
  /// The bytes of a row; none when the column has others.
  fileprivate func binary(at row: Int) -> Bytes {
    guard case .bytes(let offsets, let data) = values else { return Bytes() }
    return Bytes(copying: data[Int(offsets[row])..<Int(offsets[row + 1])])
  }
}

/// Dates and times with a fixed number of digits.
enum TimeText {
  static func date(days: Int) -> String {
    let date = CivilDate(daysSinceEpoch: days)
    let year = padded(abs(date.year), 4)
    return "\(date.year < 0 ? "-" : "")\(year)-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  static func time(_ value: Int64, _ precision: ISOText.Precision) -> String {
    let second = precision.rawValue
    let seconds = CivilDate.floorDivide(value, second)
    // Not `value - seconds * second`: the product may lie below the least Int64.
    var fraction = value % second
    if fraction < 0 { fraction += second }
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded(Int($0), 2) }
    return clock.joined(separator: ":") + "." + padded(Int(fraction), precision == .micros ? 6 : 9)
  }

  static func timestamp(_ value: Int64, _ precision: ISOText.Precision) -> String {
    let day = precision.rawValue * 86_400
    var rest = value % day
    if rest < 0 { rest += day }
    return date(days: Int(CivilDate.floorDivide(value, day))) + "T" + time(rest, precision)
  }

  private static func padded(_ value: Int, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
