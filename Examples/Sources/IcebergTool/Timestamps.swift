import Iceberg

/// Times as the tool shows them.
enum Timestamps {
  /// `2024-01-15T10:30:00.123+00:00` of milliseconds since 1970-01-01 UTC.
  static func text(millis: Int64) -> String {
    let (micros, overflow) = millis.multipliedReportingOverflow(by: 1000)
    return overflow ? "\(millis) ms" : Literal.timestamptz(micros).text
  }
}
