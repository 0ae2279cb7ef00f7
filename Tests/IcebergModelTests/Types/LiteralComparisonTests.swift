import IcebergBytes
import IcebergModel
import Testing

@Suite struct LiteralComparisonTests {
  static let ascending: [[Literal]] = [
    [.boolean(false), .boolean(true)],
    [.int(.min), .int(-1), .int(0), .int(.max)],
    [
      .double(-.infinity), .double(-1.5), .double(-0.0), .double(0),
      .double(.leastNonzeroMagnitude),
      .double(.infinity), .double(.nan),
    ],
    [.float(-.infinity), .float(-0.0), .float(0), .float(.leastNonzeroMagnitude), .float(.nan)],
    [
      .decimal(unscaled: -5, scale: 0), .decimal(unscaled: -49, scale: 1),
      .decimal(unscaled: 0, scale: 5), .decimal(unscaled: 1, scale: 38),
      .decimal(unscaled: 1, scale: 0),
      .decimal(unscaled: 99_999_999_999_999_999_999_999_999_999_999_999_999, scale: 0),
    ],
    [.string(""), .string("Z"), .string("a"), .string("é"), .string("房"), .string("\u{1F600}")],
    [.binary([]), .binary([0]), .binary([0, 0]), .binary([0x7f]), .binary([0x80])],
    [
      .uuid(Bytes([UInt8](repeating: 0x7f, count: 16))),
      .uuid(Bytes([UInt8](repeating: 0x80, count: 16))),
    ],
    [.date(-1), .date(0)],
    [.timestamptz(.min), .timestamptz(.max)],
  ]

  @Test("values are in the order of the format", arguments: ascending)
  func order(values: [Literal]) {
    for (i, left) in values.enumerated() {
      for (j, right) in values.enumerated() {
        let expected: Literal.Ordering = i < j ? .less : i == j ? .equal : .greater
        #expect(left.ordering(to: right) == expected, "\(left) to \(right)")
      }
    }
  }

  @Test("equal numbers of different scales are equal; every NaN is NaN")
  func equal() {
    let one = Literal.decimal(unscaled: 1, scale: 0)
    #expect(one.ordering(to: .decimal(unscaled: 100, scale: 2)) == .equal)
    let other = Literal.double(Double(bitPattern: 0xfff8_0000_0000_0001))
    #expect(Literal.double(.nan).ordering(to: other) == .equal)
  }

  @Test("values of different types, and of types without order, do not compare")
  func unordered() {
    #expect(Literal.int(1).ordering(to: .long(1)) == nil)
    #expect(Literal.timestamp(1).ordering(to: .timestamptz(1)) == nil)
    #expect(Literal.list([]).ordering(to: .list([])) == nil)
  }
}
