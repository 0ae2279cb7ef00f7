import IcebergBytes
import Testing

@Suite struct CRC32Tests {
  @Test("gives the check value of CRC-32")
  func check() {
    #expect(CRC32.checksum(Bytes(utf8: "123456789")) == 0xcbf4_3926)
    #expect(CRC32.checksum(Bytes()) == 0)
  }

  @Test("continues from the checksum of what came before", arguments: 0...9)
  func seed(cut: Int) {
    let bytes = Bytes(utf8: "123456789")
    let first = CRC32.checksum(bytes[0..<cut])
    #expect(CRC32.checksum(bytes[cut..<9], seed: first) == 0xcbf4_3926)
  }
}
