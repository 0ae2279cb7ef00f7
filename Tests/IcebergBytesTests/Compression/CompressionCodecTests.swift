import IcebergBytes
import Testing

@Suite struct CompressionCodecTests {
  /// Named by their places: what a test is given is printed.
  static let plain: [Bytes] = [
    Bytes(), Bytes([7]), Bytes(utf8: "hello hello hello hello"),
    Bytes([UInt8](repeating: 0, count: 300_000)),
    Bytes((0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &>> 7 ^ $0 &* 31) }),
  ]
  static let writable = CompressionCodec.allCases.filter { $0 != .brotli && $0.isAvailable }

  @Test("every codec gives back what it compressed", arguments: writable, plain.indices)
  func roundTrip(codec: CompressionCodec, sample: Int) throws {
    let plain = Self.plain[sample]
    let packed = try codec.compress(plain)
    #expect(try codec.decompress(packed, size: plain.count) == plain)
    #expect(try codec.decompress(packed, limit: plain.count) == plain)
    #expect(try codec.decompress(packed, limit: plain.count + 1_000_000) == plain)
    // A slice in the middle of other bytes.
    let framed = Bytes([1, 2, 3] + packed.array + [4, 5])
    #expect(try codec.decompress(framed[3..<(3 + packed.count)], size: plain.count) == plain)
  }

  @Test("a stated size must be the real one", arguments: writable, plain.indices)
  func wrongSize(codec: CompressionCodec, sample: Int) throws {
    let plain = Self.plain[sample]
    let packed = try codec.compress(plain)
    for size in [plain.count - 1, plain.count + 1, .max] {
      #expect(throws: FormatError.self) { try codec.decompress(packed, size: size) }
    }
  }

  @Test("a limit is never exceeded", arguments: writable.filter { $0 != .none }, plain.indices)
  func limit(codec: CompressionCodec, sample: Int) throws {
    let plain = Self.plain[sample]
    let packed = try codec.compress(plain)
    for limit in [0, plain.count / 2, plain.count - 1] where limit >= 0 && limit < plain.count {
      let error = #expect(throws: FormatError.self) { try codec.decompress(packed, limit: limit) }
      #expect(error?.code == .tooLarge)
    }
  }

  @Test("cut input is refused", arguments: writable.filter { $0 != .none })
  func cut(codec: CompressionCodec) throws {
    let plain = Bytes(utf8: (0..<40).map { "row \($0 * $0) " }.joined())
    let packed = try codec.compress(plain)
    for end in 0..<packed.count {
      #expect(throws: FormatError.self, "cut at \(end)") {
        try codec.decompress(packed[0..<end], size: plain.count)
      }
      // Without a stated size, an LZ4 block may end early: it has no length of its own.
      if let shorter = try? codec.decompress(packed[0..<end], limit: 1 << 20) {
        #expect(codec == .lz4Raw || codec == .lz4Hadoop && shorter.isEmpty)
        #expect(shorter.count < plain.count)
      }
    }
  }

  @Test("a flipped bit ends in an error or in bytes of the right size", arguments: writable)
  func flipped(codec: CompressionCodec) throws {
    let plain = Bytes(utf8: (0..<40).map { "row \($0 * $0) " }.joined())
    let packed = try codec.compress(plain).array
    for bit in 0..<(packed.count * 8) {
      var damaged = packed
      damaged[bit / 8] ^= 1 << (bit % 8)
      if let output = try? codec.decompress(Bytes(damaged), size: plain.count) {
        #expect(output.count == plain.count)
        // These have a checksum; gzip's header holds bits without meaning.
        if codec == .snappyWithChecksum { #expect(output == plain) }
        if codec == .gzip { #expect(output == plain) }
      }
      _ = try? codec.decompress(Bytes(damaged), limit: 1 << 16)
    }
  }

  @Test("a bare LZ4 block is read under the name of the framed codec")
  func bareLZ4() throws {
    guard CompressionCodec.lz4Raw.isAvailable else { return }
    let plain = Self.plain[2]
    let packed = try CompressionCodec.lz4Raw.compress(plain)
    #expect(try CompressionCodec.lz4Hadoop.decompress(packed, size: plain.count) == plain)
  }

  @Test("Hadoop's framing may hold several blocks, each of several chunks")
  func hadoopBlocks() throws {
    guard CompressionCodec.lz4Raw.isAvailable else { return }
    let plain = Self.plain[2]
    let chunk = try CompressionCodec.lz4Raw.compress(plain)
    var writer = ByteWriter()
    for chunks in [1, 3] {
      writer.writeBigEndian(UInt32(plain.count * chunks))
      for _ in 0..<chunks {
        writer.writeBigEndian(UInt32(chunk.count))
        writer.write(chunk)
      }
    }
    let expected = Bytes(Array(repeating: plain.array, count: 4).joined().map { $0 })
    #expect(
      try CompressionCodec.lz4Hadoop.decompress(Bytes(writer.bytes), size: expected.count)
        == expected)
  }

  @Test("writing brotli is refused by name")
  func brotli() {
    let error = #expect(throws: FormatError.self) { try CompressionCodec.brotli.compress([1]) }
    #expect(error?.code == .unsupported)
  }

  @Test(
    "levels out of range are brought into it", arguments: writable, [-1_000_000, 0, 1, 9, 1_000])
  func levels(codec: CompressionCodec, level: Int) throws {
    let plain = Self.plain[2]
    let packed = try codec.compress(plain, level: level)
    #expect(try codec.decompress(packed, size: plain.count) == plain)
  }
}
