internal import IcebergModel
internal import Synchronization

// The files that stay.
extension OrphanRemoval {
  /// Adds the files that a version of the table leads to, and what else is to be kept.
  ///
  /// - Parameter read: takes the manifests of the table.
  func addNeeded(
    of table: Table, others: [Table], beside listing: OrphanListing, to needed: FileSorter,
    manifests read: FileSorter
  ) async throws {
    tell(.reading, 0)
    try await addReachable(
      from: table, snapshots: table.metadata.snapshots, to: needed, passingOver: read)
    if options.otherTables == .files {
      for other in others {
        try await addReachable(from: other, snapshots: other.metadata.snapshots, to: needed)
      }
    }
    let versions = MetadataVersions(listing.metadataFiles, of: table, keys: keys)
    try await needed.add(
      versions.afterKept(olderThanMillis).map { FoundFile($0, .metadata, sizeInBytes: nil) })
    for file in versions.unnamed { try await addNewer(file, than: table, to: needed) }
  }

  /// Adds the files that some snapshots of a version lead to, and those that the version itself names.
  ///
  /// - Parameter read: manifests that were read before, and are not read again; the others join them.
  func addReachable(
    from table: Table, snapshots: [Snapshot], to needed: FileSorter,
    passingOver read: FileSorter? = nil
  ) async throws {
    let reachable = ReachableFiles(
      of: table.metadata, fileIO: table.fileIO, concurrency: options.concurrency)
    try await reachable.addAll(
      of: snapshots, at: table.metadataLocation, to: needed,
      sortingManifestsIn: sorter(), passingOver: read
    ) { tell(.reading, needed.count) }
  }

  /// Keeps a metadata file that no log names and that is newer than the current version, and all it leads
  /// to: of a commit that is being made, or whose outcome is not known, or that another catalog knows of.
  private func addNewer(
    _ file: FileStatus, than table: Table, to needed: FileSorter
  ) async throws {
    let current = table.metadataLocation.flatMap {
      MetadataFileName(FileLocation.name(of: $0))
    }
    let name = MetadataFileName(FileLocation.name(of: file.location))
    if let current, let name, current.kind == name.kind, name.version <= current.version { return }
    let metadata: TableMetadata
    do {
      metadata = try await TableMetadata(at: file.location, fileIO: table.fileIO)
    } catch let error as IcebergError where error.code == .notFound {
      return
    }
    // Whose it is was looked at when it was listed; one that is gone for good leads nowhere.
    guard metadata.tableUUID == table.metadata.tableUUID else { return }
    if current?.kind != name?.kind || name == nil {
      // Their numbers say nothing about each other.
      guard metadata.lastUpdatedMillis >= table.metadata.lastUpdatedMillis else { return }
    }
    let other = Table(
      identifier: table.identifier, metadata: metadata, metadataLocation: file.location,
      fileIO: table.fileIO, catalog: nil)
    for snapshot in metadata.snapshots where table.metadata.snapshot(id: snapshot.id) == nil {
      do {
        try await addReachable(from: other, snapshots: [snapshot], to: needed)
      } catch let error as IcebergError where error.code == .notFound {
        // What is gone leads nowhere.
      }
    }
    try await addReachable(from: other, snapshots: [], to: needed)
  }
}

/// The metadata files of a folder, beside those that a version of the table names.
struct MetadataVersions: Sendable {
  private let files: [(file: FileStatus, isNamed: Bool)]

  init(_ files: [FileStatus], of table: Table, keys: LocationKeys) {
    var named = Set(table.metadata.metadataLog.map { ExactText(keys.key($0.location)) })
    if let location = table.metadataLocation { named.insert(ExactText(keys.key(location))) }
    self.files = files.map { ($0, named.contains(ExactText(keys.key($0.location)))) }
  }

  /// Those that the version does not name.
  var unnamed: [FileStatus] { files.filter { !$0.isNamed }.map(\.file) }

  /// The locations of those whose version is their name, and that follow one which stays.
  ///
  /// A reader that knows of an early version goes on from there to the one before the first that is
  /// missing: versions are removed from the oldest on, without leaving a gap.
  func afterKept(_ olderThanMillis: Int64) -> [String] {
    var kept: [String] = []
    let folders = Dictionary(grouping: files) { FileLocation.parent(of: $0.file.location) ?? "" }
    for files in folders.values {
      let versions = files.compactMap { file, isNamed -> (Int64, FileStatus, Bool)? in
        guard let name = MetadataFileName(FileLocation.name(of: file.location)),
          name.kind == .version
        else { return nil }
        return (name.version, file, isNamed || file.modifiedMillis >= olderThanMillis)
      }
      guard let first = versions.filter(\.2).map(\.0).min() else { continue }
      kept += versions.filter { $0.0 >= first }.map(\.1.location)
    }
    return kept
  }
}
