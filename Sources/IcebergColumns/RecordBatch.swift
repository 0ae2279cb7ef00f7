public import IcebergBytes

/// Named columns of equal length: some rows of a table.
public struct RecordBatch: Hashable, Sendable {
  /// The names of the columns, in order.
  public let names: [String]
  /// The columns, in the order of ``names``.
  public let columns: [Column]
  /// The number of rows.
  public let rowCount: Int

  /// A batch of `rowCount` rows. Every column must have that many.
  public init(names: [String], columns: [Column], rowCount: Int) {
    precondition(names.count == columns.count, "a name for each column")
    precondition(columns.allSatisfy { $0.count == rowCount }, "columns of equal length")
    self.names = names
    self.columns = columns
    self.rowCount = rowCount
  }

  /// The first column called `name`, or nil.
  public func column(_ name: String) -> Column? {
    names.firstIndex(of: name).map { columns[$0] }
  }

  /// The rows at `range`.
  public func slice(_ range: Range<Int>) -> RecordBatch {
    RecordBatch(names: names, columns: columns.map { $0.slice(range) }, rowCount: range.count)
  }

  /// The rows at `indices`, in that order.
  public func take(_ indices: [Int]) -> RecordBatch {
    RecordBatch(names: names, columns: columns.map { $0.take(indices) }, rowCount: indices.count)
  }

  /// The rows whose bit is set in `selection`, which has a bit for each row.
  public func keep(where selection: Bitmap) -> RecordBatch {
    precondition(selection.count == rowCount, "a bit for each row")
    let rows = selection.setCount
    if rows == rowCount { return self }
    let ranges = selection.setRanges
    return RecordBatch(
      names: names, columns: columns.map { $0.keep(at: ranges) }, rowCount: rows)
  }

  /// The rows of all batches, one after the other; nil for no batches.
  ///
  /// The batches must have columns of the same names and kinds. Throws when byte strings or
  /// elements of a column come to more than 2^31 - 1.
  public static func concatenate(_ batches: [RecordBatch]) throws(FormatError) -> RecordBatch? {
    guard let first = batches.first else { return nil }
    precondition(batches.allSatisfy { $0.names == first.names }, "columns of the same names")
    var columns: [Column] = []
    for index in first.columns.indices {
      columns.append(
        try Column.concatenate(batches.map { $0.columns[index] }) ?? first.columns[index])
    }
    return RecordBatch(
      names: first.names, columns: columns, rowCount: batches.reduce(0) { $0 + $1.rowCount })
  }

  /// Throws unless every column is sound, see ``Column/validate()``.
  public func validate() throws(FormatError) {
    for column in columns { try column.validate() }
  }

  /// The values of row `index`, in the order of ``names``.
  public func row(_ index: Int) -> [Column.Value] { columns.map { $0.value(at: index) } }
}
