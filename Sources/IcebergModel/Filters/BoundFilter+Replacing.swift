extension BoundFilter {
  /// The filter with something else in the place of each test.
  package func replacing(_ other: (BoundPredicate) -> BoundFilter) -> BoundFilter {
    switch self {
    case .all, .none: self
    case .and(let parts): .all(of: parts.map { $0.replacing(other) })
    case .or(let parts): .any(of: parts.map { $0.replacing(other) })
    case .predicate(let predicate): other(predicate)
    }
  }
}
