import IcebergBytes
import IcebergModel
import Testing

@Suite struct TransformProjectionTests {
  typealias Range = Transform.ResultRange

  @Test(
    "the results of values up to a value are up to its own",
    arguments: [
      (
        .truncate(width: 10), .decimal(unscaled: -1, scale: 2),
        [.atMost(.decimal(unscaled: -10, scale: 2))]
      ),
      (.truncate(width: 2), .string("abc"), [.atMost(.string("ab"))]),
      (.truncate(width: 8), .int(17), [.atMost(.int(16))]),
      (.day, .date(-3), [.atMost(.date(-3))]),
      (.year, .date(400), [.atMost(.int(1))]),
      (.day, .timestampNanos(86_400_000_000_000), [.atMost(.date(1))]),
      (.hour, .timestampNanos(3_600_000_000_000), [.atMost(.int(1))]),
      // One too late, as old writers counted.
      (.year, .date(-400), [.atMost(.int(-1))]),
      (.day, .timestamp(-1), [.atMost(.date(0))]),
      (.identity, .boolean(false), [.atMost(.boolean(false))]),
    ] as [(Transform, Literal, [Range])])
  func upTo(transform: Transform, value: Literal, expected: [Range]) {
    #expect(transform.results(ofValuesUpTo: value) == expected)
  }

  @Test(
    "the results of values from a value on are from its own on",
    arguments: [
      (.truncate(width: 10), .long(-1), [.atLeast(.long(-10))]),
      (.truncate(width: 2), .binary([1, 2, 3]), [.atLeast(.binary([1, 2]))]),
      (.month, .date(-1), [.atLeast(.int(-1))]),
      (.hour, .timestamptzNanos(-1), [.atLeast(.int(-1))]),
    ] as [(Transform, Literal, [Range])])
  func from(transform: Transform, value: Literal, expected: [Range]) {
    #expect(transform.results(ofValuesFrom: value) == expected)
  }

  @Test("the least numbers are found where truncation wraps around")
  func truncationWraps() {
    let transform = Transform.truncate(width: 10)
    // -2147483648 is truncated to -2147483650, which is 2147483646.
    #expect(
      transform.results(ofValuesUpTo: .int(5)) == [.atMost(.int(0)), .exactly(.int(2_147_483_646))])
    #expect(transform.results(ofValuesUpTo: .int(.min)) == [.exactly(.int(2_147_483_646))])
    #expect(
      transform.results(ofValuesUpTo: .int(.max)) == [
        .atMost(.int(2_147_483_640)), .exactly(.int(2_147_483_646)),
      ])
    #expect(transform.results(ofValuesFrom: .int(.min + 1)) == nil)
    #expect(
      transform.results(ofValuesFrom: .int(.min + 8)) == [.atLeast(.int(-2_147_483_640))])
    #expect(
      transform.results(ofValuesUpTo: .long(0)) == [
        .atMost(.long(0)), .exactly(.long(9_223_372_036_854_775_806)),
      ])
  }

  @Test("hours that do not fit are found where they wrap around")
  func hoursWrap() {
    let wrapped: (least: Int32, greatest: Int32) = (1_732_919_508, -1_732_919_508)
    #expect(
      Transform.hour.results(ofValuesUpTo: .timestamp(0)) == [
        .atMost(.int(0)), .atLeast(.int(wrapped.least - 1)),
      ])
    #expect(
      Transform.hour.results(ofValuesFrom: .timestamp(0)) == [
        .atLeast(.int(0)), .atMost(.int(wrapped.greatest)),
      ])
    #expect(Transform.hour.results(ofValuesUpTo: .timestamp(.min)) == nil)
    #expect(Transform.hour.results(ofValuesFrom: .timestamp(.max)) == nil)
  }

  @Test("a time before 1970 is also looked for where old writers put it, a day of a date is not")
  func oldWriters() {
    #expect(Transform.hour.results(of: .timestamp(-1)) == [.int(-1), .int(0)])
    #expect(Transform.month.results(of: .date(-1)) == [.int(-1), .int(0)])
    #expect(Transform.day.results(of: .date(-1)) == [.date(-1)])
    #expect(Transform.day.results(of: .timestamp(0)) == [.date(0)])
  }

  @Test(
    "nothing is said about transforms that are void, unknown or do not fit",
    arguments: [.void, .unknown("zorder"), .hour, .truncate(width: 3)] as [Transform])
  func nothing(transform: Transform) {
    #expect(transform.results(ofValuesUpTo: .date(1)) == nil)
    #expect(transform.results(ofValuesFrom: .date(1)) == nil)
    #expect(transform.results(of: .date(1)) == nil)
    #expect(transform.resultBounds(lower: .date(1), upper: .date(2)) == (nil, nil))
  }

  @Test("bounds of results come from bounds of values, unless a value between may wrap around")
  func bounds() {
    let truncate = Transform.truncate(width: 10)
    #expect(truncate.resultBounds(lower: .int(-5), upper: .int(25)) == (.int(-10), .int(20)))
    #expect(truncate.resultBounds(lower: nil, upper: .int(25)) == (nil, nil))
    #expect(truncate.resultBounds(lower: .int(.min), upper: .int(25)) == (nil, nil))
    #expect(truncate.resultBounds(lower: .int(3), upper: nil) == (.int(0), nil))
    #expect(
      truncate.resultBounds(lower: nil, upper: .string("abcdefghijkl"))
        == (nil, .string("abcdefghij")))
    let hour = Transform.hour
    #expect(hour.resultBounds(lower: .timestamp(-1), upper: .timestamp(1)) == (.int(-1), .int(0)))
    #expect(hour.resultBounds(lower: .timestamp(0), upper: nil) == (nil, nil))
    #expect(hour.resultBounds(lower: .timestampNanos(0), upper: nil) == (.int(0), nil))
    #expect(Transform.day.resultBounds(lower: .timestamp(-1), upper: nil) == (.date(-1), nil))
    #expect(Transform.bucket(count: 3).resultBounds(lower: .int(1), upper: .int(1)) == (nil, nil))
  }

  @Test("values that can be counted have neighbours")
  func neighbours() {
    #expect(Literal.int(3).predecessor == .value(.int(2)))
    #expect(Literal.int(.min).predecessor == .missing)
    #expect(Literal.timestampNanos(.max).successor == .missing)
    #expect(
      Literal.decimal(unscaled: 9, scale: 1).successor == .value(.decimal(unscaled: 10, scale: 1)))
    #expect(Literal.string("a").successor == .unknown)
    #expect(Literal.double(1).predecessor == .unknown)
  }
}
