import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// How the files of expected values write types and values.
enum CorpusValue {
  struct Malformed: Error {
    let what: String
  }

  /// The member of a case, which must be there.
  static func member(_ name: String, of item: JSONObject) throws -> JSONValue {
    try #require(item[name], "the case has no '\(name)'")
  }

  static func string(_ name: String, of item: JSONObject) throws -> String {
    guard case .string(let text) = try member(name, of: item) else { throw Malformed(what: name) }
    return text
  }

  static func bool(_ name: String, of item: JSONObject) throws -> Bool {
    guard case .bool(let value) = try member(name, of: item) else { throw Malformed(what: name) }
    return value
  }

  static func int(_ name: String, of item: JSONObject) throws -> Int {
    guard case .integer(let value) = try member(name, of: item) else { throw Malformed(what: name) }
    return Int(value)
  }

  static func array(_ name: String, of item: JSONObject) throws -> [JSONValue] {
    guard case .array(let values) = try member(name, of: item) else { throw Malformed(what: name) }
    return values
  }

  /// A type: its name, or the object of a nested one. `struct`, `list` and `map` alone stand for
  /// some type of the kind.
  static func type(_ json: JSONValue) throws -> FieldType {
    switch json {
    case "struct": .struct([.optional("x", .int, id: 1)])
    case "list": .list(element: .optional("element", .int, id: 1))
    case "map":
      .map(key: .required("key", .string, id: 1), value: .optional("value", .int, id: 2))
    // Negative scales are in the texts of values, but no schema may have them.
    case "decimal(9,-20)": .decimal(precision: 9, scale: -20)
    default: try FieldType(json: JSONNode(json))
    }
  }

  /// A value: ISO and decimal texts, numbers, `{"hex"}`, and `{"days"}` or `{"micros"}` from 1970 on.
  static func literal(_ json: JSONValue, _ type: FieldType) throws -> Literal? {
    switch (json, type) {
    case (.null, _):
      return nil
    case (.object(let object), _):
      return try counted(object, type)
    case (.string(let text), _):
      return try Literal(parsing: text, type: type)
    case (.integer(let number), .date):
      return .date(Int32(number))
    default:
      return try Literal(json: JSONNode(json), type: type)
    }
  }

  private static func counted(_ object: JSONObject, _ type: FieldType) throws -> Literal {
    if case .string(let hex)? = object["hex"] { return try Literal(parsing: hex, type: type) }
    switch (type, object["days"] ?? object["micros"] ?? .null) {
    case (.date, .integer(let days)): return .date(Int32(days))
    case (.time, .integer(let micros)): return .time(micros)
    case (.timestamp, .integer(let micros)): return .timestamp(micros)
    case (.timestamptz, .integer(let micros)): return .timestamptz(micros)
    case (.geometry, _): return .geometry(try point(object))
    case (.geography, _): return .geography(try point(object))
    default: throw Malformed(what: "\(object)")
    }
  }

  /// The bound of a shape: x, y, z and m as far as there are any, NaN for a z that is skipped.
  private static func point(_ object: JSONObject) throws -> Bytes {
    func coordinate(_ name: String) throws -> Double? {
      guard case .number(let text)? = object[name] else { return nil }
      return Double(text)
    }
    var numbers = [try coordinate("x") ?? .nan, try coordinate("y") ?? .nan]
    let m = try coordinate("m")
    if let z = try coordinate("z") { numbers.append(z) } else if m != nil { numbers.append(.nan) }
    if let m { numbers.append(m) }
    var writer = ByteWriter()
    for number in numbers { writer.writeLittleEndian(number.bitPattern) }
    return Bytes(writer.bytes)
  }
}
