import IcebergBytes
import IcebergModel

/// The metadata folder of a table whose versions are file names, and its commit: the creation of the
/// file of the next version.
struct VersionFolder: Sendable {
  /// One version of the table.
  struct Version: Sendable {
    var name: MetadataFileName
    var location: String
    var metadata: TableMetadata
  }

  let folder: MetadataFolder
  private var fileIO: any FileIO { folder.fileIO }

  init(_ folder: MetadataFolder) { self.folder = folder }

  /// The current version; nil when there is no table.
  ///
  /// From the version of the hint on, the one before the first that is not there, as Java does it.
  /// Without a useful hint, and where earlier versions are deleted, the newest of all.
  func current() async throws -> Version? {
    // A version may be deleted after it was found and before it was read.
    for _ in 0..<Self.mostAttempts {
      do {
        var found: MetadataFileName?
        if let hinted = try await folder.hint()?.version {
          found = try await folder.file(ofVersion: hinted)
        }
        let isHinted = found != nil
        if found == nil { found = try await newestName() }
        guard let found else { return nil }
        let name = try await folder.newest(from: found)
        let metadata = try await folder.metadata(in: name)
        if isHinted, metadata.deletesEarlierVersions, let newest = try await newestName(),
          newest.version > name.version
        {
          return try await version(folder.newest(from: newest))
        }
        return Version(name: name, location: folder.location(of: name), metadata: metadata)
      } catch let error as IcebergError where error.code == .notFound {
        continue
      }
    }
    throw IcebergError(
      .unavailable, "other writers commit faster than the metadata can be read",
      context: .init(location: folder.location))
  }

  private static let mostAttempts = 10

  /// The newest of all versions in the folder.
  func newestName() async throws -> MetadataFileName? {
    try await folder.names().first { $0.kind == .version }
  }

  private func version(_ name: MetadataFileName) async throws -> Version {
    Version(
      name: name, location: folder.location(of: name), metadata: try await folder.metadata(in: name)
    )
  }

  /// Makes `metadata` the version after `base`; nil is a table that does not exist.
  ///
  /// Throws `commitConflict` when another writer was first, and `commitStateUnknown` when that cannot
  /// be told. Cancelling the task has no effect once the file is being written, so that the outcome is
  /// known.
  func publish(
    _ metadata: TableMetadata, after base: Version?, adding snapshots: [Snapshot] = []
  ) async throws -> Version {
    let (number, overflow) = (base?.name.version ?? 0).addingReportingOverflow(1)
    guard !overflow else {
      throw IcebergError(
        .unsupported, "there is no version after \(number &- 1)",
        context: .init(location: folder.location))
    }
    // All who make this version must give it one name, or they would not collide. So what the version
    // before says about compression counts: the writers of this one may disagree.
    var compression = try metadata.property(TableProperties.metadataCompression)
    if let base {
      compression = (try? base.metadata.property(TableProperties.metadataCompression)) ?? .none
    }
    let isCompressed = compression == .gzip
    let name = MetadataFileName(version: number, compression: isCompressed ? .gzip : .none)
    let version = Version(name: name, location: folder.location(of: name), metadata: metadata)
    let bytes = try metadata.serialized(compressed: isCompressed)
    try Task.checkCancellation()
    return try await Task {
      try await write(bytes, version)
      try await checkIsNext(version, after: base, snapshots)
      await writeHint(number)
      if let base { await removeOutdated(before: metadata, after: base.metadata) }
      return version
    }.value
  }
}

// Whether the file that was written is the next version.
extension VersionFolder {
  private func write(_ bytes: Bytes, _ version: Version) async throws {
    do {
      try await fileIO.write(bytes, to: version.location, mode: .createNew)
    } catch let error as IcebergError where error.code == .alreadyExists {
      throw conflict(version, "another writer has made version \(version.name.version)")
    } catch {
      try await settle(error, bytes, version)
    }
  }

