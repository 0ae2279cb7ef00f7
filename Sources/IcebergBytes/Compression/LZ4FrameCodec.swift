import CLZ4

/// One LZ4 frame: blocks with a header, an end and perhaps checksums.
enum LZ4FrameCodec {
  static var isAvailable: Bool { clz4_has_frames() }

  private static var missing: FormatError { .builtWithout("lz4", install: "liblz4-dev") }

  static func decompress(_ input: Bytes, _ size: PlainSize) throws(FormatError) -> Bytes {
    guard isAvailable else { throw missing }
    // The size that a frame states may lie: its blocks tell the real one before memory is taken.
    let plain = try plainSize(input)
    guard plain <= size.bound else { throw size.overflow }
    try size.check(plain)
    return try Bytes(capacity: plain) { space throws(FormatError) in
      var nothing: UInt8 = 0
      let isWhole = withUnsafeMutablePointer(to: &nothing) { nothing in
        input.withUnsafeBytes { source in
          clz4_frame_decompress(
            space.baseAddress ?? UnsafeMutableRawPointer(nothing), space.count,
            source.baseAddress, source.count)
        }
      }
      guard isWhole else { throw FormatError(.badValue, "damaged lz4 frame") }
      return plain
    }
  }

  /// The plain size of a frame, found by walking over its blocks without writing anything.
  private static func plainSize(_ frame: Bytes) throws(FormatError) -> Int {
    var reader = ByteReader(frame.span)
    guard try reader.readLittleEndian(UInt32.self) == 0x184d_2204 else {
      throw FormatError(.badMagic, "not an lz4 frame")
    }
    let flags = try reader.readByte()
    let hasBlockChecksums = flags & 0x10 != 0
    // The largest size of blocks, the plain size, the id of a dictionary, a checksum of all that.
    try reader.skip(1 + (flags & 0x08 != 0 ? 8 : 0) + (flags & 0x01 != 0 ? 4 : 0) + 1)
    var total = 0
    while true {
      let header = try reader.readLittleEndian(UInt32.self)
      if header == 0 { break }
      let blockSize = Int(header & 0x7fff_ffff)
      let start = reader.offset
      try reader.skip(blockSize)
      let isPlain = header >> 31 != 0
      total += isPlain ? blockSize : try LZ4Codec.plainSize(frame[start..<(start + blockSize)])
      if hasBlockChecksums { try reader.skip(4) }
    }
    if flags & 0x04 != 0 { try reader.skip(4) }
    guard reader.isAtEnd else {
      throw FormatError(.badValue, at: reader.offset, "bytes after an lz4 frame")
    }
    return total
  }

  static func compress(_ input: Bytes) throws(FormatError) -> Bytes {
    guard isAvailable else { throw missing }
    return try Bytes(capacity: clz4_frame_bound(input.count)) { space throws(FormatError) in
      let written = input.withUnsafeBytes { source in
        clz4_frame_compress(space.baseAddress, space.count, source.baseAddress, source.count)
      }
      guard written > 0 else { throw FormatError(.badValue, "lz4 failed") }
      return written
    }
  }
}
