extension Filter {
  /// The filter with its columns found in `schema`, its constants of their types, its `not` carried
  /// down to the tests and what is known beforehand left out.
  ///
  /// Throws `notFound` for a column that does not exist, and `invalidArgument` for one whose name is
  /// ambiguous where case does not count, that is inside a list or map, that a transform cannot be
  /// applied to or a constant cannot be compared with.
  package func bound(
    to schema: Schema, caseSensitive: Bool = true
  ) throws(IcebergError) -> BoundFilter {
    try bound(to: schema.index, caseSensitive: caseSensitive)
  }

  /// As ``bound(to:caseSensitive:)-(Schema,_)``, for whoever has the index already.
  package func bound(
    to index: SchemaIndex, caseSensitive: Bool = true
  ) throws(IcebergError) -> BoundFilter {
    try FilterBinder(index: index, isCaseSensitive: caseSensitive).bind(self, isNegated: false)
  }
}

private struct FilterBinder {
  let index: SchemaIndex
  let isCaseSensitive: Bool

  func bind(_ filter: Filter, isNegated: Bool) throws(IcebergError) -> BoundFilter {
    switch filter {
    case .all: return isNegated ? .none : .all
    case .none: return isNegated ? .all : .none
    case .not(let inner): return try bind(inner, isNegated: !isNegated)
    case .and(let parts):
      let bound = try bind(parts, isNegated)
      return isNegated ? .any(of: bound) : .all(of: bound)
    case .or(let parts):
      let bound = try bind(parts, isNegated)
      return isNegated ? .all(of: bound) : .any(of: bound)
    case .test(let term, let test):
      return try bind(test, to: find(term), isNegated)
    }
  }

  private func bind(_ parts: [Filter], _ isNegated: Bool) throws(IcebergError) -> [BoundFilter] {
    var bound: [BoundFilter] = []
    bound.reserveCapacity(parts.count)
    for part in parts { bound.append(try bind(part, isNegated: isNegated)) }
    return bound
  }

