/// Tells which rows satisfy a filter, one row at a time: partition tuples, and rows that are few.
/// Whole columns are evaluated by the readers of data files.
package struct RowEvaluator: Sendable {
  private let filter: BoundFilter

  /// An evaluator of rows of the schema that the filter is bound to.
  package init(_ filter: BoundFilter) { self.filter = filter }

  /// Whether a row satisfies the filter. Values that the row does not have are null.
  ///
  /// Throws when a value is of another type than its column.
  package func matches(_ row: StructValue) throws(IcebergError) -> Bool {
    try matches(row, filter)
  }

  private func matches(_ row: StructValue, _ filter: BoundFilter) throws(IcebergError) -> Bool {
    switch filter {
    case .all: return true
    case .none: return false
    case .and(let parts):
      for part in parts where try !matches(row, part) { return false }
      return true
    case .or(let parts):
      for part in parts where try matches(row, part) { return true }
      return false
    case .predicate(let predicate):
      return try predicate.test.isPassed(by: predicate.term.value(in: row))
    }
  }
}

extension BoundTerm {
  /// The value of the term in a row of the schema that it was bound to; nil is null.
  ///
  /// Throws when the value is of another type than the column.
  package func value(in row: StructValue) throws(IcebergError) -> Literal? {
    var values = row.values
    for (depth, position) in path.enumerated() {
      guard position < values.count, let value = values[position] else { return nil }
      if depth == path.count - 1 { return try result(of: value) }
      guard case .struct(let inner) = value else { throw mismatch(value) }
      values = inner.values
    }
    return nil
  }

  private func result(of value: Literal) throws(IcebergError) -> Literal? {
    // Nested values and others without order are only asked whether they are null.
    guard sourceType.isPrimitive else { return value }
    guard let value = value.promoted(to: sourceType) else { throw mismatch(value) }
    return try transform.apply(to: value)
  }

  private func mismatch(_ value: Literal) -> IcebergError {
    IcebergError(
      .invalidArgument, "column '\(name)' of type \(sourceType) has the value \(value.text)",
      context: .init(fieldID: fieldID))
  }
}

extension BoundPredicate.Test {
  /// Whether a value passes the test; nil is null.
  ///
  /// Throws when the value cannot be compared with the constant.
  package func isPassed(by value: Literal?) throws(IcebergError) -> Bool {
    switch self {
    case .isNull: value == nil
    case .notNull: value != nil
    case .isNaN: value?.isNaN ?? false
    case .notNaN: !(value?.isNaN ?? false)
    case .comparison(let comparison, let constant): try Self.holds(value, comparison, constant)
    case .isIn(let constants): value.map(constants.contains) ?? false
    case .notIn(let constants): !(value.map(constants.contains) ?? false)
    case .startsWith(let prefix): value?.starts(with: prefix) ?? false
    case .notStartsWith(let prefix): !(value?.starts(with: prefix) ?? false)
    }
  }

  private static func holds(
    _ value: Literal?, _ comparison: Filter.Comparison, _ constant: Literal
  ) throws(IcebergError) -> Bool {
    guard let value, !value.isNaN else { return comparison == .notEqual }
    guard let ordering = value.ordering(to: constant) else {
      throw IcebergError(
        .invalidArgument, "\(value.text) cannot be compared with \(constant.text)")
    }
    return switch comparison {
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
  /// Whether the value is a number that is none.
  package var isNaN: Bool {
    switch self {
    case .float(let value): value.isNaN
    case .double(let value): value.isNaN
    default: false
    }
  }

  /// Whether both are texts, and the bytes of this one begin with those of `prefix`.
  package func starts(with prefix: Literal) -> Bool {
    guard case .string(let text) = self, case .string(let start) = prefix else { return false }
    return text.utf8.starts(with: start.utf8)
  }
}
