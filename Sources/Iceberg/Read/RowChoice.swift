internal import IcebergColumns
internal import IcebergModel

/// Makes the batches of a task from the rows of its file: leaves out those that are deleted or do not
/// satisfy the filter, and adds what the file does not say.
struct RowChoice: Sendable {
  private let task: FileScanTask
  private let schema: ReadSchema
  private let deletes: DeleteApplier
  /// The deletes that delete the rows which are wanted; nil when all are.
  private let required: DeleteApplier?
  private let filter: BatchFilter?
  private let names: [String]
  /// Whether deleted rows are returned, too, and marked.
  private let marksDeleted: Bool

  /// A choice among the rows of the task's file, whose columns are read as those of `schema`.
  init(
    task: FileScanTask, schema: ReadSchema, deletes: DeleteApplier, required: DeleteApplier? = nil,
    filter: BatchFilter?
  ) {
    self.task = task
    self.schema = schema
    self.deletes = deletes
    self.required = required
    self.filter = filter
    names = schema.results.map(\.field.name)
    marksDeleted = schema.results.contains { result in
      if case .metadata(.isDeleted, _) = result.source { true } else { false }
    }
  }

  /// Whether some row at these positions may be returned, as far as positions tell.
  func mayReturnSome(of rows: Range<Int64>) -> Bool {
    if let required, !required.mayDeleteSome(rows) { return false }
    return marksDeleted || !deletes.deletesAll(rows)
  }

  /// The batch of the rows that are returned; nil when there are none.
  func callAsFunction(_ rows: FileRows) throws(IcebergError) -> RecordBatch? {
    let count = rows.batch.rowCount
    let columns = rows.batch.columns
    let deleted = try deletes.deletedRows(
      of: columns, rowCount: count, firstPosition: rows.firstPosition)
    var places = RowPlaces(firstPosition: rows.firstPosition, count: count, deleted: deleted)
    if let deleted, !marksDeleted {
      let left = ~deleted
      if left.noneSet { return nil }
      places.selection = left
    }
    if let required {
      let wanted = try required.deletedRows(
        of: columns, rowCount: count, firstPosition: rows.firstPosition)
      guard let wanted else { return nil }
      let left = places.selection.map { $0 & wanted } ?? wanted
      if left.noneSet { return nil }
      places.selection = left
    }
    let matches = try filter?.matches(
      in: columns, rowCount: count, firstPosition: rows.firstPosition, of: task)
    if let matches, !matches.allSet {
      let left = places.selection.map { $0 & matches } ?? matches
      if left.noneSet { return nil }
      places.selection = left
    }
    let ranges = places.selection?.setRanges
    func kept(_ column: Column) -> Column { ranges.map { column.keep(at: $0) } ?? column }
    var results: [Column] = []
    results.reserveCapacity(schema.results.count)
    for result in schema.results {
      switch result.source {
      case .column(let place, let part): results.append(kept(part(columns[place])))
      case .metadata(let column, let stored):
        results.append(
          try column.values(
            as: result.field.type, of: task, at: places, stored: stored.map { kept(columns[$0]) }))
      }
    }
    return RecordBatch(names: names, columns: results, rowCount: places.selectedCount)
  }
}
