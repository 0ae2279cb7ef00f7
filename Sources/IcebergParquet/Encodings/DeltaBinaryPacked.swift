package import IcebergBytes

/// Integers as bit-packed differences from their forerunners, in blocks. Spec: Parquet, Encodings,
/// "Delta Encoding".
///
/// Differences wrap around, so that every sequence of integers has one.
package enum DeltaBinaryPacked {
  /// Appends the integers that are encoded at `offset`, and moves it behind them.
  ///
  /// Throws when there are more than `limit`: few bytes can stand for very many integers.
  package static func decode<T: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
    _ bytes: Bytes, at offset: inout Int, limit: Int, into values: inout [T]
  ) throws(FormatError) {
    guard offset >= 0, offset <= bytes.count else { throw PlainEncoding.truncated(offset) }
    let start = offset
    offset = try bytes.withUnsafeBytes { (raw) throws(FormatError) in
      var cursor = Cursor(raw: raw, position: start)
      let header = try Header(from: &cursor)
      guard header.count <= limit else {
        throw FormatError(.badValue, at: start, "more delta-encoded values than the page has")
      }
      if header.count == 0 { return cursor.position }
      // Every block takes at least one byte, and one more for each of its miniblocks.
      let blocks = (header.count &- 1) / header.blockSize
      guard blocks <= (raw.count &- cursor.position) / (1 &+ header.miniblocks) else {
        throw PlainEncoding.truncated(cursor.position)
      }
      try values.appendRaw(header.count) { target throws(FormatError) in
        try decodeBlocks(&cursor, header, into: target)
      }
      return cursor.position
    }
  }

  /// What stands before the first block.
  private struct Header {
    var blockSize: Int
    var miniblocks: Int
    var count: Int
    var first: Int64

    init(from cursor: inout Cursor) throws(FormatError) {
      let start = cursor.position
      let size = try cursor.readVarint()
      let parts = try cursor.readVarint()
      let total = try cursor.readVarint()
      first = try cursor.readZigZag()
      guard size > 0, size <= 1 << 16, size % 128 == 0, parts > 0, parts <= size,
        size % parts == 0, size / parts % 32 == 0, total <= Int64.max
      else { throw FormatError(.badValue, at: start, "invalid header of delta-encoded values") }
      blockSize = Int(size)
      miniblocks = Int(parts)
      count = Int(total)
    }
  }

  private static func decodeBlocks<T: FixedWidthInteger & SignedInteger>(
    _ cursor: inout Cursor, _ header: Header, into target: UnsafeMutablePointer<T>
  ) throws(FormatError) {
    let perMiniblock = header.blockSize / header.miniblocks
    target[0] = T(truncatingIfNeeded: header.first)
    var last = target[0]
    var done = 1
    while done < header.count {
      let least = T(truncatingIfNeeded: try cursor.readZigZag())
      let widths = cursor.position
      try cursor.skip(header.miniblocks)
      for miniblock in 0..<header.miniblocks where done < header.count {
        let width = Int(cursor.raw[widths &+ miniblock])
        guard width <= T.bitWidth else {
          throw FormatError(.badValue, at: widths &+ miniblock, "delta wider than its type")
        }
        let number = min(perMiniblock, header.count &- done)
        // The last miniblock may come without the padding behind its last value.
        let needed = (number &* width &+ 7) &>> 3
        let packed = try cursor.read((perMiniblock &* width) &>> 3, atLeast: needed)
        let next = target + done
        if width == 0 {
          for index in 0..<number {
            last = last &+ least
            next[index] = last
          }
        } else {
          unpackBits(packed, width: width, count: number, into: next)
          for index in 0..<number {
            last = last &+ least &+ next[index]
            next[index] = last
          }
        }
        done &+= number
      }
    }
  }

  /// A checked walk over raw bytes.
  private struct Cursor {
    let raw: UnsafeRawBufferPointer
    var position: Int

    mutating func skip(_ count: Int) throws(FormatError) {
      guard count <= raw.count &- position else { throw PlainEncoding.truncated(position) }
      position &+= count
    }

    /// The next `count` bytes, or the rest when that is enough.
    mutating func read(
      _ count: Int, atLeast least: Int
    ) throws(FormatError) -> UnsafeRawBufferPointer {
      let start = position
      let end = start &+ min(count, raw.count &- start)
      guard end &- start >= least else { throw PlainEncoding.truncated(start) }
      position = end
      return UnsafeRawBufferPointer(rebasing: raw[start..<end])
    }

    mutating func readVarint() throws(FormatError) -> UInt64 {
      var result: UInt64 = 0
      var shift: UInt64 = 0
      while true {
        guard position < raw.count else { throw PlainEncoding.truncated(position) }
        let byte = raw[position]
        position &+= 1
        if shift == 63, byte > 1 {
          throw FormatError(.badValue, at: position, "integer of more than 64 bits")
        }
        result |= UInt64(byte & 0x7f) &<< shift
        if byte < 0x80 { return result }
        shift &+= 7
        guard shift <= 63 else {
          throw FormatError(.badValue, at: position, "integer of more than 64 bits")
        }
      }
    }

    mutating func readZigZag() throws(FormatError) -> Int64 {
      let raw = try readVarint()
      return Int64(bitPattern: raw &>> 1) ^ -Int64(bitPattern: raw & 1)
    }
  }
}
