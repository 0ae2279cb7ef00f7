import Iceberg

/// Values in the canonical JSON of the interop suite, made from the literals that are written, not
/// from anything that was read back.
enum CanonicalJSON {
  /// One row as text.
  static func row(_ values: [Literal?], _ fields: [Field]) -> String {
    object(values, fields).serialized().utf8String ?? ""
  }

  /// One value.
  static func value(_ literal: Literal?, _ type: FieldType) -> JSONValue {
    guard let literal else { return .null }
    switch (literal, type) {
    case (.boolean(let value), _): return .bool(value)
    case (.int(let value), _): return .integer(Int64(value))
    case (.long(let value), _): return .integer(value)
    case (.float(let value), _): return floating(Double(value))
    case (.double(let value), _): return floating(value)
    case (.decimal(let unscaled, let scale), _): return .string(decimal(unscaled, scale))
    case (.string(let text), _): return .string(text)
    case (.uuid(let bytes), _): return .string(uuid(bytes))
    case (.fixed(let bytes), _), (.binary(let bytes), _), (.geometry(let bytes), _),
      (.geography(let bytes), _):
      return .string(hex(bytes))
    case (.date(let days), _): return .string(Calendar.date(Int64(days)))
    case (.time(let micros), _): return .string(Calendar.time(micros, digits: 6))
    case (.timestamp(let micros), _): return .string(Calendar.timestamp(micros, digits: 6))
    case (.timestamptz(let micros), _):
      return .string(Calendar.timestamp(micros, digits: 6) + "+00:00")
    case (.timestampNanos(let nanos), _): return .string(Calendar.timestamp(nanos, digits: 9))
    case (.timestamptzNanos(let nanos), _):
      return .string(Calendar.timestamp(nanos, digits: 9) + "+00:00")
    case (.struct(let value), .struct(let fields)): return object(value.values, fields)
    case (.list(let values), .list(let element)):
      return .array(values.map { self.value($0, element.type) })
    case (.map(let entries), .map(let key, let value)):
      let pairs = entries.map { entry in
        JSONValue.array([self.value(entry.key, key.type), self.value(entry.value, value.type)])
      }
      return .array(pairs.sorted { text($0).utf8.lexicographicallyPrecedes(text($1).utf8) })
    case (.variant, _): return VariantSamples.json(of: literal) ?? .null
    default: preconditionFailure("\(literal) is no \(type)")
    }
  }

  private static func object(_ values: [Literal?], _ fields: [Field]) -> JSONValue {
    .object(
      JSONObject(
        zip(values, fields).map { JSONObject.Member($1.name, value($0, $1.type)) }))
  }

  private static func text(_ value: JSONValue) -> String { value.serialized().utf8String ?? "" }

  private static func floating(_ value: Double) -> JSONValue {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return .number("\(value)")
  }

  private static func decimal(_ unscaled: Int128, _ scale: Int) -> String {
    var digits = String(unscaled.magnitude)
    if digits.count <= scale {
      digits = String(repeating: "0", count: scale + 1 - digits.count) + digits
    }
    let sign = unscaled < 0 ? "-" : ""
    return scale == 0 ? sign + digits : sign + digits.dropLast(scale) + "." + digits.suffix(scale)
  }

  static func hex(_ bytes: Bytes) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }

  private static func uuid(_ bytes: Bytes) -> String {
    let text = Array(hex(bytes))
    return [text[0..<8], text[8..<12], text[12..<16], text[16..<20], text[20..<32]]
      .map { String($0) }.joined(separator: "-")
  }
}

/// Days and fractions of seconds since 1970 as ISO 8601 text, written apart from the library's own.
enum Calendar {
  /// `2024-01-15` of days since 1970-01-01; years before 1 and after 9999 are not needed.
  static func date(_ days: Int64) -> String {
    var year: Int64 = 1970
    var rest = days
    while rest < 0 {
      year -= 1
      rest += length(ofYear: year)
    }
    while rest >= length(ofYear: year) {
      rest -= length(ofYear: year)
      year += 1
    }
    var month = 1
    while rest >= length(ofMonth: month, year) {
      rest -= length(ofMonth: month, year)
      month += 1
    }
    return "\(padded(year, 4))-\(padded(Int64(month), 2))-\(padded(rest + 1, 2))"
  }

  /// `10:30:00.123456` of fractions of a second since midnight.
  static func time(_ value: Int64, digits: Int) -> String {
    let unit: Int64 = digits == 9 ? 1_000_000_000 : 1_000_000
    let seconds = value / unit
    return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
      + ".\(padded(value % unit, digits))"
  }

  /// A date and a time, `T` between them, of fractions of a second since 1970.
  static func timestamp(_ value: Int64, digits: Int) -> String {
    let perDay: Int64 = digits == 9 ? 86_400_000_000_000 : 86_400_000_000
    var days = value / perDay
    var rest = value % perDay
    if rest < 0 {
      days -= 1
      rest += perDay
    }
    return date(days) + "T" + time(rest, digits: digits)
  }

  private static func isLeap(_ year: Int64) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  private static func length(ofYear year: Int64) -> Int64 { isLeap(year) ? 366 : 365 }

  private static func length(ofMonth month: Int, _ year: Int64) -> Int64 {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func padded(_ value: Int64, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
