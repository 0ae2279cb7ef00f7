internal import FoundationEssentials
internal import IcebergModel

/// Times as people write them, absolute or counted back from now.
enum SpokenTime {
  /// Milliseconds since 1970-01-01 UTC.
  ///
  /// Throws `invalidArgument`, telling what is understood.
  static func millis(of text: String, now: Date) throws(IcebergError) -> Int64 {
    if let millis = Int64(text) ?? millis(ofDate: text) ?? millis(ofRelative: text, now: now) {
      return millis
    }
    throw IcebergError(
      .invalidArgument,
      """
      '\(text)' is no time: write 2024-01-15, 2024-01-15T10:30:00 (UTC), 2024-01-15T10:30:00+02:00, \
      milliseconds since 1970, now, yesterday, or 2 hours ago
      """)
  }

  /// Milliseconds since 1970-01-01 UTC of a date, or of a date with a time of day.
  static func millis(ofDate text: String) -> Int64? {
    guard case .timestamptz(let micros) = try? Literal(parsing: text, type: .timestamptz) else {
      return nil
    }
    // Down: what was committed later within the same millisecond was not there yet.
    return CivilDate.floorDivide(micros, 1000)
  }

  /// Milliseconds since 1970-01-01 UTC of `now`, `yesterday` or `1 day 2 hours ago`.
  private static func millis(ofRelative text: String, now: Date) -> Int64? {
    guard case .timestamp(let start) = TimeTravel.timestamp(now) else { return nil }
    var words = text.lowercased().split { $0.isWhitespace || $0 == "." }
    switch words {
    case ["now"]: return start
    case ["yesterday"]: words = ["1", "day", "ago"]
    default: break
    }
    guard words.count >= 3, words.count % 2 == 1, words.popLast() == "ago" else { return nil }
    var time = Int128(start)
    for index in stride(from: 0, to: words.count, by: 2) {
      guard let count = Int32(words[index]), count >= 0 else { return nil }
      let unit = words[index + 1]
      switch unit.last == "s" ? unit.dropLast() : unit {
      case "second": time -= Int128(count) * 1000
      case "minute": time -= Int128(count) * 60_000
      case "hour": time -= Int128(count) * 3_600_000
      case "day": time -= Int128(count) * day
      case "week": time -= Int128(count) * 7 * day
      case "month":
        guard let earlier = subtracting(months: Int(count), from: time) else { return nil }
        time = earlier
      case "year":
        guard let earlier = subtracting(months: Int(count) * 12, from: time) else { return nil }
        time = earlier
      default: return nil
      }
    }
    return Int64(exactly: time)
  }

  private static let day: Int128 = 86_400_000

  /// The same time of the same day of an earlier month, or of its last day when it is shorter.
  private static func subtracting(months: Int, from time: Int128) -> Int128? {
    guard let days = Int(exactly: CivilDate.floorDivide(time, day)) else { return nil }
    let timeOfDay = time - Int128(days) * day
    let date = CivilDate(daysSinceEpoch: days)
    let month = date.year * 12 + date.month - 1 - months
    let year = CivilDate.floorDivide(month, 12)
    let monthOfYear = month - year * 12 + 1
    let last = CivilDate.days(inMonth: monthOfYear, of: year)
    guard let earlier = CivilDate(year: year, month: monthOfYear, day: min(date.day, last)) else {
      return nil
    }
    return Int128(earlier.daysSinceEpoch) * day + timeOfDay
  }
}
