internal import IcebergColumns
internal import IcebergModel

/// Finds the deleted rows of one data file.
///
/// Spec: Scan Planning; Delete Formats.
struct DeleteApplier: Sendable {
  private let positions: DeletionVector?
  private let keys: [Keys]

  /// Equality deletes, and where the columns that they compare are among those that are read.
  private struct Keys: Sendable {
    var deletes: EqualityDeletes
    var choice: EqualityDeletes.Choice
    var paths: [[Int]]
  }

  /// The deletes of a task, whose columns are read as those of `schema`, and those of more rows.
  init(
    of task: FileScanTask, reading schema: ReadSchema, from deletes: ScanDeletes,
    and more: DeletionVector? = nil
  ) async throws {
    let known = try await deletes.positions(of: task)
    positions = more.map { known?.union($0) ?? $0 } ?? known
    let index = SchemaIndex(schema.fields)
    keys = try await deletes.equalityDeletes(of: task).map { deletes, choice in
      let paths = deletes.columns.ids.compactMap { index.path(to: $0) }
      return Keys(deletes: deletes, choice: choice, paths: paths)
    }
  }

  /// The deletes that delete the rows which are wanted of a task; nil when all rows are.
  init?(ofReversed task: FileScanTask, reading schema: ReadSchema, from deletes: ScanDeletes)
    async throws
  {
    guard let reversed = task.reversed else { return nil }
    try await self.init(of: reversed, reading: schema, from: deletes)
  }

  /// Whether every row of the file at these positions is deleted by its position.
  func deletesAll(_ rows: Range<Int64>) -> Bool {
    guard let positions, rows.lowerBound >= 0 else { return false }
    return positions.count(in: rows) == rows.count
  }

  /// Whether some row of the file at these positions may be deleted.
  func mayDeleteSome(_ rows: Range<Int64>) -> Bool {
    if !keys.isEmpty { return true }
    guard let positions else { return false }
    return rows.lowerBound < 0 || positions.count(in: rows) > 0
  }

  /// The rows that are deleted; nil when there are none.
  func deletedRows(
    of columns: [Column], rowCount: Int, firstPosition: Int64
  ) throws(IcebergError) -> Bitmap? {
    var result = deletedPositions(from: firstPosition, count: rowCount)
    for keys in keys {
      let values = keys.paths.compactMap { columns.column(at: $0) }
      let rows = try keys.deletes.columns.keys(of: values, rowCount: rowCount)
      guard let matches = keys.deletes.matches(rows, in: keys.choice) else { continue }
      result = result.map { $0 | matches } ?? matches
    }
    return result
  }

  private func deletedPositions(from first: Int64, count: Int) -> Bitmap? {
    let (end, overflow) = first.addingReportingOverflow(Int64(count))
    guard let positions, first >= 0, !overflow else { return nil }
    let words = positions.words(in: first..<end)
    return words.allSatisfy { $0 == 0 } ? nil : Bitmap(words: words, count: count)
  }
}
