public import IcebergColumns

/// The smallest and largest value of a column, exact and not cut.
///
/// Numbers are in the order of their values, negative zero below zero and NaN left out; byte strings
/// by unsigned bytes; false before true.
public struct ColumnBounds: Hashable, Sendable {
  /// The smallest value.
  public var minimum: Column.Value
  /// The largest value.
  public var maximum: Column.Value

  /// The bounds of some values.
  public init(minimum: Column.Value, maximum: Column.Value) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// What was written of one leaf of the schema, in all row groups.
public struct ColumnSummary: Hashable, Sendable {
  /// The leaf.
  public var leaf: ParquetLeaf
  /// The size in bytes of all pages with their headers, as they lie in the file.
  public var compressedSize: Int64 = 0
  /// The same before compression.
  public var uncompressedSize: Int64 = 0
  /// The number of values, nulls included; in lists and maps also what stands for empty ones.
  public var valueCount: Int64 = 0
  /// The number of values that are not there.
  public var nullCount: Int64 = 0
  /// The number of NaN values; nil for columns that cannot have any.
  public var nanCount: Int64?
  /// The smallest and largest value; nil when there are none but null and NaN, and for columns
  /// without an order.
  public var bounds: ColumnBounds?

  /// A summary of nothing yet.
  public init(leaf: ParquetLeaf) { self.leaf = leaf }
}

/// What a file encoder has written.
public struct WrittenFile: Hashable, Sendable {
  /// The size of the file in bytes.
  public var byteCount: Int64
  /// The footer.
  public var metadata: FileMetadata
  /// One summary for each leaf of the schema, in order.
  public var columns: [ColumnSummary]

  /// The number of rows.
  public var rowCount: Int64 { metadata.rowCount }

  /// Where in the file row groups begin, and so readers can divide it.
  public var splitOffsets: [Int64] { metadata.rowGroups.compactMap(\.fileOffset) }

  /// What was written.
  public init(byteCount: Int64, metadata: FileMetadata, columns: [ColumnSummary]) {
    self.byteCount = byteCount
    self.metadata = metadata
    self.columns = columns
  }
}
