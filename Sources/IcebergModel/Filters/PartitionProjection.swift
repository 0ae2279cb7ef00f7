/// Turns filters of rows into filters of partition tuples.
///
/// The columns of the result are the fields of the spec: their ids are those of the partition fields,
/// their places those in the tuple.
///
/// Spec: Scan Planning.
package struct PartitionProjection: Sendable {
  private let fieldsBySource: [Int: [ProjectedField]]

  /// A projection through a spec of a table with the given schema, that of the filters.
  package init(_ spec: PartitionSpec, schema: Schema) {
    self.init(spec, index: schema.index)
  }

  /// As ``init(_:schema:)``, for whoever has the index already.
  package init(_ spec: PartitionSpec, index: SchemaIndex) {
    var fields: [Int: [ProjectedField]] = [:]
    for (position, field) in spec.fields.enumerated() {
      // What several columns make, or nobody knows how, says nothing about a column.
      guard let source = field.sourceIDs.first, field.sourceIDs.count == 1,
        let type = index.field(id: source)?.type, field.transform.canBeApplied(to: type),
        field.transform.isProjectable
      else { continue }
      let term = BoundTerm(
        fieldID: field.fieldID, name: field.name,
        sourceType: field.transform.resultType(for: type), path: [position], isOptional: true)
      fields[source, default: []].append(ProjectedField(term: term, transform: field.transform))
    }
    fieldsBySource = fields
  }

  /// Whether no filter says anything about partitions.
  package var isTrivial: Bool { fieldsBySource.isEmpty }

  /// A filter that a tuple satisfies if any row of its partition satisfies `filter`.
  package func inclusive(_ filter: BoundFilter) -> BoundFilter {
    switch filter {
    case .all, .none: filter
    case .and(let parts): .all(of: parts.map(inclusive))
    case .or(let parts): .any(of: parts.map(inclusive))
    case .predicate(let predicate): .all(of: inclusiveParts(of: predicate))
    }
  }

  /// A filter that a tuple satisfies only if all rows of its partition satisfy `filter`.
  package func strict(_ filter: BoundFilter) -> BoundFilter {
    switch filter {
    case .all, .none: filter
    case .and(let parts): .all(of: parts.map(strict))
    case .or(let parts): .any(of: parts.map(strict))
    case .predicate(let predicate): .any(of: strictParts(of: predicate))
    }
  }

  /// What each of the fields that are made from the column says: all must hold.
  func inclusiveParts(of predicate: BoundPredicate) -> [BoundFilter] {
    fieldsBySource[predicate.term.fieldID, default: []].compactMap { $0.inclusive(predicate) }
  }

  /// What each of the fields that are made from the column says: one suffices.
  func strictParts(of predicate: BoundPredicate) -> [BoundFilter] {
    fieldsBySource[predicate.term.fieldID, default: []].compactMap { $0.strict(predicate) }
  }
}

extension Transform {
  /// Whether results say anything about the values.
  fileprivate var isProjectable: Bool {
    switch self {
    case .identity, .bucket, .truncate, .year, .month, .day, .hour: true
    case .void, .unknown: false
    }
  }
}

extension Transform.ResultRange {
  fileprivate var isOneValue: Bool {
    switch self {
    case .exactly: true
    case .atMost, .atLeast: false
    }
  }
}

/// A partition field through which predicates of its column are projected.
private struct ProjectedField: Sendable {
  /// The field as a column of the tuple.
  var term: BoundTerm
  /// How its value is made.
  var transform: Transform

  func inclusive(_ predicate: BoundPredicate) -> BoundFilter? {
    if let same = moved(predicate) { return same }
    guard predicate.term.transform == .identity else { return nil }
    switch predicate.test {
    case .isNull, .notNull: return .predicate(BoundPredicate(term, predicate.test))
    case .comparison(.equal, let value): return anyOf([value])
    case .isIn(let values): return anyOf(values)
    case .comparison(let comparison, let value):
      return ranges(comparison, value).map { ranges in .any(of: ranges.map(within)) }
    case .startsWith(let prefix): return startsWith(prefix)
    case .notStartsWith(let prefix): return notStartsWith(prefix)
    case .isNaN, .notNaN, .notIn: return nil
    }
  }

  // What is true of all rows of a partition is what no row fails: where the rows that fail a test
  // cannot be, all rows pass.
  func strict(_ predicate: BoundPredicate) -> BoundFilter? {
    if let same = moved(predicate) { return same }
    guard predicate.term.transform == .identity else { return nil }
    switch predicate.test {
    case .isNull, .notNull: return .predicate(BoundPredicate(term, predicate.test))
    case .comparison(.notEqual, let value): return noneOf([value])
    case .notIn(let values): return noneOf(values)
    case .comparison(let comparison, let value):
      guard let ranges = ranges(comparison.negated, value) else { return nil }
      let tests = ranges.map(outside)
      // Null passes no comparison, though it is outside of all ranges: `!=` lets it through.
      guard ranges.allSatisfy(\.isOneValue) else { return .all(of: tests) }
      return .all(of: tests + [.predicate(BoundPredicate(term, .notNull))])
    case .startsWith(let prefix): return strictlyStartsWith(prefix)
    case .notStartsWith(let prefix): return strictlyNotStartsWith(prefix)
    case .isNaN, .notNaN, .isIn: return nil
    }
  }

