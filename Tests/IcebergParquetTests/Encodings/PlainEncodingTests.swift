import IcebergBytes
import IcebergColumns
import IcebergParquet
import Testing

@Suite struct PlainEncodingTests {
  @Test("numbers are little-endian, back to back")
  func numbers() throws {
    var offset = 1
    var values: [Int32] = [7]
    let bytes: Bytes = [0xff, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xaa]
    try PlainEncoding.decode(bytes, at: &offset, count: 2, into: &values)
    #expect(values == [7, 1, -1])
    #expect(offset == 9)
  }

  @Test("booleans are bits, lowest first")
  func booleans() throws {
    var offset = 0
    var values = Bitmap([true])
    try PlainEncoding.decode([0b1000_0101, 0b1], at: &offset, count: 9, into: &values)
    #expect(
      values == Bitmap([true, true, false, true, false, false, false, false, true, true]))
    #expect(offset == 2)
  }

  @Test("byte strings follow their lengths")
  func byteStrings() throws {
    var offset = 0
    var values = ByteArrays([[9]])
    let long = [UInt8](repeating: 5, count: 40)
    let bytes = Bytes([1, 0, 0, 0, 65, 0, 0, 0, 0, 40, 0, 0, 0] + long + [2, 0, 0, 0, 66, 67])
    try PlainEncoding.decode(bytes, at: &offset, count: 4, into: &values)
    #expect(values == ByteArrays([[9], [65], [], long, [66, 67]]))
    #expect(offset == bytes.count)
  }

  @Test("a page that is cut anywhere throws")
  func cut() {
    let bytes = Bytes([1, 0, 0, 0, 65, 3, 0, 0, 0, 1, 2, 3])
    for end in 0..<bytes.count {
      var offset = 0
      var values = ByteArrays()
      #expect(throws: FormatError.self) {
        try PlainEncoding.decode(bytes[0..<end], at: &offset, count: 2, into: &values)
      }
      var numbers: [Int64] = []
      #expect(throws: FormatError.self) {
        try PlainEncoding.decode(bytes[0..<end], at: &offset, count: .max, into: &numbers)
      }
    }
  }

  @Test("a length of four gigabytes throws")
  func hugeLength() {
    var offset = 0
    var values = ByteArrays()
    #expect(throws: FormatError.self) {
      try PlainEncoding.decode(
        [255, 255, 255, 255, 0], at: &offset, count: 1, into: &values)
    }
    #expect(values == ByteArrays())
  }
}
