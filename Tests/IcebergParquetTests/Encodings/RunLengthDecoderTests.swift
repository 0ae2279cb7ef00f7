import IcebergBytes
import IcebergColumns
import IcebergParquet
import Testing

@Suite struct RunLengthDecoderTests {
  @Test("the example of the specification: 0 to 7 in three bits")
  func specExample() throws {
    var decoder = try RunLengthDecoder([0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010], width: 3)
    var values: [Int16] = []
    try decoder.decode(8, into: &values)
    #expect(values == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test("runs of both kinds, decoded in pieces of any size", arguments: 1...20)
  func pieces(size: Int) throws {
    // 10 x 5, then 0...7 packed, then 3 x 1, all in three bits.
    let bytes: Bytes = [20, 5, 3, 0b1000_1000, 0b1100_0110, 0b1111_1010, 6, 1]
    let expected = [UInt32](repeating: 5, count: 10) + [0, 1, 2, 3, 4, 5, 6, 7] + [1, 1, 1]
    var decoder = try RunLengthDecoder(bytes, width: 3)
    var values: [UInt32] = []
    while values.count < expected.count {
      try decoder.decode(min(size, expected.count - values.count), into: &values)
    }
    #expect(values == expected)
    #expect(throws: FormatError.self) { try decoder.decode(1, into: &values) }
  }

  @Test("bits are decoded as bits, in pieces of any size", arguments: 1...20)
  func bits(size: Int) throws {
    var decoder = try RunLengthDecoder([5, 0b1010_0110, 0b0000_1111, 8, 1], width: 1)
    let expected = [
      false, true, true, false, false, true, false, true, true, true, true, true, false, false,
      false, false, true, true, true, true,
    ]
    var values = Bitmap()
    while values.count < expected.count {
      try decoder.decode(min(size, expected.count - values.count), into: &values)
    }
    #expect(values == Bitmap(expected))
  }

  @Test("integers of no bits are zero and take no bytes")
  func noBits() throws {
    var decoder = try RunLengthDecoder([], width: 0)
    var values: [UInt8] = []
    try decoder.decode(3, into: &values)
    #expect(values == [0, 0, 0])
  }

  @Test("the padding of the last packed group may be missing")
  func missingPadding() throws {
    var decoder = try RunLengthDecoder([3, 0b1000_1000], width: 3)
    var values: [Int32] = []
    try decoder.decode(2, into: &values)
    #expect(values == [0, 1])
    #expect(throws: FormatError.self) { try decoder.decode(1, into: &values) }
  }

  static let defects: [(bytes: Bytes, width: Int)] = [
    ([], 1), ([2], 8), ([0x80], 1), ([2, 8], 3), ([0, 1, 0, 1], 1),
    ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 1),
    ([3], 2), ([2, 1, 0, 0], 32),
  ]

  @Test("defective runs throw", arguments: defects)
  func defective(bytes: Bytes, width: Int) throws {
    var decoder = try RunLengthDecoder(bytes, width: width)
    var values: [UInt32] = []
    #expect(throws: FormatError.self) { try decoder.decode(3, into: &values) }
  }

  @Test("a length prefix cuts the runs out of the page")
  func lengthPrefix() throws {
    var offset = 1
    let bytes: Bytes = [9, 2, 0, 0, 0, 6, 1, 77]
    var decoder = try RunLengthDecoder(lengthPrefixed: bytes, at: &offset, width: 1)
    var values: [UInt8] = []
    try decoder.decode(3, into: &values)
    #expect(values == [1, 1, 1])
    #expect(offset == 7)
    #expect(throws: FormatError.self) {
      var offset = 5
      _ = try RunLengthDecoder(lengthPrefixed: bytes, at: &offset, width: 1)
    }
  }

  @Test("deprecated levels are packed from the highest bit downwards")
  func bitPacked() throws {
    var offset = 0
    var values: [Int16] = []
    try BitPackedLevels.decode(
      [0b0000_0101, 0b0011_1001, 0b0111_0111], at: &offset, width: 3, count: 8, into: &values)
    #expect(values == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(offset == 3)
  }
}
