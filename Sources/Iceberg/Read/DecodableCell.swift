internal import FoundationEssentials
internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// One value of a column, to be decoded into a value of a `Decodable` type.
struct DecodableCell: Decoder, SingleValueDecodingContainer {
  let type: FieldType
  let column: Column
  let row: Int
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { column.isNull(at: row) }

  func decode(_ type: Bool.Type) throws -> Bool {
    try requireValue(type)
    if case .boolean(let bits) = column.values { return bits[row] }
    throw mismatch(type)
  }

  func decode(_ type: Double.Type) throws -> Double {
    try requireValue(type)
    switch column.values {
    case .double(let values): return values[row]
    case .float(let values): return Double(values[row])
    case .int(let values) where isNumber: return Double(values[row])
    case .long(let values) where isNumber: return try exactly(Double(exactly: values[row]))
    default: throw mismatch(type)
    }
  }

  func decode(_ type: Float.Type) throws -> Float {
    try requireValue(type)
    switch column.values {
    case .float(let values): return values[row]
    case .double(let values):
      if values[row].isNaN { return .nan }
      return try exactly(Float(exactly: values[row]))
    case .int(let values) where isNumber: return try exactly(Float(exactly: values[row]))
    case .long(let values) where isNumber: return try exactly(Float(exactly: values[row]))
    default: throw mismatch(type)
    }
  }

  func decode(_ type: Int.Type) throws -> Int { try integer() }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
  func decode(_ type: Int128.Type) throws -> Int128 { try integer() }
  func decode(_ type: UInt.Type) throws -> UInt { try integer() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }

  /// An integer column, a decimal without fraction, or the count that a date or time is.
  private func integer<T: FixedWidthInteger>() throws -> T {
    try requireValue(T.self)
    switch (column.values, type) {
    case (.int(let values), _): return try exactly(T(exactly: values[row]))
    case (.long(let values), _): return try exactly(T(exactly: values[row]))
    case (.decimal(let values), .decimal(_, scale: 0)): return try exactly(T(exactly: values[row]))
    default: throw mismatch(T.self)
    }
  }

  func decode(_ wanted: String.Type) throws -> String {
    try requireValue(wanted)
    switch (type, column.values) {
    case (.string, .bytes(let offsets, let data)):
      let text = data[Int(offsets[row])..<Int(offsets[row + 1])]
      guard let string = String(validating: text, as: UTF8.self) else {
        throw corrupted("the text is not UTF-8")
      }
      return string
    case (.uuid, _): return Bytes(try bytes()).uuidText
    case (.decimal(_, let scale), .decimal(let values)):
      return DecimalText.text(unscaled: values[row], scale: scale)
    case (.variant, .struct(let parts)) where parts.count == 2:
      let bytes = try parts.map { part in
        try DecodableCell(type: .binary, column: part, row: row, codingPath: codingPath).bytes()
      }
      guard let variant = try? Variant(metadata: Bytes(bytes[0]), value: Bytes(bytes[1])) else {
        throw corrupted("the variant is malformed")
      }
      return String(decoding: variant.json.serialized(), as: UTF8.self)
    default: throw mismatch(wanted)
    }
  }

  func decode<T: Decodable>(_ wanted: T.Type) throws -> T {
    // An optional decodes itself from what is here, null or not.
    let value: Any?
    switch wanted {
    case is Date.Type: value = try date()
    case is UUID.Type: value = try uuid()
    case is Data.Type: value = Data(try bytes())
    case is [UInt8].Type where holdsBytes: value = try bytes()
    case is Decimal.Type: value = try decimal()
    case is Duration.Type: value = try duration()
    default: value = nil
    }
    if let value {
      guard let result = value as? T else { throw mismatch(wanted) }
      return result
    }
    return try T(from: self)
  }
}

extension DecodableCell {
  private var isNumber: Bool {
    switch type {
    case .int, .long: true
    default: false
    }
  }

  private var holdsBytes: Bool {
    switch column.values {
    case .bytes, .fixed: true
    default: false
    }
  }

  /// The bytes of a text, binary, fixed or uuid.
  func bytes() throws -> [UInt8] {
    try requireValue([UInt8].self)
    switch column.values {
    case .bytes(let offsets, let data):
      return Array(data[Int(offsets[row])..<Int(offsets[row + 1])])
    case .fixed(let width, let data): return Array(data[(row * width)..<((row + 1) * width)])
    default: throw mismatch([UInt8].self)
    }
  }

  private func date() throws -> Date {
    try requireValue(Date.self)
    switch (type, column.values) {
    case (.date, .int(let values)):
      return Date(timeIntervalSince1970: Double(values[row]) * 86_400)
    case (.timestamp, .long(let values)), (.timestamptz, .long(let values)):
      return Date(timeIntervalSince1970: Double(values[row]) / 1_000_000)
    case (.timestampNanos, .long(let values)), (.timestamptzNanos, .long(let values)):
      return Date(timeIntervalSince1970: Double(values[row]) / 1_000_000_000)
    default: throw mismatch(Date.self)
    }
  }

