import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct CalendarPartTests {
  @Test("a unit counts towards the past, and its days and times agree")
  func agreement() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 2_000, long: 200_000) {
      let micros = Int64.random(in: .min ... .max, using: &random)
      let days = Int(CivilDate.floorDivide(micros, 86_400_000_000))
      for part in [CalendarPart.year, .month, .day] {
        try #require(
          part.count(timestamp: micros, unitsPerSecond: 1_000_000) == part.count(days: days))
      }
      let hours = CalendarPart.hour.count(timestamp: micros, unitsPerSecond: 1_000_000)
      try #require((days * 24..<(days + 1) * 24).contains(hours))
    }
  }

  @Test("the last day of 1969 is in year -1, month -1, day -1, and its last hour is -1")
  func negative() {
    #expect(CalendarPart.year.count(days: -1) == -1)
    #expect(CalendarPart.month.count(days: -1) == -1)
    #expect(CalendarPart.month.count(days: -32) == -2)
    #expect(CalendarPart.hour.count(timestamp: -1, unitsPerSecond: 1_000_000_000) == -1)
  }
}
