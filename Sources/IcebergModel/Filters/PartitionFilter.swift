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
    do {
      return try predicate.test.isPassed(by: predicate.term.value(in: tuple))
    } catch {
      return nil
    }
  }
}
