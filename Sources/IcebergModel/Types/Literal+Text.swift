import IcebergBytes

extension Literal: CustomStringConvertible {
  /// The value as ``text``.
  public var description: String { text }

  /// The value for people and for JSON strings: `14.20`, `2017-11-16T22:31:08.123456+00:00`, bytes
  /// as hexadecimal digits, a UUID with its hyphens, a variant as JSON, a nested value in brackets.
  public var text: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .int(let value): "\(value)"
    case .long(let value): "\(value)"
    case .float(let value): Self.text(value)
    case .double(let value): Self.text(value)
    case .decimal(let unscaled, let scale): DecimalText.text(unscaled: unscaled, scale: scale)
    case .date(let days): ISOText.date(days: Int(days))
    case .time(let value): ISOText.time(value, .micros)
    case .timestamp(let value): ISOText.timestamp(value, .micros)
    case .timestamptz(let value): ISOText.timestamptz(value, .micros)
    case .timestampNanos(let value): ISOText.timestamp(value, .nanos)
    case .timestamptzNanos(let value): ISOText.timestamptz(value, .nanos)
    case .string(let value): value
    case .uuid(let bytes): bytes.uuidText
    case .fixed(let bytes), .binary(let bytes), .geometry(let bytes), .geography(let bytes):
      bytes.hexText
    case .variant(let metadata, let value): Self.text(metadata, value)
    case .struct(let value): "{\(Self.text(value.values))}"
    case .list(let values): "[\(Self.text(values))]"
    case .map(let entries):
      "{\(entries.map { "\($0.key.text): \($0.value?.text ?? "null")" }.joined(separator: ", "))}"
    }
  }

  private static func text(_ metadata: Bytes, _ value: Bytes) -> String {
    let variant = try? Variant(metadata: metadata, value: value)
    return variant?.json.serialized().utf8String ?? metadata.hexText + value.hexText
  }

  private static func text(_ values: [Literal?]) -> String {
    values.map { $0?.text ?? "null" }.joined(separator: ", ")
  }

  private static func text<T: BinaryFloatingPoint & CustomStringConvertible>(_ value: T) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }
}