  /// Decides what a failed write did: names are never given twice, so the file under the name is ours
  /// or another writer's.
  private func settle(_ error: any Error, _ bytes: Bytes, _ version: Version) async throws {
    do {
      let found = try await fileIO.read(version.location, range: nil)
      if found == bytes { return }
    } catch let other as IcebergError where other.code == .notFound {
      let code = (error as? IcebergError)?.code
      // Nothing is there; whether something will be is what the error says.
      if let code, code != .unavailable, code != .commitStateUnknown { throw error }
      throw unknown(version, cause: error)
    } catch {
      throw unknown(version, cause: error)
    }
    throw conflict(version, "another writer has made version \(version.name.version)")
  }

  /// Makes sure that the version is not one that had been made and deleted before: then the table has
  /// gone on without it.
  ///
  /// Versions are deleted oldest first. While the one before is there, this one cannot have been
  /// deleted. A new table must have no other version of another's making.
  private func checkIsNext(
    _ version: Version, after base: Version?, _ snapshots: [Snapshot]
  ) async throws {
    do {
      if let base, try await fileIO.exists(base.location) { return }
      let names = try await folder.names().filter { $0.kind == .version }
      if base == nil, names.contains(where: { $0.version == 1 && $0 != version.name }) {
        // Only the makers of a first version may disagree about compression, and so about its name.
        // Whoever sees the other's gives way: at most one of them succeeds.
        await remove(version)
        throw conflict(version, "another writer is making the table")
      }
      guard let newest = names.first, newest.version > version.name.version else {
        if base == nil { return }
        await remove(version)
        throw IcebergError(
          .notFound, "the table was dropped while the commit was made",
          context: .init(location: folder.location))
      }
      switch isIncluded(version, snapshots, in: try await folder.metadata(in: newest)) {
      case true?: return
      case false?:
        await remove(version)
        throw conflict(version, "the table had version \(newest.version) by now")
      case nil: throw unknown(version, cause: nil)
      }
    } catch let error as IcebergError
      where [.commitConflict, .notFound, .commitStateUnknown].contains(error.code)
    {
      throw error
    } catch {
      throw unknown(version, cause: error)
    }
  }

  /// Whether a later version was made from this one; nil when it does not tell.
  private func isIncluded(
    _ version: Version, _ snapshots: [Snapshot], in later: TableMetadata
  ) -> Bool? {
    if later.tableUUID != version.metadata.tableUUID { return false }
    // Others may have put the place in other words; the name is the same.
    let name = version.name.text
    if let entry = later.metadataLog.last(where: { FileLocation.name(of: $0.location) == name }) {
      return entry.timestampMillis == version.metadata.lastUpdatedMillis
    }
    for snapshot in snapshots {
      if later.snapshot(id: snapshot.id) != nil { return true }
      // Another snapshot has taken the number.
      let number = snapshot.sequenceNumber
      if number > 0, later.snapshots.contains(where: { $0.sequenceNumber == number }) {
        return false
      }
    }
    return nil
  }

  private func remove(_ version: Version) async {
    // Left behind, the file is never looked at: it is older than the newest version.
    try? await fileIO.remove([version.location])
  }

  private func conflict(_ version: Version, _ reason: String) -> IcebergError {
    IcebergError(.commitConflict, reason, context: .init(location: version.location))
  }

  private func unknown(_ version: Version, cause: (any Error)?) -> IcebergError {
    IcebergError(
      .commitStateUnknown,
      "it is not known whether version \(version.name.version) was committed; delete nothing of it",
      context: .init(location: version.location), cause: cause)
  }
}

// What follows a commit. Nothing here can undo it, so nothing here can fail it.
extension VersionFolder {
  private func writeHint(_ version: Int64) async {
    let place = FileLocation.child(MetadataFolder.hintName, of: folder.location)
    try? await fileIO.write(Bytes(utf8: "\(version)"), to: place, mode: .replace)
  }

  /// Deletes the metadata files that have fallen out of the log, the oldest first.
  private func removeOutdated(before new: TableMetadata, after old: TableMetadata) async {
    for location in new.metadataFilesToDelete(after: old) {
      do { try await fileIO.remove([location]) } catch { return }
    }
  }
}
