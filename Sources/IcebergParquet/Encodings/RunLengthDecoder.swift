package import IcebergBytes
package import IcebergColumns

/// Small integers as a mix of repeated values and bit-packed groups of eight: levels, dictionary
/// indices and booleans. Spec: Parquet, Encodings, "Run Length Encoding / Bit-Packing Hybrid".
///
/// The decoder keeps its place, so that a page can be decoded in pieces.
package struct RunLengthDecoder: Sendable {
  private let bytes: Bytes
  private let width: Int
  private(set) var position = 0
  /// Values left of a repeated run, and the value.
  private var repeats = 0
  private var repeated: UInt32 = 0
  /// Values left of a bit-packed run, and the bit where the next one begins.
  private var packed = 0
  private var packedBit = 0

  /// A decoder for all of `bytes`, which hold integers of `width` bits, 0 to 32.
  ///
  /// Integers of no bits are all zero, and take no bytes.
  package init(_ bytes: Bytes, width: Int) throws(FormatError) {
    guard width >= 0, width <= 32 else {
      throw FormatError(.badValue, "bit width beyond 32")
    }
    self.bytes = bytes
    self.width = width
  }

  /// A decoder for the bytes behind a length in four bytes at `offset`, which moves behind them.
  package init(
    lengthPrefixed bytes: Bytes, at offset: inout Int, width: Int
  ) throws(FormatError) {
    guard offset >= 0, let prefix = bytes.slice(offset..<max(offset, offset &+ 4)),
      prefix.count == 4
    else { throw PlainEncoding.truncated(offset) }
    let length = prefix.withUnsafeBytes {
      Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)))
    }
    let start = offset &+ 4
    guard length <= bytes.count &- start else { throw PlainEncoding.truncated(offset) }
    try self.init(bytes[start..<start &+ length], width: width)
    offset = start &+ length
  }

  /// Appends the next `count` integers.
  package mutating func decode<T: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, into values: inout [T]
  ) throws(FormatError) {
    var left = count
    while left > 0 {
      let run = try nextRun(atMost: left)
      switch run {
      case .repeated(let value, let number):
        values.append(
          contentsOf: repeatElement(T(truncatingIfNeeded: value), count: number))
        left &-= number
      case .packed(let bits, let number):
        try unpack(fromBit: bits, count: number, into: &values)
        left &-= number
      }
    }
  }

  /// Appends the next `count` integers, of one bit each, as bits.
  package mutating func decode(_ count: Int, into values: inout Bitmap) throws(FormatError) {
    precondition(width == 1)
    var left = count
    while left > 0 {
      switch try nextRun(atMost: left) {
      case .repeated(let value, let number):
        values.append(repeating: value != 0, count: number)
        left &-= number
      case .packed(let bits, let number):
        bytes.withUnsafeBytes { raw in
          var bit = bits
          let end = bits &+ number
          // Runs begin at a byte; a run decoded in pieces may go on in the middle of one.
          while bit & 7 != 0, bit < end {
            values.append(raw[bit &>> 3] &>> UInt8(bit & 7) & 1 != 0)
            bit &+= 1
          }
          values.append(
            packed: UnsafeRawBufferPointer(rebasing: raw[bit &>> 3..<(end &+ 7) &>> 3]),
            count: end &- bit)
        }
        left &-= number
      }
    }
  }

  /// Passes over the next `count` integers.
  package mutating func skip(_ count: Int) throws(FormatError) {
    var left = count
    while left > 0 {
      switch try nextRun(atMost: left) {
      case .repeated(_, let number), .packed(_, let number): left &-= number
      }
    }
  }

  /// Some integers that lie together.
  enum Run {
    case repeated(UInt32, count: Int)
    /// `count` packed integers, the first of which begins at the given bit.
    case packed(fromBit: Int, count: Int)
  }

  /// The next one to `limit` integers.
  mutating func nextRun(atMost limit: Int) throws(FormatError) -> Run {
    if width == 0 { return .repeated(0, count: limit) }
    while repeats == 0, packed == 0 { try readHeader() }
    if repeats > 0 {
      let number = min(repeats, limit)
      repeats &-= number
      return .repeated(repeated, count: number)
    }
    let number = min(packed, limit)
    let bit = packedBit
    packed &-= number
    packedBit &+= number &* width
    return .packed(fromBit: bit, count: number)
  }

  private mutating func readHeader() throws(FormatError) {
    var header: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard position < bytes.count else { throw PlainEncoding.truncated(position) }
      let byte = bytes[position]
      position &+= 1
      header |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { break }
      shift &+= 7
      guard shift < 35 else {
        throw FormatError(.badValue, at: position, "run of more than 32 bits")
      }
    }
    if header & 1 == 0 {
      repeats = Int(header &>> 1)
      let size = (width &+ 7) &>> 3
      guard size <= bytes.count &- position else { throw PlainEncoding.truncated(position) }
      repeated = 0
      for index in 0..<size {
        repeated |= UInt32(bytes[position &+ index]) &<< UInt32(index &<< 3)
      }
      if width < 32, repeated &>> UInt32(width) != 0 {
        throw FormatError(.badValue, at: position, "repeated value wider than its bit width")
      }
      position &+= size
    } else {
      // Writers may leave out the padding of the last group, so that only what is there counts.
      let groups = Int(header &>> 1)
      let room = bytes.count &- position
      packedBit = position &<< 3
      if groups &* width <= room {
        packed = groups &<< 3
        position &+= groups &* width
      } else {
        packed = room &<< 3 / width
        position = bytes.count
        guard packed > 0 else { throw PlainEncoding.truncated(position) }
      }
    }
  }

  /// Unpacks `count` integers of a packed run that begins at `bit`.
  func unpack<T: FixedWidthInteger & BitwiseCopyable>(
    fromBit bit: Int, count: Int, into values: inout [T]
  ) throws(FormatError) {
    try values.appendRaw(count) { target throws(FormatError) in
      bytes.withUnsafeBytes { raw in
        Self.unpack(raw, fromBit: bit, width: width, count: count, into: target)
      }
    }
  }

  private static func unpack<T: FixedWidthInteger>(
    _ raw: UnsafeRawBufferPointer, fromBit start: Int, width: Int, count: Int,
    into target: UnsafeMutablePointer<T>
  ) {
    var bit = start
    var done = 0
    // The rest of a byte, when a run goes on where an earlier call stopped.
    while bit & 7 != 0, done < count {
      var value: UInt64 = 0
      for index in 0..<width {
        let at = bit &+ index
        value |= UInt64(raw[at &>> 3] &>> UInt8(at & 7) & 1) &<< UInt64(index)
      }
      target[done] = T(truncatingIfNeeded: value)
      bit &+= width
      done &+= 1
    }
    unpackBits(
      UnsafeRawBufferPointer(rebasing: raw[(bit &>> 3)...]), width: width, count: count &- done,
      into: target + done)
  }
}
