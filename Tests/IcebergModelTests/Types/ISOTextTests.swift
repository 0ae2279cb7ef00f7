import IcebergModel
import Testing

@Suite struct ISOTextTests {
  @Test("years of more than four digits have a sign, as have those before year 0")
  func years() {
    #expect(ISOText.date(days: 2_932_897) == "+10000-01-01")
    #expect(ISOText.date(days: -719_529) == "-0001-12-31")
    #expect(ISOText.date(days: -719_528) == "0000-01-01")
    #expect(ISOText.days(ofDate: "+10000-01-01") == 2_932_897)
    #expect(ISOText.days(ofDate: "-0001-12-31") == -719_529)
  }

  @Test("the earliest and the latest timestamp can be written and read")
  func extremes() {
    for value in [Int64.min, .max, -1, 0] {
      for precision in [ISOText.Precision.micros, .nanos] {
        let text = ISOText.timestamp(value, precision)
        #expect(ISOText.value(ofTimestamp: text, precision) == value, "\(text)")
        let zoned = ISOText.timestamptz(value, precision)
        #expect(ISOText.value(ofTimestamptz: zoned, precision)?.value == value, "\(zoned)")
      }
    }
    #expect(ISOText.timestamp(.min, .micros) == "-290308-12-21T19:59:05.224192")
    #expect(ISOText.timestamp(.max, .nanos) == "2262-04-11T23:47:16.854775807")
  }

  @Test("a fraction is as short as can be, and no finer than the unit")
  func fractions() {
    #expect(ISOText.time(3_600_000_000, .micros) == "01:00:00")
    #expect(ISOText.time(100_000, .micros) == "00:00:00.1")
    #expect(ISOText.value(ofTime: "22:31", .micros) == 81_060_000_000)
    #expect(ISOText.value(ofTime: "00:00:00.1234560", .micros) == 123_456)
    #expect(ISOText.value(ofTime: "00:00:00.1234561", .micros) == nil)
    #expect(ISOText.value(ofTime: "00:00:00.123456789", .nanos) == 123_456_789)
  }

  @Test("a zone moves the time to UTC")
  func zones() throws {
    let utc = try #require(ISOText.value(ofTimestamp: "2017-11-16T22:31:08", .micros))
    for text in [
      "2017-11-16T22:31:08Z", "2017-11-16T14:31:08-08:00", "2017-11-17T04:01:08+05:30",
      "2017-11-17 00:31:08+02", "2017-11-16t22:31:08z",
    ] {
      #expect(ISOText.value(ofTimestamptz: text, .micros)?.value == utc, "\(text)")
    }
  }

  @Test(
    "what is no date or time is refused",
    arguments: [
      "", "2017", "2017-11", "2017-11-1", "17-11-16", "2017-11-16T", "2017-11-16T25:00",
      "2017-11-16T23:60", "2017-11-16T23:59:60", "2017-11-16T10:00:00.", "10000-01-01",
      "+1234567890-01-01", "2017-02-30T00:00", "2017-11-16T10:00:00+25:00", "2017-11-16T10:00:00x",
      "９２０１-01-01",
    ])
  func invalid(text: String) {
    #expect(ISOText.days(ofDate: text) == nil)
    #expect(ISOText.value(ofTimestamp: text, .micros) == nil)
    #expect(ISOText.value(ofTimestamptz: text, .micros) == nil)
    #expect(ISOText.value(ofTime: text, .micros) == nil)
  }

  @Test("a timestamp beyond 64 bits is refused")
  func range() {
    #expect(ISOText.value(ofTimestamp: "+294247-01-10T04:00:54.775808", .micros) == nil)
    #expect(ISOText.value(ofTimestamp: "2262-04-11T23:47:16.854775808", .nanos) == nil)
  }
}
