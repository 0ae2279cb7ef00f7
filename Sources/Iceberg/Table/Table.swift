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
  /// Which metadata file was chosen and why, of a table that was opened from its files; else nil.
  public let metadataResolution: MetadataResolution?
  /// What was asked for when the table was opened from its files.
  private let openedAt: String?

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
    metadataResolution = nil
    openedAt = nil
  }

  private init(
    openedAt location: String, _ resolution: MetadataResolution, _ metadata: TableMetadata,
    fileIO: any FileIO
  ) {
    identifier = TableIdentifier(name: FileLocation.name(of: metadata.location))
    self.metadata = metadata
    metadataLocation = resolution.location
    self.fileIO = fileIO
    catalog = nil
    metadataResolution = resolution
    openedAt = location
  }

  /// Opens any table from its files, read-only, without a catalog.
  ///
  /// `location` is that of a metadata file (plain or compressed), of the table's folder, or of the
  /// metadata folder in it. In a folder the newest version is found, with the help of a hint file
  /// where there is one; ``metadataResolution`` says which file was chosen and why.
  ///
  /// Throws `notFound` when there is no metadata file, `invalidMetadata` when it breaks a rule of the
  /// format, and `unsupported` when it is of a newer version of the format.
  public static func open(
    at location: String, fileIO: any FileIO = FileIOResolver()
  ) async throws -> Table {
    let (resolution, metadata) = try await MetadataResolution.resolve(location, fileIO: fileIO)
    return Table(openedAt: location, resolution, metadata, fileIO: fileIO)
  }

  /// The current version of the table.
  ///
  /// A table that was opened from its files looks for the newest version there again; one whose
  /// metadata file was named stays as it is.
  public func refreshed() async throws -> Table {
    if let catalog { return try await catalog.loadTable(identifier) }
    if let openedAt { return try await Table.open(at: openedAt, fileIO: fileIO) }
    return self
  }
}
