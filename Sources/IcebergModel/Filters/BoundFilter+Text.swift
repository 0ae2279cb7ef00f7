extension BoundFilter: CustomStringConvertible {
  /// The filter as SQL would say it, for people: `id < 5 AND (day(ts) = 2024-01-15 OR name IS NULL)`.
  package var description: String { text(isInside: false) }

  private func text(isInside: Bool) -> String {
    switch self {
    case .all: return "TRUE"
    case .none: return "FALSE"
    case .predicate(let predicate): return predicate.description
    case .and(let parts):
      return parts.map { $0.text(isInside: true) }.joined(separator: " AND ")
    case .or(let parts):
      let text = parts.map { $0.text(isInside: false) }.joined(separator: " OR ")
      return isInside ? "(\(text))" : text
    }
  }
}

extension BoundPredicate: CustomStringConvertible {
  /// The predicate as SQL would say it, for people. Long lists of values are cut.
  package var description: String {
    switch test {
    case .isNull: "\(term) IS NULL"
    case .notNull: "\(term) IS NOT NULL"
    case .isNaN: "\(term) IS NAN"
    case .notNaN: "\(term) IS NOT NAN"
    case .comparison(let comparison, let value):
      "\(term) \(comparison.rawValue) \(value.quoted)"
    case .isIn(let values): "\(term) IN (\(Self.list(values)))"
    case .notIn(let values): "\(term) NOT IN (\(Self.list(values)))"
    case .startsWith(let prefix): "\(term) STARTS WITH \(prefix.quoted)"
    case .notStartsWith(let prefix): "\(term) NOT STARTS WITH \(prefix.quoted)"
    }
  }

  private static func list(_ values: Set<Literal>) -> String {
    let sorted = values.sorted { $0.ordering(to: $1) == .less }
    let shown = sorted.prefix(10).map(\.quoted).joined(separator: ", ")
    return sorted.count > 10 ? "\(shown), ... \(sorted.count) values" : shown
  }
}

extension BoundTerm: CustomStringConvertible {
  /// The name of the column, in its transform where there is one: `bucket(16, id)`.
  package var description: String {
    switch transform {
    case .identity: name
    case .bucket(let count): "bucket(\(count), \(name))"
    case .truncate(let width): "truncate(\(width), \(name))"
    case .year, .month, .day, .hour, .void, .unknown: "\(transform)(\(name))"
    }
  }
}

extension Literal {
  /// The value as ``text``, in quotes where it is not a number; long texts are cut.
  package var quoted: String {
    switch self {
    case .boolean, .int, .long, .float, .double, .decimal: return text
    default:
      let text = text
      let isLong = text.unicodeScalars.count > 80
      let shown = isLong ? String(text.unicodeScalars.prefix(80)) + "..." : text
      return "'\(shown.replacing("'", with: "''"))'"
    }
  }
}
