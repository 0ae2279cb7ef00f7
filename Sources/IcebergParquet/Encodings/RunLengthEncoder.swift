package import IcebergBytes
package import IcebergColumns

/// Writes what ``RunLengthDecoder`` reads.
package enum RunLengthEncoder {
  /// Bit-packed runs are cut here, so that their header takes one byte.
  private static let longestLiteral = 63 * 8

  /// Appends integers of `width` bits, 0 to 32.
  package static func encode<T: FixedWidthInteger & UnsignedInteger & SIMDScalar>(
    _ values: UnsafeBufferPointer<T>, width: Int, into writer: inout ByteWriter
  ) {
    let count = values.count
    guard let base = values.baseAddress, count > 0 else { return }
    if width == 0 { return writer.writeVarint(UInt64(count) &<< 1) }
    // A repeated run has to save more than its own header and the one of the next packed run.
    let leastRun = width < 3 ? 32 : 8
    var literal = 0
    var next = 0
    while next < count {
      let end = endOfRun(base, from: next, count: count)
      if end &- next >= leastRun {
        pack(base, literal..<next, width: width, into: &writer)
        repeated(UInt32(truncatingIfNeeded: base[next]), end &- next, width, into: &writer)
        next = end
        literal = end
      } else {
        // Packed runs consist of whole groups of eight, except the last one.
        next = min(count, next &+ max(8, (end &- next) & ~7))
      }
    }
    pack(base, literal..<count, width: width, into: &writer)
  }

  /// Appends the bits at `range` as integers of one bit.
  package static func encode(
    _ bits: Bitmap, at range: Range<Int>, into writer: inout ByteWriter
  ) {
    var literal = range.lowerBound
    var next = literal
    while next < range.upperBound {
      let number = min(64, range.upperBound &- next)
      let word = bits.word(at: next, bits: number)
      let ones: UInt64 = number == 64 ? .max : (1 &<< UInt64(number)) &- 1
      if word != 0, word != ones {
        next &+= number
        continue
      }
      let end = endOfRun(bits, of: word, from: next &+ number, to: range.upperBound)
      pack(bits, literal..<next, into: &writer)
      repeated(word == 0 ? 0 : 1, end &- next, 1, into: &writer)
      next = end
      literal = end
    }
    pack(bits, literal..<range.upperBound, into: &writer)
  }

  /// Where the equal values that begin at `start` end, or `start` when there are not eight.
  @inline(__always)
  private static func endOfRun<T: FixedWidthInteger & SIMDScalar>(
    _ values: UnsafePointer<T>, from start: Int, count: Int
  ) -> Int {
    let raw = UnsafeRawPointer(values)
    let first = SIMD8<T>(repeating: values[start])
    var end = start
    while end &+ 8 <= count {
      let group = (raw + end &* MemoryLayout<T>.stride).loadUnaligned(as: SIMD8<T>.self)
      if group != first { break }
      end &+= 8
    }
    if end > start {
      while end < count, values[end] == values[start] { end &+= 1 }
    }
    return end
  }

  private static func endOfRun(
    _ bits: Bitmap, of word: UInt64, from start: Int, to limit: Int
  ) -> Int {
    var end = start
    while end < limit {
      let number = min(64, limit &- end)
      let next = bits.word(at: end, bits: number)
      let equal = (word == 0 ? next : ~next).trailingZeroBitCount
      end &+= min(number, equal)
      if equal < number { break }
    }
    return end
  }

  private static func repeated(
    _ value: UInt32, _ count: Int, _ width: Int, into writer: inout ByteWriter
  ) {
    writer.writeVarint(UInt64(count) &<< 1)
    for byte in 0..<(width &+ 7) &>> 3 {
      writer.write(UInt8(truncatingIfNeeded: value &>> UInt32(byte &<< 3)))
    }
  }

  private static func pack<T: FixedWidthInteger>(
    _ values: UnsafePointer<T>, _ range: Range<Int>, width: Int, into writer: inout ByteWriter
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let number = min(longestLiteral, range.upperBound &- start)
      writer.writeVarint(UInt64((number &+ 7) &>> 3) &<< 1 | 1)
      packBits(values + start, count: number, width: width, paddedTo: 8, into: &writer)
      start &+= number
    }
  }

  private static func pack(
    _ bits: Bitmap, _ range: Range<Int>, into writer: inout ByteWriter
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let number = min(longestLiteral, range.upperBound &- start)
      writer.writeVarint(UInt64((number &+ 7) &>> 3) &<< 1 | 1)
      let end = start &+ number
      while start < end {
        let part = min(64, end &- start)
        let word = bits.word(at: start, bits: part)
        for byte in 0..<(part &+ 7) &>> 3 {
          writer.write(UInt8(truncatingIfNeeded: word &>> UInt64(byte &<< 3)))
        }
        start &+= part
      }
    }
  }
}
