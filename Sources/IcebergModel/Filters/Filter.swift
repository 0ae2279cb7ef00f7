/// Which rows are wanted: a condition on the columns of a table, by their names.
///
/// ```swift
/// col("severity") == "ERROR" && col("id") >= 10 && !col("country").isNull
/// ```
/// The logic has two values: a row satisfies a filter or it does not, and `!` turns one into the
/// other. Null and NaN are neither less nor greater than anything; null equals no value, and so it is
/// different from each.
///
/// A filter knows nothing of a table; whether its columns exist and its values fit them is found
/// when it is used.
public indirect enum Filter: Hashable, Sendable {
  /// Every row.
  case all
  /// No row.
  case none
  /// The rows whose value of the term passes the test.
  case test(Term, Test)
  /// The rows that satisfy all of several filters; all rows when there are none.
  case and([Filter])
  /// The rows that satisfy at least one of several filters; no row when there are none.
  case or([Filter])
  /// The rows that do not satisfy the filter.
  case not(Filter)

  /// What is looked at: a column, or the result of a transform of it.
  public struct Term: Hashable, Sendable {
    /// The full name of the column, with dots: `location.city`.
    public var column: String
    /// The transform; nil for the value as it is.
    public var transform: Transform?

    /// A term of the given parts.
    public init(_ column: String, transform: Transform? = nil) {
      self.column = column
      self.transform = transform
    }
  }

  /// What a value is asked.
  public enum Test: Hashable, Sendable {
    /// Whether it is null.
    case isNull
    /// Whether it is not null.
    case notNull
    /// Whether it is NaN; null is not.
    case isNaN
    /// Whether it is not NaN; null is not.
    case notNaN
    /// How it stands to another value.
    case comparison(Comparison, Literal)
    /// Whether it equals one of several values.
    case isIn([Literal])
    /// Whether it equals none of several values; null does not.
    case notIn([Literal])
    /// Whether it is a text that begins with another.
    case startsWith(String)
    /// Whether it is null, or a text that does not begin with another.
    case notStartsWith(String)
  }

  /// How one value may stand to another.
  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    case lessThan = "<"
    case lessThanOrEqual = "<="
    case equal = "="
    case notEqual = "<>"
    case greaterThanOrEqual = ">="
    case greaterThan = ">"
  }
}

extension Filter.Comparison {
  /// The comparison that holds between two values, neither of them null or NaN, exactly when this
  /// one does not.
  package var negated: Filter.Comparison {
    switch self {
    case .lessThan: .greaterThanOrEqual
    case .lessThanOrEqual: .greaterThan
    case .equal: .notEqual
    case .notEqual: .equal
    case .greaterThanOrEqual: .lessThan
    case .greaterThan: .lessThanOrEqual
    }
  }
}
