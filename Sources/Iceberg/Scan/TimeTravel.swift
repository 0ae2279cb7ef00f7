public import FoundationEssentials

/// The point in the history of a table that a scan looks at.
public enum TimeTravel: Hashable, Sendable {
  /// The snapshot with an id, whether or not it is part of the current history.
  case snapshot(Int64)
  /// What was current at a time, in milliseconds since 1970-01-01 UTC, by the snapshot log.
  case timestamp(millis: Int64)
  /// What a branch or tag stands for.
  case ref(String)
}

extension TimeTravel {
  /// What was current at a time, by the snapshot log.
  public static func timestamp(_ date: Date) -> TimeTravel {
    let millis = (date.timeIntervalSince1970 * 1000).rounded()
    if millis <= -0x1p63 { return .timestamp(millis: .min) }
    return .timestamp(millis: millis < 0x1p63 ? Int64(millis) : .max)
  }
}
