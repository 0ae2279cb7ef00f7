package import IcebergBytes

/// Integers as bit-packed differences from their forerunners, in blocks. Spec: Parquet, Encodings,
/// "Delta Encoding".
///
/// Differences wrap around, so that every sequence of integers has one.
package enum DeltaBinaryPacked {
  /// Decodes integers in pieces: few bytes can stand for very many of them.
  package struct Decoder<T: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable>:
    Sendable
  {
    private let bytes: Bytes
    private let miniblockCount: Int
    private let miniblockSize: Int
    /// The number of integers that have not been decoded.
    package private(set) var remaining: Int
    /// Where the next block or miniblock begins.
    private var position: Int
    private var last: T
    private var isFirst = true
    /// The least difference of the block, where its bit widths lie, and the next miniblock.
    private var least: T = 0
    private var widths = 0
    private var miniblock: Int
    /// The miniblock being read: its bit width, the next bit, and how many integers are left.
    private var width = 0
    private var bit = 0
    private var left = 0

    /// A decoder for the integers that begin at `offset`. Throws when there are more than `limit`.
    package init(_ bytes: Bytes, at offset: Int, limit: Int) throws(FormatError) {
      guard offset >= 0, offset <= bytes.count else { throw PlainEncoding.truncated(offset) }
      var reader = ByteReader(bytes.span)
      try reader.seek(to: offset)
      let size = try reader.readVarint()
      let parts = try reader.readVarint()
      let total = try reader.readVarint()
      let first = try reader.readZigZag()
      guard size > 0, size <= 1 << 16, size % 128 == 0, parts > 0, parts <= size,
        size % parts == 0, size / parts % 32 == 0
      else {
        throw FormatError(.badValue, at: offset, "invalid header of delta-encoded values")
      }
      guard limit >= 0, total <= UInt64(limit) else {
        throw FormatError(.badValue, at: offset, "more delta-encoded values than the page has")
      }
      self.bytes = bytes
      miniblockCount = Int(parts)
      miniblockSize = Int(size / parts)
      remaining = Int(total)
      position = reader.offset
      last = T(truncatingIfNeeded: first)
      miniblock = miniblockCount
    }

    /// Appends the next `count` integers. Throws when there are fewer.
    package mutating func decode(_ count: Int, into values: inout [T]) throws(FormatError) {
      guard count <= remaining else {
        throw FormatError(.truncated, at: position, "fewer delta-encoded values than the page has")
      }
      try values.appendRaw(count) { target throws(FormatError) in
        var done = 0
        if isFirst {
          isFirst = false
          target[0] = last
          remaining &-= 1
          done = 1
        }
        while done < count {
          if left == 0 { try openMiniblock() }
          let number = min(left, count &- done)
          unpack(number, into: target + done)
          done &+= number
          left &-= number
          remaining &-= number
        }
      }
    }

    /// Where the bytes end that hold the integers not decoded yet.
    package func end() throws(FormatError) -> Int {
      var rest = self
      if rest.isFirst, rest.remaining > 0 { rest.remaining &-= 1 }
      rest.isFirst = false
      rest.remaining &-= rest.left
      while rest.remaining > 0 {
        try rest.openMiniblock()
        rest.remaining &-= rest.left
      }
      return rest.position
    }

    private mutating func openMiniblock() throws(FormatError) {
      if miniblock == miniblockCount {
        let (difference, end) = try readBlockHeader()
        least = difference
        widths = end
        guard miniblockCount <= bytes.count &- end else { throw PlainEncoding.truncated(end) }
        position = end &+ miniblockCount
        miniblock = 0
      }
      width = Int(bytes[widths &+ miniblock])
      guard width <= T.bitWidth else {
        throw FormatError(.badValue, at: widths &+ miniblock, "delta wider than its type")
      }
      miniblock &+= 1
      left = min(miniblockSize, remaining)
      // The last miniblock may come without the padding behind its last value.
      let size = min((miniblockSize &* width) &>> 3, bytes.count &- position)
      guard size >= (left &* width &+ 7) &>> 3 else { throw PlainEncoding.truncated(position) }
      bit = position &<< 3
      position &+= size
    }

    private func readBlockHeader() throws(FormatError) -> (least: T, end: Int) {
      var reader = ByteReader(bytes.span)
      try reader.seek(to: position)
      let least = T(truncatingIfNeeded: try reader.readZigZag())
      return (least, reader.offset)
    }

    private mutating func unpack(_ count: Int, into target: UnsafeMutablePointer<T>) {
      var value = last
      if width == 0 {
        for index in 0..<count {
          value = value &+ least
          target[index] = value
        }
      } else {
        bytes.withUnsafeBytes { raw in
          unpackBits(raw, from: bit, width: width, count: count, into: target)
        }
        bit &+= count &* width
        for index in 0..<count {
          value = value &+ least &+ target[index]
          target[index] = value
        }
      }
      last = value
    }
  }
}
