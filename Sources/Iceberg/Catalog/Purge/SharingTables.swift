internal import IcebergModel

/// The other tables of a catalog that may need files of one, of which some are to be deleted.
struct SharingTables: Sendable {
  private let table: Table
  private let catalog: (any Catalog)?
  private let options: DeleteReachableFilesOptions
  private let wayOut: String
  private let comparison = LocationComparison()

  /// - Parameters:
  ///   - catalog: where the other tables are; nil when there are none.
  ///   - options: how much is read of them, how many at a time, and in which memory.
  ///   - wayOut: what can be done, beside mending it, where another table cannot be read.
  init(
    _ table: Table, _ catalog: (any Catalog)?, _ options: DeleteReachableFilesOptions,
    wayOut: String
  ) {
    self.table = table
    self.catalog = catalog
    self.options = options
    self.wayOut = wayOut
  }

  /// A table, and the folders that it writes to.
  private struct Other: Sendable {
    var table: Table
    var folders: [LocationComparison.Parts]
  }

  /// Adds the files of the other tables that count; returns the tables whose folders this one shares.
  ///
  /// - Parameter groups: the files of this table that are to be deleted.
  func addFiles(
    to needed: FileSorter, beside groups: [FileSorter], _ scratch: ScratchFolder
  ) async throws -> [TableIdentifier] {
    let others = try await loadOthers()
    let own = folders(of: table)
    var sharing: Set<TableIdentifier> = []
    for other in others where overlap(other.folders, own) {
      sharing.insert(other.table.identifier)
    }
    let rest = others.filter { !sharing.contains($0.table.identifier) }
    if !rest.isEmpty {
      for group in groups { sharing.formUnion(try await owners(of: group, among: rest)) }
    }
    for other in others
    where options.otherTables == .files || sharing.contains(other.table.identifier) {
      do {
        try await addFiles(of: other.table, to: needed, scratch)
      } catch let error as IcebergError {
        throw unclear(other.table.identifier, "which files it needs", error)
      }
    }
    return others.map(\.table.identifier).filter(sharing.contains)
  }

  private func loadOthers() async throws -> [Other] {
    guard let catalog else { return [] }
    let names = try await catalog.allTables().filter { $0 != table.identifier }
    return try await names.concurrentMap(limit: options.concurrency) { name in
      do {
        let other = try await catalog.loadTable(name)
        return Other(table: other, folders: folders(of: other))
      } catch let error as IcebergError where error.code == .notFound {
        return nil
      } catch let error as IcebergError {
        throw unclear(name, "where it lies", error)
      }
    }.compactMap { $0 }
  }

  private func folders(of table: Table) -> [LocationComparison.Parts] {
    TablePlaces(table.metadata, metadataLocation: table.metadataLocation).folders
      .map { comparison.parts(ofFolder: $0.location) }
  }

  private func overlap(
    _ some: [LocationComparison.Parts], _ others: [LocationComparison.Parts]
  ) -> Bool {
    some.contains { one in others.contains { comparison.overlap(one, $0) } }
  }

  /// The tables in whose folders some of the files lie.
  private func owners(
    of files: FileSorter, among others: [Other]
  ) async throws -> Set<TableIdentifier> {
    var found: Set<TableIdentifier> = []
    var sorted = try await files.sorted()
    var last = ""
    while let file = try await sorted.next()?.file {
      let folder = FileLocation.parent(of: file.location) ?? ""
      if folder == last { continue }
      last = folder
      let place = comparison.parts(ofFolder: folder)
      for other in others
      where other.folders.contains(where: { LocationComparison.contains($0.path, place.path) }) {
        found.insert(other.table.identifier)
      }
      if found.count == others.count { break }
    }
    return found
  }

  private func addFiles(
    of other: Table, to needed: FileSorter, _ scratch: ScratchFolder
  ) async throws {
    let reachable = ReachableFiles(
      of: other.metadata, fileIO: other.fileIO, concurrency: options.concurrency)
    try await reachable.addAll(
      of: other.metadata.snapshots, at: other.metadataLocation, to: needed,
      sortingManifestsIn: FileSorter(memoryLimit: options.memoryLimit / 8, scratch: scratch))
  }

  private func unclear(
    _ other: TableIdentifier, _ what: String, _ cause: IcebergError
  ) -> IcebergError {
    IcebergError(
      .validationFailed,
      """
      nothing was deleted: of table \(other) it is not known \(what), and files may be needed by both. \
      Mend or drop that one first, or \(wayOut): \(cause.message)
      """, context: .init(table: table.identifier.description, location: cause.context.location),
      cause: cause)
  }
}
