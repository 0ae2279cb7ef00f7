import IcebergBytes
package import IcebergModel

/// The files of a table that is deleted for good.
package struct PurgedFiles: Sendable {
  /// The locations of all files: those that others lead to stand before those that lead there.
  package let locations: [String]

  /// Throws `invalidArgument` when the table forbids to delete files, because others may use them.
  package static func checkIsAllowed(
    _ metadata: TableMetadata, _ identifier: TableIdentifier
  ) throws {
    guard try metadata.property(TableProperties.garbageCollectionEnabled) else {
      throw IcebergError(
        .invalidArgument,
        "'gc.enabled' is false: files of the table must not be deleted. Drop it without them",
        context: .init(table: identifier.description))
    }
  }

  /// Every file that the snapshots and the logs of a version lead to.
  ///
  /// A manifest or list that is gone leads nowhere. Throws when one cannot be read: then nothing
  /// should be deleted.
  package init(_ metadata: TableMetadata, fileIO: any FileIO) async throws {
    var files = FileCollection()
    for snapshot in metadata.snapshots {
      try Task.checkCancellation()
      let manifests: [(location: String, manifest: ManifestFile?)]
      switch snapshot.manifests {
      case .inline(let locations): manifests = locations.map { ($0, nil) }
      case .list(let location):
        guard files.lists.insert(location).inserted,
          let bytes = try await Self.read(location, fileIO)
        else { continue }
        manifests = try ManifestListCodec.read(bytes).map { ($0.location, $0) }
      }
      for (location, manifest) in manifests {
        guard files.manifests.insert(location).inserted,
          let bytes = try await Self.read(location, fileIO)
        else { continue }
        for entry in try ManifestCodec.read(bytes, as: manifest, metrics: .none) {
          files.data.insert(entry.dataFile.location)
        }
      }
    }
    files.metadata.formUnion(metadata.statistics.map(\.location))
    files.metadata.formUnion(metadata.partitionStatistics.map(\.location))
    files.metadata.formUnion(metadata.metadataLog.map(\.location))
    locations = [files.data, files.manifests, files.lists, files.metadata].flatMap { $0.sorted() }
  }

  /// Removes the files, then that of the last version, and the folders that a table has of itself where
  /// they are left empty.
  package func remove(
    last: String?, of metadata: TableMetadata, from fileIO: any FileIO
  ) async throws {
    try await fileIO.remove(locations)
    if let last { try await fileIO.remove([last]) }
    // What else is at the location is not the table's.
    let folder = FileLocation.withoutTrailingSlash(metadata.location)
    for name in ["data", "metadata"] {
      try? await fileIO.removeEmptyFolder(FileLocation.child(name, of: folder))
    }
    if (try? await fileIO.children(of: folder))?.isEmpty == true {
      try? await fileIO.removeEmptyFolder(folder)
    }
  }

  private struct FileCollection {
    var data: Set<String> = []
    var manifests: Set<String> = []
    var lists: Set<String> = []
    var metadata: Set<String> = []
  }

  private static func read(_ location: String, _ fileIO: any FileIO) async throws -> Bytes? {
    do {
      return try await fileIO.read(location, range: nil)
    } catch let error as IcebergError where error.code == .notFound {
      return nil
    }
  }
}
