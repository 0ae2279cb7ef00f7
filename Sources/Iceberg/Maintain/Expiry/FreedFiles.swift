internal import IcebergModel

/// The files that nothing needs any more once snapshots are gone.
///
/// Every manifest list and manifest is read once at the most, however many snapshots name it. What is
/// found is sorted in memory of a limited size.
struct FreedFiles: Sendable {
  /// The snapshots that are gone, by what is noted of their files: their place in the metadata.
  let expired: [Snapshot]
  /// The ids of the snapshots that stay.
  let keptIDs: Set<Int64>
  /// The files. What is noted of each is the place of the last of the expired snapshots that needed it.
  let files: FileSorter
  /// A new sorter, by the same keys and of the same memory as that of the files.
  let sorter: @Sendable () -> FileSorter

  /// What is to be found.
  struct Question {
    var table: TableIdentifier
    /// The table with all snapshots.
    var before: TableMetadata
    /// The snapshots that go.
    var expiredIDs: Set<Int64>
    /// The table without them; it may have others more.
    var after: TableMetadata
  }

  /// Finds the files.
  ///
  /// Throws when a file that the remaining table needs is missing or cannot be read: then nothing may be
  /// removed.
  init(
    _ question: Question, fileIO: any FileIO, options: ExpireSnapshotsOptions,
    scratch: ScratchFolder
  ) async throws {
    let kept = question.after.snapshots.filter { !question.expiredIDs.contains($0.id) }
    expired = question.before.snapshots.filter { question.expiredIDs.contains($0.id) }
    keptIDs = Set(kept.map(\.id))
    let limit = options.memoryLimit / 4
    // A file that is needed is one by whatever spelling of its location.
    let keys = LocationKeys(
      LocationComparison(), place: question.after.location, comparesRoots: false)
    let sorter: @Sendable () -> FileSorter = {
      FileSorter(memoryLimit: limit, scratch: scratch) { keys.key($0) }
    }
    self.sorter = sorter
    files = sorter()
    if options.cleanup == .none { return }

    let places = [Int64: Int64](
      expired.enumerated().map { ($1.id, Int64($0)) }, uniquingKeysWith: { first, _ in first })
    let (gone, goneLists, stays, staysLists) = (sorter(), sorter(), sorter(), sorter())
    let reachable = ReachableFiles(
      of: question.before, fileIO: fileIO, concurrency: options.concurrency)
    let done = FileCounter(.finding, of: nil, options.progress)
    try await reachable.addManifests(of: kept, to: stays, lists: staysLists)
    try await reachable.addManifests(of: expired, to: gone, lists: goneLists) {
      places[$0.id] ?? 0
    }
    try await Self.move(goneLists.sorted(), without: staysLists.sorted(), to: files)

    let needed = sorter()
    try await reachable.forEachLiveFile(in: try await stays.sorted()) { some, _ in
      try await needed.add(some)
      done.advance(some.count)
    }
    if options.presenceCheck == .allFiles {
      try await Self.check(needed, question, fileIO, options)
    }

    let unneeded = sorter()
    try await Self.move(gone.sorted(), without: stays.sorted(), to: unneeded)
    try await files.add(unneeded.sorted())
    if options.cleanup == .all {
      let candidates = sorter()
      try await reachable.forEachLiveFile(in: try await unneeded.sorted()) { some, _ in
        try await candidates.add(some)
      }
      try await Self.move(candidates.sorted(), without: needed.sorted(), to: files)
    }
    try await files.add(Self.statistics(question, places: places))
  }

  /// Adds the files of `some` that `others` does not have.
  private static func move(
    _ some: SortedFiles, without others: SortedFiles, to files: FileSorter
  ) async throws {
    var rest = RemainingFiles(some, without: others)
    while let file = try await rest.next()?.file { try await files.add([file]) }
  }

  /// Statistics of snapshots that are gone, unless others use the file too.
  private static func statistics(
    _ question: Question, places: [Int64: Int64]
  ) -> [FoundFile] {
    let named = Set(
      question.after.statistics.filter { places[$0.snapshotID] == nil }.map(\.location)
        + question.after.partitionStatistics.filter { places[$0.snapshotID] == nil }.map(\.location)
    )
    func freed(_ id: Int64, _ location: String, _ size: Int64) -> FoundFile? {
      guard let place = places[id], !named.contains(location) else { return nil }
      return FoundFile(location, .statistics, sizeInBytes: size, number: place)
    }
    return question.before.statistics.compactMap {
      freed($0.snapshotID, $0.location, $0.fileSizeInBytes)
    }
      + question.before.partitionStatistics.compactMap {
        freed($0.snapshotID, $0.location, $0.fileSizeInBytes)
      }
  }

  private static func check(
    _ needed: FileSorter, _ question: Question, _ fileIO: any FileIO,
    _ options: ExpireSnapshotsOptions
  ) async throws {
    var all = try await needed.sorted()
    let done = FileCounter(.checking, of: nil, options.progress)
    var check = PresenceCheck(of: question.table, fileIO: fileIO)
    let statistics =
      question.after.statistics.map { ($0.snapshotID, $0.location) }
      + question.after.partitionStatistics.map { ($0.snapshotID, $0.location) }
    for (id, location) in statistics where !question.expiredIDs.contains(id) {
      try await check.require(FoundFile(location, .statistics, sizeInBytes: nil))
    }
    while let file = try await all.next()?.file {
      try await check.require(file)
      done.advance(1)
    }
    try await check.finish()
  }
}
