import CZstd

/// Zstandard frames (RFC 8878).
enum ZstdCodec {
  static var isAvailable: Bool { czstd_available() }

  static func decompress(_ input: Bytes, _ size: PlainSize) throws(FormatError) -> Bytes {
    guard isAvailable else { throw .builtWithout("zstd", install: "libzstd-dev") }
    // Frames of streaming writers do not state their size, and a stated one may lie: what the
    // blocks can hold decides how much memory is taken.
    let possible = try maximumPlainSize(input)
    try size.check(possible: possible)
    return try Bytes(capacity: min(possible, size.bound)) { space throws(FormatError) in
      let result = input.withUnsafeBytes { source in
        czstd_decompress(space.baseAddress, space.count, source.baseAddress, source.count)
      }
      guard czstd_is_error(result) else { return result }
      if czstd_is_too_small(result), possible > size.bound { throw size.overflow }
      if czstd_is_checksum(result) {
        throw FormatError(.checksum, "checksum of a zstd frame does not match")
      }
      throw FormatError(.badValue, "damaged zstd frame")
    }
  }

  static func compress(_ input: Bytes, level: Int?) throws(FormatError) -> Bytes {
    guard isAvailable else { throw .builtWithout("zstd", install: "libzstd-dev") }
    let level = max(Int(czstd_min_level()), min(Int(czstd_max_level()), level ?? 3))
    return try Bytes(capacity: czstd_bound(input.count)) { space throws(FormatError) in
      let result = input.withUnsafeBytes { source in
        czstd_compress(
          space.baseAddress, space.count, source.baseAddress, source.count, Int32(level))
      }
      guard !czstd_is_error(result) else { throw FormatError(.badValue, "zstd failed") }
      return result
    }
  }

  /// The most plain bytes that the frames of `input` can hold, found by walking over the headers
  /// of their blocks.
  private static func maximumPlainSize(_ input: Bytes) throws(FormatError) -> Int {
    var reader = ByteReader(input.span)
    guard !reader.isAtEnd else { throw FormatError(.truncated, "no zstd frame") }
    var total = 0
    while !reader.isAtEnd {
      let start = reader.offset
      let magic = try reader.readLittleEndian(UInt32.self)
      if magic & 0xffff_fff0 == 0x184d_2a50 {
        try reader.skip(Int(try reader.readLittleEndian(UInt32.self)))
        continue
      }
      guard magic == 0xfd2f_b528 else {
        throw FormatError(.badMagic, at: start, "not a zstd frame")
      }
      let descriptor = try reader.readByte()
      let isSingleSegment = descriptor & 0x20 != 0
      if !isSingleSegment { try reader.skip(1) }
      try reader.skip([0, 1, 2, 4][Int(descriptor & 3)])
      try reader.skip([isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)])
      var isLast = false
      while !isLast {
        let header =
          Int(try reader.readLittleEndian(UInt16.self)) | Int(try reader.readByte()) << 16
        isLast = header & 1 != 0
        let blockSize = header >> 3
        // A raw block, one repeated byte, a compressed block of at most 128 KiB.
        switch header >> 1 & 3 {
        case 0:
          try reader.skip(blockSize)
          total += blockSize
        case 1:
          try reader.skip(1)
          total += blockSize
        case 2:
          try reader.skip(blockSize)
          total += 128 << 10
        default: throw FormatError(.badValue, at: reader.offset - 3, "reserved zstd block type")
        }
      }
      if descriptor & 4 != 0 { try reader.skip(4) }
    }
    return total
  }
}
