import FoundationEssentials
import Iceberg
import Testing

@Suite struct DateLiteralConvertibleTests {
  @Test("a date is a point in time with zone, rounded down to microseconds")
  func rounding() {
    #expect(Date(timeIntervalSince1970: 1.5).literal == .timestamptz(1_500_000))
    #expect(Date(timeIntervalSince1970: -0.000_000_5).literal == .timestamptz(-1))
    #expect(Date.distantFuture.literal.text == "4001-01-01T00:00:00+00:00")
  }

  @Test("a date beyond the range is its end")
  func range() {
    #expect(Date(timeIntervalSince1970: 1e300).literal == .timestamptz(.max))
    #expect(Date(timeIntervalSince1970: -1e300).literal == .timestamptz(.min))
  }
}
