package import IcebergModel

/// The metadata files of catalogs that keep, for every table, no more than the location of the current
/// one.
///
/// A version is written under a name that no other writer gives, before the catalog refers to it: up to
/// then nothing is committed, whatever goes wrong. Then the catalog exchanges one location for the
/// other, if the old one still is the current one.
package struct VersionStore: Sendable {
  /// The storage of the tables.
  package let fileIO: any FileIO
  /// The clock and the random numbers of commits.
  package let environment: CommitEnvironment

  /// The metadata files in a storage.
  package init(fileIO: any FileIO, environment: CommitEnvironment) {
    self.fileIO = fileIO
    self.environment = environment
  }

  /// A version that is written and that nothing refers to yet.
  package struct Staged: Sendable {
    /// The name of the table.
    package let identifier: TableIdentifier
    /// The content of the version.
    package let metadata: TableMetadata
    /// The location of its file.
    package let location: String
    /// The version it was made from; nil for a new table.
    package let base: Table?
  }

  /// Writes the first version of a table.
  package func stage(
    _ metadata: TableMetadata, creating identifier: TableIdentifier
  ) async throws -> Staged {
    let location = try await write(metadata, version: 0)
    return Staged(identifier: identifier, metadata: metadata, location: location, base: nil)
  }

  /// Writes the version that follows `current`; nil when the commit changes nothing.
  package func stage(_ commit: TableCommit, on current: Table) async throws -> Staged? {
    var metadata: TableMetadata
    do {
      metadata = try commit.applied(
        to: current.metadata, at: current.metadataLocation, nowMillis: environment.now())
    } catch {
      var error = error
      error.context.table = error.context.table ?? current.identifier.description
      throw error
    }
    if metadata == current.metadata { return nil }
    if metadata.tableUUID == nil { metadata.tableUUID = environment.uuid() }
    let name = current.metadataLocation.map { FileLocation.name(of: $0) } ?? ""
    let version = MetadataFileName(name)?.version ?? 0
    let location = try await write(metadata, version: version &+ 1)
    return Staged(
      identifier: current.identifier, metadata: metadata, location: location, base: current)
  }

  /// The first version of the table that a commit makes.
  package func created(
    by commit: TableCommit, _ identifier: TableIdentifier, location: () throws -> String
  ) throws -> TableMetadata {
    do {
      return try commit.created(
        location: location, uuid: environment.uuid(), nowMillis: environment.now())
    } catch var error as IcebergError {
      error.context.table = error.context.table ?? identifier.description
      throw error
    }
  }

  /// Removes the files of versions that surely were not committed.
  package func discard(_ staged: [Staged]) async {
    try? await fileIO.remove(staged.map(\.location))
  }

  /// Removes the metadata files that have fallen out of the log of a version, now that it is committed.
  /// Nothing here can fail the commit.
  package func removeOutdated(after staged: Staged) async {
    guard let base = staged.base else { return }
    try? await fileIO.remove(staged.metadata.metadataFilesToDelete(after: base.metadata))
  }

  /// The table of a committed version.
  package func table(_ staged: Staged, in catalog: any Catalog) -> Table {
    Table(
      identifier: staged.identifier, metadata: staged.metadata,
      metadataLocation: staged.location, fileIO: fileIO, catalog: catalog)
  }

  private func write(_ metadata: TableMetadata, version: Int64) async throws -> String {
    let isCompressed = try metadata.property(TableProperties.metadataCompression) == .gzip
    let name = MetadataFileName(
      version: version, uuid: environment.uuid(), compression: isCompressed ? .gzip : .none)
    let location = try TableLocations(metadata).metadataFile(named: name.text)
    let bytes = try metadata.serialized(compressed: isCompressed)
    do {
      try await fileIO.write(bytes, to: location, mode: .createNew)
    } catch {
      // It may be there though the reply was lost; nobody else gives a file this name.
      try? await fileIO.remove([location])
      throw IcebergError(
        .storage, "the metadata file cannot be written; nothing was committed",
        context: .init(location: location), cause: error)
    }
    return location
  }
}

extension VersionStore {
  /// What a catalog says of a table that is not there.
  package static func missing(_ identifier: TableIdentifier) -> IcebergError {
    IcebergError(
      .notFound, "there is no table of this name", context: .init(table: identifier.description))
  }

  /// What a catalog says of a table that is there already.
  package static func exists(_ identifier: TableIdentifier) -> IcebergError {
    IcebergError(
      .alreadyExists, "there is a table of this name",
      context: .init(table: identifier.description))
  }

  /// What a catalog says when another commit was first.
  package static func conflict(_ identifier: TableIdentifier) -> IcebergError {
    IcebergError(
      .commitConflict, "another writer has committed a version since this one was loaded",
      context: .init(table: identifier.description))
  }

  /// Throws `invalidArgument` when a table is named twice in one commit.
  package static func checkNamedOnce(_ commits: [(TableIdentifier, TableCommit)]) throws {
    var seen: Set<TableIdentifier> = []
    for (identifier, _) in commits where !seen.insert(identifier).inserted {
      throw IcebergError(
        .invalidArgument, "a commit to several tables names one twice: put its changes together",
        context: .init(table: identifier.description))
    }
  }
}
