internal import IcebergModel

/// The files of a table that is given up: found first, then deleted, those that others lead to before
/// those that lead there.
///
/// A file that another table of the catalog needs is never deleted. What is found is sorted in memory of
/// a limited size.
package struct TablePurge: Sendable {
  private let table: Table
  private let options: DeleteReachableFilesOptions
  /// Data and delete files, manifests, manifest lists, and what else metadata names.
  private let groups: [FileSorter]
  /// The files that other tables need.
  private let needed: FileSorter
  /// The other tables whose folders hold files of this one, or the other way round.
  package let sharing: [TableIdentifier]
  /// The comparison by which two locations are one file.
  private let keys: LocationKeys

  /// Finds the files that the metadata of a table leads to.
  ///
  /// A manifest or list that is gone leads nowhere. Throws when one cannot be read, and when it cannot be
  /// told what other tables need: then nothing may be deleted.
  ///
  /// - Parameter catalog: where the other tables are; nil when there are none.
  package init(
    of table: Table, beside catalog: (any Catalog)?, _ options: DeleteReachableFilesOptions,
    scratch: ScratchFolder
  ) async throws {
    try table.metadata.checkMayDeleteFiles(of: table.identifier)
    if let stated = try table.otherMetadataFolder() {
      throw IcebergError(
        .unsupported,
        """
        nothing was deleted: the metadata says that it lies in '\(stated)'. The table is a copy, and its \
        files may be the original's; drop it without them
        """,
        context: .init(table: table.identifier.description, location: table.metadataLocation))
    }
    let keys = LocationKeys(
      LocationComparison(), place: table.metadata.location, comparesRoots: false)
    let limit = options.memoryLimit / 8
    let groups = (0..<4).map { _ in
      FileSorter(memoryLimit: limit, scratch: scratch) { keys.key($0) }
    }
    self.table = table
    self.options = options
    self.keys = keys
    self.groups = groups
    needed = FileSorter(memoryLimit: limit, scratch: scratch) { keys.key($0) }

    options.progress?(DeleteReachableFilesProgress(step: .finding, filesDone: 0))
    let reachable = ReachableFiles(
      of: table.metadata, fileIO: table.fileIO, concurrency: options.concurrency,
      missing: .passedOver, noting: .adder)
    try await reachable.addManifests(
      of: table.metadata.snapshots, to: groups[1], lists: groups[2])
    try await reachable.forEachLiveFile(in: try await groups[1].sorted()) { files, _ in
      try await groups[0].add(files)
      options.progress?(
        DeleteReachableFilesProgress(step: .finding, filesDone: groups[0].count))
    }
    try await groups[3].add(reachable.named)
    try await groups[3].add(
      try await Self.earlierVersions(of: table).map {
        FoundFile($0, .metadata, sizeInBytes: nil)
      })
    sharing = try await SharingTables(
      table, catalog, options, wayOut: "drop this one without its files"
    ).addFiles(to: needed, beside: groups, scratch)
  }

  /// The locations of metadata files that have fallen out of the log, and were not deleted then.
  ///
  /// The oldest file of a log has a log of its own, and so on. What cannot be read leads nowhere.
  private static func earlierVersions(of table: Table) async throws -> [String] {
    var found: [String] = []
    var known = Set(table.metadata.metadataLog.map(\.location))
    var oldest = table.metadata.metadataLog.first?.location
    while let location = oldest {
      try Task.checkCancellation()
      guard let metadata = try? await TableMetadata(at: location, fileIO: table.fileIO),
        metadata.tableUUID == table.metadata.tableUUID
      else { break }
      let more = metadata.metadataLog.map(\.location).filter { known.insert($0).inserted }
      found += more
      oldest = more.first
    }
    return found
  }

  /// A sorter of files by what counts as one location here.
  package func sorter(_ scratch: ScratchFolder) -> FileSorter {
    let keys = keys
    return FileSorter(memoryLimit: options.memoryLimit / 8, scratch: scratch) { keys.key($0) }
  }

  /// Deletes the files, or only tells of them.
  ///
  /// Where a file cannot be deleted, those that lead to it stay: the deletion can be run again.
  ///
  /// - Parameters:
  ///   - more: files that nothing leads to any more, which are deleted too unless other tables need them.
  ///   - last: what leads to all others, deleted after them.
  ///   - isGone: tells of a file that others delete: it is only counted.
  package func run(
    more: FileSorter? = nil, last: FileSorter, isGone: @Sendable (String) -> Bool = { _ in false }
  ) async throws -> DeleteReachableFilesReport {
    var report = DeleteReachableFilesReport(isDryRun: options.dryRun)
    report.sharingTables = sharing
    report.snapshots = table.metadata.snapshots.map {
      .init(
        id: $0.id, timestampMillis: $0.timestampMillis, operation: $0.summary?.operation?.rawValue)
    }
    let places = [Int64: Int](
      report.snapshots.enumerated().map { ($1.id ?? 0, $0) },
      uniquingKeysWith: { first, _ in first })
    report.snapshots.append(.init())
    var known: [FileSorter] = []
    for group in groups + [more, last].compactMap(\.self) {
      try await delete(group, without: known, places, isGone, &report)
      if report.failedCount > 0 { break }
      known.append(group)
    }
    report.snapshots.removeAll { $0.files.all.count == 0 }
    return report
  }
}

