internal import IcebergColumns
internal import IcebergModel

/// Finds the rows of a data file that satisfy what is left of the filter of its scan.
struct BatchFilter: Sendable {
  private let evaluator: ColumnEvaluator

  /// The rows that satisfy `filter`, whose columns are read as those of `schema`; nil when all do.
  ///
  /// Throws `notFound` when the schema lacks a column.
  init?(_ filter: BoundFilter, reading schema: ReadSchema) throws(IcebergError) {
    if filter == .all { return nil }
    evaluator = try ColumnEvaluator(filter, schema: Schema(schema.fields))
  }

  /// A bit for each row: whether it satisfies the filter.
  func matches(in columns: [Column], rowCount: Int) throws(IcebergError) -> Bitmap {
    try evaluator.matches(in: columns, rowCount: rowCount)
  }
}
