import IcebergBytes
import IcebergModel

extension FileSystemCatalog {
  /// Removes a table. Without `purge` only the files that make its folder a table go: data, manifests
  /// and a copy of the last metadata (`metadata/dropped-vN.json`, which ``Table/open(at:fileIO:)``
  /// opens) stay. With `purge` every file of the table goes, and its folder.
  ///
  /// Throws `notFound`, and `invalidArgument` for a purge where the table's property `gc.enabled`
  /// forbids to delete files.
  public func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws {
    let versions = try versions(of: identifier)
    guard let last = try await versions.current() else { throw missing(identifier) }
    if purge { try PurgedFiles.checkIsAllowed(last.metadata, identifier) }
    let files = purge ? try await PurgedFiles(last.metadata, fileIO: fileIO) : nil
    // Once begun, a drop is not left half done by a cancellation.
    try Task.checkCancellation()
    let hint = FileLocation.child(MetadataFolder.hintName, of: versions.folder.location)
    let folder = try location(of: identifier.namespace + [identifier.name])
    try await Task {
      var newest = last
      repeat {
        if !purge { try await keepCopy(of: newest) }
        try await fileIO.remove([hint])
        // The oldest first, so that the table is what it was until it is no more.
        for name in try await versions.folder.names().reversed() where name.kind == .version {
          try await fileIO.remove([versions.folder.location(of: name)])
        }
        // Another writer may have committed meanwhile: the drop comes after that, too.
        guard let next = try await versions.current() else { break }
        newest = next
      } while true
      guard let files else { return }
      try await files.remove(from: fileIO)
      try await fileIO.removeFolder(folder)
    }.value
  }

  private func keepCopy(of version: VersionFolder.Version) async throws {
    let place = FileLocation.parent(of: version.location) ?? ""
    try await fileIO.write(
      version.metadata.serialized(),
      to: FileLocation.child("dropped-v\(version.name.version).json", of: place), mode: .replace)
  }
}
