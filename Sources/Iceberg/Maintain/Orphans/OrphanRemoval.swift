internal import IcebergModel

extension Table {
  /// Finds the files in the table's folder that no metadata names, and removes those that are old enough.
  ///
  /// Every file that the newest version of the table leads to stays: data and delete files of all
  /// snapshots, manifests, manifest lists, statistics, the metadata files of the log. So do files that may
  /// be of a writer which has not committed yet, versions of the metadata that are newer than the current
  /// one with all they lead to, hidden files and locks. Before anything is removed, the table is looked
  /// at again, and it is made sure that no file it needs is missing. It may be interrupted at any
  /// point and run again.
  ///
  /// Throws `invalidArgument`, and removes nothing, where another table uses the folder, lies in it or
  /// above it, where `gc.enabled` is false, where files younger than a day are asked for without consent,
  /// and for a table that was opened without a catalog unless it is a dry run; `validationFailed` where
  /// the table names files with other schemes or authorities than they are listed with;
  /// `notFound` where a file that the table needs is missing; `commitConflict` when the table is changed
  /// again and again meanwhile. Orphans that storage cannot remove are in the report.
  ///
  /// - Parameter environment: the clock, for the age of files.
  public func removeOrphanFiles(
    _ options: RemoveOrphanFilesOptions = RemoveOrphanFilesOptions(),
    environment: CommitEnvironment = .system
  ) async throws -> RemoveOrphanFilesReport {
    let now = environment.now()
    let olderThan = try OrphanRemoval.limit(options, now: now)
    return try await ScratchFolder.with { scratch in
      let removal = OrphanRemoval(
        origin: self, location: options.location ?? metadata.location, options: options,
        olderThanMillis: olderThan, scratch: scratch)
      return try await removal.run()
    }
  }
}

/// The removal of the orphans of one folder.
struct OrphanRemoval: Sendable {
  /// The table as the caller had it.
  let origin: Table
  /// The folder.
  let location: String
  let options: RemoveOrphanFilesOptions
  let olderThanMillis: Int64
  let scratch: ScratchFolder

  var comparison: LocationComparison {
    LocationComparison(
      equalSchemes: options.equalSchemes, equalAuthorities: options.equalAuthorities)
  }

  var keys: LocationKeys {
    LocationKeys(
      comparison, place: location, comparesRoots: options.prefixMismatchMode == .delete)
  }

  /// The time before which files are removed. Throws `invalidArgument` for one that is too late.
  static func limit(_ options: RemoveOrphanFilesOptions, now: Int64) throws(IcebergError) -> Int64 {
    func before(_ age: Duration) -> Int64 { now - age.components.seconds * 1000 }
    guard let limit = options.olderThanMillis else {
      return before(RemoveOrphanFilesOptions.defaultAge)
    }
    if limit > before(RemoveOrphanFilesOptions.leastAge), options.shortInterval == .refused {
      throw IcebergError(
        .invalidArgument,
        """
        files younger than 24 hours may be of writers that have not committed yet: removing them would \
        break their commits. Give an earlier time; or, when surely nobody writes to the table, accept \
        the short interval in so many words
        """)
    }
    return limit
  }

  func run() async throws -> RemoveOrphanFilesReport {
    let first = try await newest(after: origin)
    guard first.catalog != nil || options.dryRun else {
      throw refusal(
        """
        the table was opened without a catalog: which of its versions counts, and what other tables there \
        are, is not known. Open it through its catalog, or ask for a dry run
        """)
    }
    tell(.checkingPlace, 0)
    let place = PlaceGuard(
      table: first, location: location, comparison: comparison,
      goneTableUUIDs: options.goneTableUUIDs, concurrency: options.concurrency)
    try place.checkIsNoCopy()
    try place.checkIsNotAboveTable()
    try await place.checkFoldersAbove()
    // In memory, their metadata would be that of the whole catalog.
    let keepsTables = options.otherTables == .files
    let others =
      try await first.catalog.asyncMap {
        try await place.checkCatalog($0, keepsTables: keepsTables)
      } ?? []

    let listing = try await list(specs: first.metadata.partitionSpecs)
    for file in listing.metadataFiles {
      try await place.check(file.location, size: file.sizeInBytes)
    }
    // Read after the files were listed: what was committed until now is not taken for an orphan.
    var table = try await newest(after: first)
    for attempt in 1... {
      do {
        return try await finish(listing, table, others)
      } catch let error as IcebergError where error.code == .notFound {
        // Another process may have expired snapshots meanwhile, and their files with them.
        let next = try await newest(after: table)
        guard !next.isSameVersion(as: table) else { throw error }
        guard attempt < 3 else {
          throw IcebergError(
            .commitConflict, "the table changes faster than its files can be read: try again later",
            context: .init(table: origin.identifier.description), cause: error)
        }
        table = next
      }
    }
    throw refusal("the table changes faster than its files can be read")
  }

