import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct BitPackingTests {
  @Test("unpacks what it packed, at every bit width", arguments: 0...64)
  func roundTrip(bitWidth: Int) throws {
    var random = SeededRandom(seed: UInt64(bitWidth))
    let mask = bitWidth == 0 ? 0 : UInt64.max >> UInt64(64 - bitWidth)
    for count in [0, 1, 2, 7, 8, 9, 31, 64, 100, 1000] {
      let values = (0..<count).map { _ in random.next() & mask }
      var writer = ByteWriter()
      // Bits above the width are not written.
      let noisy = values.map { $0 | ~mask }
      BitPacking.pack(noisy.span, bitWidth: bitWidth, into: &writer)
      #expect(writer.count == BitPacking.byteCount(of: count, bitWidth: bitWidth))
      let bytes = Bytes(writer.bytes)
      #expect(try BitPacking.unpack64(bytes.span, count: count, bitWidth: bitWidth) == values)
      if bitWidth <= 32 {
        let narrow = values.map { UInt32($0) }
        var again = ByteWriter()
        BitPacking.pack(narrow.span, bitWidth: bitWidth, into: &again)
        #expect(again.bytes == writer.bytes)
        #expect(try BitPacking.unpack32(bytes.span, count: count, bitWidth: bitWidth) == narrow)
      }
    }
  }

  @Test("has the example of the Parquet specification: 0 to 7 in three bits")
  func specification() throws {
    let packed: [UInt8] = [0b1000_1000, 0b1100_0110, 0b1111_1010]
    #expect(
      try BitPacking.unpack32(packed.span.bytes, count: 8, bitWidth: 3) == [0, 1, 2, 3, 4, 5, 6, 7])
    let levels: [UInt8] = [0b0000_0101, 0b0011_1001, 0b0111_0111]
    #expect(
      try BitPacking.unpackBigEndian32(levels.span.bytes, count: 8, bitWidth: 3)
        == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test("refuses counts that the bytes cannot hold, before memory is taken")
  func truncated() {
    let bytes: [UInt8] = [1, 2, 3]
    #expect(throws: FormatError.self) {
      try BitPacking.unpack32(bytes.span.bytes, count: 9, bitWidth: 3)
    }
    #expect(throws: FormatError.self) {
      try BitPacking.unpack64(bytes.span.bytes, count: .max, bitWidth: 64)
    }
    #expect(throws: FormatError.self) {
      try BitPacking.unpackBigEndian32(bytes.span.bytes, count: -1, bitWidth: 1)
    }
    #expect(throws: FormatError.self) {
      try BitPacking.unpack32(bytes.span.bytes, count: 0, bitWidth: 33)
    }
  }
}
