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
    let folder = try location(of: identifier.namespace + [identifier.name])
    if purge {
      try PurgedFiles.checkIsAllowed(last.metadata, identifier)
      // A copy refers to the files of the original.
      try checkLies(at: folder, last.metadata)
    }
    let purged = purge ? try await PurgedFiles(last.metadata, fileIO: fileIO) : nil
    // Once begun, a drop is not left half done by a cancellation.
    try Task.checkCancellation()
    let hint = FileLocation.child(MetadataFolder.hintName, of: versions.folder.location)
    try await Task {
      var newest = last
      var files: [String] = []
      repeat {
        if purge {
          // Looked at before the name is free: a table that is made under it then keeps its files.
          files = try await fileIO.list(under: folder).map(\.location)
        } else {
          try await keepCopy(of: newest)
        }
        try await fileIO.remove([hint])
        // The oldest first, so that the table is what it was until it is no more.
        for name in try await versions.folder.names().reversed() where name.kind == .version {
          try await fileIO.remove([versions.folder.location(of: name)])
        }
        // Another writer may have committed meanwhile: the drop comes after that, too.
        guard let next = try await versions.current() else { break }
        newest = next
      } while true
      guard let purged else { return }
      try await fileIO.remove((purged.locations + files).filter { !isVersion($0) })
      try await fileIO.removeEmptyFolder(folder)
    }.value
  }

  private func isVersion(_ location: String) -> Bool {
    MetadataFileName(FileLocation.name(of: location))?.kind == .version
  }

  private func keepCopy(of version: VersionFolder.Version) async throws {
    let place = FileLocation.parent(of: version.location) ?? ""
    try await fileIO.write(
      version.metadata.serialized(),
      to: FileLocation.child("dropped-v\(version.name.version).json", of: place), mode: .replace)
  }
}
