internal import IcebergModel

extension Table {
  /// Deletes every file that the metadata of a table leads to which no catalog has any more: data and
  /// delete files of all snapshots, manifests, manifest lists, statistics, and all metadata files.
  ///
  /// ```swift
  /// let dropped = try await Table.open(at: "/wh/logs/old/metadata/dropped-v7.json")
  /// let report = try await dropped.deleteReachableFiles(beside: catalog)
  /// ```
  /// A table that is in a catalog is dropped with its files by ``Catalog/purgeTable(_:_:)``.
  ///
  /// Files that another table of the catalog needs are kept. Files that lead to others are deleted after
  /// those, and kept where some of those cannot be deleted, so that it may be interrupted at any point
  /// and run again.
  ///
  /// Throws `invalidArgument`, and deletes nothing, where `gc.enabled` is false, where the catalog still
  /// has the table, where the metadata is a version of a table in a file system catalog, and without a
  /// catalog unless it is a dry run; `unsupported` for a copy of a table; what reading throws where it
  /// cannot be told which files this table, or another one whose folders it shares, leads to. Files
  /// that cannot be deleted are counted in the report.
  ///
  /// - Parameter catalog: the catalog whose tables may need some of the files; nil is the one that the
  ///   table was loaded from.
  @discardableResult
  public func deleteReachableFiles(
    _ options: DeleteReachableFilesOptions = DeleteReachableFilesOptions(),
    beside catalog: (any Catalog)? = nil
  ) async throws -> DeleteReachableFilesReport {
    let catalog = catalog ?? self.catalog
    if !options.dryRun { try await checkIsGone(from: catalog) }
    return try await ScratchFolder.with { scratch in
      let purge = try await TablePurge(of: self, beside: catalog, options, scratch: scratch)
      let last = purge.sorter(scratch)
      try await last.add(
        [metadataLocation].compactMap(\.self).map { FoundFile($0, .metadata, sizeInBytes: nil) })
      let report = try await purge.run(last: last)
      await purge.removeEmptyFolders()
      return report
    }
  }

  private func checkIsGone(from catalog: (any Catalog)?) async throws {
    guard let catalog else {
      throw refusal(
        "which other tables need files of this one is not known: name the catalog that they are in")
    }
    if let metadataLocation,
      MetadataFileName(FileLocation.name(of: metadataLocation))?.kind == .version
    {
      throw refusal("the table is in a file system catalog: drop it there, with its files")
    }
    for name in try await catalog.allTables() {
      do {
        let other = try await catalog.loadTable(name)
        guard other.metadata.tableUUID == metadata.tableUUID else { continue }
        throw refusal("table \(name) of the catalog is this table: drop it there, with its files")
      } catch let error as IcebergError where error.code == .notFound {
        continue
      }
    }
  }

  private func refusal(_ reason: String) -> IcebergError {
    IcebergError(
      .invalidArgument, "nothing was deleted: " + reason,
      context: .init(table: identifier.description, location: metadataLocation))
  }
}
