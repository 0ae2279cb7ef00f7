internal import IcebergModel

/// The files that others than a table need, of which an expiry frees some.
///
/// Where nothing is freed, nobody is asked.
struct NeededElsewhere: Sendable {
  /// The files.
  let files: FileSorter
  /// The other tables of the catalog whose files are among them.
  let tables: [TableIdentifier]
  /// The metadata in the table's metadata folder, none of its own versions, whose files are among them.
  let foreignMetadata: [String]

  /// What can be done where it cannot be told what others need.
  static let wayOut = "expire without deleting files (cleanup level NONE)"

  /// Finds the files.
  ///
  /// Throws `unsupported` for a copy of a table, whose files may all be another one's, and
  /// `validationFailed` where it cannot be told what others need: then nothing may be removed.
  init(
    of freed: FreedFiles, in table: Table, _ options: ExpireSnapshotsOptions,
    _ scratch: ScratchFolder
  ) async throws {
    files = freed.sorter()
    if freed.files.count == 0 {
      (tables, foreignMetadata) = ([], [])
      return
    }
    if let stated = try table.otherMetadataFolder() {
      throw IcebergError(
        .unsupported,
        """
        nothing was deleted: the metadata says that it lies in '\(stated)'. The table is a copy, and its \
        files may be the original's; \(Self.wayOut)
        """,
        context: .init(table: table.identifier.description, location: table.metadataLocation))
    }
    let limits = DeleteReachableFilesOptions(
      otherTables: options.otherTables, concurrency: options.concurrency,
      memoryLimit: options.memoryLimit)
    tables = try await SharingTables(table, table.catalog, limits, wayOut: Self.wayOut)
      .addFiles(to: files, beside: [freed.files], scratch)
    var foreign = try await ForeignMetadata(beside: table)
    // What the table has committed since it was loaded is its own.
    if !foreign.locations.isEmpty {
      foreign = try await ForeignMetadata(beside: try await table.refreshed())
    }
    foreignMetadata = try await foreign.addFiles(to: files, concurrency: options.concurrency) {
      FileSorter(memoryLimit: options.memoryLimit / 8, scratch: scratch)
    }
  }
}
