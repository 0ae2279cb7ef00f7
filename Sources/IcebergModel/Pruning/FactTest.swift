import IcebergBytes

/// A predicate made ready to be asked of many files: its constants are keys that bounds compare with.
///
/// It never changes; as a class it is passed on without a copy of its many parts for each file.
final class FactTest: Sendable {
  /// The predicate.
  let predicate: BoundPredicate
  /// The column that it looks at.
  let column: FactColumn
  private let form: BoundForm
  private let question: Question

  private enum Question: Sendable {
    case isNull, notNull, isNaN, notNaN
    case comparison(Filter.Comparison, BoundKey)
    /// In ascending order.
    case isIn([BoundKey])
    case notIn([BoundKey])
    case startsWith(Bytes)
    case notStartsWith(Bytes)
    /// Nothing that facts are recorded for.
    case unanswerable
  }

  init(_ predicate: BoundPredicate) {
    self.predicate = predicate
    column = FactColumn(predicate.term)
    form = BoundForm(predicate.term.sourceType)
    question = Self.question(predicate.test, of: predicate.term)
  }

  private static func question(
    _ test: BoundPredicate.Test, of term: BoundTerm
  ) -> Question {
    switch test {
    case .isNull: return .isNull
    case .notNull: return .notNull
    case .isNaN: return .isNaN
    case .notNaN: return .notNaN
    case .comparison(let comparison, let constant):
      return BoundKey(constant).map { .comparison(comparison, $0) } ?? .unanswerable
    case .isIn(let constants):
      return keys(constants).map { .isIn($0) } ?? .unanswerable
    case .notIn(let constants):
      return keys(constants).map { .notIn($0) } ?? .unanswerable
    case .startsWith(let prefix):
      guard case .bytes(let bytes)? = BoundKey(prefix) else { return .unanswerable }
      return .startsWith(bytes)
    case .notStartsWith(let prefix):
      guard case .bytes(let bytes)? = BoundKey(prefix) else { return .unanswerable }
      return .notStartsWith(bytes)
    }
  }

  private static func keys(_ constants: Set<Literal>) -> [BoundKey]? {
    let keys = constants.compactMap { BoundKey($0) }
    return keys.count == constants.count ? keys.sorted(by: <) : nil
  }
}

extension FactTest {
  /// Whether some value may pass; false only when it is known that none does.
  func mayPass(_ facts: some ValueFacts) -> Bool {
    switch question {
    case .isNull: facts.mayHaveNull(column)
    case .notNull: !facts.hasOnlyNull(column)
    case .isNaN: facts.mayHaveNaN(column)
    case .notNaN: !facts.hasOnlyNaN(column)
    case .comparison(.notEqual, let key):
      uniqueKey(facts) != key
    case .comparison(let comparison, let key): mayPass(facts, comparison, key)
    case .isIn(let keys): mayBeAny(of: keys, facts)
    case .notIn(let keys):
      uniqueKey(facts).map { !keys.contains($0) } ?? true
    case .startsWith(let prefix): mayStart(facts, with: prefix)
    case .notStartsWith(let prefix):
      facts.mayHaveNull(column) || !allStart(facts, with: prefix)
    case .unanswerable: true
    }
  }

  /// Whether all values are known to pass.
  func mustPass(_ facts: some ValueFacts) -> Bool {
    switch question {
    case .isNull: facts.hasOnlyNull(column)
    case .notNull: !facts.mayHaveNull(column)
    case .isNaN: facts.hasOnlyNaN(column)
    case .notNaN: !facts.mayHaveNaN(column)
    case .comparison(.notEqual, let key):
      // What has no place in the order is different from everything.
      facts.hasNoComparable(column) || isOutside(key, facts)
    case .comparison(let comparison, let key):
      hasOnlyComparable(facts) && mustPass(facts, comparison, key)
    case .isIn(let keys):
      hasOnlyComparable(facts) && uniqueBound(facts).map(keys.contains) ?? false
    case .notIn(let keys):
      facts.hasNoComparable(column) || areOutside(keys, facts)
    case .startsWith(let prefix):
      hasOnlyComparable(facts) && allStart(facts, with: prefix)
    case .notStartsWith(let prefix): !mayStart(facts, with: prefix)
    case .unanswerable: false
    }
  }

  private func hasOnlyComparable(_ facts: some ValueFacts) -> Bool {
    !facts.mayHaveNull(column) && !facts.mayHaveNaN(column)
  }

  private func mayPass(
    _ facts: some ValueFacts, _ comparison: Filter.Comparison, _ key: BoundKey
  ) -> Bool {
    // Where there is no bound, it may be that there is nothing to compare.
    switch comparison {
    case .lessThan: lower(facts).map { $0 < key } ?? hasComparable(facts)
    case .lessThanOrEqual: lower(facts).map { !(key < $0) } ?? hasComparable(facts)
    case .greaterThan: upper(facts).map { key < $0 } ?? hasComparable(facts)
    case .greaterThanOrEqual: upper(facts).map { !($0 < key) } ?? hasComparable(facts)
    case .equal: mayBe(key, facts)
    case .notEqual: true
    }
  }

