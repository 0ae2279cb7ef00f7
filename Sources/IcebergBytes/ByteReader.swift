/// A cursor over bytes that checks every step: reading past the end throws, nothing traps.
public struct ByteReader: ~Escapable {
  @usableFromInline let span: RawSpan
  @usableFromInline var position: Int

  /// A reader at the beginning of `bytes`.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) {
    span = bytes
    position = 0
  }

  /// The offset of the next byte to read, from the beginning of the bytes.
  @inlinable public var offset: Int { position }
  /// The number of bytes not read yet.
  @inlinable public var remaining: Int { span.byteCount &- offset }
  /// Whether everything has been read.
  @inlinable public var isAtEnd: Bool { offset >= span.byteCount }

  @inlinable
  func truncated() -> FormatError { FormatError(.truncated, at: offset, "unexpected end of data") }

  /// Advances by `count` bytes and returns the offset where they begin.
  @inlinable
  @_lifetime(self: copy self)
  mutating func take(_ count: Int) throws(FormatError) -> Int {
    guard count >= 0, count <= remaining else { throw truncated() }
    let start = offset
    position = start &+ count
    return start
  }

  /// Skips `count` bytes.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func skip(_ count: Int) throws(FormatError) { _ = try take(count) }

  /// Moves to an absolute offset.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func seek(to offset: Int) throws(FormatError) {
    guard offset >= 0, offset <= span.byteCount else { throw truncated() }
    position = offset
  }

  /// One byte.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readByte() throws(FormatError) -> UInt8 {
    guard offset < span.byteCount else { throw truncated() }
    let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    position &+= 1
    return byte
  }

  /// A fixed-width integer in little-endian order.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readLittleEndian<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self
  ) throws(FormatError) -> T {
    let start = try take(MemoryLayout<T>.size)
    return T(
      littleEndian: unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: T.self))
  }

  /// A fixed-width integer in big-endian order.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readBigEndian<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self
  ) throws(FormatError) -> T {
    let start = try take(MemoryLayout<T>.size)
    return T(bigEndian: unsafe span.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: T.self))
  }

  /// An unsigned LEB128 integer of at most ten bytes.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readVarint() throws(FormatError) -> UInt64 {
    if position < span.byteCount {
      let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
      if byte < 0x80 {
        position &+= 1
        return UInt64(byte)
      }
    }
    return try readLongVarint()
  }

  /// An unsigned LEB128 integer of more than one byte, or none.
  @usableFromInline
  @_lifetime(self: copy self)
  mutating func readLongVarint() throws(FormatError) -> UInt64 {
    let start = position
    let end = min(span.byteCount, start &+ 10)
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = unsafe span.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
      position &+= 1
      result |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 {
        // The tenth byte has room for one bit.
        guard shift < 63 || byte < 2 else { break }
        return result
      }
      shift &+= 7
    }
    if position &- start < 10 { throw truncated() }
    throw FormatError(.badValue, at: start, "integer of more than 64 bits")
  }

  /// Skips `count` LEB128 integers, eight bytes at a time. How long each is, is not looked at.
  @_lifetime(self: copy self)
  public mutating func skipVarints(_ count: Int) throws(FormatError) {
    var left = count
    while left > 0 {
      guard remaining >= 8 else {
        _ = try readVarint()
        left &-= 1
        continue
      }
      let word = unsafe span.unsafeLoadUnaligned(
        fromUncheckedByteOffset: position, as: UInt64.self)
      // An integer ends with the byte whose highest bit is not set.
      var ends = ~UInt64(littleEndian: word) & 0x8080_8080_8080_8080
      let found = ends.nonzeroBitCount
      if found < left {
        left &-= found
        position &+= 8
      } else {
        for _ in 1..<left { ends &= ends &- 1 }
        position &+= (ends.trailingZeroBitCount &+ 1) / 8
        return
      }
    }
  }

  /// A zig-zag LEB128 integer.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readZigZag() throws(FormatError) -> Int64 {
    let raw = try readVarint()
    return Int64(bitPattern: raw &>> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// The next `count` bytes as a span of the same lifetime.
  @inlinable
  @_lifetime(copy self)
  public mutating func readSpan(_ count: Int) throws(FormatError) -> RawSpan {
    let start = try take(count)
    return span.extracting(start..<(start &+ count))
  }

  /// A copy of the next `count` bytes.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readArray(_ count: Int) throws(FormatError) -> [UInt8] {
    let start = try take(count)
    return unsafe span.withUnsafeBytes { unsafe [UInt8]($0[start..<(start &+ count)]) }
  }

  /// The next `count` bytes as text.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readString(_ count: Int) throws(FormatError) -> String {
    let start = try take(count)
    let text = unsafe span.withUnsafeBytes {
      String(checkedUTF8: unsafe UnsafeRawBufferPointer(rebasing: $0[start..<(start &+ count)]))
    }
    guard let text else { throw FormatError(.badValue, at: start, "text is not UTF-8") }
    return text
  }
}
