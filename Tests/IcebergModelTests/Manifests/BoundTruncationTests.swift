import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct BoundTruncationTests {
  @Test("a lower bound is cut, whole characters at a time")
  func lower() {
    #expect(BoundTruncation.lowerBound(of: "aäß𝄞z", width: 4) == "aäß𝄞")
    #expect(BoundTruncation.lowerBound(of: "abc", width: 3) == "abc")
    #expect(BoundTruncation.lowerBound(of: "", width: 3) == "")
    #expect(BoundTruncation.lowerBound(of: [1, 2, 3] as Bytes, width: 2) == [1, 2])
  }

  @Test("a character and what combines with it are two")
  func combining() {
    let text = "e\u{301}x"
    #expect(BoundTruncation.lowerBound(of: text, width: 1).utf8.elementsEqual("e".utf8))
    let upper = BoundTruncation.upperBound(of: text, width: 1)
    #expect(upper?.utf8.elementsEqual("f".utf8) == true)
  }

  @Test("an upper bound is cut and raised where it can be")
  func upper() {
    #expect(BoundTruncation.upperBound(of: "abc", width: 2) == "ac")
    #expect(BoundTruncation.upperBound(of: "abc", width: 3) == "abc")
    #expect(BoundTruncation.upperBound(of: "a\u{10FFFF}\u{10FFFF}c", width: 3) == "b")
    #expect(BoundTruncation.upperBound(of: "\u{10FFFF}c", width: 1) == nil)
    #expect(BoundTruncation.upperBound(of: "a\u{D7FF}b", width: 2) == "a\u{E000}")
    #expect(BoundTruncation.upperBound(of: [0, 0xff, 1] as Bytes, width: 2) == [1])
    #expect(BoundTruncation.upperBound(of: [0xff, 0xff, 1] as Bytes, width: 2) == nil)
  }

  @Test("bounds of random text and bytes are bounds")
  func bounds() {
    var random = SeededRandom()
    let scalars = "ab\u{7f}\u{80}\u{d7ff}\u{e000}\u{ffff}\u{10ffff}".unicodeScalars.map { $0 }
    for _ in 0..<2_000 {
      let text = String(
        String.UnicodeScalarView((0..<6).map { _ in scalars.randomElement(using: &random) ?? "a" }))
      for width in 1...7 {
        let lower = BoundTruncation.lowerBound(of: text, width: width)
        #expect(!text.utf8.lexicographicallyPrecedes(lower.utf8))
        #expect(lower.unicodeScalars.count <= width)
        guard let upper = BoundTruncation.upperBound(of: text, width: width) else { continue }
        #expect(!upper.utf8.lexicographicallyPrecedes(text.utf8))
        #expect(upper.unicodeScalars.count <= width)
      }
    }
  }
}
