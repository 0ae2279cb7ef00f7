/// Dates and times in the ISO 8601 forms of the format: `2017-11-16`, `22:31:08.123456`,
/// `2017-11-16T22:31:08.123456+00:00`.
///
/// Fractions are as short as they can be, and years of more than four digits carry a sign, as in the
/// reference implementation.
///
/// Spec: Appendix D, "JSON single-value serialization".
package enum ISOText {
  /// How many units of a timestamp or time make a second.
  package enum Precision: Int64, Sendable {
    case micros = 1_000_000
    case nanos = 1_000_000_000

    var digits: Int { self == .micros ? 6 : 9 }
  }

  /// The text of a day.
  package static func date(days: Int) -> String {
    let date = CivilDate(daysSinceEpoch: days)
    return "\(year(date.year))-\(twoDigits(date.month))-\(twoDigits(date.day))"
  }

  /// The text of a time of day, with seconds always and with the fraction that is needed.
  package static func time(_ value: Int64, _ precision: Precision) -> String {
    let second = precision.rawValue
    let seconds = CivilDate.floorDivide(value, second)
    let fraction = value &- seconds &* second
    let hours = seconds / 3_600
    let minutes = seconds / 60 % 60
    var text = "\(twoDigits(Int(hours))):\(twoDigits(Int(minutes))):\(twoDigits(Int(seconds % 60)))"
    if fraction != 0 {
      var digits = String(fraction)
      digits = String(repeating: "0", count: precision.digits - digits.utf8.count) + digits
      while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
      text += "." + digits
    }
    return text
  }

  /// The text of a timestamp without zone.
  package static func timestamp(_ value: Int64, _ precision: Precision) -> String {
    let day = precision.rawValue * 86_400
    let days = CivilDate.floorDivide(value, day)
    // Not `value - days * day`: the product of the earliest day is below the least Int64.
    var rest = value % day
    if rest < 0 { rest += day }
    return date(days: Int(days)) + "T" + time(rest, precision)
  }

  /// The text of a timestamp in UTC.
  package static func timestamptz(_ value: Int64, _ precision: Precision) -> String {
    timestamp(value, precision) + "+00:00"
  }

  static func year(_ year: Int) -> String {
    let digits = String(year.magnitude)
    let padded = String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    if year < 0 { return "-" + padded }
    return year > 9_999 ? "+" + padded : padded
  }

  static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

extension ISOText {
  /// The days of a date's text, or nil when it is none.
  package static func days(ofDate text: String) -> Int? {
    var scan = ISOScanner(text)
    guard let date = scan.date(), scan.isAtEnd else { return nil }
    return date.daysSinceEpoch
  }

  /// The units since midnight of a time's text, or nil when it is none, or finer than `precision`.
  package static func value(ofTime text: String, _ precision: Precision) -> Int64? {
    var scan = ISOScanner(text)
    guard let time = scan.time(precision), scan.isAtEnd else { return nil }
    return time
  }

  /// The units since 1970-01-01 of a timestamp's text without zone, or nil when it is none, finer
  /// than `precision` or out of range.
  package static func value(ofTimestamp text: String, _ precision: Precision) -> Int64? {
    var scan = ISOScanner(text)
    guard let (date, time) = scan.dateAndTime(precision), scan.isAtEnd else { return nil }
    return combine(date, time, secondsEastOfUTC: 0, precision)
  }

  /// The units since 1970-01-01 UTC of a timestamp's text with zone, and the seconds by which the
  /// zone is ahead of UTC; nil when it is none, finer than `precision` or out of range.
  package static func value(
    ofTimestamptz text: String, _ precision: Precision
  ) -> (value: Int64, secondsEastOfUTC: Int)? {
    var scan = ISOScanner(text)
    guard let (date, time) = scan.dateAndTime(precision), let zone = scan.zone(), scan.isAtEnd,
      let value = combine(date, time, secondsEastOfUTC: zone, precision)
    else { return nil }
    return (value, zone)
  }

  private static func combine(
    _ date: CivilDate, _ time: Int64, secondsEastOfUTC: Int, _ precision: Precision
  ) -> Int64? {
    // In 128 bits, because days and time may leave the range that their sum is in.
    let seconds = Int128(date.daysSinceEpoch) * 86_400 - Int128(secondsEastOfUTC)
    return Int64(exactly: seconds * Int128(precision.rawValue) + Int128(time))
  }
}

/// Takes the parts of a date or time off the front of a text.
private struct ISOScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position == bytes.count }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skip(_ characters: UInt8...) -> Bool {
    guard let next, characters.contains(next) else { return false }
    position += 1
    return true
  }

  private mutating func number(digits allowed: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while count < allowed.upperBound, let digit = next, digit >= UInt8(ascii: "0"),
      digit <= UInt8(ascii: "9")
    {
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
      count += 1
      position += 1
    }
    return count >= allowed.lowerBound ? value : nil
  }

  mutating func date() -> CivilDate? {
    let isNegative = next == UInt8(ascii: "-")
    let isSigned = skip(UInt8(ascii: "-"), UInt8(ascii: "+"))
    guard let year = number(digits: 4...(isSigned ? 9 : 4)), skip(UInt8(ascii: "-")),
      let month = number(digits: 2...2), skip(UInt8(ascii: "-")),
      let day = number(digits: 2...2)
    else { return nil }
    return CivilDate(year: isNegative ? -year : year, month: month, day: day)
  }

  mutating func time(_ precision: ISOText.Precision) -> Int64? {
    guard let hour = number(digits: 2...2), hour < 24, skip(UInt8(ascii: ":")),
      let minute = number(digits: 2...2), minute < 60
    else { return nil }
    var seconds = Int64(hour * 3_600 + minute * 60)
    var fraction: Int64 = 0
    if skip(UInt8(ascii: ":")) {
      guard let second = number(digits: 2...2), second < 60 else { return nil }
      seconds += Int64(second)
      if skip(UInt8(ascii: "."), UInt8(ascii: ",")) {
        guard let digits = fractionDigits(precision) else { return nil }
        fraction = digits
      }
    }
    return seconds * precision.rawValue + fraction
  }

  private mutating func fractionDigits(_ precision: ISOText.Precision) -> Int64? {
    var unit = precision.rawValue
    var value: Int64 = 0
    var count = 0
    while let digit = next, digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") {
      unit /= 10
      // A digit that is finer than the unit must be zero: nothing is rounded away unseen.
      if unit == 0, digit != UInt8(ascii: "0") { return nil }
      value += unit * Int64(digit - UInt8(ascii: "0"))
      count += 1
      position += 1
    }
    return count > 0 ? value : nil
  }

  mutating func dateAndTime(_ precision: ISOText.Precision) -> (CivilDate, Int64)? {
    guard let date = date(),
      skip(UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")),
      let time = time(precision)
    else { return nil }
    return (date, time)
  }

  mutating func zone() -> Int? {
    if skip(UInt8(ascii: "Z"), UInt8(ascii: "z")) { return 0 }
    let isWest = next == UInt8(ascii: "-")
    guard skip(UInt8(ascii: "+"), UInt8(ascii: "-")), let hours = number(digits: 2...2) else {
      return nil
    }
    var seconds = hours * 3_600
    if skip(UInt8(ascii: ":")) {
      guard let minutes = number(digits: 2...2), minutes < 60 else { return nil }
      seconds += minutes * 60
      if skip(UInt8(ascii: ":")) {
        guard let rest = number(digits: 2...2), rest < 60 else { return nil }
        seconds += rest
      }
    }
    guard seconds <= 18 * 3_600 else { return nil }
    return isWest ? -seconds : seconds
  }
}
