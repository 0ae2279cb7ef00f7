/// The column with a full name such as `location.city`, to make a filter of.
public func col(_ name: String) -> Filter.Term { Filter.Term(name) }

extension Filter.Term {
  /// The year of a date or timestamp, counted from 1970.
  public var year: Filter.Term { Filter.Term(column, transform: .year) }
  /// The month of a date or timestamp, counted from 1970-01.
  public var month: Filter.Term { Filter.Term(column, transform: .month) }
  /// The day of a date or timestamp, which is a date: `col("at").day == "2024-05-01"`.
  public var day: Filter.Term { Filter.Term(column, transform: .day) }
  /// The hour of a timestamp, counted from 1970-01-01 00:00.
  public var hour: Filter.Term { Filter.Term(column, transform: .hour) }
  /// The bucket of the value among `count`.
  public func bucket(_ count: Int) -> Filter.Term {
    Filter.Term(column, transform: .bucket(count: count))
  }
  /// The value truncated to `width`.
  public func truncate(_ width: Int) -> Filter.Term {
    Filter.Term(column, transform: .truncate(width: width))
  }
}

extension Filter.Term {
  /// The rows whose value is null.
  public var isNull: Filter { .test(self, .isNull) }
  /// The rows whose value is NaN.
  public var isNaN: Filter { .test(self, .isNaN) }
  /// The rows whose value is one of `values`.
  public func isIn(_ values: some Sequence<some LiteralConvertible>) -> Filter {
    .test(self, .isIn(values.map(\.literal)))
  }
  /// The rows whose value is a text that begins with `prefix`.
  public func startsWith(_ prefix: String) -> Filter { .test(self, .startsWith(prefix)) }

  /// The rows whose value is `value`.
  public static func == (term: Filter.Term, value: some LiteralConvertible) -> Filter {
    .test(term, .comparison(.equal, value.literal))
  }
  /// The rows whose value is not `value`, those that have none among them.
  public static func != (term: Filter.Term, value: some LiteralConvertible) -> Filter {
    .test(term, .comparison(.notEqual, value.literal))
  }
  /// The rows whose value is less than `value`.
  public static func < (term: Filter.Term, value: some LiteralConvertible) -> Filter {
    .test(term, .comparison(.lessThan, value.literal))
  }
  /// The rows whose value is `value` or less.
  public static func <= (term: Filter.Term, value: some LiteralConvertible) -> Filter {
    .test(term, .comparison(.lessThanOrEqual, value.literal))
  }
  /// The rows whose value is greater than `value`.
  public static func > (term: Filter.Term, value: some LiteralConvertible) -> Filter {
    .test(term, .comparison(.greaterThan, value.literal))
  }
  /// The rows whose value is `value` or greater.
  public static func >= (term: Filter.Term, value: some LiteralConvertible) -> Filter {
    .test(term, .comparison(.greaterThanOrEqual, value.literal))
  }
}

extension Filter {
  /// The rows that satisfy both filters.
  public static func && (left: Filter, right: Filter) -> Filter {
    switch (left, right) {
    case (.none, _), (_, .none): .none
    case (.all, let other), (let other, .all): other
    case (.and(let first), .and(let second)): .and(first + second)
    case (.and(let first), _): .and(first + [right])
    case (_, .and(let second)): .and([left] + second)
    default: .and([left, right])
    }
  }

  /// The rows that satisfy at least one of the filters.
  public static func || (left: Filter, right: Filter) -> Filter {
    switch (left, right) {
    case (.all, _), (_, .all): .all
    case (.none, let other), (let other, .none): other
    case (.or(let first), .or(let second)): .or(first + second)
    case (.or(let first), _): .or(first + [right])
    case (_, .or(let second)): .or([left] + second)
    default: .or([left, right])
    }
  }

  /// The rows that do not satisfy the filter.
  public static prefix func ! (filter: Filter) -> Filter {
    switch filter {
    case .all: .none
    case .none: .all
    case .not(let inner): inner
    case .test(let term, let test): test.opposite.map { .test(term, $0) } ?? .not(filter)
    case .and, .or: .not(filter)
    }
  }
}

extension Filter.Test {
  /// The test that just those values pass that fail this one, or nil: null and NaN pass neither `<`
  /// nor `>=`.
  package var opposite: Filter.Test? {
    switch self {
    case .isNull: .notNull
    case .notNull: .isNull
    case .isNaN: .notNaN
    case .notNaN: .isNaN
    case .comparison(.equal, let value): .comparison(.notEqual, value)
    case .comparison(.notEqual, let value): .comparison(.equal, value)
    case .comparison: nil
    case .isIn(let values): .notIn(values)
    case .notIn(let values): .isIn(values)
    case .startsWith(let prefix): .notStartsWith(prefix)
    case .notStartsWith(let prefix): .startsWith(prefix)
    }
  }
}
