import CSnappy

/// Snappy blocks, bare as in Parquet or followed by a checksum as in Avro.
enum SnappyCodec {
  /// No block grows more than this: 64 bytes from three.
  private static let maximumRatio = 22

  static func decompress(_ input: Bytes, _ size: PlainSize) throws(FormatError) -> Bytes {
    try input.withUnsafeBytes { source throws(FormatError) in
      let text = source.assumingMemoryBound(to: CChar.self).baseAddress
      var stated = 0
      guard let text, snappy_uncompressed_length(text, source.count, &stated) == SNAPPY_OK else {
        throw FormatError(source.isEmpty ? .truncated : .badValue, "damaged snappy block")
      }
      if stated > size.bound { throw size.overflow }
      try size.check(stated)
      guard stated / maximumRatio <= source.count else {
        throw FormatError(.badValue, "snappy block states a size that it cannot have")
      }
      return try Bytes(capacity: stated) { space throws(FormatError) in
        var written = stated
        let output = space.assumingMemoryBound(to: CChar.self).baseAddress
        guard snappy_uncompress(text, source.count, output, &written) == SNAPPY_OK else {
          throw FormatError(.badValue, "damaged snappy block")
        }
        return written
      }
    }
  }

  static func decompressWithChecksum(
    _ input: Bytes, _ size: PlainSize
  ) throws(FormatError) -> Bytes {
    guard let block = input.slice(0..<max(0, input.count - 4)), input.count >= 4 else {
      throw FormatError(.truncated, "snappy block without its checksum")
    }
    let plain = try decompress(block, size)
    let stated = input[block.count..<input.count].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard CRC32.checksum(plain) == stated else {
      throw FormatError(.checksum, at: block.count, "checksum of a snappy block does not match")
    }
    return plain
  }

  static func compress(_ input: Bytes) throws(FormatError) -> Bytes {
    // The length in front of a block has 32 bits.
    guard input.count <= Int(UInt32.max) else {
      throw FormatError(.tooLarge, "more than 4 GiB for one snappy block")
    }
    let capacity = snappy_max_compressed_length(input.count)
    return try Bytes(capacity: capacity) { space throws(FormatError) in
      var written = capacity
      let done = input.withUnsafeBytes { source in
        var nothing: CChar = 0
        return withUnsafePointer(to: &nothing) { nothing in
          snappy_compress(
            source.assumingMemoryBound(to: CChar.self).baseAddress ?? nothing, source.count,
            space.assumingMemoryBound(to: CChar.self).baseAddress, &written)
        }
      }
      guard done == SNAPPY_OK else { throw FormatError(.badValue, "snappy failed") }
      return written
    }
  }

  static func compressWithChecksum(_ input: Bytes) throws(FormatError) -> Bytes {
    var writer = ByteWriter()
    writer.bytes = try compress(input).array
    writer.writeBigEndian(CRC32.checksum(input))
    return Bytes(writer.bytes)
  }
}
