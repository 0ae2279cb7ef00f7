package import IcebergBytes

/// Unscaled decimals as big-endian two's complement. Spec: Parquet, Logical Types, "DECIMAL".
package enum BigEndianDecimal {
  /// Values of `width` bytes. Throws `unsupported` for one of more than 128 bits.
  package static func decode(_ data: [UInt8], width: Int) throws(FormatError) -> [Int128] {
    guard width > 0 else { throw empty() }
    var values: [Int128] = []
    let count = data.count / width
    try values.appendRaw(count) { target throws(FormatError) in
      try data.span.withUnsafeBytes { (bytes) throws(FormatError) in
        for index in 0..<count {
          target[index] = try value(
            UnsafeRawBufferPointer(rebasing: bytes[index &* width..<(index &+ 1) &* width]))
        }
      }
    }
    return values
  }

  /// Values of any length.
  package static func decode(_ strings: ByteArrays) throws(FormatError) -> [Int128] {
    var values: [Int128] = []
    try values.appendRaw(strings.count) { target throws(FormatError) in
      try strings.data.span.withUnsafeBytes { (bytes) throws(FormatError) in
        for index in 0..<strings.count {
          let range = Int(strings.offsets[index])..<Int(strings.offsets[index &+ 1])
          guard !range.isEmpty else { throw empty() }
          target[index] = try value(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
      }
    }
    return values
  }

  private static func value(_ bytes: UnsafeRawBufferPointer) throws(FormatError) -> Int128 {
    let isNegative = bytes[0] & 0x80 != 0
    let surplus = max(0, bytes.count &- 16)
    for index in 0..<surplus where bytes[index] != (isNegative ? 0xff : 0) {
      throw FormatError(.unsupported, "decimal of more than 128 bits")
    }
    if surplus > 0, (bytes[surplus] & 0x80 != 0) != isNegative {
      throw FormatError(.unsupported, "decimal of more than 128 bits")
    }
    var low: UInt64 = isNegative ? .max : 0
    var high: UInt64 = low
    for byte in bytes[surplus...] {
      high = high &<< 8 | low &>> 56
      low = low &<< 8 | UInt64(byte)
    }
    return Int128(truncatingIfNeeded: Int64(bitPattern: high)) &<< 64 | Int128(low)
  }

  private static func empty() -> FormatError { FormatError(.badValue, "decimal without bytes") }
}

/// Half-precision numbers in two little-endian bytes.
package enum HalfPrecision {
  package static func decode(_ data: [UInt8]) -> [Float] {
    (0..<data.count / 2).map { index in
      widened(UInt16(data[index &* 2]) | UInt16(data[index &* 2 &+ 1]) &<< 8)
    }
  }

  /// The number with the given bits; every half-precision number is a single-precision one.
  package static func widened(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) &<< 16
    let exponent = UInt32(bits &>> 10 & 0x1f)
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      // Subnormal: a multiple of two to the power of -24.
      let magnitude = Float(fraction) * 0x1p-24
      return Float(bitPattern: magnitude.bitPattern | sign)
    case 31: return Float(bitPattern: sign | 0x7f80_0000 | fraction &<< 13)
    default: return Float(bitPattern: sign | (exponent &+ 112) &<< 23 | fraction &<< 13)
    }
  }
}

/// Timestamps as nanoseconds of a Julian day, as Impala and Spark wrote them.
package enum Int96Timestamp {
  /// The Julian day number of 1970-01-01.
  package static let epochDay: Int64 = 2_440_588

  /// Microseconds since the epoch, rounded down. Throws `badValue` beyond what 64 bits hold.
  package static func microseconds(_ data: [UInt8]) throws(FormatError) -> [Int64] {
    var values: [Int64] = []
    let count = data.count / 12
    try values.appendRaw(count) { target throws(FormatError) in
      try data.span.withUnsafeBytes { (bytes) throws(FormatError) in
        for index in 0..<count {
          let nanoseconds = Int64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: index &* 12, as: Int64.self))
          let day = Int32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: index &* 12 &+ 8, as: Int32.self))
          let (start, tooLong) = (Int64(day) &- epochDay)
            .multipliedReportingOverflow(by: 86_400_000_000)
          var time = nanoseconds / 1000
          if nanoseconds % 1000 < 0 { time &-= 1 }
          let (value, tooLarge) = start.addingReportingOverflow(time)
          guard !tooLong, !tooLarge else {
            throw FormatError(.badValue, "timestamp beyond 64 bits of microseconds")
          }
          target[index] = value
        }
      }
    }
    return values
  }
}
