import IcebergBytes

/// Why no row of a manifest or file can satisfy a filter: tests that together keep every row out, and
/// what is recorded that fails each.
package struct PruningReason: Hashable, Sendable {
  /// A test and what fails it.
  package struct Failure: Hashable, Sendable {
    /// The test.
    package var predicate: BoundPredicate
    /// What is recorded.
    package var finding: Finding
  }

  /// What is recorded of the values of a column or partition field.
  package enum Finding: Hashable, Sendable {
    /// Where the values lie; a bound is nil where it is not recorded.
    case bounds(lower: Literal?, upper: Literal?)
    /// How many values there are, and all are null; nil where only that is recorded.
    case allNull(count: Int64?)
    case allNaN(count: Int64?)
    case allNullOrNaN(count: Int64?)
    /// None is null.
    case noNull
    case noNaN
    /// The value of all rows; nil is null.
    case value(Literal?)
  }

  /// Tests of which one would have to hold; empty when the filter lets no row through, or there are
  /// no rows.
  package var failures: [Failure]

  /// A reason of the given tests.
  package init(_ failures: [Failure]) { self.failures = failures }
}

extension PruningReason: CustomStringConvertible {
  /// The reason for people: `id < 5: 30 to 79; name IS NULL: no value is null`.
  package var description: String {
    failures.isEmpty
      ? "no row" : failures.map { "\($0.predicate): \($0.finding)" }.joined(separator: "; ")
  }
}

extension PruningReason.Finding: CustomStringConvertible {
  /// The finding for people.
  package var description: String {
    switch self {
    case .bounds(let lower?, let upper?):
      lower == upper ? "all are \(lower.quoted)" : "\(lower.quoted) to \(upper.quoted)"
    case .bounds(let lower?, nil): "\(lower.quoted) or more"
    case .bounds(nil, let upper?): "\(upper.quoted) or less"
    case .bounds(nil, nil): "no bounds"
    case .allNull(let count): "\(Self.values(count)) null"
    case .allNaN(let count): "\(Self.values(count)) NaN"
    case .allNullOrNaN(let count): "\(Self.values(count)) null or NaN"
    case .noNull: "no value is null"
    case .noNaN: "no value is NaN"
    case .value(let value?): "the value is \(value.quoted)"
    case .value(nil): "the value is null"
    }
  }

  private static func values(_ count: Int64?) -> String {
    count.map { "all \($0) values are" } ?? "all values are"
  }
}

extension FactTest {
  /// What is recorded that no value passes with.
  func failure(_ facts: some ValueFacts, valueCount: Int64?) -> PruningReason.Failure {
    PruningReason.Failure(predicate: predicate, finding: finding(facts, valueCount))
  }

  private func finding(_ facts: some ValueFacts, _ count: Int64?) -> PruningReason.Finding {
    switch predicate.test {
    case .isNull: return .noNull
    case .isNaN where !facts.hasOnlyNull(column): return .noNaN
    case .notNaN: return .allNaN(count: count)
    default: break
    }
    if facts.hasOnlyNull(column) { return .allNull(count: count) }
    if facts.hasOnlyNaN(column) { return .allNaN(count: count) }
    if facts.hasNoComparable(column) { return .allNullOrNaN(count: count) }
    return .bounds(
      lower: value(facts.lowerBound(of: column)), upper: value(facts.upperBound(of: column)))
  }

  private func value(_ bound: Bytes?) -> Literal? {
    bound.flatMap { try? Literal(singleValue: $0, type: predicate.term.sourceType) }
  }
}
