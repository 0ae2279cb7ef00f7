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
    if purge { return try await dropWithFiles(identifier) }
    let versions = try versions(of: identifier)
    guard try await versions.current() != nil else { throw missing(identifier) }
    // Once begun, a drop is not left half done by a cancellation.
    try Task.checkCancellation()
    try await Task {
      while let last = try await versions.current() { _ = try await drop(last, of: versions) }
    }.value
  }

  /// Removes a table with its files, and its folder with all that is in it. Where another table uses the
  /// folder or has left metadata there, only what this one's metadata leads to goes, and nothing that
  /// the other needs.
  ///
  /// One that stops half way leaves the table, or a copy of its last metadata
  /// (`metadata/dropped-vN.json`) from which ``Table/deleteReachableFiles(_:beside:)`` goes on.
  @discardableResult
  public func purgeTable(
    _ identifier: TableIdentifier, _ options: DeleteReachableFilesOptions
  ) async throws -> DeleteReachableFilesReport {
    let versions = try versions(of: identifier)
    let folder = try location(of: identifier.namespace + [identifier.name])
    return try await ScratchFolder.with { scratch in
      var copies: [String] = []
      while true {
        guard let last = try await versions.current() else { throw missing(identifier) }
        // A copy refers to the files of the original.
        try checkLies(at: folder, last.metadata)
        let purge = try await TablePurge(
          of: table(identifier, last), beside: self, options, scratch: scratch)
        // Looked at before the name is free: a table that is made under it then keeps its files.
        let rest =
          purge.sharing.isEmpty
          ? try await leftovers(in: folder, of: last, purge.sorter(scratch)) : nil
        let end = purge.sorter(scratch)
        try await end.add([FoundFile(last.location, .metadata, sizeInBytes: nil)])
        if options.dryRun { return try await purge.run(more: rest, last: end) }
        try Task.checkCancellation()
        let before = copies
        let (copy, report) = try await Task {
          let copy = try await drop(last, of: versions)
          // Another writer may have committed meanwhile: the drop comes after that, too.
          if try await versions.current() != nil {
            return (copy, DeleteReachableFilesReport?.none)
          }
          let report = try await purge.run(more: rest, last: end) { isVersion($0) }
          if report.failedCount == 0 {
            try await fileIO.remove(before + [copy])
            try await fileIO.removeEmptyFolder(folder)
          }
          return (copy, report)
        }.value
        if let report { return report }
        copies.append(copy)
      }
    }
  }

  /// Keeps a copy of the last version, and removes all; returns the location of the copy.
  private func drop(
    _ last: VersionFolder.Version, of versions: VersionFolder
  ) async throws -> String {
    let copy = FileLocation.child(
      "dropped-v\(last.name.version).json", of: FileLocation.parent(of: last.location) ?? "")
    try await fileIO.write(last.metadata.serialized(), to: copy, mode: .replace)
    let folder = versions.folder
    try await fileIO.remove([FileLocation.child(MetadataFolder.hintName, of: folder.location)])
    // The oldest first, so that the table is what it was until it is no more.
    for name in try await folder.names().reversed() where name.kind == .version {
      try await fileIO.remove([folder.location(of: name)])
    }
    return copy
  }

  /// Adds the files in a table's folder; nil where metadata of another table is among them.
  private func leftovers(
    in folder: String, of last: VersionFolder.Version, _ files: FileSorter
  ) async throws -> FileSorter? {
    let own = FileLocation.parent(of: last.location)
    var isShared = false
    try await fileIO.list(under: folder) { some in
      for file in some where MetadataOwner.isMetadataName(FileLocation.name(of: file.location)) {
        if isVersion(file.location), FileLocation.parent(of: file.location) == own { continue }
        let owner = try? await MetadataOwner.read(
          file.location, size: file.sizeInBytes, fileIO: fileIO)
        if case .table(let uuid)? = owner, uuid == last.metadata.tableUUID { continue }
        isShared = true
      }
      // Hints go with the versions: a new table has one of the same name.
      try await files.add(
        some.filter { FileLocation.name(of: $0.location) != MetadataFolder.hintName }.map {
          FoundFile($0.location, FileKind(named: $0.location), sizeInBytes: $0.sizeInBytes)
        })
    }
    return isShared ? nil : files
  }

  private func isVersion(_ location: String) -> Bool {
    MetadataFileName(FileLocation.name(of: location))?.kind == .version
  }
}
