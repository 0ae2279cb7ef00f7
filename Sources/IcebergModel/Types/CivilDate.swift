/// A day of the proleptic Gregorian calendar, in years of any size and sign.
///
/// The dates and timestamps of the format are counts from 1970-01-01; this is the way from a count
/// to year, month and day, and back. Nothing here can overflow for the counts of an `Int32` of days
/// or an `Int64` of microseconds.
package struct CivilDate: Hashable, Sendable {
  /// The year; 0 is the year before 1.
  package var year: Int
  /// The month, from 1.
  package var month: Int
  /// The day of the month, from 1.
  package var day: Int

  /// The date of the given parts, or nil when there is no such day, or when the year has more than
  /// nine digits.
  package init?(year: Int, month: Int, day: Int) {
    guard (-999_999_999...999_999_999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.days(inMonth: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date that is `days` after 1970-01-01.
  package init(daysSinceEpoch days: Int) {
    // Years begin in March here: the leap day is the last of its year, and 400 years, an era, all
    // have the same number of days.
    let shifted = days &+ 719_468
    let era = Self.floorDivide(shifted, 146_097)
    let dayOfEra = shifted &- era &* 146_097
    let yearOfEra =
      (dayOfEra &- dayOfEra / 1_460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
    let monthFromMarch = (5 &* dayOfYear &+ 2) / 153
    day = dayOfYear &- (153 &* monthFromMarch &+ 2) / 5 &+ 1
    month = monthFromMarch < 10 ? monthFromMarch &+ 3 : monthFromMarch &- 9
    year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
  }

  /// The days from 1970-01-01 to the date.
  package var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year &- 1 : year
    let era = Self.floorDivide(shiftedYear, 400)
    let yearOfEra = shiftedYear &- era &* 400
    let monthFromMarch = month > 2 ? month &- 3 : month &+ 9
    let dayOfYear = (153 &* monthFromMarch &+ 2) / 5 &+ day &- 1
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    return era &* 146_097 &+ dayOfEra &- 719_468
  }

  /// The number of days of a month.
  package static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// The quotient rounded towards negative infinity. The divisor must be positive.
  package static func floorDivide<T: FixedWidthInteger & SignedInteger>(_ value: T, _ divisor: T)
    -> T
  {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient &- 1 : quotient
  }
}
