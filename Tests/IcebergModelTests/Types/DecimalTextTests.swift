import IcebergModel
import Testing

@Suite struct DecimalTextTests {
  static let texts: [(unscaled: Int128, scale: Int, text: String)] = [
    (1_420, 2, "14.20"), (-1, 2, "-0.01"), (0, 2, "0.00"), (5, 0, "5"), (2, -20, "2E+20"),
    (25, -20, "2.5E+21"), (-7, -1, "-7E+1"),
    (
      12_345_678_901_234_567_890_123_456_789_012_345_678, 10,
      "1234567890123456789012345678.9012345678"
    ),
  ]

  @Test("a number is written with its scale, and read back", arguments: texts)
  func text(unscaled: Int128, scale: Int, text: String) {
    #expect(DecimalText.text(unscaled: unscaled, scale: scale) == text)
    let parsed = DecimalText.parse(text)
    #expect(parsed?.unscaled == unscaled)
    #expect(parsed?.scale == scale)
  }

  @Test(
    "what is no number is refused",
    arguments: [
      "", "-", ".", "1.2.3", "1,5", "0x10", "1e", "1e99999999999999999999",
      "1e-9223372036854775808",
      "NaN", " 1", "123456789012345678901234567890123456789",
    ])
  func invalid(text: String) {
    #expect(DecimalText.parse(text) == nil)
  }

  @Test("a number changes its scale only when no digit is lost")
  func rescale() {
    #expect(DecimalText.rescale(14, from: 0, to: 2) == 1_400)
    #expect(DecimalText.rescale(1_400, from: 2, to: 0) == 14)
    #expect(DecimalText.rescale(1_401, from: 2, to: 0) == nil)
    #expect(DecimalText.rescale(0, from: 1_000, to: 2) == 0)
    #expect(DecimalText.rescale(1, from: 0, to: 38) == nil)
    #expect(DecimalText.rescale(9, from: 0, to: 37) != nil)
  }
}
