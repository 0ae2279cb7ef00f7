public import IcebergColumns
public import IcebergModel

extension RecordBatch {
  /// Rows of single values, one for each column of `schema`; nil is null.
  ///
  /// For few rows, and for values that come one by one. Whoever has columns should make a batch of
  /// those.
  ///
  /// Throws `invalidArgument`, naming row and column, when a row has another number of values than
  /// the schema has columns, or a value is of another type than its column.
  public init(rows: [[Literal?]], schema: Schema) throws {
    var builders = schema.fields.map { ColumnBuilder($0.type.columnKind) }
    for (index, row) in rows.enumerated() {
      guard row.count == schema.fields.count else {
        throw IcebergError(
          .invalidArgument,
          "row \(index): \(row.count) values for \(schema.fields.count) columns")
      }
      for (column, field) in schema.fields.enumerated()
      where !builders[column].append(row[column], as: field.type) {
        throw IcebergError(
          .invalidArgument, "row \(index): the value of column \(field.name) is no \(field.type)",
          context: IcebergError.Context(fieldID: field.id))
      }
    }
    self.init(
      names: schema.fields.map(\.name), columns: builders.indices.map { builders[$0].finish() },
      rowCount: rows.count)
  }
}
