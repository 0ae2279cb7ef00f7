internal import IcebergColumns
internal import IcebergModel

/// Finds the rows of a data file that satisfy what is left of the filter of its scan.
struct BatchFilter: Sendable {
  private let evaluator: ColumnEvaluator
  /// The metadata columns that are looked at.
  private var metadata: [(place: Int, column: MetadataColumn, field: Field, isStored: Bool)] = []

  /// The rows that satisfy `filter`, whose columns are read as those of `schema`; nil when all do.
  ///
  /// Throws `notFound` when the schema lacks a column.
  init?(_ filter: BoundFilter, reading schema: ReadSchema) throws(IcebergError) {
    if filter == .all { return nil }
    var fields = schema.fields
    for id in filter.fieldIDs.sorted() {
      guard let column = MetadataColumn(id: id),
        let field = ReservedFields.metadataColumns.first(where: { $0.id == id })
      else { continue }
      // What the file has stored gives way to what rows have.
      let stored = fields.firstIndex { $0.id == id }
      metadata.append((stored ?? fields.count, column, field, stored != nil))
      if stored == nil { fields.append(field) }
    }
    evaluator = try ColumnEvaluator(filter, schema: Schema(fields))
  }

  /// A bit for each row of a batch of the task's file: whether it satisfies the filter.
  func matches(
    in columns: [Column], rowCount: Int, firstPosition: Int64, of task: FileScanTask
  ) throws(IcebergError) -> Bitmap {
    if metadata.isEmpty { return try evaluator.matches(in: columns, rowCount: rowCount) }
    var columns = columns
    let places = RowPlaces(firstPosition: firstPosition, count: rowCount)
    for (place, column, field, isStored) in metadata {
      let values = try column.values(
        as: field.type, of: task, at: places, stored: isStored ? columns[place] : nil)
      if isStored { columns[place] = values } else { columns.append(values) }
    }
    return try evaluator.matches(in: columns, rowCount: rowCount)
  }
}
