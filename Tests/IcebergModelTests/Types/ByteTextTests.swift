import IcebergBytes
import IcebergModel
import Testing

@Suite struct ByteTextTests {
  @Test("bytes as hexadecimal digits, in either case")
  func hex() {
    let bytes: Bytes = [0x00, 0x0a, 0xff]
    #expect(bytes.hexText == "000aff")
    #expect(Bytes(hexText: "000AfF") == bytes)
    #expect(Bytes(hexText: "") == [])
    for text in ["0", "0g", "é", "00 1"] { #expect(Bytes(hexText: text) == nil) }
  }

  @Test("sixteen bytes as a UUID")
  func uuid() {
    let text = "f79c3e09-677c-4bbd-a479-3f349cb785e7"
    #expect(Bytes(uuidText: text)?.uuidText == text)
    #expect(Bytes(uuidText: text.uppercased())?.uuidText == text)
    for text in ["", "f79c3e09677c4bbda4793f349cb785e7", "g79c3e09-677c-4bbd-a479-3f349cb785e7"] {
      #expect(Bytes(uuidText: text) == nil)
    }
  }

  @Test(
    "bytes in Base64 with padding",
    arguments: [([], ""), ([0], "AA=="), ([0, 255], "AP8="), ([1, 2, 3], "AQID")]
      as [([UInt8], String)])
  func base64(bytes: [UInt8], text: String) {
    #expect(Bytes(bytes).base64Text == text)
  }

  @Test("names are equal when their bytes are")
  func exact() {
    #expect("\u{e9}" == "e\u{301}")
    #expect(ExactText("\u{e9}") != ExactText("e\u{301}"))
    #expect(Set([ExactText("a"), ExactText("a"), ExactText("b")]).count == 2)
  }
}
