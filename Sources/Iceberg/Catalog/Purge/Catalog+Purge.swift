// What purges have in common where the catalog has one pointer to each table.
extension Catalog {
  /// Removes a table together with its files. Throws where a file cannot be deleted.
  package func dropWithFiles(_ identifier: TableIdentifier) async throws {
    let report = try await purgeTable(identifier, DeleteReachableFilesOptions())
    guard let failure = report.firstFailure else { return }
    throw IcebergError(
      failure.code,
      """
      the table was removed, but \(report.failedCount) of its files could not be deleted; what leads to \
      them is kept, to delete them later
      """,
      context: .init(table: identifier.description, location: failure.context.location),
      cause: failure)
  }

  /// Finds the files of a table, removes it, and deletes them.
  ///
  /// - Parameter remove: removes the table from the catalog if it still has the version given; tells
  ///   whether it had.
  package func purge(
    _ identifier: TableIdentifier, _ options: DeleteReachableFilesOptions,
    remove: (Table) async throws -> Bool
  ) async throws -> DeleteReachableFilesReport {
    while true {
      let found = try await ScratchFolder.with { scratch -> DeleteReachableFilesReport? in
        let table = try await loadTable(identifier)
        let purge = try await TablePurge(of: table, beside: self, options, scratch: scratch)
        let last = purge.sorter(scratch)
        try await last.add(
          [table.metadataLocation].compactMap(\.self).map {
            FoundFile($0, .metadata, sizeInBytes: nil)
          })
        // Another writer may have committed meanwhile: then there are more files.
        if !options.dryRun, try await !remove(table) { return nil }
        let report = try await purge.run(last: last)
        await purge.removeEmptyFolders()
        return report
      }
      if let found { return found }
    }
  }
}
