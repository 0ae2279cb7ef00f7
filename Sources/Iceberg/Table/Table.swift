public import IcebergModel

/// One version of a table: an immutable view that scans read and changes start from.
public struct Table: Sendable {
  /// The name of the table.
  public let identifier: TableIdentifier
  /// The metadata of this version.
  public let metadata: TableMetadata
  /// Where the metadata of this version was read from; nil when it lives only in memory.
  public let metadataLocation: String?
  /// How the files of the table are read and written.
  public let fileIO: any FileIO
  /// Where changes are committed; nil when the table was opened from its files, read-only.
  public let catalog: (any Catalog)?

  /// A version of a table, as a catalog makes it.
  public init(
    identifier: TableIdentifier, metadata: TableMetadata, metadataLocation: String?,
    fileIO: any FileIO, catalog: (any Catalog)?
  ) {
    self.identifier = identifier
    self.metadata = metadata
    self.metadataLocation = metadataLocation
    self.fileIO = fileIO
    self.catalog = catalog
  }
}
