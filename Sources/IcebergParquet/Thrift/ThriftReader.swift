package import IcebergBytes

/// The wire types of Thrift's compact protocol. In a field header `true` and `false` are the value
/// itself; as the type of list elements both mean a boolean of one byte.
package enum ThriftType: UInt8, Sendable {
  case stop = 0
  case `true`, `false`, byte, int16, int32, int64, double, binary, list, set, map, `struct`, uuid
}

/// A reader of Thrift's compact protocol, as Parquet's headers and footers use it.
///
/// A struct is read in a loop: `nextField` gives the id and the type of each field, the caller reads
/// it or passes it to `skip`. Nesting and counts are limited, whatever the bytes say.
package struct ThriftReader: ~Escapable {
  /// A field that comes next in the bytes.
  package struct Field: Hashable, Sendable {
    package var id: Int16
    package var type: ThriftType
  }

  /// Structs within structs within lists: Parquet's own need less than ten.
  static let maximumDepth = 64

  var bytes: ByteReader

  /// A reader at the beginning of `bytes`.
  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) { self.bytes = ByteReader(bytes) }

  /// The offset of the next byte.
  package var offset: Int { bytes.offset }

  /// The next field of the struct being read, or nil at its end. `id` holds the id of the field
  /// before, zero at first.
  @_lifetime(self: copy self)
  package mutating func nextField(after id: inout Int16) throws(FormatError) -> Field? {
    let header = try bytes.readByte()
    guard let type = ThriftType(rawValue: header & 0x0f) else {
      throw FormatError(.badValue, at: offset &- 1, "unknown thrift type")
    }
    if type == .stop { return nil }
    let step = header &>> 4
    if step == 0 {
      id = Int16(truncatingIfNeeded: try bytes.readZigZag())
    } else {
      id = id &+ Int16(step)
    }
    return Field(id: id, type: type)
  }

  /// A boolean field, whose value stands in its header. Nil when it has another type.
  @_lifetime(self: copy self)
  package mutating func readBool(_ field: Field) throws(FormatError) -> Bool? {
    switch field.type {
    case .true: return true
    case .false: return false
    default:
      try skip(field)
      return nil
    }
  }

  /// An integer field of any width, or nil when it has another type.
  @_lifetime(self: copy self)
  package mutating func readInt64(_ field: Field) throws(FormatError) -> Int64? {
    switch field.type {
    case .byte: return Int64(Int8(bitPattern: try bytes.readByte()))
    case .int16, .int32, .int64: return try bytes.readZigZag()
    default:
      try skip(field)
      return nil
    }
  }

  /// An integer field that has to fit 32 bits, or nil when it has another type.
  @_lifetime(self: copy self)
  package mutating func readInt32(_ field: Field) throws(FormatError) -> Int32? {
    let start = offset
    guard let wide = try readInt64(field) else { return nil }
    guard let value = Int32(exactly: wide) else {
      throw FormatError(.badValue, at: start, "integer of more than 32 bits")
    }
    return value
  }

  /// A floating-point field, or nil when it has another type.
  @_lifetime(self: copy self)
  package mutating func readDouble(_ field: Field) throws(FormatError) -> Double? {
    guard field.type == .double else {
      try skip(field)
      return nil
    }
    return Double(bitPattern: try bytes.readLittleEndian(UInt64.self))
  }

  /// A binary field, or nil when it has another type.
  @_lifetime(self: copy self)
  package mutating func readBinary(_ field: Field) throws(FormatError) -> [UInt8]? {
    guard field.type == .binary else {
      try skip(field)
      return nil
    }
    return try readBinary()
  }

  /// A text field, or nil when it has another type.
  @_lifetime(self: copy self)
  package mutating func readString(_ field: Field) throws(FormatError) -> String? {
    guard field.type == .binary else {
      try skip(field)
      return nil
    }
    return try bytes.readString(try length())
  }

  /// A text field of no importance to the values of a file: bytes that are not UTF-8 are replaced.
  @_lifetime(self: copy self)
  package mutating func readLenientString(_ field: Field) throws(FormatError) -> String? {
    try readBinary(field).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Begins a list of structs, integers or the like: the number of its elements. Nil when the field
  /// is no list of `element`; then it has been skipped.
  ///
  /// Each element takes at least one byte, so the number is never more than the bytes that are left.
  @_lifetime(self: copy self)
  package mutating func beginList(
    _ field: Field, of elements: ThriftType...
  ) throws(FormatError) -> Int? {
    guard field.type == .list || field.type == .set else {
      try skip(field)
      return nil
    }
    let (type, count) = try listHeader()
    if elements.contains(type) || count == 0 { return count }
    try skipElements(type, count: count, depth: 0)
    return nil
  }

  /// A list of integers, or nil when the field is something else.
  @_lifetime(self: copy self)
  package mutating func readInt64List(_ field: Field) throws(FormatError) -> [Int64]? {
    guard let count = try beginList(field, of: .int16, .int32, .int64) else { return nil }
    var values: [Int64] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try bytes.readZigZag()) }
    return values
  }

  /// A list of binaries, or nil when the field is something else.
  @_lifetime(self: copy self)
  package mutating func readBinaryList(_ field: Field) throws(FormatError) -> [[UInt8]]? {
    guard let count = try beginList(field, of: .binary) else { return nil }
    var values: [[UInt8]] = []
    for _ in 0..<count { values.append(try readBinary()) }
    return values
  }

  /// A list of texts, or nil when the field is something else.
  @_lifetime(self: copy self)
  package mutating func readStringList(_ field: Field) throws(FormatError) -> [String]? {
    guard let count = try beginList(field, of: .binary) else { return nil }
    var values: [String] = []
    for _ in 0..<count { values.append(try bytes.readString(try length())) }
    return values
  }

  /// A list of booleans, or nil when the field is something else.
  @_lifetime(self: copy self)
  package mutating func readBoolList(_ field: Field) throws(FormatError) -> [Bool]? {
    guard let count = try beginList(field, of: .true, .false) else { return nil }
    var values: [Bool] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try bytes.readByte() == ThriftType.true.rawValue) }
    return values
  }

  /// Skips the value of a field, whatever it is.
  @_lifetime(self: copy self)
  package mutating func skip(_ field: Field) throws(FormatError) {
    // A boolean field has no bytes of its own.
    if field.type == .true || field.type == .false { return }
    try skipValue(field.type, depth: 0)
  }

  @_lifetime(self: copy self)
  private mutating func length() throws(FormatError) -> Int {
    let start = offset
    let length = try bytes.readVarint()
    guard length <= UInt64(bytes.remaining) else {
      throw FormatError(.truncated, at: start, "length beyond the end of the data")
    }
    return Int(length)
  }

  @_lifetime(self: copy self)
  private mutating func readBinary() throws(FormatError) -> [UInt8] {
    try bytes.readArray(try length())
  }

  @_lifetime(self: copy self)
  private mutating func listHeader() throws(FormatError) -> (ThriftType, Int) {
    let start = offset
    let header = try bytes.readByte()
    let count = header &>> 4 == 15 ? try bytes.readVarint() : UInt64(header &>> 4)
    guard count <= UInt64(bytes.remaining) else {
      throw FormatError(.truncated, at: start, "more list elements than bytes")
    }
    guard let type = ThriftType(rawValue: header & 0x0f), type != .stop || count == 0 else {
      throw FormatError(.badValue, at: start, "unknown thrift type")
    }
    return (type, Int(count))
  }

  @_lifetime(self: copy self)
  private mutating func skipElements(
    _ type: ThriftType, count: Int, depth: Int
  ) throws(FormatError) {
    for _ in 0..<count { try skipValue(type, depth: depth &+ 1) }
  }

  @_lifetime(self: copy self)
  private mutating func skipValue(_ type: ThriftType, depth: Int) throws(FormatError) {
    guard depth < Self.maximumDepth else {
      throw FormatError(.tooLarge, at: offset, "thrift values nested too deeply")
    }
    switch type {
    case .stop: throw FormatError(.badValue, at: offset, "unknown thrift type")
    case .true, .false, .byte: try bytes.skip(1)
    case .int16, .int32, .int64: _ = try bytes.readVarint()
    case .double: try bytes.skip(8)
    case .uuid: try bytes.skip(16)
    case .binary: try bytes.skip(try length())
    case .list, .set:
      let (type, count) = try listHeader()
      try skipElements(type, count: count, depth: depth)
    case .map:
      let start = offset
      let count = try bytes.readVarint()
      if count == 0 { return }
      let types = try bytes.readByte()
      guard count <= UInt64(bytes.remaining),
        let key = ThriftType(rawValue: types &>> 4), let value = ThriftType(rawValue: types & 0x0f)
      else { throw FormatError(.badValue, at: start, "malformed thrift map") }
      for _ in 0..<Int(count) {
        try skipValue(key, depth: depth &+ 1)
        try skipValue(value, depth: depth &+ 1)
      }
    case .struct:
      var id: Int16 = 0
      while let field = try nextField(after: &id) {
        if field.type != .true, field.type != .false {
          try skipValue(field.type, depth: depth &+ 1)
        }
      }
    }
  }
}
