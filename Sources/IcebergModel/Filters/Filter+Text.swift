extension Filter {
  /// The filter that a text such as `severity = 'ERROR' AND id >= 10` stands for, in the words of SQL.
  ///
  /// - Comparisons `= <> < <= > >=` (also `==` and `!=`), `BETWEEN a AND b`, `IN (a, b)`, `IS NULL`,
  ///   `IS NAN`, `STARTS WITH 'a'`, and `LIKE` with patterns such as `'a%'`; all but the comparisons
  ///   with a `NOT` too. They are joined by `AND`, `OR`, `NOT` and parentheses. `TRUE` and `FALSE` are
  ///   all rows and none.
  /// - Columns by their names, nested ones with points. A name that is no word, or a keyword, stands
  ///   in double quotes or backquotes.
  /// - `year(at)`, `month(at)`, `day(at)`, `hour(at)`, `bucket(16, id)` and `truncate(4, name)`: the
  ///   partition transforms. Years, months and hours are counted from 1970.
  /// - Whole numbers, numbers with a point or exponent, `'texts'` in which a quote is written twice,
  ///   `TRUE`, `FALSE`, `DATE '2024-05-01'`, `TIME '12:30:00'`, `TIMESTAMP '2024-05-01T12:30:00'`,
  ///   `TIMESTAMPTZ '2024-05-01T12:30:00Z'`, `UUID '...'`, `X'0aff'`, `DECIMAL '1.50'`, `INT '1'`,
  ///   `FLOAT '1.5'` and `DOUBLE 'Infinity'`. A text does for a date, time, timestamp, decimal, UUID
  ///   or bytes.
  ///
  /// The logic is that of ``Filter``, not that of SQL: `x <> 5` and `NOT x < 5` hold for nulls.
  ///
  /// Throws `invalidArgument` with the place, what was found there and what was expected.
  public init(parsing text: String) throws(IcebergError) {
    do throws(FilterParser.Failure) {
      var parser = try FilterParser(text)
      self = try parser.parse()
    } catch {
      throw IcebergError(.invalidArgument, Self.message(error, in: text))
    }
  }

  /// The message with the line of the text that it is about, and a mark under the place.
  private static func message(_ failure: FilterParser.Failure, in text: String) -> String {
    let before = String(decoding: text.utf8.prefix(failure.offset), as: UTF8.self).unicodeScalars
    // More than is shown of it.
    let after = String(
      decoding: text.utf8.dropFirst(failure.offset).prefix(200), as: UTF8.self
    ).unicodeScalars
    let isBreak = { (scalar: Unicode.Scalar) in scalar == "\n" || scalar == "\r" }
    let line = before.reversed().prefix { !isBreak($0) }.count
    let start = before.suffix(min(line, 50))
    let rest = after.prefix { !isBreak($0) }
    let prefix = line > start.count ? "..." : ""
    var shown = String(start) + String(rest.prefix(30))
    if rest.count > 30 { shown += "..." }
    let mark = String(repeating: " ", count: prefix.unicodeScalars.count + start.count) + "^"
    return "the filter, at character \(before.count + 1): \(failure.message)\n"
      + "  \(prefix)\(shown)\n  \(mark)"
  }
}

extension Filter: CustomStringConvertible {
  /// The text of the filter, which ``init(parsing:)`` understands: `severity = 'ERROR' AND id >= 10`.
  public var description: String {
    switch self {
    case .all: "TRUE"
    case .none: "FALSE"
    case .not(let inner): "NOT \(inner.operand)"
    case .and(let parts): Self.join(parts, "AND") ?? "TRUE"
    case .or(let parts): Self.join(parts, "OR") ?? "FALSE"
    case .test(let term, let test): "\(term) \(test)"
    }
  }

  private static func join(_ parts: [Filter], _ word: String) -> String? {
    guard parts.count > 1 else { return parts.first?.description }
    return parts.map(\.operand).joined(separator: " \(word) ")
  }

  /// The text as part of a larger one.
  private var operand: String {
    switch self {
    case .and(let parts), .or(let parts):
      parts.count == 1 ? parts[0].operand : parts.isEmpty ? description : "(\(description))"
    case .all, .none, .not, .test: description
    }
  }
}

extension Filter.Term: CustomStringConvertible {
  /// The column as filters write it, `location.city` or `"a name"`, or a transform of one:
  /// `bucket(16, id)`.
  public var description: String {
    let name = column.isPlainFilterName ? column : column.quoted("\"")
    return switch transform {
    case nil: name
    case .bucket(let count): "bucket(\(count), \(name))"
    case .truncate(let width): "truncate(\(width), \(name))"
    case .unknown(let text): "transform(\(text.quoted("'")), \(name))"
    case .identity?, .year?, .month?, .day?, .hour?, .void?: "\(transform ?? .identity)(\(name))"
    }
  }
}

extension Filter.Test: CustomStringConvertible {
  /// The test as filters write it after its column: `>= 10`.
  public var description: String {
    switch self {
    case .isNull: "IS NULL"
    case .notNull: "IS NOT NULL"
    case .isNaN: "IS NAN"
    case .notNaN: "IS NOT NAN"
    case .comparison(let comparison, let constant):
      "\(comparison.rawValue) \(constant.filterText)"
    case .isIn(let constants): "IN (\(Self.list(constants)))"
    case .notIn(let constants): "NOT IN (\(Self.list(constants)))"
    case .startsWith(let prefix): "STARTS WITH \(prefix.quoted("'"))"
    case .notStartsWith(let prefix): "NOT STARTS WITH \(prefix.quoted("'"))"
    }
  }

  private static func list(_ constants: [Literal]) -> String {
    constants.map(\.filterText).joined(separator: ", ")
  }
}

extension Literal {
  /// The value as a constant in the text of a filter.
  package var filterText: String {
    switch self {
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .long(let value): "\(value)"
    case .double(let value): Self.filterText(value)
    case .string(let text): text.quoted("'")
    case .int: "INT '\(text)'"
    case .float: "FLOAT '\(text)'"
    case .decimal: "DECIMAL '\(text)'"
    case .date: "DATE '\(text)'"
    case .time: "TIME '\(text)'"
    case .timestamp: "TIMESTAMP '\(text)'"
    case .timestamptz: "TIMESTAMPTZ '\(text)'"
    case .timestampNanos: "TIMESTAMP_NS '\(text)'"
    case .timestamptzNanos: "TIMESTAMPTZ_NS '\(text)'"
    case .uuid: "UUID '\(text)'"
    case .binary: "X'\(text)'"
    case .fixed: "FIXED '\(text)'"
    // These are the constants of no filter that can be used.
    case .geometry, .geography, .variant, .struct, .list, .map: text.quoted("'")
    }
  }

  private static func filterText(_ value: Double) -> String {
    guard value.isFinite else { return "DOUBLE '\(Literal.double(value).text)'" }
    let text = value.description
    let digits = text.utf8.count { $0 >= 0x30 && $0 <= 0x39 }
    // More digits without an exponent are those of a decimal.
    return digits <= 15 || text.utf8.contains(UInt8(ascii: "e")) ? text : text + "e0"
  }
}

extension String {
  /// The text in quotes, with those in it doubled.
  fileprivate func quoted(_ quote: Unicode.Scalar) -> String {
    var quoted = String(quote)
    for scalar in unicodeScalars {
      quoted.unicodeScalars.append(scalar)
      if scalar == quote { quoted.unicodeScalars.append(scalar) }
    }
    return quoted + String(quote)
  }
}
