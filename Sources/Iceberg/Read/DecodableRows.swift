package import IcebergColumns
package import IcebergModel

/// The rows of one batch, to be decoded into values of `Decodable` types.
package struct DecodableRows {
  /// The number of rows.
  package let count: Int
  private let columns: DecodableColumns

  /// The rows of a batch with the columns of `schema`.
  package init(of batch: RecordBatch, schema: Schema) {
    count = batch.rowCount
    columns = DecodableColumns(fields: schema.fields, columns: batch.columns)
  }

  /// Row `index` as a value. `rowNumber` is the number of the row for error messages.
  package func decode<Row: Decodable>(
    _ type: Row.Type, at index: Int, rowNumber: Int
  ) throws -> Row {
    do {
      return try Row(from: StructDecoder(columns: columns, row: index, codingPath: []))
    } catch let error as DecodingError {
      throw Self.error(error, Row.self, rowNumber)
    }
  }

  private static func error<Row>(
    _ error: DecodingError, _ type: Row.Type, _ rowNumber: Int
  ) -> IcebergError {
    let (context, key): (DecodingError.Context, (any CodingKey)?)
    switch error {
    case .typeMismatch(_, let inner), .valueNotFound(_, let inner), .dataCorrupted(let inner):
      (context, key) = (inner, nil)
    case .keyNotFound(let missing, let inner): (context, key) = (inner, missing)
    @unknown default:
      return IcebergError(.invalidArgument, "row \(rowNumber) is no \(type)", cause: error)
    }
    let path = (context.codingPath + (key.map { [$0] } ?? [])).map(\.stringValue)
    let place = path.isEmpty ? "" : ", column \(path.joined(separator: "."))"
    return IcebergError(
      .invalidArgument,
      "row \(rowNumber)\(place) cannot be decoded into \(type): \(context.debugDescription)")
  }
}

/// Columns side by side, found by name.
final class DecodableColumns: Sendable {
  let fields: [Field]
  let columns: [Column]
  let indices: [String: Int]

  init(fields: [Field], columns: [Column]) {
    self.fields = fields
    self.columns = columns
    indices = Dictionary(
      zip(fields.map(\.name), fields.indices), uniquingKeysWith: { first, _ in first })
  }

  /// The value of a column in one row; nil when there is no such column.
  func cell(_ name: String, at row: Int, codingPath: [any CodingKey]) -> DecodableCell? {
    guard let index = indices[name], index < columns.count else { return nil }
    return DecodableCell(
      type: fields[index].type, column: columns[index], row: row, codingPath: codingPath)
  }
}

/// A name, or the position of an element.
struct PathKey: CodingKey {
  var stringValue: String
  var intValue: Int?

  init(_ name: String) { stringValue = name }

  init(index: Int) {
    stringValue = "\(index)"
    intValue = index
  }

  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { self.init(index: intValue) }
}

/// Decodes one row of columns that stand side by side.
struct StructDecoder: Decoder {
  let columns: DecodableColumns
  let row: Int
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(
      StructContainer<Key>(columns: columns, row: row, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw mismatch([Any].self, "a row is no array")
  }

  /// A row of a single column stands for its value.
  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    guard columns.fields.count == 1,
      let cell = columns.cell(
        columns.fields[0].name, at: row,
        codingPath: codingPath + [PathKey(columns.fields[0].name)])
    else { throw mismatch(Any.self, "a row of \(columns.fields.count) columns is no single value") }
    return cell
  }

  private func mismatch(_ type: Any.Type, _ reason: String) -> DecodingError {
    .typeMismatch(type, DecodingError.Context(codingPath: codingPath, debugDescription: reason))
  }
}

/// The columns of a struct, or of a row, by the coding keys of a type.
private struct StructContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let columns: DecodableColumns
  let row: Int
  let codingPath: [any CodingKey]

  var allKeys: [Key] { columns.fields.compactMap { Key(stringValue: $0.name) } }

  func contains(_ key: Key) -> Bool { columns.indices[key.stringValue] != nil }

  private func cell(_ key: Key) throws -> DecodableCell {
    guard let cell = columns.cell(key.stringValue, at: row, codingPath: codingPath + [key]) else {
      throw DecodingError.keyNotFound(
        key,
        DecodingError.Context(codingPath: codingPath, debugDescription: "there is no such column"))
    }
    return cell
  }

  func decodeNil(forKey key: Key) throws -> Bool { try cell(key).decodeNil() }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try cell(key).decode(type) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try cell(key).decode(type) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try cell(key).decode(type) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try cell(key).decode(type) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try cell(key).decode(type) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try cell(key).decode(type) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try cell(key).decode(type) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try cell(key).decode(type) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try cell(key).decode(type) }
  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try cell(key).decode(type) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try cell(key).decode(type) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try cell(key).decode(type) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try cell(key).decode(type) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try cell(key).decode(type) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try cell(key).decode(type) }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try cell(key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try cell(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try cell(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    StructDecoder(columns: columns, row: row, codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try cell(key) }
}