// Deleting.
extension TablePurge {
  /// - Parameter places: where the snapshots are in the report; files of all others count for the last.
  private func delete(
    _ group: FileSorter, without known: [FileSorter], _ places: [Int64: Int],
    _ isGone: (String) -> Bool, _ report: inout DeleteReachableFilesReport
  ) async throws {
    var files = try await group.sorted()
    var others = SortedMembers(try await needed.sorted())
    var done: [SortedMembers] = []
    for group in known { done.append(SortedMembers(try await group.sorted())) }
    var some: [FoundFile] = []
    files: while let next = try await files.next() {
      for index in done.indices where try await done[index].contains(next.key) { continue files }
      if try await others.contains(next.key) {
        report.kept.add(next.file.kind, sizeInBytes: next.file.sizeInBytes)
        continue
      }
      some.append(next.file)
      if some.count >= 1000 {
        try await delete(some, places, isGone, &report)
        some = []
      }
    }
    try await delete(some, places, isGone, &report)
  }

  private func delete(
    _ files: [FoundFile], _ places: [Int64: Int], _ isGone: (String) -> Bool,
    _ report: inout DeleteReachableFilesReport
  ) async throws {
    var left: Set<ExactText> = []
    if !options.dryRun {
      let failures = try await table.fileIO.removeAll(
        files.filter { !isGone($0.location) }, concurrency: options.maxConcurrentDeletes)
      left = Set(failures.map { ExactText($0.file.location) })
      report.failedCount += failures.count
      report.firstFailure = report.firstFailure ?? failures.first?.icebergError
    }
    for file in files where !left.contains(ExactText(file.location)) {
      report.deleted.add(file.kind, sizeInBytes: file.sizeInBytes)
      let place = places[file.number] ?? report.snapshots.count - 1
      report.snapshots[place].files.add(file.kind, sizeInBytes: file.sizeInBytes)
      options.onFile?(
        DeletedFile(
          location: file.location, kind: file.kind, sizeInBytes: file.sizeInBytes,
          snapshotID: file.number > 0 ? file.number : nil))
    }
    if !options.dryRun {
      options.progress?(
        DeleteReachableFilesProgress(step: .deleting, filesDone: report.deleted.all.count))
    }
  }

  /// Removes the folders that a table has of itself, where they are left empty: what else is at the
  /// location is not the table's.
  package func removeEmptyFolders() async {
    if options.dryRun { return }
    let (fileIO, base) = (table.fileIO, FileLocation.withoutTrailingSlash(table.metadata.location))
    for name in ["data", "metadata"] {
      try? await fileIO.removeEmptyFolder(FileLocation.child(name, of: base))
    }
    if (try? await fileIO.children(of: base))?.isEmpty == true {
      try? await fileIO.removeEmptyFolder(base)
    }
  }
}
