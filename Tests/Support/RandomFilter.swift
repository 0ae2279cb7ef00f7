import IcebergBytes
package import IcebergModel

extension SeededRandom {
  /// A filter over columns of `schema`, nested at most `depth` deep. Constants come from `values`, of
  /// which the random ones of a column would seldom hit any, or are random.
  ///
  /// Every filter can be bound to the schema. Without any column that can be filtered by, it is all
  /// or none.
  package mutating func filter(
    over schema: Schema, depth: Int = 3, values: [Int: [Literal]] = [:]
  ) -> Filter {
    let index = schema.index
    let columns = index.fields.filter { index.path(to: $0.id) != nil }
    return filter(columns, index, depth, values)
  }

  private mutating func filter(
    _ columns: [Field], _ index: SchemaIndex, _ depth: Int, _ values: [Int: [Literal]]
  ) -> Filter {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &self) {
    case 0 where Int.random(in: 0..<4, using: &self) == 0:
      return Bool.random(using: &self) ? .all : .none
    case 5: return .not(filter(columns, index, depth - 1, values))
    case 6, 7:
      let parts = (0..<Int.random(in: 2...3, using: &self)).map { _ in
        filter(columns, index, depth - 1, values)
      }
      return Bool.random(using: &self) ? .and(parts) : .or(parts)
    default:
      guard let field = columns.randomElement(using: &self), let name = index.name(of: field.id)
      else { return Bool.random(using: &self) ? .all : .none }
      return test(of: field, name, values[field.id] ?? [])
    }
  }

  private mutating func test(of field: Field, _ name: String, _ values: [Literal]) -> Filter {
    guard field.type.isPrimitive, field.type != .unknown else {
      return .test(Filter.Term(name), Bool.random(using: &self) ? .isNull : .notNull)
    }
    let term = Filter.Term(name, transform: transform(for: field.type))
    let type = (term.transform ?? .identity).resultType(for: field.type)
    switch Int.random(in: 0..<8, using: &self) {
    case 0: return .test(term, Bool.random(using: &self) ? .isNull : .notNull)
    case 1 where type == .float || type == .double:
      return .test(term, Bool.random(using: &self) ? .isNaN : .notNaN)
    case 2:
      let count = Int.random(in: 0...20, using: &self)
      let constants = (0..<count).map { _ in constant(of: type, for: term, values) }
      return .test(term, Bool.random(using: &self) ? .isIn(constants) : .notIn(constants))
    case 3 where type == .string:
      guard case .string(let text) = constant(of: type, for: term, values) else { break }
      let prefix = String(
        text.unicodeScalars.prefix(Int.random(in: 0...3, using: &self)))
      return .test(
        term, Bool.random(using: &self) ? .startsWith(prefix) : .notStartsWith(prefix))
    default: break
    }
    let comparisons = Filter.Comparison.allCases
    let comparison = comparisons[Int.random(in: 0..<comparisons.count, using: &self)]
    return .test(term, .comparison(comparison, constant(of: type, for: term, values)))
  }

  private mutating func transform(for type: FieldType) -> Transform? {
    guard Int.random(in: 0..<3, using: &self) == 0 else { return nil }
    let transforms: [Transform] = [
      .identity, .bucket(count: Int.random(in: 1...8, using: &self)),
      .truncate(width: Int.random(in: 1...10, using: &self)), .year, .month, .day, .hour, .void,
    ]
    return transforms.filter { $0.canBeApplied(to: type) }.randomElement(using: &self)
  }

  /// A constant that is no NaN: mostly the result for one of the values.
  private mutating func constant(
    of type: FieldType, for term: Filter.Term, _ values: [Literal]
  ) -> Literal {
    if Int.random(in: 0..<4, using: &self) != 0, let value = values.randomElement(using: &self),
      let result = try? (term.transform ?? .identity).apply(to: value), !result.isNaN
    {
      return result
    }
    while true {
      let value = literal(of: type)
      if !value.isNaN { return value }
    }
  }
}
