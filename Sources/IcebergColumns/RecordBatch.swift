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
}
