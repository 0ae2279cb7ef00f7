public import IcebergModel

/// What a new table is made of.
public struct TableCreation: Sendable {
  /// The columns; ids are assigned afresh.
  public var schema: Schema
  /// How rows are divided; source ids refer to `schema`.
  public var partitionSpec: PartitionSpec
  /// How rows are ordered; source ids refer to `schema`.
  public var sortOrder: TableSortOrder
  /// Where the table lives; nil lets the catalog choose.
  public var location: String?
  /// Settings. `format-version` chooses the version and is not kept.
  public var properties: [String: String]

  /// A table of the given parts.
  public init(
    schema: Schema, partitionSpec: PartitionSpec = .unpartitioned,
    sortOrder: TableSortOrder = .unsorted, location: String? = nil,
    properties: [String: String] = [:]
  ) {
    self.schema = schema
    self.partitionSpec = partitionSpec
    self.sortOrder = sortOrder
    self.location = location
    self.properties = properties
  }
}
