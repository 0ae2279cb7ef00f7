import IcebergModel

/// The files of a table that is deleted for good.
struct PurgedFiles: Sendable {
  private let locations: [String]

  /// Throws `invalidArgument` when the table forbids to delete files, because others may use them.
  static func checkIsAllowed(_ metadata: TableMetadata, _ identifier: TableIdentifier) throws {
    guard try metadata.property(TableProperties.garbageCollectionEnabled) else {
      throw IcebergError(
        .invalidArgument,
        "'gc.enabled' is false: files of the table must not be deleted. Drop it without them",
        context: .init(table: identifier.description))
    }
  }

  /// Every file that a version of the table refers to.
  init(_ metadata: TableMetadata, fileIO: any FileIO) async throws {
    locations = metadata.metadataLog.map(\.location)
  }

  /// Deletes the files. Those that are gone already are passed over.
  func remove(from fileIO: any FileIO) async throws { try await fileIO.remove(locations) }
}
