public import IcebergBytes

/// A semi-structured value: what a `variant` column holds (v3).
///
/// Each case is one of the encoding's types. Integers and decimals of different widths may stand for
/// one number; ``Variant`` keeps them apart, as they were written.
///
/// Spec: Schemas and Data Types, "Semi-structured Types"; Parquet's Variant Binary Encoding, version
/// 1.
public indirect enum Variant: Hashable, Sendable {
  case null
  case boolean(Bool)
  case int8(Int8)
  case int16(Int16)
  case int32(Int32)
  case int64(Int64)
  case float(Float)
  case double(Double)
  case decimal4(unscaled: Int32, scale: Int)
  case decimal8(unscaled: Int64, scale: Int)
  case decimal16(unscaled: Int128, scale: Int)
  /// Days since 1970-01-01.
  case date(Int32)
  /// Microseconds since midnight.
  case time(Int64)
  /// Microseconds since 1970-01-01 UTC.
  case timestamptz(Int64)
  /// Microseconds since 1970-01-01, without zone.
  case timestamp(Int64)
  /// Nanoseconds since 1970-01-01 UTC.
  case timestamptzNanos(Int64)
  /// Nanoseconds since 1970-01-01, without zone.
  case timestampNanos(Int64)
  case binary(Bytes)
  case string(String)
  /// Sixteen bytes, most significant first.
  case uuid(Bytes)
  case array([Variant])
  /// The members in the order of their names; names differ.
  case object([Member])

  /// A name in an object, and its value.
  public struct Member: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: Variant

    /// A member of an object.
    public init(_ name: String, _ value: Variant) {
      self.name = name
      self.value = value
    }
  }

  /// How deep arrays and objects may be nested.
  public static let depthLimit = 200
}

extension Variant {
  /// The value of a member of an object; nil when it has none of the name, or is no object.
  public subscript(name: String) -> Variant? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// The name of the value's type in the encoding: `int8`, `boolean_true`, `object`.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "boolean_true" : "boolean_false"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float: "float"
    case .double: "double"
    case .decimal4: "decimal4"
    case .decimal8: "decimal8"
    case .decimal16: "decimal16"
    case .date: "date"
    case .time: "time"
    case .timestamptz: "timestamptz"
    case .timestamp: "timestampntz"
    case .timestamptzNanos: "timestamptz_nanos"
    case .timestampNanos: "timestampntz_nanos"
    case .binary: "binary"
    case .string: "string"
    case .uuid: "uuid"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The value as JSON: numbers exact, dates and times in ISO 8601, bytes in Base64, and `NaN` and
  /// infinities, which JSON does not have, as texts.
  public var json: JSONValue {
    switch self {
    case .null: .null
    case .boolean(let value): .bool(value)
    case .int8(let value): .integer(Int64(value))
    case .int16(let value): .integer(Int64(value))
    case .int32(let value): .integer(Int64(value))
    case .int64(let value): .integer(value)
    case .float(let value): Self.number(value.isFinite, value.description, Literal.float(value))
    case .double(let value): Self.number(value.isFinite, value.description, Literal.double(value))
    case .decimal4(let unscaled, let scale): Self.decimal(Int128(unscaled), scale)
    case .decimal8(let unscaled, let scale): Self.decimal(Int128(unscaled), scale)
    case .decimal16(let unscaled, let scale): Self.decimal(unscaled, scale)
    case .date(let days): .string(ISOText.date(days: Int(days)))
    case .time(let micros): .string(ISOText.time(micros, .micros))
    case .timestamptz(let value): .string(ISOText.timestamptz(value, .micros))
    case .timestamp(let value): .string(ISOText.timestamp(value, .micros))
    case .timestamptzNanos(let value): .string(ISOText.timestamptz(value, .nanos))
    case .timestampNanos(let value): .string(ISOText.timestamp(value, .nanos))
    case .binary(let bytes): .string(bytes.base64Text)
    case .string(let text): .string(text)
    case .uuid(let bytes): .string(bytes.uuidText)
    case .array(let elements): .array(elements.map(\.json))
    case .object(let members):
      .object(JSONObject(members.map { JSONObject.Member($0.name, $0.value.json) }))
    }
  }

  private static func number(_ isFinite: Bool, _ text: String, _ literal: Literal) -> JSONValue {
    isFinite ? .number(text) : .string(literal.text)
  }

  private static func decimal(_ unscaled: Int128, _ scale: Int) -> JSONValue {
    if scale == 0, let integer = Int64(exactly: unscaled) { return .integer(integer) }
    return .number(DecimalText.text(unscaled: unscaled, scale: scale))
  }

  /// The variant of a JSON value: whole numbers as the narrowest integer, numbers with a fraction as
  /// the narrowest decimal, those with an exponent, or too long for a decimal, as double.
  ///
  /// Throws when two members of an object have the same name, or when it is nested too deep.
  public init(json: JSONValue) throws(IcebergError) {
    try self.init(json: json, depth: 0)
  }

  private init(json: JSONValue, depth: Int) throws(IcebergError) {
    guard depth <= Self.depthLimit else {
      throw IcebergError(.invalidArgument, "JSON nested too deep for a variant")
    }
    switch json {
    case .null: self = .null
    case .bool(let value): self = .boolean(value)
    case .integer(let value): self = Self.narrowest(value)
    case .number(let text): self = Self.number(text)
    case .string(let text): self = .string(text)
    case .array(let values):
      var elements: [Variant] = []
      elements.reserveCapacity(values.count)
      for value in values { elements.append(try Variant(json: value, depth: depth + 1)) }
      self = .array(elements)
    case .object(let object):
      var members: [Member] = []
      members.reserveCapacity(object.members.count)
      for member in object.members {
        members.append(Member(member.name, try Variant(json: member.value, depth: depth + 1)))
      }
      self = .object(try Self.sorted(members))
    }
  }

  private static func narrowest(_ value: Int64) -> Variant {
    if let value = Int8(exactly: value) { return .int8(value) }
    if let value = Int16(exactly: value) { return .int16(value) }
    if let value = Int32(exactly: value) { return .int32(value) }
    return .int64(value)
  }

  private static func number(_ text: String) -> Variant {
    guard !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }),
      let (unscaled, scale) = DecimalText.parse(text), (0...38).contains(scale)
    else { return .double(Double(text) ?? .nan) }
    if DecimalText.fits(unscaled, precision: 9), scale <= 9 {
      return .decimal4(unscaled: Int32(truncatingIfNeeded: unscaled), scale: scale)
    }
    if DecimalText.fits(unscaled, precision: 18), scale <= 18 {
      return .decimal8(unscaled: Int64(truncatingIfNeeded: unscaled), scale: scale)
    }
    return .decimal16(unscaled: unscaled, scale: scale)
  }

  /// Members in the order of the bytes of their names; throws when two have the same name.
  static func sorted(_ members: [Member]) throws(IcebergError) -> [Member] {
    let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (left, right) in zip(sorted, sorted.dropFirst())
    where left.name.utf8.elementsEqual(right.name.utf8) {
      throw IcebergError(.invalidArgument, "two members of an object are called '\(left.name)'")
    }
    return sorted
  }
}
