/// A filter of partition tuples that says so when it cannot tell.
///
/// Tuples come from files: a value may be missing, or of another type than that of the field.
package struct PartitionFilter: Sendable {
  /// The filter.
  package let filter: BoundFilter

  /// The tuples that satisfy `filter`, whose columns are the fields of a spec.
  package init(_ filter: BoundFilter) { self.filter = filter }

  /// Whether a tuple satisfies the filter; nil when that cannot be told.
  package func matches(_ tuple: StructValue) -> Bool? { Self.matches(filter, tuple) }

  private static func matches(_ filter: BoundFilter, _ tuple: StructValue) -> Bool? {
    switch filter {
    case .all: return true
    case .none: return false
    case .and(let parts):
      var result: Bool? = true
      for part in parts {
        switch matches(part, tuple) {
        case false?: return false
        case nil: result = nil
        case true?: continue
        }
      }
      return result
    case .or(let parts):
      var result: Bool? = false
      for part in parts {
        switch matches(part, tuple) {
        case true?: return true
        case nil: result = nil
        case false?: continue
        }
      }
      return result
    case .predicate(let predicate):
      return matches(predicate, tuple)
    }
  }

  /// Whether a tuple passes one test; nil when that cannot be told.
  package static func matches(_ predicate: BoundPredicate, _ tuple: StructValue) -> Bool? {
    guard let position = predicate.term.path.first, tuple.values.indices.contains(position) else {
      return nil
    }
    guard let value = tuple.values[position] else { return predicate.test.passesNull }
    if predicate.term.transform == .identity {
      return predicate.test.passes(value, of: predicate.term.sourceType)
    }
    guard let typed = value.promoted(to: predicate.term.sourceType),
      let result = try? predicate.term.transform.apply(to: typed)
    else { return nil }
    return predicate.test.passes(result, of: predicate.term.resultType)
  }
}

extension BoundPredicate.Test {
  /// Whether null passes.
  fileprivate var passesNull: Bool {
    switch self {
    case .isNull, .notNaN, .comparison(.notEqual, _), .notIn, .notStartsWith: true
    case .notNull, .isNaN, .comparison, .isIn, .startsWith: false
    }
  }

  /// Whether a value of `type`, or of one that was promoted to it, passes; nil when it is of another.
  fileprivate func passes(_ value: Literal, of type: FieldType) -> Bool? {
    switch self {
    case .isNull: return false
    case .notNull: return true
    case .isNaN: return value.isFloatingNaN
    case .notNaN: return !value.isFloatingNaN
    case .comparison(let comparison, let constant):
      if value.isFloatingNaN { return comparison == .notEqual }
      guard let ordering = value.ordering(to: constant, as: type) else { return nil }
      return comparison.holds(ordering)
    case .isIn(let constants): return value.isIn(constants, as: type)
    case .notIn(let constants): return value.isIn(constants, as: type).map { !$0 }
    case .startsWith(let prefix): return value.startsWith(prefix)
    case .notStartsWith(let prefix): return value.startsWith(prefix).map { !$0 }
    }
  }
}

extension Filter.Comparison {
  /// Whether the comparison is true of a value that stands so to another.
  fileprivate func holds(_ ordering: Literal.Ordering) -> Bool {
    switch self {
    case .lessThan: ordering == .less
    case .lessThanOrEqual: ordering != .greater
    case .equal: ordering == .equal
    case .notEqual: ordering != .equal
    case .greaterThanOrEqual: ordering != .less
    case .greaterThan: ordering == .greater
    }
  }
}

extension Literal {
  fileprivate var isFloatingNaN: Bool {
    switch self {
    case .float(let value): value.isNaN
    case .double(let value): value.isNaN
    default: false
    }
  }

  fileprivate func ordering(to constant: Literal, as type: FieldType) -> Ordering? {
    ordering(to: constant) ?? promoted(to: type)?.ordering(to: constant)
  }

  fileprivate func isIn(_ constants: Set<Literal>, as type: FieldType) -> Bool? {
    if constants.contains(self) { return true }
    if isFloatingNaN { return false }
    guard let typed = promoted(to: type) else { return nil }
    return constants.contains(typed)
  }

  fileprivate func startsWith(_ prefix: Literal) -> Bool? {
    guard case .string(let text) = self, case .string(let prefix) = prefix else { return nil }
    return text.utf8.starts(with: prefix.utf8)
  }
}
