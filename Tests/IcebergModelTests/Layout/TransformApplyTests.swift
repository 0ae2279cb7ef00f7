import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TransformApplyTests {
  static let types: [FieldType] = [
    .boolean, .int, .long, .float, .double, .decimal(precision: 20, scale: 3), .date, .time,
    .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos, .string, .uuid,
    .fixed(length: 7), .binary,
  ]
  static let transforms: [Transform] = [
    .identity, .bucket(count: 16), .bucket(count: 2_147_483_647), .truncate(width: 1),
    .truncate(width: 10), .truncate(width: 2_147_483_647), .year, .month, .day, .hour, .void,
  ]

  @Test("a result is of the result type, and only where the transform can be applied")
  func types() throws {
    var random = SeededRandom()
    for type in Self.types {
      for transform in Self.transforms {
        for _ in 0..<LongTests.rounds(quick: 50, long: 5_000) {
          let value = random.literal(of: type)
          guard transform.canBeApplied(to: type) else {
            #expect(throws: IcebergError.self) { try transform.apply(to: value) }
            continue
          }
          guard let result = try transform.apply(to: value) else {
            try #require(transform == .void)
            continue
          }
          // A truncated decimal may need a digit more than its type has.
          if case .decimal = result { continue }
          try #require(result.isValue(of: transform.resultType(for: type)))
        }
      }
    }
  }

  @Test("where order is preserved, greater values never have lesser results")
  func monotonic() throws {
    var random = SeededRandom()
    for type in Self.types {
      for transform in Self.transforms
      where transform.preservesOrder && transform.canBeApplied(to: type) {
        for _ in 0..<LongTests.rounds(quick: 200, long: 20_000) {
          let left = random.literal(of: type)
          let right = random.literal(of: type)
          if wraps(left, transform) || wraps(right, transform) { continue }
          let before = try #require(left.ordering(to: right))
          let first = try #require(try transform.apply(to: left))
          let second = try #require(try transform.apply(to: right))
          let after = try #require(first.ordering(to: second))
          try #require(after == .equal || after == before, "\(transform) \(left) \(right)")
        }
      }
    }
  }

  /// Whether the result is out of the range of its type.
  private func wraps(_ value: Literal, _ transform: Transform) -> Bool {
    switch (transform, value) {
    case (.truncate(let width), .int(let number)): number < Int32.min + Int32(width)
    case (.truncate(let width), .long(let number)): number < Int64.min + Int64(width)
    case (.hour, .timestamp(let micros)), (.hour, .timestamptz(let micros)):
      Int32(exactly: CivilDate.floorDivide(micros, 3_600_000_000)) == nil
    default: false
    }
  }

  @Test("the least numbers wrap around when they are truncated, as in the reference implementation")
  func wrap() throws {
    #expect(try Transform.truncate(width: 10).apply(to: .int(.min)) == .int(2_147_483_646))
    #expect(
      try Transform.truncate(width: 10).apply(to: .long(.min)) == .long(9_223_372_036_854_775_806))
  }

  @Test("text is truncated by code points, bytes by bytes")
  func truncate() throws {
    let family = "👨‍👩‍👧e\u{301}x"
    #expect(try Transform.truncate(width: 2).apply(to: .string(family)) == .string("👨\u{200d}"))
    #expect(try Transform.truncate(width: 100).apply(to: .string(family)) == .string(family))
    #expect(try Transform.truncate(width: 2).apply(to: .binary([1, 2, 3])) == .binary([1, 2]))
  }

  @Test("the extremes of timestamps have years, months, days and hours")
  func extremes() throws {
    #expect(try Transform.year.apply(to: .timestamp(.min)) == .int(-292_278))
    #expect(try Transform.year.apply(to: .timestamp(.max)) == .int(292_277))
    #expect(try Transform.day.apply(to: .timestamptz(.max)) == .date(106_751_991))
    // 2,562,047,789 hours before 1970, which wraps around.
    #expect(try Transform.hour.apply(to: .timestamp(.min)) == .int(1_732_919_507))
    #expect(try Transform.month.apply(to: .date(.max)) == .int(70_555_326))
    #expect(try Transform.day.apply(to: .timestampNanos(-1)) == .date(-1))
  }

  @Test("an unknown transform cannot be applied, but null stays null")
  func unknown() throws {
    let error = #expect(throws: IcebergError.self) {
      try Transform.unknown("zorder").apply(to: .int(1))
    }
    #expect(error?.code == .unsupported)
    #expect(try Transform.unknown("zorder").apply(to: nil) == nil)
  }
}
