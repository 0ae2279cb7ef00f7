import CLZ4

/// LZ4 blocks, bare or in Hadoop's framing; ``LZ4FrameCodec`` has those of frames.
enum LZ4Codec {
  static var isAvailable: Bool { clz4_available() }

  private static var missing: FormatError { .builtWithout("lz4", install: "liblz4-dev") }

  static func decompressBlock(_ input: Bytes, _ size: PlainSize) throws(FormatError) -> Bytes {
    guard isAvailable else { throw missing }
    let plain = try plainSize(input)
    guard plain <= size.bound else { throw size.overflow }
    try size.check(plain)
    return try Bytes(capacity: plain) { space throws(FormatError) in
      try decompressBlock(input, into: space)
      return plain
    }
  }

  /// Hadoop's framing: the plain size of a block in four big-endian bytes, then chunks until it is
  /// reached, each with its compressed size in front.
  static func decompressHadoop(_ input: Bytes, _ size: PlainSize) throws(FormatError) -> Bytes {
    guard isAvailable else { throw missing }
    guard let chunks = hadoopChunks(input) else {
      // Only a stated size tells a bare block from a damaged frame.
      guard case .exactly = size else { throw FormatError(.badValue, "damaged lz4 framing") }
      return try decompressBlock(input, size)
    }
    let plain = chunks.reduce(0) { $0 + $1.plainSize }
    guard plain <= size.bound else { throw size.overflow }
    try size.check(plain)
    return try Bytes(capacity: plain) { space throws(FormatError) in
      var position = 0
      for chunk in chunks {
        let room = UnsafeMutableRawBufferPointer(
          rebasing: space[position...].prefix(chunk.plainSize))
        try decompressBlock(input[chunk.range], into: room)
        position += chunk.plainSize
      }
      return position
    }
  }

  /// The chunks of Hadoop's framing; nil when `input` is not framed so.
  private static func hadoopChunks(_ input: Bytes) -> [(range: Range<Int>, plainSize: Int)]? {
    var chunks: [(range: Range<Int>, plainSize: Int)] = []
    var reader = ByteReader(input.span)
    do throws(FormatError) {
      while !reader.isAtEnd {
        var left = Int(try reader.readBigEndian(UInt32.self))
        while left > 0 {
          let chunkSize = Int(try reader.readBigEndian(UInt32.self))
          let start = reader.offset
          try reader.skip(chunkSize)
          let plain = try plainSize(input[start..<(start + chunkSize)])
          guard plain > 0, plain <= left else { return nil }
          chunks.append((start..<(start + chunkSize), plain))
          left -= plain
        }
      }
    } catch {
      return nil
    }
    return chunks
  }

  /// The plain size of a block, found by walking over its sequences without writing anything.
  static func plainSize(_ block: Bytes) throws(FormatError) -> Int {
    var reader = ByteReader(block.span)
    var total = 0
    while true {
      let token = try reader.readByte()
      let literals = try length(token >> 4, &reader)
      try reader.skip(literals)
      total += literals
      // The last sequence has no match.
      if reader.isAtEnd { return total }
      try reader.skip(2)
      total += try length(token & 15, &reader) + 4
    }
  }

  private static func length(
    _ nibble: UInt8, _ reader: inout ByteReader
  ) throws(FormatError) -> Int {
    var length = Int(nibble)
    guard nibble == 15 else { return length }
    var byte: UInt8
    repeat {
      byte = try reader.readByte()
      length += Int(byte)
    } while byte == 255
    return length
  }

  private static func decompressBlock(
    _ block: Bytes, into space: UnsafeMutableRawBufferPointer
  ) throws(FormatError) {
    // The library counts in 31 bits.
    guard let size = Int32(exactly: block.count), let capacity = Int32(exactly: space.count) else {
      throw FormatError(.tooLarge, "more than 2 GiB for one lz4 block")
    }
    var nothing: CChar = 0
    let written = withUnsafeMutablePointer(to: &nothing) { nothing in
      block.withUnsafeBytes { source in
        clz4_decompress(
          source.assumingMemoryBound(to: CChar.self).baseAddress ?? UnsafePointer(nothing),
          space.assumingMemoryBound(to: CChar.self).baseAddress ?? nothing, size, capacity)
      }
    }
    guard written == capacity else { throw FormatError(.badValue, "damaged lz4 block") }
  }

  static func compressBlock(_ input: Bytes) throws(FormatError) -> Bytes {
    guard isAvailable else { throw missing }
    // LZ4_MAX_INPUT_SIZE.
    guard input.count <= 0x7e00_0000 else {
      throw FormatError(.tooLarge, "more than 2 GiB for one lz4 block")
    }
    let capacity = clz4_bound(Int32(input.count))
    return try Bytes(capacity: Int(capacity)) { space throws(FormatError) in
      var nothing: CChar = 0
      let written = withUnsafePointer(to: &nothing) { nothing in
        input.withUnsafeBytes { source in
          clz4_compress(
            source.assumingMemoryBound(to: CChar.self).baseAddress ?? nothing,
            space.assumingMemoryBound(to: CChar.self).baseAddress, Int32(input.count), capacity)
        }
      }
      guard written > 0 else { throw FormatError(.badValue, "lz4 failed") }
      return Int(written)
    }
  }

  static func compressHadoop(_ input: Bytes) throws(FormatError) -> Bytes {
    if input.isEmpty { return Bytes([0, 0, 0, 0]) }
    let block = try compressBlock(input)
    var writer = ByteWriter(capacity: block.count + 8)
    writer.writeBigEndian(UInt32(input.count))
    writer.writeBigEndian(UInt32(block.count))
    writer.write(block)
    return Bytes(writer.bytes)
  }
}
