/// How many rows a scan has, and how that was found out.
public struct RowCount: Hashable, Sendable {
  /// The number of rows.
  public var rows: Int64
  /// The files whose rows could be counted from metadata alone.
  public var filesCounted: Int
  /// The files that had to be read.
  public var filesRead: Int
}
