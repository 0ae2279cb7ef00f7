/// A filter whose columns are found and whose values are of the types of those columns.
///
/// There is no `not`: it is carried down to the tests when the filter is bound, so that whoever
/// decides by bounds or counts sees what is asked. `and` and `or` have at least two parts, and none
/// that is constant.
package indirect enum BoundFilter: Hashable, Sendable {
  /// Every row.
  case all
  /// No row.
  case none
  /// All of these.
  case and([BoundFilter])
  /// At least one of these.
  case or([BoundFilter])
  /// One test of one term.
  case predicate(BoundPredicate)
}

/// A test of the value of a term.
package struct BoundPredicate: Hashable, Sendable {
  /// What is tested.
  package var term: BoundTerm
  /// The test.
  package var test: Test

  /// A test of a term.
  package init(_ term: BoundTerm, _ test: Test) {
    self.term = term
    self.test = test
  }

  /// What a value is asked; constants are of the result type of the term.
  ///
  /// A null passes `isNull`, `notNaN`, `notEqual`, `notIn` and `notStartsWith`, and no other. NaN
  /// passes `isNaN`, `notNull`, `notEqual` and `notIn`, and no other. Constants are never NaN.
  package enum Test: Hashable, Sendable {
    case isNull
    case notNull
    case isNaN
    case notNaN
    case comparison(Filter.Comparison, Literal)
    /// One of at least two values.
    case isIn(Set<Literal>)
    case notIn(Set<Literal>)
    /// Always text.
    case startsWith(Literal)
    case notStartsWith(Literal)
  }
}

/// A column that was found in a schema, or the result of a transform of it.
package struct BoundTerm: Hashable, Sendable {
  /// The id of the column.
  package var fieldID: Int
  /// The full name of the column in its schema.
  package var name: String
  /// The type of the column.
  package var sourceType: FieldType
  /// The transform; `identity` for the value as it is.
  package var transform: Transform
  /// Where the column is found: its place among the columns, then in each struct on the way.
  package var path: [Int]
  /// Whether the column, or a struct that it is in, may be null.
  package var isOptional: Bool

  /// A term of the given parts.
  package init(
    fieldID: Int, name: String, sourceType: FieldType, transform: Transform = .identity,
    path: [Int], isOptional: Bool
  ) {
    self.fieldID = fieldID
    self.name = name
    self.sourceType = sourceType
    self.transform = transform
    self.path = path
    self.isOptional = isOptional
  }

  /// The type of the value that is tested.
  package var resultType: FieldType { transform.resultType(for: sourceType) }
}

extension BoundFilter {
  /// All of `parts`, in the simplest form.
  package static func all(of parts: [BoundFilter]) -> BoundFilter {
    var kept: [BoundFilter] = []
    for part in parts {
      switch part {
      case .none: return .none
      case .all: continue
      case .and(let inner): kept += inner
      case .or, .predicate: kept.append(part)
      }
    }
    return kept.count > 1 ? .and(kept) : kept.first ?? .all
  }

  /// At least one of `parts`, in the simplest form.
  package static func any(of parts: [BoundFilter]) -> BoundFilter {
    var kept: [BoundFilter] = []
    for part in parts {
      switch part {
      case .all: return .all
      case .none: continue
      case .or(let inner): kept += inner
      case .and, .predicate: kept.append(part)
      }
    }
    return kept.count > 1 ? .or(kept) : kept.first ?? .none
  }

  /// The ids of the columns that are looked at.
  package var fieldIDs: Set<Int> {
    switch self {
    case .all, .none: []
    case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.fieldIDs) }
    case .predicate(let predicate): [predicate.term.fieldID]
    }
  }
}

extension BoundFilter {
  /// The filter with the paths of its columns in another schema, in which they have the same ids:
  /// that of the rows which are read.
  ///
  /// Throws `notFound` when a column is not there.
  package func located(in schema: Schema) throws(IcebergError) -> BoundFilter {
    try located(in: schema.index)
  }

  private func located(in index: SchemaIndex) throws(IcebergError) -> BoundFilter {
    switch self {
    case .all, .none: return self
    case .and(let parts): return .and(try Self.located(parts, index))
    case .or(let parts): return .or(try Self.located(parts, index))
    case .predicate(var predicate):
      guard let path = index.path(to: predicate.term.fieldID) else {
        throw IcebergError(
          .notFound, "the rows to be filtered have no column '\(predicate.term.name)'",
          context: .init(fieldID: predicate.term.fieldID))
      }
      predicate.term.path = path
      return .predicate(predicate)
    }
  }

  private static func located(
    _ parts: [BoundFilter], _ index: SchemaIndex
  ) throws(IcebergError) -> [BoundFilter] {
    var located: [BoundFilter] = []
    for part in parts { located.append(try part.located(in: index)) }
    return located
  }
}
