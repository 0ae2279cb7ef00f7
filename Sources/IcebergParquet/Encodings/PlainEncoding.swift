package import IcebergBytes
package import IcebergColumns

/// Values as they are, back to back, in little-endian order. Spec: Parquet, Encodings, "Plain".
///
/// Every decoder reads `count` values of `bytes` from `offset` on, appends them, and moves `offset`
/// behind them. It throws before anything is allocated when the bytes cannot hold that many.
package enum PlainEncoding {
  /// Numbers of fixed width: 32 and 64-bit integers, floats and doubles.
  package static func decode<T: BitwiseCopyable>(
    _ bytes: Bytes, at offset: inout Int, count: Int, into values: inout [T]
  ) throws(FormatError) {
    let width = MemoryLayout<T>.size
    let size = try checkedSize(bytes, at: offset, count: count, width: width)
    let start = offset
    try bytes.withUnsafeBytes { (raw) throws(FormatError) in
      try values.appendRaw(count) { target throws(FormatError) in
        guard let base = raw.baseAddress else { return }
        UnsafeMutableRawPointer(target).copyMemory(from: base + start, byteCount: size)
      }
    }
    offset &+= size
  }

  /// One bit to a value, lowest first.
  package static func decode(
    _ bytes: Bytes, at offset: inout Int, count: Int, into values: inout Bitmap
  ) throws(FormatError) {
    guard count >= 0, offset >= 0, offset <= bytes.count,
      (count &+ 7) &>> 3 <= bytes.count &- offset
    else { throw truncated(offset) }
    let size = (count &+ 7) &>> 3
    bytes[offset..<offset &+ size].withUnsafeBytes { values.append(packed: $0, count: count) }
    offset &+= size
  }

  /// Values of `width` bytes.
  package static func decode(
    _ bytes: Bytes, at offset: inout Int, count: Int, width: Int, into values: inout [UInt8]
  ) throws(FormatError) {
    let size = try checkedSize(bytes, at: offset, count: count, width: width)
    bytes[offset..<offset &+ size].withUnsafeBytes { values.append(contentsOf: $0) }
    offset &+= size
  }

  /// Byte strings behind their lengths in four bytes.
  package static func decode(
    _ bytes: Bytes, at offset: inout Int, count: Int, into values: inout ByteArrays
  ) throws(FormatError) {
    let prefixes = try checkedSize(bytes, at: offset, count: count, width: 4)
    let start = offset
    var end = start
    let first = values.data.count
    try bytes.withUnsafeBytes { (raw) throws(FormatError) in
      guard let source = raw.baseAddress, count > 0 else { return }
      // All lengths are read first, so that the bytes are copied into memory of the right size.
      let limit = raw.count
      var total = 0
      let known = values.offsets.count
      try values.offsets.appendRaw(count) { ends throws(FormatError) in
        for index in 0..<count {
          guard limit &- end >= 4 else { throw truncated(end) }
          let length = Int(UInt32(littleEndian: (source + end).loadUnaligned(as: UInt32.self)))
          guard length <= limit &- end &- 4 else { throw truncated(end) }
          end &+= 4 &+ length
          total &+= length
          ends[index] = Int32(truncatingIfNeeded: first &+ total)
        }
        try ByteArrays.checkRoom(for: total, behind: first, at: start)
      }
      assert(end &- start == total &+ prefixes)
      values.offsets.withUnsafeBufferPointer { offsets in
        values.data.append(addingCapacity: total) { room in
          room.withUnsafeMutableBufferPointer { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            var target = UnsafeMutableRawPointer(base + filled)
            var from = source + start
            let lastWide = source + limit - 16
            let targetEnd = target + total
            for index in known..<known &+ count {
              from += 4
              let length = Int(offsets[index] &- offsets[index &- 1])
              // Short strings are copied as 16 bytes where both sides have room: what is too much
              // is overwritten by the next one.
              if length <= 16, from <= lastWide, target + 16 <= targetEnd {
                target.storeBytes(
                  of: from.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
              } else {
                target.copyMemory(from: from, byteCount: length)
              }
              target += length
              from += length
            }
            filled &+= total
          }
        }
      }
    }
    offset = end
  }

  /// Appends numbers.
  package static func encode<T: BitwiseCopyable>(
    _ values: UnsafeBufferPointer<T>, into writer: inout ByteWriter
  ) {
    writer.bytes.append(contentsOf: UnsafeRawBufferPointer(values))
  }

  /// Appends the booleans at `range`.
  package static func encode(
    _ values: Bitmap, at range: Range<Int>, into writer: inout ByteWriter
  ) {
    var next = range.lowerBound
    while next < range.upperBound {
      let number = min(64, range.upperBound &- next)
      let word = values.word(at: next, bits: number)
      for byte in 0..<(number &+ 7) &>> 3 {
        writer.write(UInt8(truncatingIfNeeded: word &>> UInt64(byte &<< 3)))
      }
      next &+= number
    }
  }

  /// Appends the byte strings at `range`.
  package static func encode(
    _ values: ByteArrays, at range: Range<Int>, into writer: inout ByteWriter
  ) {
    let start = Int(values.offsets[range.lowerBound])
    let size = Int(values.offsets[range.upperBound]) &- start &+ 4 &* range.count
    values.offsets.withUnsafeBufferPointer { offsets in
      values.data.withUnsafeBytes { data in
        // Room for 16 bytes more, so that short strings can be copied as so many.
        writer.bytes.append(addingCapacity: size &+ 16) { room in
          room.withUnsafeMutableBufferPointer { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            var target = UnsafeMutableRawPointer(base + filled)
            let lastWide = data.count &- 16
            var from = start
            for index in range {
              let length = offsets[index &+ 1] &- offsets[index]
              target.storeBytes(of: length.littleEndian, as: Int32.self)
              target += 4
              if length <= 16, from <= lastWide {
                let wide = data.loadUnaligned(fromByteOffset: from, as: SIMD2<UInt64>.self)
                target.storeBytes(of: wide, as: SIMD2<UInt64>.self)
              } else if let source = data.baseAddress {
                target.copyMemory(from: source + from, byteCount: Int(length))
              }
              target += Int(length)
              from &+= Int(length)
            }
            filled &+= size
          }
        }
      }
    }
  }

  /// The size in bytes of `count` values of `width` bytes, all of which are there.
  static func checkedSize(
    _ bytes: Bytes, at offset: Int, count: Int, width: Int
  ) throws(FormatError) -> Int {
    let (size, overflow) = count.multipliedReportingOverflow(by: width)
    guard count >= 0, width >= 0, !overflow, offset >= 0, offset <= bytes.count,
      size <= bytes.count &- offset
    else { throw truncated(offset) }
    return size
  }

  static func truncated(_ offset: Int) -> FormatError {
    FormatError(.truncated, at: offset, "page ends before its last value")
  }
}
