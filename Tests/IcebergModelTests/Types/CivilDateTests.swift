import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct CivilDateTests {
  static let days: [(days: Int, year: Int, month: Int, day: Int)] = [
    (0, 1970, 1, 1), (-1, 1969, 12, 31), (17_501, 2017, 12, 1), (11_016, 2000, 2, 29),
    (-719_528, 0, 1, 1), (-719_529, -1, 12, 31), (-719_162, 1, 1, 1), (2_932_896, 9_999, 12, 31),
    (2_932_897, 10_000, 1, 1), (2_147_483_647, 5_881_580, 7, 11),
    (-2_147_483_648, -5_877_641, 6, 23), (106_751_991, 294_247, 1, 10),
    (-106_751_992, -290_308, 12, 21),
  ]

  @Test("a count of days is a date, and the date the count", arguments: days)
  func known(days: Int, year: Int, month: Int, day: Int) {
    let date = CivilDate(daysSinceEpoch: days)
    #expect((date.year, date.month, date.day) == (year, month, day))
    #expect(date.daysSinceEpoch == days)
    #expect(CivilDate(year: year, month: month, day: day) == date)
  }

  @Test("every day of eight centuries follows the one before")
  func succession() throws {
    var before = CivilDate(daysSinceEpoch: -146_097)
    for days in -146_096...146_097 {
      let date = CivilDate(daysSinceEpoch: days)
      let isNextDay =
        date.year == before.year && date.month == before.month
        && date.day == before.day + 1
      let isNextMonth =
        date.day == 1
        && before.day == CivilDate.days(inMonth: before.month, of: before.year)
        && (date.year * 12 + date.month) - (before.year * 12 + before.month) == 1
      try #require(isNextDay || isNextMonth, "\(date)")
      try #require(date.daysSinceEpoch == days)
      before = date
    }
  }

  @Test(
    "there is no such day",
    arguments: [
      (2023, 2, 29), (1900, 2, 29), (2024, 13, 1), (2024, 0, 1), (2024, 4, 31), (1, 1, 0),
    ])
  func invalid(year: Int, month: Int, day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }
}