  private func find(_ term: Filter.Term) throws(IcebergError) -> BoundTerm {
    let found =
      isCaseSensitive
      ? index.field(named: term.column) : try index.field(namedAnyCase: term.column)
    guard let field = found else {
      let names = index.fields.compactMap { index.name(of: $0.id) }
      let known = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", ..." : "")
      throw IcebergError(
        .notFound, "there is no column '\(term.column)' to filter by; the columns are \(known)")
    }
    let name = index.name(of: field.id) ?? field.name
    guard let path = index.path(to: field.id) else {
      throw IcebergError(
        .invalidArgument,
        "column '\(name)' is inside a list or map: it has many values in a row, and no filter",
        context: .init(fieldID: field.id))
    }
    let transform = term.transform ?? .identity
    if case .unknown(let text) = transform {
      throw IcebergError(
        .unsupported, "the transform '\(text)' of column '\(name)' is not known",
        context: .init(fieldID: field.id))
    }
    // As it is, every column can at least be tested for null.
    guard transform == .identity || transform.canBeApplied(to: field.type) else {
      throw IcebergError(
        .invalidArgument,
        "\(transform) cannot be applied to column '\(name)' of type \(field.type)",
        context: .init(fieldID: field.id))
    }
    return BoundTerm(
      fieldID: field.id, name: name, sourceType: field.type, transform: transform, path: path,
      isOptional: !field.isRequired || index.parents(of: field.id).contains { !$0.isRequired })
  }

  private func bind(
    _ test: Filter.Test, to term: BoundTerm, _ isNegated: Bool
  ) throws(IcebergError) -> BoundFilter {
    if isNegated {
      if let opposite = test.opposite { return try bind(opposite, to: term, false) }
      if case .comparison(let comparison, let constant) = test {
        // Null and NaN are on neither side of a value.
        return .any(of: [
          try bind(comparison.negated, constant, to: term), nullTest(of: term, isNull: true),
          term.isFloating ? .predicate(BoundPredicate(term, .isNaN)) : .none,
        ])
      }
    }
    switch test {
    case .isNull: return nullTest(of: term, isNull: true)
    case .notNull: return nullTest(of: term, isNull: false)
    case .isNaN, .notNaN:
      guard term.isFloating else {
        throw refusal(of: term, "has no NaN: only float and double have")
      }
      return predicate(term, test == .isNaN ? .isNaN : .notNaN)
    case .comparison(let comparison, let constant):
      return try bind(comparison, constant, to: term)
    case .isIn(let constants):
      return try bind(constants, to: term, isMember: true)
    case .notIn(let constants):
      return try bind(constants, to: term, isMember: false)
    case .startsWith(let prefix):
      return predicate(term, .startsWith(try text(prefix, for: term)))
    case .notStartsWith(let prefix):
      return predicate(term, .notStartsWith(try text(prefix, for: term)))
    }
  }

  /// The test, unless it is of a void transform, which always gives null.
  private func predicate(_ term: BoundTerm, _ test: BoundPredicate.Test) -> BoundFilter {
    guard term.transform == .void else { return .predicate(BoundPredicate(term, test)) }
    switch test {
    case .isNull, .notNaN, .comparison(.notEqual, _), .notIn, .notStartsWith: return .all
    case .notNull, .isNaN, .comparison, .isIn, .startsWith: return .none
    }
  }

  private func nullTest(of term: BoundTerm, isNull: Bool) -> BoundFilter {
    if term.sourceType == .unknown || term.transform == .void { return isNull ? .all : .none }
    guard term.isOptional else { return isNull ? .none : .all }
    // A transform gives null for null, and for nothing else.
    var column = term
    column.transform = .identity
    return .predicate(BoundPredicate(column, isNull ? .isNull : .notNull))
  }

  private func bind(
    _ comparison: Filter.Comparison, _ constant: Literal, to term: BoundTerm
  ) throws(IcebergError) -> BoundFilter {
    switch (try place(constant, for: term), comparison) {
    case (.at(let value), _):
      return predicate(term, Self.test(comparison, value))
    case (.between(let lower), .lessThan), (.between(let lower), .lessThanOrEqual):
      return predicate(term, Self.test(.lessThanOrEqual, lower))
    case (.between(let lower), .greaterThan), (.between(let lower), .greaterThanOrEqual):
      return predicate(term, Self.test(.greaterThan, lower))
    case (_, .equal): return .none
    case (_, .notEqual): return .all
    case (.belowAll, .greaterThan), (.belowAll, .greaterThanOrEqual), (.aboveAll, .lessThan),
      (.aboveAll, .lessThanOrEqual):
      return nullTest(of: term, isNull: false)
    case (.belowAll, .lessThan), (.belowAll, .lessThanOrEqual), (.aboveAll, .greaterThan),
      (.aboveAll, .greaterThanOrEqual):
      return .none
    }
  }

  /// The two zeros are one number to a filter, but two values in the order of the format: the zero is
  /// taken that leaves both on the same side.
  private static func test(
    _ comparison: Filter.Comparison, _ value: Literal
  ) -> BoundPredicate.Test {
    guard let (negative, positive) = value.zeros else { return .comparison(comparison, value) }
    switch comparison {
    case .lessThan, .greaterThanOrEqual: return .comparison(comparison, negative)
    case .lessThanOrEqual, .greaterThan: return .comparison(comparison, positive)
    case .equal: return .isIn([negative, positive])
    case .notEqual: return .notIn([negative, positive])
    }
  }

  private func bind(
    _ constants: [Literal], to term: BoundTerm, isMember: Bool
  ) throws(IcebergError) -> BoundFilter {
    var values: Set<Literal> = []
    for constant in constants {
      // What is no value of the type equals none.
      guard case .at(let value) = try place(constant, for: term) else { continue }
      if let (negative, positive) = value.zeros {
        values.formUnion([negative, positive])
      } else {
        values.insert(value)
      }
    }
    guard let first = values.first else { return isMember ? .none : .all }
    if values.count == 1 {
      return predicate(term, .comparison(isMember ? .equal : .notEqual, first))
    }
    return predicate(term, isMember ? .isIn(values) : .notIn(values))
  }

  private func text(_ prefix: String, for term: BoundTerm) throws(IcebergError) -> Literal {
    guard term.resultType == .string else {
      throw refusal(of: term, "begins with no text: only string does")
    }
    return .string(prefix)
  }

  private func place(
    _ constant: Literal, for term: BoundTerm
  ) throws(IcebergError) -> LiteralPlacement {
    if let placement = LiteralPlacement(constant, among: term.valueType) { return placement }
    if constant.isNaN {
      throw IcebergError(
        .invalidArgument, "column '\(term.name)' is compared with NaN: ask whether it is NaN",
        context: .init(fieldID: term.fieldID))
    }
    throw refusal(
      of: term, "cannot be compared with \(constant.typeName) '\(constant.shortText)'")
  }

  private func refusal(of term: BoundTerm, _ reason: String) -> IcebergError {
    let subject =
      term.transform == .identity
      ? "column '\(term.name)' of type \(term.sourceType)"
      : "\(term.transform) of column '\(term.name)', which is of type \(term.resultType),"
    return IcebergError(
      .invalidArgument, "\(subject) \(reason)", context: .init(fieldID: term.fieldID))
  }
}

extension BoundTerm {
  /// The result type, with room for all results: a truncated decimal may need a digit more than the
  /// column has.
  fileprivate var valueType: FieldType {
    if case .truncate = transform, case .decimal(_, let scale) = sourceType {
      return .decimal(precision: 38, scale: scale)
    }
    return resultType
  }

  /// Whether the values may be NaN.
  package var isFloating: Bool { resultType == .float || resultType == .double }
}

extension Literal {
  /// The negative and the positive zero, of one of the two; nil for other values.
  fileprivate var zeros: (Literal, Literal)? {
    switch self {
    case .float(let value) where value == 0: (.float(-0.0), .float(0.0))
    case .double(let value) where value == 0: (.double(-0.0), .double(0.0))
    default: nil
    }
  }

  fileprivate var shortText: String {
    let text = text
    return text.unicodeScalars.count > 80 ? String(text.unicodeScalars.prefix(80)) + "..." : text
  }

  /// The name of the type, without its parameters.
  fileprivate var typeName: String {
    switch self {
    case .boolean: "boolean"
    case .int: "int"
    case .long: "long"
    case .float: "float"
    case .double: "double"
    case .decimal: "decimal"
    case .date: "date"
    case .time: "time"
    case .timestamp: "timestamp"
    case .timestamptz: "timestamptz"
    case .timestampNanos: "timestamp_ns"
    case .timestamptzNanos: "timestamptz_ns"
    case .string: "string"
    case .uuid: "uuid"
    case .fixed: "fixed"
    case .binary: "binary"
    case .geometry: "geometry"
    case .geography: "geography"
    case .variant: "variant"
    case .struct: "struct"
    case .list: "list"
    case .map: "map"
    }
  }
}
