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

  @Test("the examples of the specification", arguments: examples)
  func specExamples(bytes: Bytes, expected: [Int64]) throws {
    var offset = 0
    var values: [Int64] = []
    try DeltaBinaryPacked.decode(bytes, at: &offset, limit: 8, into: &values)
    #expect(values == expected)
    #expect(offset == bytes.count)
    var narrow: [Int32] = []
    offset = 0
    try DeltaBinaryPacked.decode(bytes, at: &offset, limit: 8, into: &narrow)
    #expect(narrow.map(Int64.init) == expected)
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
    var offset = 0
    var values: [Int64] = []
    #expect(throws: FormatError.self) {
      try DeltaBinaryPacked.decode(bytes, at: &offset, limit: 8, into: &values)
    }
    #expect(throws: FormatError.self) {
      var offset = 0
      try DeltaBinaryPacked.decode(bytes, at: &offset, limit: .max, into: &values)
      if values.count == 9 || offset != bytes.count {
        throw FormatError(.badValue, "only the limit was wrong")
      }
    }
  }

  /// The lengths 5, 2 and 3, then what they cut: the parts of "Hello", "He" and "abc".
  static let lengths: [UInt8] =
    [0x80, 1, 4, 3, 10, 5, 3, 0, 0, 0]
    + [0b0010_0000] + [UInt8](repeating: 0, count: 11)

  @Test("all lengths, then all bytes")
  func deltaLength() throws {
    var offset = 0
    var values = ByteArrays()
    let bytes = Bytes(Self.lengths + Array("HelloHeabc".utf8))
    try DeltaLengthByteArray.decode(bytes, at: &offset, limit: 3, into: &values)
    #expect(values == ByteArrays([Array("Hello".utf8), Array("He".utf8), Array("abc".utf8)]))
    #expect(offset == bytes.count)
    for end in 0..<bytes.count {
      #expect(throws: FormatError.self) {
        var offset = 0
        try DeltaLengthByteArray.decode(
          bytes[0..<end], at: &offset, limit: 3, into: &values)
      }
    }
  }

  @Test("prefixes come from the value before")
  func deltaStrings() throws {
    // Prefixes 0, 2, 4: the differences are 2 and 2.
    let prefixes: [UInt8] = [0x80, 1, 4, 3, 0, 4, 0, 0, 0, 0]
    let bytes = Bytes(prefixes + Self.lengths + Array("HelloHeabc".utf8))
    var offset = 0
    var values = ByteArrays()
    try DeltaByteArray.decode(bytes, at: &offset, limit: 3, into: &values)
    #expect(
      values == ByteArrays([Array("Hello".utf8), Array("HeHe".utf8), Array("HeHeabc".utf8)]))
    var fixed: [UInt8] = []
    #expect(throws: FormatError.self) {
      var offset = 0
      try DeltaByteArray.decode(bytes, at: &offset, limit: 3, width: 5, into: &fixed)
    }
    #expect(throws: FormatError.self) {
      var offset = 0
      try DeltaByteArray.decode(bytes, at: &offset, limit: 3, sizeLimit: 15, into: &values)
    }
  }

  @Test("a prefix longer than the value before throws")
  func longPrefix() {
    let prefixes: [UInt8] = [0x80, 1, 4, 3, 2, 4, 0, 0, 0, 0]
    let bytes = Bytes(prefixes + Self.lengths + Array("HelloHeabc".utf8))
    var offset = 0
    var values = ByteArrays()
    #expect(throws: FormatError.self) {
      try DeltaByteArray.decode(bytes, at: &offset, limit: 3, into: &values)
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