  /// The predicate itself, where the field holds what it tests or what that is made from.
  private func moved(_ predicate: BoundPredicate) -> BoundFilter? {
    var moved = predicate
    moved.term = term
    if transform == .identity {
      moved.term.transform = predicate.term.transform
    } else if transform != predicate.term.transform {
      return nil
    }
    return .predicate(moved)
  }

  /// Where the rows are that pass a comparison other than `=`; nil when that could be anywhere.
  private func ranges(
    _ comparison: Filter.Comparison, _ value: Literal
  ) -> [Transform.ResultRange]? {
    switch comparison {
    case .lessThanOrEqual: transform.results(ofValuesUpTo: value)
    case .greaterThanOrEqual: transform.results(ofValuesFrom: value)
    case .lessThan:
      switch value.predecessor {
      case .value(let last): transform.results(ofValuesUpTo: last)
      case .missing: []
      case .unknown: transform.results(ofValuesUpTo: value)
      }
    case .greaterThan:
      switch value.successor {
      case .value(let first): transform.results(ofValuesFrom: first)
      case .missing: []
      case .unknown: transform.results(ofValuesFrom: value)
      }
    case .equal, .notEqual: nil
    }
  }

  private func within(_ range: Transform.ResultRange) -> BoundFilter {
    switch range {
    case .atMost(let limit): compare(.lessThanOrEqual, limit)
    case .atLeast(let limit): compare(.greaterThanOrEqual, limit)
    case .exactly(let value): compare(.equal, value)
    }
  }

  private func outside(_ range: Transform.ResultRange) -> BoundFilter {
    switch range {
    case .atMost(let limit): compare(.greaterThan, limit)
    case .atLeast(let limit): compare(.lessThan, limit)
    case .exactly(let value): compare(.notEqual, value)
    }
  }

  private func compare(_ comparison: Filter.Comparison, _ value: Literal) -> BoundFilter {
    .predicate(BoundPredicate(term, .comparison(comparison, value)))
  }

  private func anyOf(_ values: some Sequence<Literal>) -> BoundFilter? {
    guard let results = results(of: values), let first = results.first else { return nil }
    if results.count == 1 { return compare(.equal, first) }
    return .predicate(BoundPredicate(term, .isIn(results)))
  }

  private func noneOf(_ values: some Sequence<Literal>) -> BoundFilter? {
    guard let results = results(of: values), let first = results.first else { return nil }
    if results.count == 1 { return compare(.notEqual, first) }
    return .predicate(BoundPredicate(term, .notIn(results)))
  }

  private func results(of values: some Sequence<Literal>) -> Set<Literal>? {
    var results: Set<Literal> = []
    for value in values {
      guard let found = transform.results(of: value) else { return nil }
      results.formUnion(found)
    }
    return results
  }
}

extension ProjectedField {
  /// A prefix and what is left of it in results, which may be shorter.
  private enum Cut {
    /// The whole prefix, shorter than results may be.
    case shorter(Literal)
    /// The whole prefix, as long as results may be.
    case whole(Literal)
    /// The beginning of the prefix.
    case beginning(Literal)
  }

  private func cut(_ prefix: Literal) -> Cut? {
    guard case .truncate(let width) = transform, case .string(let text) = prefix,
      let result = prefix.truncated(to: width)
    else { return nil }
    let length = text.unicodeScalars.count
    return length < width ? .shorter(prefix) : length == width ? .whole(prefix) : .beginning(result)
  }

  private func startsWith(_ prefix: Literal) -> BoundFilter? {
    switch cut(prefix) {
    case nil: nil
    case .whole(let text): compare(.equal, text)
    case .shorter(let text), .beginning(let text):
      .predicate(BoundPredicate(term, .startsWith(text)))
    }
  }

  private func notStartsWith(_ prefix: Literal) -> BoundFilter? {
    switch cut(prefix) {
    case nil, .beginning: nil
    case .shorter(let text): .predicate(BoundPredicate(term, .notStartsWith(text)))
    case .whole(let text): compare(.notEqual, text)
    }
  }

  private func strictlyStartsWith(_ prefix: Literal) -> BoundFilter? {
    switch cut(prefix) {
    case nil, .beginning: nil
    case .shorter(let text): .predicate(BoundPredicate(term, .startsWith(text)))
    case .whole(let text): compare(.equal, text)
    }
  }

  private func strictlyNotStartsWith(_ prefix: Literal) -> BoundFilter? {
    switch cut(prefix) {
    case nil: nil
    case .whole(let text): compare(.notEqual, text)
    case .shorter(let text), .beginning(let text):
      .predicate(BoundPredicate(term, .notStartsWith(text)))
    }
  }
}
