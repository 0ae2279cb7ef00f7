/// A calendar unit that a date or timestamp is truncated to, counted from 1970-01-01 00:00.
///
/// Every count rounds towards the past: the last day of 1969 is in year -1.
///
/// Spec: Partitioning, "Partition Transforms".
package enum CalendarPart: Int, Sendable {
  case year, month, day, hour

  /// The units from 1970-01-01 to a day; `hour` gives the hour that the day begins with.
  package func count(days: Int) -> Int {
    switch self {
    case .year: return CivilDate(daysSinceEpoch: days).year &- 1_970
    case .month:
      let date = CivilDate(daysSinceEpoch: days)
      return (date.year &- 1_970) &* 12 &+ date.month &- 1
    case .day: return days
    case .hour: return days &* 24
    }
  }

  /// The units from 1970-01-01 to a point in time, which is given in `unitsPerSecond`.
  package func count(timestamp: Int64, unitsPerSecond: Int64) -> Int {
    if self == .hour {
      return Int(CivilDate.floorDivide(timestamp, unitsPerSecond &* 3_600))
    }
    return count(days: Int(CivilDate.floorDivide(timestamp, unitsPerSecond &* 86_400)))
  }
}
