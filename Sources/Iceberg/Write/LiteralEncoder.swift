internal import FoundationEssentials
internal import IcebergBytes
internal import IcebergModel

/// Encodes one value as a literal of a given type.
final class LiteralEncoder: Encoder {
  let type: FieldType
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }
  private var content: Content = .nothing

  private enum Content {
    /// Nothing was encoded, or nil.
    case nothing
    case value(Literal)
    case fields(EncodedFields)
    case elements(EncodedElements)
  }

  init(type: FieldType, codingPath: [any CodingKey]) {
    self.type = type
    self.codingPath = codingPath
  }

  /// What was encoded; nil is null.
  func literal() throws -> Literal? {
    switch content {
    case .nothing: nil
    case .value(let literal): literal
    case .fields(let fields): try fields.literal()
    case .elements(let elements): try elements.literal()
    }
  }

  func container<Key: CodingKey>(keyedBy keys: Key.Type) -> KeyedEncodingContainer<Key> {
    let fields: EncodedFields
    if case .fields(let existing) = content {
      fields = existing
    } else {
      fields = EncodedFields(type: type, codingPath: codingPath)
      content = .fields(fields)
    }
    return KeyedEncodingContainer(FieldsContainer<Key>(fields: fields))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    let elements = EncodedElements(type: type, codingPath: codingPath)
    content = .elements(elements)
    return elements
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  /// Encodes any value, those of special meaning by themselves.
  static func encode<T: Encodable>(
    _ value: T, as type: FieldType, codingPath: [any CodingKey]
  ) throws -> Literal? {
    let encoder = LiteralEncoder(type: type, codingPath: codingPath)
    try encoder.encode(value)
    return try encoder.literal()
  }

  func mismatch(_ reason: String, value: Any = "") -> EncodingError {
    .invalidValue(value, EncodingError.Context(codingPath: codingPath, debugDescription: reason))
  }
}

extension LiteralEncoder: SingleValueEncodingContainer {
  func encodeNil() { content = .nothing }

  func encode(_ value: Bool) throws {
    guard case .boolean = type else { throw misfit(value) }
    content = .value(.boolean(value))
  }

  func encode(_ value: String) throws {
    switch type {
    case .string: content = .value(.string(value))
    case .uuid, .decimal:
      guard let literal = try? Literal(parsing: value, type: type) else { throw misfit(value) }
      content = .value(literal)
    case .variant:
      guard let json = try? JSONValue(parsing: Bytes(utf8: value)),
        let (metadata, encoded) = try? Variant(json: json).encoded()
      else { throw misfit(value) }
      content = .value(.variant(metadata: metadata, value: encoded))
    default: throw misfit(value)
    }
  }

  func encode(_ value: Double) throws {
    switch type {
    case .double: content = .value(.double(value))
    case .float:
      guard value.isNaN || Double(Float(value)) == value else { throw misfit(value) }
      content = .value(.float(Float(value)))
    default: throw misfit(value)
    }
  }

  func encode(_ value: Float) throws {
    switch type {
    case .float: content = .value(.float(value))
    case .double: content = .value(.double(Double(value)))
    default: throw misfit(value)
    }
  }

  func encode(_ value: Int) throws { try encode(integer: value) }
  func encode(_ value: Int8) throws { try encode(integer: value) }
  func encode(_ value: Int16) throws { try encode(integer: value) }
  func encode(_ value: Int32) throws { try encode(integer: value) }
  func encode(_ value: Int64) throws { try encode(integer: value) }
  func encode(_ value: Int128) throws { try encode(integer: value) }
  func encode(_ value: UInt) throws { try encode(integer: value) }
  func encode(_ value: UInt8) throws { try encode(integer: value) }
  func encode(_ value: UInt16) throws { try encode(integer: value) }
  func encode(_ value: UInt32) throws { try encode(integer: value) }
  func encode(_ value: UInt64) throws { try encode(integer: value) }

  /// An integer, also as the count that a date or time is, where it fits.
  private func encode(integer value: some FixedWidthInteger) throws {
    let int = Int32(exactly: value)
    let long = Int64(exactly: value)
    let literal: Literal? =
      switch type {
      case .int: int.map(Literal.int)
      case .date: int.map(Literal.date)
      case .long: long.map(Literal.long)
      case .time: long.map(Literal.time)
      case .timestamp: long.map(Literal.timestamp)
      case .timestamptz: long.map(Literal.timestamptz)
      case .timestampNanos: long.map(Literal.timestampNanos)
      case .timestamptzNanos: long.map(Literal.timestamptzNanos)
      case .float: Float(exactly: value).map(Literal.float)
      case .double: Double(exactly: value).map(Literal.double)
      case .decimal: try? Literal(parsing: "\(value)", type: type)
      default: nil
      }
    guard let literal else { throw misfit(value) }
    content = .value(literal)
  }

  func encode<T: Encodable>(_ value: T) throws {
    let literal: Literal?
    switch value {
    case let date as Date: literal = Self.literal(date, type)
    case let uuid as UUID: literal = Self.literal(uuid, type)
    case let data as Data: literal = Self.literal(Bytes(copying: data), type)
    case let bytes as [UInt8] where isBytes: literal = Self.literal(Bytes(bytes), type)
    case let decimal as Decimal: literal = try? Literal(parsing: "\(decimal)", type: type)
    case let duration as Duration: literal = Self.literal(duration, type)
    default:
      try value.encode(to: self)
      return
    }
    guard let literal else { throw misfit(value) }
    content = .value(literal)
  }

  private var isBytes: Bool {
    switch type {
    case .binary, .fixed, .uuid, .geometry, .geography: true
    default: false
    }
  }

  private func misfit(_ value: Any) -> EncodingError {
    mismatch("\(value) is no value of the column's type \(type)", value: value)
  }

  private static func literal(_ bytes: Bytes, _ type: FieldType) -> Literal? {
    switch type {
    case .binary: .binary(bytes)
    case .fixed(let length): bytes.count == length ? .fixed(bytes) : nil
    case .uuid: bytes.count == 16 ? .uuid(bytes) : nil
    case .geometry: .geometry(bytes)
    case .geography: .geography(bytes)
    default: nil
    }
  }

  private static func literal(_ uuid: UUID, _ type: FieldType) -> Literal? {
    switch type {
    case .uuid: .uuid(withUnsafeBytes(of: uuid.uuid) { Bytes(copying: $0) })
    case .string: .string(uuid.uuidString.lowercased())
    default: nil
    }
  }

  private static func literal(_ duration: Duration, _ type: FieldType) -> Literal? {
    guard case .time = type else { return nil }
    let (seconds, attoseconds) = duration.components
    guard (0..<86_400).contains(seconds), attoseconds >= 0 else { return nil }
    let (micros, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000)
    return rest == 0 ? .time(seconds * 1_000_000 + micros) : nil
  }

  /// Rounded to the unit of the type: the fractions of a `Date` are binary.
  private static func literal(_ date: Date, _ type: FieldType) -> Literal? {
    let seconds = date.timeIntervalSince1970
    func units(_ perSecond: Double) -> Int64? { Int64(exactly: (seconds * perSecond).rounded()) }
    return switch type {
    case .date: Int32(exactly: (seconds / 86_400).rounded(.down)).map(Literal.date)
    case .timestamp: units(1_000_000).map(Literal.timestamp)
    case .timestamptz: units(1_000_000).map(Literal.timestamptz)
    case .timestampNanos: units(1_000_000_000).map(Literal.timestampNanos)
    case .timestamptzNanos: units(1_000_000_000).map(Literal.timestamptzNanos)
    default: nil
    }
  }
}