  private func duration() throws -> Duration {
    try requireValue(Duration.self)
    guard case (.time, .long(let values)) = (type, column.values) else {
      throw mismatch(Duration.self)
    }
    return .microseconds(values[row])
  }

  private func uuid() throws -> UUID {
    if case .string = type {
      guard let uuid = UUID(uuidString: try decode(String.self)) else {
        throw corrupted("the text is no uuid")
      }
      return uuid
    }
    guard case .uuid = type else { throw mismatch(UUID.self) }
    let bytes = try bytes()
    return UUID(
      uuid: (
        bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
        bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
      ))
  }

  private func decimal() throws -> Decimal {
    try requireValue(Decimal.self)
    switch (type, column.values) {
    case (.decimal(_, let scale), .decimal(let values)):
      // Three parts of 15 digits: `Decimal` takes no more than 64 bits at a time.
      let part: UInt128 = 1_000_000_000_000_000
      let magnitude = values[row].magnitude
      let factor = Decimal(UInt64(part))
      var result = Decimal(UInt64(magnitude / part / part)) * factor
      result = (result + Decimal(UInt64(magnitude / part % part))) * factor
      result += Decimal(UInt64(magnitude % part))
      let sign: FloatingPointSign = values[row] < 0 ? .minus : .plus
      return Decimal(sign: sign, exponent: -scale, significand: result)
    case (.int, .int(let values)): return Decimal(values[row])
    case (.long, .long(let values)): return Decimal(values[row])
    default: throw mismatch(Decimal.self)
    }
  }

  private func requireValue(_ wanted: Any.Type) throws {
    if column.isNull(at: row) {
      throw DecodingError.valueNotFound(wanted, context("the value is null"))
    }
  }

  private func exactly<T>(_ value: T?) throws -> T {
    guard let value else { throw corrupted("the value is no exact \(T.self)") }
    return value
  }

  func mismatch(_ wanted: Any.Type) -> DecodingError {
    .typeMismatch(wanted, context("the column is \(type), not \(wanted)"))
  }

  private func corrupted(_ reason: String) -> DecodingError { .dataCorrupted(context(reason)) }

  private func context(_ reason: String) -> DecodingError.Context {
    DecodingError.Context(codingPath: codingPath, debugDescription: reason)
  }
}

extension DecodableCell {
  func container<Key: CodingKey>(keyedBy wanted: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try requireValue([String: Any].self)
    switch (type, column.values) {
    case (.struct(let fields), .struct(let columns)):
      let inner = DecodableColumns(fields: fields, columns: columns)
      return StructDecoder(columns: inner, row: row, codingPath: codingPath).container(
        keyedBy: wanted)
    case (.map(let key, let value), .map(let offsets, let keys, let values)):
      var cells: [String: DecodableCell] = [:]
      var names: [String] = []
      for index in Int(offsets[row])..<Int(offsets[row + 1]) {
        let cell = DecodableCell(type: key.type, column: keys, row: index, codingPath: codingPath)
        let name = try cell.keyName()
        names.append(name)
        cells[name] = DecodableCell(
          type: value.type, column: values, row: index, codingPath: codingPath + [PathKey(name)])
      }
      return KeyedDecodingContainer(
        MapContainer<Key>(names: names, cells: cells, codingPath: codingPath))
    default: throw mismatch([String: Any].self)
    }
  }

  /// The key of a map as the name of a coding key.
  private func keyName() throws -> String {
    switch type {
    case .int, .long: "\(try decode(Int64.self))"
    default: try decode(String.self)
    }
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try requireValue([Any].self)
    switch (type, column.values) {
    case (.list(let element), .list(let offsets, let inner)):
      let cells = (Int(offsets[row])..<Int(offsets[row + 1])).map { index in
        DecodableCell(
          type: element.type, column: inner, row: index,
          codingPath: codingPath + [PathKey(index: index - Int(offsets[row]))])
      }
      return CellsContainer(cells: cells, codingPath: codingPath)
    case (.map(let key, let value), .map(let offsets, let keys, let values)):
      // How dictionaries with other keys than strings and integers are coded: by turns.
      let cells = (Int(offsets[row])..<Int(offsets[row + 1])).flatMap { index in
        [(key.type, keys), (value.type, values)].map { type, column in
          DecodableCell(type: type, column: column, row: index, codingPath: codingPath)
        }
      }
      return CellsContainer(cells: cells, codingPath: codingPath)
    case (_, .bytes), (_, .fixed):
      let data = try bytes().map { Int32($0) }
      let column = Column(.int(data), count: data.count)
      let cells = data.indices.map { index in
        DecodableCell(type: .int, column: column, row: index, codingPath: codingPath)
      }
      return CellsContainer(cells: cells, codingPath: codingPath)
    default: throw mismatch([Any].self)
    }
  }
}
