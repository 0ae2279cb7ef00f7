import IcebergBytes
import Testing

@Suite struct Murmur3Tests {
  @Test(
    "hashes a long as its eight little-endian bytes",
    arguments: [(34, 2_017_239_379), (1, 1_392_991_556), (17_486, -653_330_422)] as [(Int64, Int32)]
  )
  func long(value: Int64, expected: Int32) {
    #expect(Murmur3.hash32(value) == expected)
    var writer = ByteWriter()
    writer.writeLittleEndian(value)
    #expect(Murmur3.hash32(Bytes(writer.bytes)) == expected)
  }

  @Test("hashes text as its UTF-8 form")
  func string() {
    #expect(Murmur3.hash32("iceberg") == 1_210_000_089)
    #expect(
      Murmur3.hash32("ж — a text of more than fifteen bytes")
        == Murmur3.hash32(Bytes(utf8: "ж — a text of more than fifteen bytes")))
  }

  @Test(
    "hashes runs of bytes of every length modulo four",
    arguments: [
      ([0, 1, 2, 3], -188_683_207),
      // The public vectors of MurmurHash3 with seed 0.
      ([], 0), ([0xff, 0xff, 0xff, 0xff], 0x7629_3B50),
      ([0x21, 0x43, 0x65, 0x87], Int32(bitPattern: 0xF55B_516B)),
      ([0x21, 0x43, 0x65], 0x7E4A_8634), ([0x21, 0x43], Int32(bitPattern: 0xA0F7_B07A)),
      ([0x21], 0x7266_1CF4), ([0, 0, 0, 0], 0x2362_F9DE),
    ] as [([UInt8], Int32)])
  func bytes(value: [UInt8], expected: Int32) {
    #expect(Murmur3.hash32(Bytes(value)) == expected)
  }

  @Test("hashes a slice like a copy of it")
  func slice() {
    let whole = Bytes([9, 9, 9, 0, 1, 2, 3, 9])
    #expect(Murmur3.hash32(whole[3..<7]) == -188_683_207)
  }
}
