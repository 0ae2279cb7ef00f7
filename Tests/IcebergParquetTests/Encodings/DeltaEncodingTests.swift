import IcebergBytes
import IcebergParquet
import Testing

@Suite struct DeltaEncodingTests {
  static let examples: [(bytes: Bytes, expected: [Int64])] = [
    // 1...5: differences of 1, no bits.
    ([0x80, 1, 4, 5, 2, 2, 0, 0, 0, 0], [1, 2, 3, 4, 5]),
    // 7, 5, 3, 1, 2, 3, 4, 5: differences from -2, in two bits.
    (
      [0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111, 0, 0, 0, 0, 0, 0],
      [7, 5, 3, 1, 2, 3, 4, 5]
    ),
    ([0x80, 1, 4, 0, 0], []), ([0x80, 1, 4, 1, 9], [-5]),
  ]

  /// Decodes all integers, `piece` at a time.
  static func decode<T: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable>(
    _ bytes: Bytes, limit: Int, piece: Int = .max
  ) throws -> [T] {
    var decoder = try DeltaBinaryPacked.Decoder<T>(bytes, at: 0, limit: limit)
    #expect(try decoder.end() <= bytes.count)
    var values: [T] = []
    while decoder.remaining > 0 {
      try decoder.decode(min(piece, decoder.remaining, 1 << 16), into: &values)
    }
    return values
  }

  @Test("the examples of the specification", arguments: examples)
  func specExamples(bytes: Bytes, expected: [Int64]) throws {
    for piece in [1, 3, .max] {
      #expect(try Self.decode(bytes, limit: 8, piece: piece) == expected)
      #expect(try Self.decode(bytes, limit: 8, piece: piece) == expected.map { Int32($0) })
    }
    #expect(try DeltaBinaryPacked.Decoder<Int64>(bytes, at: 0, limit: 8).end() == bytes.count)
  }

  static let defects: [Bytes] = [
    [], [0x80], [0, 1, 4, 5, 2, 2, 0, 0, 0, 0], [0x80, 1, 0, 5, 2, 2, 0, 0, 0, 0],
    [0x80, 1, 3, 5, 2, 2, 0, 0, 0, 0], [0x80, 1, 4, 5, 2, 2, 65, 0, 0, 0],
    [0x80, 1, 4, 5, 2, 2, 8, 0, 0, 0, 1, 2, 3], [0x80, 1, 4, 9, 2, 2, 0, 0, 0, 0],
    [0x80, 1, 8, 5, 2, 2, 0, 0, 0, 0],
    [0x80, 1, 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 2, 2, 0, 0, 0, 0],
  ]

  @Test("defective blocks throw", arguments: defects)
  func defective(bytes: Bytes) {
    #expect(throws: FormatError.self) {
      let _: [Int64] = try Self.decode(bytes, limit: 8)
    }
    #expect(throws: FormatError.self) {
      let values: [Int64] = try Self.decode(bytes, limit: .max)
      if values.count == 9 { throw FormatError(.badValue, "only the limit was wrong") }
    }
  }

  /// The lengths 5, 2 and 3, then what they cut: the parts of "Hello", "He" and "abc".
  static let lengths: [UInt8] =
    [0x80, 1, 4, 3, 10, 5, 3, 0, 0, 0]
    + [0b0010_0000] + [UInt8](repeating: 0, count: 11)

  @Test("all lengths, then all bytes")
  func deltaLength() throws {
    let bytes = Bytes(Self.lengths + Array("HelloHeabc".utf8))
    for piece in 1...3 {
      var decoder = try DeltaLengthByteArray.Decoder(bytes, at: 0, limit: 3)
      var values = ByteArrays()
      while decoder.remaining > 0 {
        try decoder.decode(min(piece, decoder.remaining), into: &values)
      }
      #expect(values == ByteArrays([Array("Hello".utf8), Array("He".utf8), Array("abc".utf8)]))
    }
    for end in 0..<bytes.count {
      #expect(throws: FormatError.self) {
        var decoder = try DeltaLengthByteArray.Decoder(bytes[0..<end], at: 0, limit: 3)
        var values = ByteArrays()
        try decoder.decode(3, into: &values)
      }
    }
  }

  @Test("prefixes come from the value before")
  func deltaStrings() throws {
    // Prefixes 0, 2, 4: the differences are 2 and 2.
    let prefixes: [UInt8] = [0x80, 1, 4, 3, 0, 4, 0, 0, 0, 0]
    let bytes = Bytes(prefixes + Self.lengths + Array("HelloHeabc".utf8))
    for piece in 1...3 {
      var decoder = try DeltaByteArray.Decoder(bytes, at: 0, limit: 3)
      var values = ByteArrays()
      while decoder.remaining > 0 {
        try decoder.decode(min(piece, decoder.remaining), into: &values)
      }
      #expect(
        values == ByteArrays([Array("Hello".utf8), Array("HeHe".utf8), Array("HeHeabc".utf8)]))
    }
    #expect(throws: FormatError.self) {
      var decoder = try DeltaByteArray.Decoder(bytes, at: 0, limit: 3)
      var fixed: [UInt8] = []
      try decoder.decode(3, width: 5, into: &fixed)
    }
    #expect(throws: FormatError.self) {
      var decoder = try DeltaByteArray.Decoder(bytes, at: 0, limit: 3)
      var values = ByteArrays()
      try decoder.decode(3, sizeLimit: 15, into: &values)
    }
  }

  @Test("a prefix longer than the value before throws")
  func longPrefix() {
    let prefixes: [UInt8] = [0x80, 1, 4, 3, 2, 4, 0, 0, 0, 0]
    let bytes = Bytes(prefixes + Self.lengths + Array("HelloHeabc".utf8))
    #expect(throws: FormatError.self) {
      var decoder = try DeltaByteArray.Decoder(bytes, at: 0, limit: 3)
      var values = ByteArrays()
      try decoder.decode(3, into: &values)
    }
  }

  @Test("streams of bytes are put together again")
  func byteStreamSplit() throws {
    var offset = 1
    var values: [Int32] = []
    let bytes: Bytes = [9, 1, 2, 3, 4, 5, 6, 7, 8]
    try ByteStreamSplit.decode(bytes, at: &offset, count: 2, into: &values)
    #expect(values == [0x0705_0301, 0x0806_0402])
    offset = 1
    var fixed: [UInt8] = []
    try ByteStreamSplit.decode(bytes, at: &offset, count: 2, width: 4, into: &fixed)
    #expect(fixed == [1, 3, 5, 7, 2, 4, 6, 8])
    #expect(throws: FormatError.self) {
      var offset = 0
      try ByteStreamSplit.decode(bytes, at: &offset, count: 2, into: &values)
    }
  }
}
