import Iceberg

/// Times as the tool shows and understands them.
enum Timestamps {
  /// `2024-01-15T10:30:00.123+00:00` of milliseconds since 1970-01-01 UTC.
  static func text(millis: Int64) -> String {
    let (micros, overflow) = millis.multipliedReportingOverflow(by: 1000)
    return overflow ? "\(millis) ms" : Literal.timestamptz(micros).text
  }

  /// Milliseconds since 1970-01-01 UTC of what a user typed: milliseconds themselves, a date, or a
  /// date with a time, `T` or a space between them; without a zone it is UTC.
  static func millis(_ text: String) throws(TextError) -> Int64 {
    if let millis = Int64(text) { return millis }
    for candidate in [text, text + "T00:00:00+00:00", text + "+00:00"] {
      if let literal = try? Literal(parsing: candidate, type: .timestamptz),
        case .timestamptz(let micros) = literal
      {
        return floor(micros)
      }
    }
    throw TextError(
      "'\(text)' is no time; write 2024-01-15, 2024-01-15T10:30:00, 2024-01-15T10:30:00+02:00 or "
        + "milliseconds since 1970")
  }

  private static func floor(_ micros: Int64) -> Int64 {
    let (quotient, remainder) = micros.quotientAndRemainder(dividingBy: 1000)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