  private func finish(
    _ listing: OrphanListing, _ table: Table, _ others: [Table]
  ) async throws -> RemoveOrphanFilesReport {
    var report = RemoveOrphanFilesReport(
      table: table, location: location, isDryRun: options.dryRun, olderThanMillis: olderThanMillis)
    report.listedFileCount = listing.files.count
    let manifests = sorter()
    let orphans = try await orphans(listing, table, others, manifests: manifests, &report)
    var sorted = try await orphans.sorted()
    while let file = try await sorted.next()?.file {
      let orphan = OrphanFile(
        location: file.location, kind: file.kind, sizeInBytes: file.sizeInBytes,
        modifiedMillis: file.number)
      report.orphans.add(file.kind, sizeInBytes: file.sizeInBytes)
      if report.orphanFiles.count < options.reportedFileLimit { report.orphanFiles.append(orphan) }
      options.onOrphan?(orphan)
    }
    if !options.dryRun {
      let deletion = OrphanDeletion(removal: self, table: table, manifests: manifests)
      try await deletion.run(try await orphans.sorted(), &report)
    }
    return report
  }

  /// The orphans among the files that were listed.
  ///
  /// - Parameter manifests: takes the manifests of the table.
  private func orphans(
    _ listing: OrphanListing, _ table: Table, _ others: [Table], manifests: FileSorter,
    _ report: inout RemoveOrphanFilesReport
  ) async throws -> FileSorter {
    let needed = sorter()
    try await addNeeded(
      of: table, others: others, beside: listing, to: needed, manifests: manifests)
    report.neededFileCount = needed.count
    return try await compare(listing, with: needed, table, &report)
  }

  /// A sorter of files by what counts as one location here. Some six of them are there at a time.
  func sorter() -> FileSorter {
    let keys = keys
    return FileSorter(memoryLimit: options.memoryLimit / 6, scratch: scratch) { keys.key($0) }
  }

  /// The newest version of the table. Throws where it is another table by now, or forbids to delete files.
  func newest(after table: Table) async throws -> Table {
    try Task.checkCancellation()
    let newest = try await table.refreshed()
    guard newest.metadata.tableUUID == table.metadata.tableUUID else {
      throw refusal("another table has taken the name since this one was opened")
    }
    try newest.metadata.checkMayDeleteFiles(of: newest.identifier)
    return newest
  }

  func refusal(_ reason: String) -> IcebergError {
    IcebergError(
      .invalidArgument, "nothing was removed: " + reason,
      context: .init(table: origin.identifier.description, location: location))
  }

  func tell(_ step: RemoveOrphanFilesProgress.Step, _ done: Int, of total: Int? = nil) {
    options.progress?(RemoveOrphanFilesProgress(step: step, filesDone: done, filesTotal: total))
  }
}

extension Table {
  /// Whether nothing was committed between the two.
  func isSameVersion(as other: Table) -> Bool {
    guard let metadataLocation, let theirs = other.metadataLocation else {
      return metadata == other.metadata
    }
    return ExactText(metadataLocation) == ExactText(theirs)
  }
}

extension Optional {
  /// What `transform` makes of the value; nil where there is none.
  fileprivate func asyncMap<R>(_ transform: (Wrapped) async throws -> R) async rethrows -> R? {
    guard let self else { return nil }
    return try await transform(self)
  }
}