  private func mustPass(
    _ facts: some ValueFacts, _ comparison: Filter.Comparison, _ key: BoundKey
  ) -> Bool {
    switch comparison {
    case .lessThan: upper(facts).map { $0 < key } ?? false
    case .lessThanOrEqual: upper(facts).map { !(key < $0) } ?? false
    case .greaterThan: lower(facts).map { key < $0 } ?? false
    case .greaterThanOrEqual: lower(facts).map { !($0 < key) } ?? false
    case .equal: uniqueBound(facts) == key
    case .notEqual: isOutside(key, facts)
    }
  }

  private func isOutside(_ key: BoundKey, _ facts: some ValueFacts) -> Bool {
    let (lower, upper) = bounds(facts)
    if let lower, key < lower { return true }
    if let upper, upper < key { return true }
    return false
  }

  private func areOutside(_ keys: [BoundKey], _ facts: some ValueFacts) -> Bool {
    let (lower, upper) = bounds(facts)
    return (lower != nil || upper != nil) && !Self.isAny(of: keys, from: lower, to: upper)
  }

  private func mayBe(_ key: BoundKey, _ facts: some ValueFacts) -> Bool {
    let (lower, upper) = bounds(facts)
    if lower == nil, upper == nil { return hasComparable(facts) }
    if let lower, key < lower { return false }
    if let upper, upper < key { return false }
    return true
  }

  private func mayBeAny(of keys: [BoundKey], _ facts: some ValueFacts) -> Bool {
    let (lower, upper) = bounds(facts)
    if lower == nil, upper == nil { return hasComparable(facts) }
    return Self.isAny(of: keys, from: lower, to: upper)
  }

  private func hasComparable(_ facts: some ValueFacts) -> Bool { !facts.hasNoComparable(column) }

  private static func isAny(
    of keys: [BoundKey], from lower: BoundKey?, to upper: BoundKey?
  ) -> Bool {
    var first = 0
    if let lower {
      var end = keys.count
      while first < end {
        let middle = (first + end) / 2
        if keys[middle] < lower { first = middle + 1 } else { end = middle }
      }
    }
    guard first < keys.count else { return false }
    return upper.map { !($0 < keys[first]) } ?? true
  }

  /// The value of all rows, if they are known to have the same; nil otherwise.
  private func uniqueKey(_ facts: some ValueFacts) -> BoundKey? {
    guard let key = uniqueBound(facts), hasOnlyComparable(facts) else { return nil }
    return key
  }

  private func uniqueBound(_ facts: some ValueFacts) -> BoundKey? {
    let (lower, upper) = bounds(facts)
    return lower == upper ? lower : nil
  }

  private func mayStart(_ facts: some ValueFacts, with prefix: Bytes) -> Bool {
    let (lower, upper) = bounds(facts)
    if lower == nil, upper == nil { return hasComparable(facts) }
    if case .bytes(let lower)? = lower, prefix.order(to: lower) < 0, !lower.starts(with: prefix) {
      return false
    }
    if case .bytes(let upper)? = upper, upper.order(to: prefix) < 0 { return false }
    return true
  }

  private func allStart(_ facts: some ValueFacts, with prefix: Bytes) -> Bool {
    let (lower, upper) = bounds(facts)
    guard case .bytes(let lower)? = lower, case .bytes(let upper)? = upper else { return false }
    return lower.starts(with: prefix) && upper.starts(with: prefix)
  }
}

extension FactTest {
  private func lower(_ facts: some ValueFacts) -> BoundKey? {
    guard predicate.term.transform == .identity else { return bounds(facts).lower }
    return facts.lowerBound(of: column).flatMap(form.key)
  }

  private func upper(_ facts: some ValueFacts) -> BoundKey? {
    guard predicate.term.transform == .identity else { return bounds(facts).upper }
    return facts.upperBound(of: column).flatMap(form.key)
  }

  /// The bounds of the term's values. Those of a transform's results come from those of the column.
  private func bounds(_ facts: some ValueFacts) -> (lower: BoundKey?, upper: BoundKey?) {
    let lower = facts.lowerBound(of: column)
    let upper = facts.upperBound(of: column)
    guard predicate.term.transform != .identity else {
      return (lower.flatMap(form.key), upper.flatMap(form.key))
    }
    let type = predicate.term.sourceType
    let results = predicate.term.transform.resultBounds(
      lower: lower.flatMap { try? Literal(singleValue: $0, type: type) },
      upper: upper.flatMap { try? Literal(singleValue: $0, type: type) })
    return (results.lower.flatMap { BoundKey($0) }, results.upper.flatMap { BoundKey($0) })
  }
}
