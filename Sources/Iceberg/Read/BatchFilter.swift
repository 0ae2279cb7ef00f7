internal import IcebergColumns
internal import IcebergModel

/// Finds the rows of a data file that satisfy what is left of the filter of its scan.
struct BatchFilter: Sendable {
  private let evaluator: ColumnEvaluator

  /// The rows that satisfy `filter`, whose columns are read as those of `schema`; nil when all do.
  ///
  /// Throws `invalidArgument` when the schema lacks a column.
  init?(_ filter: BoundFilter, reading schema: ReadSchema) throws(IcebergError) {
    if filter == .all { return nil }
    evaluator = try ColumnEvaluator(filter.moved(into: SchemaIndex(schema.fields)))
  }

  /// A bit for each row: whether it satisfies the filter.
  func matches(in columns: [Column], rowCount: Int) throws(IcebergError) -> Bitmap {
    try evaluator.matches(in: columns, rowCount: rowCount)
  }
}

extension BoundFilter {
  /// The same filter of other columns with the same ids.
  fileprivate func moved(into index: SchemaIndex) throws(IcebergError) -> BoundFilter {
    func moved(_ parts: [BoundFilter]) throws(IcebergError) -> [BoundFilter] {
      var results: [BoundFilter] = []
      for part in parts { results.append(try part.moved(into: index)) }
      return results
    }
    switch self {
    case .all, .none: return self
    case .and(let parts): return .and(try moved(parts))
    case .or(let parts): return .or(try moved(parts))
    case .predicate(var predicate):
      guard let path = index.path(to: predicate.term.fieldID) else {
        throw IcebergError(
          .invalidArgument, "the filter is of column \(predicate.term.name), which is not read",
          context: IcebergError.Context(fieldID: predicate.term.fieldID))
      }
      predicate.term.path = path
      return .predicate(predicate)
    }
  }
}
