/// Runs of integers of 0 to 64 bits each, packed without gaps.
///
/// Unless a name says otherwise the first value has the lowest bits of the first byte, as in
/// Parquet's run-length, dictionary and delta encodings. Packed values are not aligned, so whole
/// runs go in and out.
public enum BitPacking: Sendable {
  /// The bytes that `count` values of `bitWidth` bits take; nil when that is more than an `Int`
  /// holds.
  @inlinable
  public static func byteCount(of count: Int, bitWidth: Int) -> Int? {
    let bits = count.multipliedReportingOverflow(by: bitWidth)
    guard !bits.overflow, count >= 0, bitWidth >= 0 else { return nil }
    return bits.partialValue &>> 3 &+ (bits.partialValue & 7 == 0 ? 0 : 1)
  }

  /// `count` values of `bitWidth` bits each, at most 32.
  ///
  /// - Throws: `badValue` for another bit width, `truncated` when the bytes do not hold `count`
  ///   values; nothing is allocated before.
  public static func unpack32(
    _ bytes: RawSpan, count: Int, bitWidth: Int
  ) throws(FormatError) -> [UInt32] {
    try check(bytes.byteCount, count, bitWidth, most: 32)
    return [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      unpackChecked(bytes, bitWidth, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  /// `count` values of `bitWidth` bits each, at most 64.
  ///
  /// - Throws: `badValue` for another bit width, `truncated` when the bytes do not hold `count`
  ///   values; nothing is allocated before.
  public static func unpack64(
    _ bytes: RawSpan, count: Int, bitWidth: Int
  ) throws(FormatError) -> [UInt64] {
    try check(bytes.byteCount, count, bitWidth, most: 64)
    return [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      unpackChecked(bytes, bitWidth, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  /// Fills `output`, whose memory may be uninitialised, with values of `bitWidth` bits, at most 32.
  ///
  /// - Throws: `badValue` for another bit width, `truncated` when the bytes do not hold that many
  ///   values; `output` is then untouched.
  public static func unpack(
    _ bytes: RawSpan, bitWidth: Int, into output: UnsafeMutableBufferPointer<UInt32>
  ) throws(FormatError) {
    try check(bytes.byteCount, output.count, bitWidth, most: 32)
    unpackChecked(bytes, bitWidth, into: output)
  }

  /// Fills `output`, whose memory may be uninitialised, with values of `bitWidth` bits, at most 64.
  ///
  /// - Throws: `badValue` for another bit width, `truncated` when the bytes do not hold that many
  ///   values; `output` is then untouched.
  public static func unpack(
    _ bytes: RawSpan, bitWidth: Int, into output: UnsafeMutableBufferPointer<UInt64>
  ) throws(FormatError) {
    try check(bytes.byteCount, output.count, bitWidth, most: 64)
    unpackChecked(bytes, bitWidth, into: output)
  }

  /// `count` values of `bitWidth` bits each, at most 32, the first in the highest bits of the first
  /// byte: Parquet's deprecated `BIT_PACKED` levels.
  ///
  /// - Throws: `badValue` for another bit width, `truncated` when the bytes do not hold `count`
  ///   values.
  public static func unpackBigEndian32(
    _ bytes: RawSpan, count: Int, bitWidth: Int
  ) throws(FormatError) -> [UInt32] {
    try check(bytes.byteCount, count, bitWidth, most: 32)
    var values: [UInt32] = []
    values.reserveCapacity(count)
    var held: UInt64 = 0
    var heldBits = 0
    var position = 0
    let mask = UInt64(1) &<< UInt64(bitWidth) &- 1
    for _ in 0..<count {
      while heldBits < bitWidth {
        let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
        held = held &<< 8 | UInt64(byte)
        heldBits &+= 8
        position &+= 1
      }
      heldBits &-= bitWidth
      values.append(UInt32(truncatingIfNeeded: held &>> UInt64(heldBits) & mask))
    }
    return values
  }

  /// Appends the lowest `bitWidth` bits of each value; the last byte is filled up with zero bits.
  ///
  /// - Precondition: `bitWidth` is at most 32.
  public static func pack(
    _ values: Span<UInt32>, bitWidth: Int, into writer: inout ByteWriter
  ) {
    precondition(bitWidth >= 0 && bitWidth <= 32, "bit width out of range")
    packChecked(values, bitWidth, into: &writer)
  }

  /// Appends the lowest `bitWidth` bits of each value; the last byte is filled up with zero bits.
  ///
  /// - Precondition: `bitWidth` is at most 64.
  public static func pack(
    _ values: Span<UInt64>, bitWidth: Int, into writer: inout ByteWriter
  ) {
    precondition(bitWidth >= 0 && bitWidth <= 64, "bit width out of range")
    packChecked(values, bitWidth, into: &writer)
  }

  private static func check(
    _ available: Int, _ count: Int, _ bitWidth: Int, most: Int
  ) throws(FormatError) {
    guard bitWidth >= 0, bitWidth <= most else {
      throw FormatError(.badValue, "bit width out of range")
    }
    guard let needed = byteCount(of: count, bitWidth: bitWidth), needed <= available else {
      throw FormatError(.truncated, "fewer packed values than stated")
    }
  }
}

extension BitPacking {
  /// Unpacks after all checks.
  @inline(__always)
  private static func unpackChecked<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ bytes: RawSpan, _ bitWidth: Int, into output: UnsafeMutableBufferPointer<T>
  ) {
    guard let out = output.baseAddress, bitWidth > 0 else { return output.initialize(repeating: 0) }
    bytes.withUnsafeBytes { input in
      guard let start = input.baseAddress else { return }
      // Values at whose first byte eight bytes can be loaded.
      let wordBits = (input.count &- 8) &* 8
      let easy = wordBits < 0 ? 0 : min(output.count, wordBits / bitWidth &+ 1)
      switch bitWidth {
      case 8: unpackWhole(start, as: UInt8.self, out, output.count)
      case 16: unpackWhole(start, as: UInt16.self, out, output.count)
      case 32: unpackWhole(start, as: UInt32.self, out, output.count)
      case 64: unpackWhole(start, as: UInt64.self, out, output.count)
      case ...57:
        let mask = UInt64(1) &<< UInt64(bitWidth) &- 1
        var bit = 0
        for index in 0..<easy {
          let word = start.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
          out[index] = T(
            truncatingIfNeeded: UInt64(littleEndian: word) &>> UInt64(bit & 7) & mask)
          bit &+= bitWidth
        }
        unpackTail(input, bitWidth, from: easy, into: output)
      default: unpackTail(input, bitWidth, from: 0, into: output)
      }
    }
  }

  /// Values of whole bytes.
  @inline(__always)
  private static func unpackWhole<
    T: FixedWidthInteger & BitwiseCopyable, Stored: FixedWidthInteger & BitwiseCopyable
  >(
    _ start: UnsafeRawPointer, as type: Stored.Type, _ out: UnsafeMutablePointer<T>, _ count: Int
  ) {
    for index in 0..<count {
      let value = start.loadUnaligned(
        fromByteOffset: index &* MemoryLayout<Stored>.size, as: Stored.self)
      out[index] = T(truncatingIfNeeded: Stored(littleEndian: value))
    }
  }

  /// Values byte by byte: near the end of the input, and those wider than a shifted word.
  private static func unpackTail<T: FixedWidthInteger>(
    _ input: UnsafeRawBufferPointer, _ bitWidth: Int, from first: Int,
    into output: UnsafeMutableBufferPointer<T>
  ) {
    for index in first..<output.count {
      var bit = index &* bitWidth
      var value: UInt64 = 0
      var filled = 0
      while filled < bitWidth {
        let taken = min(8 &- (bit & 7), bitWidth &- filled)
        let bits = UInt64(input[bit &>> 3]) &>> UInt64(bit & 7) & (1 &<< UInt64(taken) &- 1)
        value |= bits &<< UInt64(filled)
        filled &+= taken
        bit &+= taken
      }
      output[index] = T(truncatingIfNeeded: value)
    }
  }

  @inline(__always)
  private static func packChecked<T: FixedWidthInteger & UnsignedInteger>(
    _ values: Span<T>, _ bitWidth: Int, into writer: inout ByteWriter
  ) {
    guard bitWidth > 0, let size = byteCount(of: values.count, bitWidth: bitWidth) else { return }
    let mask = UInt64.max &>> UInt64(64 &- bitWidth)
    // Whole words are stored, so there is room for one more than needed.
    let packed = [UInt8](unsafeUninitializedCapacity: size + 8) { buffer, count in
      count = size
      guard var output = buffer.baseAddress.map({ UnsafeMutableRawPointer($0) }) else { return }
      var held: UInt64 = 0
      var heldBits = 0
      for index in values.indices {
        let bits = UInt64(truncatingIfNeeded: values[index]) & mask
        held |= bits &<< UInt64(heldBits)
        heldBits &+= bitWidth
        if heldBits >= 64 {
          output.storeBytes(of: held.littleEndian, as: UInt64.self)
          output += 8
          heldBits &-= 64
          // A shift by 64 would keep the bits.
          held = heldBits == 0 ? 0 : bits &>> UInt64(bitWidth &- heldBits)
        }
      }
      output.storeBytes(of: held.littleEndian, as: UInt64.self)
    }
    writer.bytes.append(contentsOf: packed)
  }
}
