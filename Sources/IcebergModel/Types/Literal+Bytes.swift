public import IcebergBytes

extension Literal {
  /// The binary form of the value: that of bounds in manifests.
  ///
  /// Throws for structs, lists and maps, which have none.
  ///
  /// Spec: Appendix D, "Binary single-value serialization".
  public func singleValueBytes() throws(IcebergError) -> Bytes {
    switch self {
    case .boolean(let value): [value ? 1 : 0]
    case .int(let value), .date(let value): Self.littleEndian(value)
    case .long(let value), .time(let value), .timestamp(let value), .timestamptz(let value),
      .timestampNanos(let value), .timestamptzNanos(let value):
      Self.littleEndian(value)
    case .float(let value): Self.littleEndian(value.isNaN ? 0x7fc0_0000 : value.bitPattern)
    case .double(let value):
      Self.littleEndian(value.isNaN ? 0x7ff8_0000_0000_0000 : value.bitPattern)
    case .decimal(let unscaled, _): Self.minimalBigEndian(unscaled)
    case .string(let text): Bytes(utf8: text)
    case .uuid(let bytes), .fixed(let bytes), .binary(let bytes), .geometry(let bytes),
      .geography(let bytes):
      bytes
    case .variant(let metadata, let value): Bytes(metadata.array + value.array)
    case .struct, .list, .map:
      throw IcebergError(.invalidArgument, "a nested value has no binary form: \(text)")
    }
  }

  private static func littleEndian<T: FixedWidthInteger>(_ value: T) -> Bytes {
    withUnsafeBytes(of: value.littleEndian) { Bytes(copying: $0) }
  }

  /// The two's complement of `value`, most significant byte first, in as few bytes as hold it.
  package static func minimalBigEndian(_ value: Int128) -> Bytes {
    var bytes = withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) }[...]
    while bytes.count > 1, let first = bytes.first {
      // A leading byte that only repeats the sign of the next one can go.
      let signOfNext: UInt8 = bytes[bytes.startIndex + 1] & 0x80 == 0 ? 0x00 : 0xff
      guard first == signOfNext else { break }
      bytes = bytes.dropFirst()
    }
    return Bytes(Array(bytes))
  }
}

extension Literal {
  /// The value of `type` whose binary form `bytes` is.
  ///
  /// A form that is shorter than the type's is that of the type before it was promoted: four bytes
  /// of a `long` are an `int`, of a `double` a `float`, of a timestamp a `date`.
  ///
  /// Spec: Appendix D, "Binary single-value serialization"; Schema Evolution, "Type promotion".
  public init(singleValue bytes: Bytes, type: FieldType) throws(FormatError) {
    switch type {
    case .boolean:
      let byte: UInt8 = try Self.fixedWidth(bytes)
      self = .boolean(byte != 0)
    case .int: self = .int(try Self.fixedWidth(bytes))
    case .date: self = .date(try Self.fixedWidth(bytes))
    case .long: self = .long(try Self.long(bytes))
    case .time: self = .time(try Self.fixedWidth(bytes))
    case .timestamp: self = .timestamp(try Self.timestamp(bytes, 86_400_000_000))
    case .timestampNanos: self = .timestampNanos(try Self.timestamp(bytes, 86_400_000_000_000))
    case .timestamptz: self = .timestamptz(try Self.fixedWidth(bytes))
    case .timestamptzNanos: self = .timestamptzNanos(try Self.fixedWidth(bytes))
    case .float: self = .float(Float(bitPattern: try Self.fixedWidth(bytes)))
    case .double: self = .double(try Self.double(bytes))
    case .decimal(_, let scale):
      self = .decimal(unscaled: try Self.bigEndian(bytes), scale: scale)
    case .string:
      guard let text = bytes.utf8String else {
        throw FormatError(.badValue, "text is not UTF-8")
      }
      self = .string(text)
    case .uuid:
      guard bytes.count == 16 else { throw FormatError(.badValue, "a uuid is not of 16 bytes") }
      self = .uuid(bytes)
    case .fixed(let length):
      guard bytes.count == length else {
        throw FormatError(.badValue, "a value of \(bytes.count) bytes for fixed[\(length)]")
      }
      self = .fixed(bytes)
    case .binary: self = .binary(bytes)
    case .geometry: self = .geometry(bytes)
    case .geography: self = .geography(bytes)
    case .unknown, .variant, .struct, .list, .map:
      throw FormatError(.unsupported, "a value of type \(type) has no binary form")
    }
  }

  private static func fixedWidth<T: FixedWidthInteger>(_ bytes: Bytes) throws(FormatError) -> T {
    guard bytes.count == MemoryLayout<T>.size else {
      throw FormatError(
        bytes.count < MemoryLayout<T>.size ? .truncated : .badValue,
        "a value of \(bytes.count) bytes where \(MemoryLayout<T>.size) are due")
    }
    var value: T = 0
    for index in stride(from: bytes.count - 1, through: 0, by: -1) {
      value = value << 8 | T(truncatingIfNeeded: bytes[index])
    }
    return value
  }

  private static func long(_ bytes: Bytes) throws(FormatError) -> Int64 {
    guard bytes.count == 4 else { return try fixedWidth(bytes) }
    let int: Int32 = try fixedWidth(bytes)
    return Int64(int)
  }

  private static func double(_ bytes: Bytes) throws(FormatError) -> Double {
    guard bytes.count == 4 else { return Double(bitPattern: try fixedWidth(bytes)) }
    return Double(Float(bitPattern: try fixedWidth(bytes)))
  }

  private static func timestamp(_ bytes: Bytes, _ unitsPerDay: Int64) throws(FormatError) -> Int64 {
    guard bytes.count == 4 else { return try fixedWidth(bytes) }
    let days: Int32 = try fixedWidth(bytes)
    let (value, overflow) = Int64(days).multipliedReportingOverflow(by: unitsPerDay)
    if overflow { throw FormatError(.badValue, "a date beyond the range of the timestamp") }
    return value
  }

  private static func bigEndian(_ bytes: Bytes) throws(FormatError) -> Int128 {
    guard let first = bytes.first else { throw FormatError(.truncated, "a decimal of no bytes") }
    let sign: UInt8 = first & 0x80 == 0 ? 0x00 : 0xff
    // More bytes than needed are allowed, as long as they only repeat the sign.
    guard bytes.count <= 16 || bytes.prefix(bytes.count - 16).allSatisfy({ $0 == sign }) else {
      throw FormatError(.tooLarge, "a decimal of more than 128 bits")
    }
    var value: Int128 = sign == 0 ? 0 : -1
    for byte in bytes.suffix(16) { value = value << 8 | Int128(byte) }
    if bytes.count > 16, (value < 0) != (sign != 0) {
      throw FormatError(.tooLarge, "a decimal of more than 128 bits")
    }
    return value
  }
}
