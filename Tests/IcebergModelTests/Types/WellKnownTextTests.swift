import IcebergBytes
import IcebergModel
import Testing

@Suite struct WellKnownTextTests {
  static let shapes = [
    "POINT (30 10)", "POINT EMPTY", "POINT Z (1 2 3.5)", "POINT M (1 2 -3)",
    "POINT ZM (1 2 3 1e+300)", "LINESTRING (30 10, 10 30, 40 40)", "LINESTRING EMPTY",
    "POLYGON ((35 10, 45 45, 15 40, 35 10), (20 30, 35 35, 30 20, 20 30))",
    "MULTIPOINT ((10 40), (40 30), EMPTY)", "MULTILINESTRING ((10 10, 20 20), (40 40, 30 30))",
    "MULTIPOLYGON (((30 20, 45 40, 10 40, 30 20)), ((15 5, 40 10, 10 20, 15 5)))",
    "GEOMETRYCOLLECTION (POINT (40 10), LINESTRING Z (10 10 1, 20 20 2))",
    "GEOMETRYCOLLECTION EMPTY",
  ]

  @Test("a shape is written as its text and read from it", arguments: shapes)
  func roundTrip(text: String) throws {
    let bytes = try #require(WellKnownText.binary(ofText: text))
    #expect(try WellKnownText.text(ofBinary: bytes) == text)
    #expect(WellKnownText.binary(ofText: text.lowercased()) == bytes)
    for end in 0..<bytes.count {
      #expect(throws: FormatError.self) { try WellKnownText.text(ofBinary: bytes[0..<end]) }
    }
    var whole = bytes.array
    for bit in 0..<(whole.count * 8) {
      whole[bit / 8] ^= 1 << UInt8(bit % 8)
      _ = try? WellKnownText.text(ofBinary: Bytes(whole))
      whole[bit / 8] ^= 1 << UInt8(bit % 8)
    }
  }

  @Test("points of a multi-point need no parentheses")
  func plainPoints() throws {
    let plain = try #require(WellKnownText.binary(ofText: "MULTIPOINT (10 40, 40 30)"))
    #expect(try WellKnownText.text(ofBinary: plain) == "MULTIPOINT ((10 40), (40 30))")
  }

  @Test("the other byte order and the dimension flags of EWKB are read")
  func variants() throws {
    let big: Bytes = [0, 0, 0, 0, 1, 0x40, 0x24, 0, 0, 0, 0, 0, 0, 0x40, 0x34, 0, 0, 0, 0, 0, 0]
    #expect(try WellKnownText.text(ofBinary: big) == "POINT (10 20)")
    let flagged: Bytes =
      [
        0, 0xa0, 0, 0, 1, 0, 0, 0x10, 0xe6, 0x40, 0x24, 0, 0, 0, 0, 0, 0, 0x40, 0x34, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0,
      ]
    #expect(try WellKnownText.text(ofBinary: flagged) == "POINT Z (10 20 0)")
  }

  @Test(
    "what is no shape is refused",
    arguments: [
      "", "POINT", "POINT ()", "POINT (1)", "POINT (1 2 3)", "POINT (1 x)", "POINT (nan 1)",
      "LINESTRING (1 2,)", "CIRCLE (1 2)", "POINT (1 2) x", "POLYGON (1 2, 3 4)",
    ])
  func invalid(text: String) {
    #expect(WellKnownText.binary(ofText: text) == nil)
  }

  @Test("collections nested too deep are refused")
  func depth() {
    let text =
      String(repeating: "GEOMETRYCOLLECTION (", count: 100) + "POINT (1 2)"
      + String(repeating: ")", count: 100)
    #expect(WellKnownText.binary(ofText: text) == nil)
  }
}
