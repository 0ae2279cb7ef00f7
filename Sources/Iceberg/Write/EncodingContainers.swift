internal import IcebergModel

/// The fields of a struct or the entries of a map, while they are encoded.
final class EncodedFields {
  let type: FieldType
  let codingPath: [any CodingKey]
  private var indices: [String: Int] = [:]
  private var fields: [Field] = []
  private var values: [Literal?] = []
  private var entries: [Literal.MapEntry] = []
  /// Parts whose encoders may still be at work.
  private var open: [(name: String, encoder: LiteralEncoder)] = []

  init(type: FieldType, codingPath: [any CodingKey]) {
    self.type = type
    self.codingPath = codingPath
    if case .struct(let fields) = type {
      self.fields = fields
      values = [Literal?](repeating: nil, count: fields.count)
      indices = Dictionary(
        zip(fields.map(\.name), fields.indices), uniquingKeysWith: { first, _ in first })
    }
  }

  /// The type of what belongs to a key.
  func type(of key: any CodingKey) throws -> FieldType {
    switch type {
    case .struct:
      guard let index = indices[key.stringValue] else {
        throw mismatch("there is no column '\(key.stringValue)'")
      }
      return fields[index].type
    case .map(_, let value): return value.type
    default: throw mismatch("the column is \(type), not a struct or map")
    }
  }

  func set(_ key: any CodingKey, _ literal: Literal?) throws {
    if case .map(let keyField, _) = type {
      let text = key.stringValue
      let literal0: Literal?
      switch keyField.type {
      case .string: literal0 = .string(text)
      default: literal0 = try? Literal(parsing: text, type: keyField.type)
      }
      guard let keyLiteral = literal0 else {
        throw mismatch("'\(text)' is no key of type \(keyField.type)")
      }
      entries.append(Literal.MapEntry(key: keyLiteral, value: literal))
    } else if let index = indices[key.stringValue] {
      values[index] = literal
    }
  }

  /// An encoder for what belongs to a key, whose result is taken at the end.
  func encoder(for key: any CodingKey) throws -> LiteralEncoder {
    let encoder = LiteralEncoder(type: try type(of: key), codingPath: codingPath + [key])
    open.append((key.stringValue, encoder))
    return encoder
  }

  func literal() throws -> Literal {
    for (name, encoder) in open { try set(PathKey(name), try encoder.literal()) }
    open = []
    switch type {
    case .struct: return .struct(StructValue(values))
    case .map: return .map(entries)
    default: throw mismatch("the column is \(type), not a struct or map")
    }
  }

  private func mismatch(_ reason: String) -> EncodingError {
    .invalidValue(type, EncodingError.Context(codingPath: codingPath, debugDescription: reason))
  }
}

/// The elements of a list, or the keys and values of a map by turns, while they are encoded.
final class EncodedElements: UnkeyedEncodingContainer {
  let type: FieldType
  let codingPath: [any CodingKey]
  private var encoders: [LiteralEncoder] = []

  init(type: FieldType, codingPath: [any CodingKey]) {
    self.type = type
    self.codingPath = codingPath
  }

  var count: Int { encoders.count }

  private func next() throws -> LiteralEncoder {
    let path = codingPath + [PathKey(index: encoders.count)]
    let inner: FieldType
    switch type {
    case .list(let element): inner = element.type
    case .map(let key, let value): inner = encoders.count % 2 == 0 ? key.type : value.type
    // Types that encode themselves as bytes one by one.
    case .binary, .fixed, .uuid: inner = .int
    default:
      throw EncodingError.invalidValue(
        type,
        EncodingError.Context(
          codingPath: codingPath, debugDescription: "the column is \(type), not a list"))
    }
    let encoder = LiteralEncoder(type: inner, codingPath: path)
    encoders.append(encoder)
    return encoder
  }

  func literal() throws -> Literal? {
    let values = try encoders.map { try $0.literal() }
    switch type {
    case .list: return .list(values)
    case .map:
      guard values.count % 2 == 0 else { return nil }
      return .map(
        try stride(from: 0, to: values.count, by: 2).map { index in
          guard let key = values[index] else {
            throw encoders[index].mismatch("the key of a map is nil")
          }
          return Literal.MapEntry(key: key, value: values[index + 1])
        })
    default:
      let bytes = try zip(values, encoders).map { value, encoder in
        guard case .int(let number)? = value, let byte = UInt8(exactly: number) else {
          throw encoder.mismatch("the element is no byte")
        }
        return byte
      }
      let encoder = LiteralEncoder(type: type, codingPath: codingPath)
      try encoder.encode(bytes)
      return try encoder.literal()
    }
  }

  func encodeNil() throws { _ = try next() }
  func encode(_ value: Bool) throws { try next().encode(value) }
  func encode(_ value: String) throws { try next().encode(value) }
  func encode(_ value: Double) throws { try next().encode(value) }
  func encode(_ value: Float) throws { try next().encode(value) }
  func encode(_ value: Int) throws { try next().encode(value) }
  func encode(_ value: Int8) throws { try next().encode(value) }
  func encode(_ value: Int16) throws { try next().encode(value) }
  func encode(_ value: Int32) throws { try next().encode(value) }
  func encode(_ value: Int64) throws { try next().encode(value) }
  func encode(_ value: Int128) throws { try next().encode(value) }
  func encode(_ value: UInt) throws { try next().encode(value) }
  func encode(_ value: UInt8) throws { try next().encode(value) }
  func encode(_ value: UInt16) throws { try next().encode(value) }
  func encode(_ value: UInt32) throws { try next().encode(value) }
  func encode(_ value: UInt64) throws { try next().encode(value) }
  func encode<T: Encodable>(_ value: T) throws { try next().encode(value) }

  func nestedContainer<Key: CodingKey>(
    keyedBy keys: Key.Type
  ) -> KeyedEncodingContainer<Key> {
    nested().container(keyedBy: keys)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

  func superEncoder() -> any Encoder { nested() }

  /// An encoder for the next element. Where there can be none, what it gets is refused at the end.
  private func nested() -> LiteralEncoder {
    if let encoder = try? next() { return encoder }
    let encoder = LiteralEncoder(type: .unknown, codingPath: codingPath)
    encoders.append(encoder)
    return encoder
  }
}

/// The container of a type's coding keys.
struct FieldsContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let fields: EncodedFields
  var codingPath: [any CodingKey] { fields.codingPath }

  private func set<T: Encodable>(_ value: T, _ key: Key) throws {
    let type = try fields.type(of: key)
    let encoder = LiteralEncoder(type: type, codingPath: codingPath + [key])
    try encoder.encode(value)
    try fields.set(key, try encoder.literal())
  }

  func encodeNil(forKey key: Key) throws {
    _ = try fields.type(of: key)
    try fields.set(key, nil)
  }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try set(value, key) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy keys: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    nested(key).container(keyedBy: keys)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    nested(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { LiteralEncoder(type: .unknown, codingPath: codingPath) }

  func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

  private func nested(_ key: Key) -> LiteralEncoder {
    (try? fields.encoder(for: key)) ?? LiteralEncoder(type: .unknown, codingPath: codingPath)
  }
}
