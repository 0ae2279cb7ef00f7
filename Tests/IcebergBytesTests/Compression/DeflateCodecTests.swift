import IcebergBytes
import Testing

@Suite struct DeflateCodecTests {
  static let text = Bytes(utf8: (0..<5_000).map { "line \($0)\n" }.joined())
  static let inflaters = DeflateCodec.Inflater.allCases.filter {
    $0 == .zlib || DeflateCodec.Inflater.preferred == .libdeflate
  }

  @Test("both libraries inflate the same", arguments: inflaters)
  func bothLibraries(inflater: DeflateCodec.Inflater) throws {
    let gzip = try CompressionCodec.gzip.compress(Self.text)
    let raw = try CompressionCodec.deflate.compress(Self.text)
    for size in [PlainSize.exactly(Self.text.count), .atMost(Self.text.count), .atMost(1 << 30)] {
      #expect(try DeflateCodec.decompress(gzip, .gzip, size, using: inflater) == Self.text)
      #expect(try DeflateCodec.decompress(raw, .raw, size, using: inflater) == Self.text)
    }
  }

  @Test("all members of a gzip file are read, and zeros after them ignored", arguments: inflaters)
  func members(inflater: DeflateCodec.Inflater) throws {
    let member = try CompressionCodec.gzip.compress(Self.text).array
    let empty = try CompressionCodec.gzip.compress(Bytes()).array
    let file = Bytes(empty + member + empty + member + empty + [0, 0, 0])
    let plain = Bytes(Self.text.array + Self.text.array)
    #expect(
      try DeflateCodec.decompress(file, .gzip, .exactly(plain.count), using: inflater) == plain)
    #expect(
      try DeflateCodec.decompress(file, .gzip, .atMost(1 << 30), using: inflater) == plain)
    let spoiled = Bytes(member + [1, 2, 3])
    #expect(throws: FormatError.self) {
      try DeflateCodec.decompress(spoiled, .gzip, .atMost(1 << 30), using: inflater)
    }
  }

  @Test("a bomb stops at the limit", arguments: inflaters)
  func bomb(inflater: DeflateCodec.Inflater) throws {
    let bomb = try CompressionCodec.gzip.compress(Bytes([UInt8](repeating: 0, count: 50_000_000)))
    let error = #expect(throws: FormatError.self) {
      try DeflateCodec.decompress(bomb, .gzip, .atMost(1_000_000), using: inflater)
    }
    #expect(error?.code == .tooLarge)
  }

  @Test(
    "data after a raw stream is refused, but for what is left of a checksum", arguments: inflaters)
  func trailing(inflater: DeflateCodec.Inflater) throws {
    let raw = try CompressionCodec.deflate.compress(Self.text).array
    #expect(
      try DeflateCodec.decompress(Bytes(raw + [9, 8, 7]), .raw, .atMost(1 << 20), using: inflater)
        == Self.text)
    #expect(throws: FormatError.self) {
      try DeflateCodec.decompress(
        Bytes(raw + [0, 0, 0, 0, 0]), .raw, .atMost(1 << 20), using: inflater)
    }
  }

  @Test("cut input is refused by both libraries", arguments: inflaters)
  func cut(inflater: DeflateCodec.Inflater) throws {
    let gzip = try CompressionCodec.gzip.compress(Bytes(utf8: "some text, some text"))
    for end in 0..<gzip.count {
      #expect(throws: FormatError.self, "cut at \(end)") {
        try DeflateCodec.decompress(gzip[0..<end], .gzip, .atMost(1 << 20), using: inflater)
      }
    }
  }
}
