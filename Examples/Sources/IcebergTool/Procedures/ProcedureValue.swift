import Iceberg

/// A value that is given to a procedure, as it is written.
indirect enum ProcedureValue: Equatable, Sendable {
  case null
  case text(String)
  case number(String)
  case bool(Bool)
  /// What stands behind `TIMESTAMP` or `DATE`.
  case time(String)
  case array([ProcedureValue])
  case map([Pair])

  /// A key and its value.
  struct Pair: Equatable, Sendable {
    var key: ProcedureValue
    var value: ProcedureValue
  }

  /// The value as one word; nil for arrays and maps, and for null.
  var word: String? {
    switch self {
    case .text(let text), .number(let text), .time(let text): text
    case .bool(let value): "\(value)"
    case .null, .array, .map: nil
    }
  }

  /// What it is, for messages.
  var description: String {
    switch self {
    case .null: "NULL"
    case .text(let text): "'\(text)'"
    case .number(let text): text
    case .bool(let value): "\(value)"
    case .time(let text): "TIMESTAMP '\(text)'"
    case .array: "an array"
    case .map: "a map"
    }
  }
}

// What the value is, of each kind that parameters have; nil when it is none of that kind.
extension ProcedureValue {
  /// A whole number.
  var wholeNumber: Int64? { word.flatMap { Int64($0) } }

  /// Yes or no.
  var truth: Bool? {
    switch word?.lowercased() {
    case "true": true
    case "false": false
    default: nil
    }
  }

  /// Milliseconds since 1970-01-01 UTC.
  var millis: Int64? {
    guard let word, case .timestamp(let millis) = try? TimeTravel.timestamp(parsing: word) else {
      return nil
    }
    return millis
  }

  /// The parts of an array; of a text, what has commas between.
  var parts: [ProcedureValue]? {
    switch self {
    case .array(let values): values
    case .text(let text):
      RowOutput.names(text).filter { !$0.isEmpty }.map { .text($0) }
    case .number: [self]
    case .null, .bool, .time, .map: nil
    }
  }

  /// The pairs of a map of words; of a text or an array of texts, what has an equals sign between.
  var pairs: [(key: String, value: String)]? {
    switch self {
    case .map(let pairs):
      return Self.all(pairs) { pair in
        guard let key = pair.key.word, let value = pair.value.word else { return nil }
        return (key, value)
      }
    case .array(let values):
      return Self.all(values) { value in
        guard case .text(let text) = value, let sign = text.firstIndex(of: "=") else { return nil }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
      }
    case .text: return ProcedureValue.array([self]).pairs
    case .null, .number, .bool, .time: return nil
    }
  }

  private static func all<Element, Result>(
    _ elements: [Element], _ result: (Element) -> Result?
  ) -> [Result]? {
    let results = elements.compactMap(result)
    return results.count == elements.count ? results : nil
  }
}
