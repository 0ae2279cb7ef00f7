public import IcebergModel
internal import Synchronization

/// Delete files that apply to nothing any more, and what was done about them.
public struct DanglingDeletesReport: Sendable {
  /// The table after the removal; the one before it when nothing was committed.
  public var table: Table
  /// The snapshot that was committed; nil when there was nothing to do, and for a dry run.
  public var snapshotID: Int64?
  /// Whether the removal was only worked out.
  public var isDryRun: Bool
  /// The delete files and vectors that were removed, or would be.
  public var removedDeletes: [DataFile]

  /// The number of delete files and vectors that were removed, or would be.
  public var removedDeleteFilesCount: Int { removedDeletes.count }
}

extension Table {
  /// Removes delete files and vectors of which it is known that they apply to no data file any more, and
  /// tells which.
  ///
  /// These are, by what manifests say: deletes of partitions that have no data files; position deletes
  /// that are older than all data files of their partition, and equality deletes that are not newer;
  /// vectors whose data file is gone. Equality deletes without partition are about all files.
  ///
  /// The files themselves stay for older snapshots; expiry removes them.
  ///
  /// Throws `notFound` when the branch does not exist, `validationFailed` when the branch was taken back
  /// meanwhile, and what ``commit(retry:environment:_:)`` throws.
  ///
  /// Spec: Scan Planning, "Delete File Application".
  ///
  /// - Parameters:
  ///   - branch: the branch whose deletes are looked at.
  ///   - dryRun: whether the files are only found, and nothing committed.
  ///   - memoryLimit: the bytes of memory for locations of data files, which are compared with those
  ///     that vectors are about; what is more waits in temporary files.
  ///   - summary: more to say about the snapshot, such as who made it and why.
  ///   - progress: is told of each manifest that was read, from any task.
  public func removeDanglingDeletes(
    fromBranch branch: String = SnapshotReference.main, dryRun: Bool = false,
    memoryLimit: Int = 64 << 20, summary: [String: String] = [:],
    progress: (@Sendable (ManifestProgress) -> Void)? = nil
  ) async throws -> DanglingDeletesReport {
    let found = try await DanglingDeletes(
      in: self, branch: branch, memoryLimit: memoryLimit, progress)
    var report = DanglingDeletesReport(
      table: self, snapshotID: nil, isDryRun: dryRun, removedDeletes: found.files)
    if dryRun || found.files.isEmpty { return report }
    report.table = try await commit { transaction in
      transaction.add(StartingPoint(branch: branch, snapshotID: found.snapshotID))
      transaction.rewriteFiles(
        RewriteFiles(removedDeletes: found.files, startingSnapshotID: found.snapshotID),
        toBranch: branch, summary: summary)
    }
    report.snapshotID = report.table.metadata.headSnapshot(of: branch)?.id
    return report
  }
}

/// The delete files of a branch that apply to nothing any more.
///
/// In memory are they alone, and a number for each partition.
struct DanglingDeletes: Sendable {
  /// The snapshot that was looked at; nil in an empty table.
  private(set) var snapshotID: Int64?
  /// The files, by partition and location.
  private(set) var files: [DataFile] = []

  /// Reads all manifests of the last snapshot of a branch.
  init(
    in table: Table, branch: String, memoryLimit: Int,
    _ progress: (@Sendable (ManifestProgress) -> Void)?
  ) async throws {
    guard let snapshot = try TimeTravel.ref(branch).snapshot(in: table.metadata) else { return }
    snapshotID = snapshot.id
    let manifests = TableManifests(metadata: table.metadata, fileIO: table.fileIO)
    let list = try await manifests.list(of: snapshot).filter(\.mayHaveLiveFiles)
    let deletes = list.filter { $0.content == .deletes }
    if deletes.isEmpty { return }
    let data = list.filter { $0.content == .data }
    let mayHaveVectors = table.metadata.formatVersion >= 3
    let reader = LiveEntries(
      manifests: manifests,
      counter: ManifestCounter(
        of: data.count + deletes.count * (mayHaveVectors ? 2 : 1), progress))
    let (live, gone) = try await ScratchFolder.with { scratch in
      func sorter() -> FileSorter {
        FileSorter(memoryLimit: memoryLimit / 2, scratch: scratch) { location in
          String(Substring(LocationPath(location).path))
        }
      }
      let (wanted, present) = (sorter(), sorter())
      if mayHaveVectors {
        try await reader.forEach(in: deletes) { entries in
          try await wanted.add(
            entries.compactMap { entry in
              guard entry.dataFile.isDeletionVector, let file = entry.dataFile.referencedDataFile
              else { return nil }
              return FoundFile(file, .data, sizeInBytes: nil)
            })
        }
      }
      let (found, hasVectors) = (Found(), wanted.count > 0)
      try await reader.forEach(in: data) { entries in
        found.live.withLock { live in for entry in entries { live.add(entry) } }
        guard hasVectors else { return }
        try await present.add(
          entries.map { FoundFile($0.dataFile.location, .data, sizeInBytes: nil) })
      }
      var gone: Set<LocationPath> = []
      var rest = RemainingFiles(try await wanted.sorted(), without: try await present.sorted())
      while let file = try await rest.next()?.file { gone.insert(LocationPath(file.location)) }
      return (found.live.withLock { $0 }, gone)
    }
    let found = Found()
    try await reader.forEach(in: deletes) { entries in
      let dangling = entries.filter { entry in
        let spec = table.metadata.partitionSpec(id: entry.dataFile.specID)
        return live.leavesNothing(
          for: entry, isPartitioned: spec?.isPartitioned ?? true, gone: gone)
      }
      found.files.withLock { $0 += dangling.map(\.dataFile) }
    }
    files = found.files.withLock { $0 }.sorted { $0.precedesInPartitions($1) }
  }

  /// What was found, noted by tasks that run at the same time.
  private final class Found: Sendable {
    let live = Mutex(LiveData())
    let files = Mutex<[DataFile]>([])
  }

  /// Reads live entries, some at a time.
  private struct LiveEntries: Sendable {
    let manifests: TableManifests
    let counter: ManifestCounter

    func forEach(
      in list: [ManifestFile], _ body: @Sendable @escaping ([ManifestEntry]) async throws -> Void
    ) async throws {
      _ = try await list.concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
        var entries = try await manifests.entryReader(of: manifest)
        while let some = try entries.next(lookingAt: 2048, where: \.isLive) {
          try Task.checkCancellation()
          try await body(some)
        }
        counter.advance()
      }
    }
  }

  /// What of the data files decides about deletes.
  private struct LiveData: Sendable {
    /// The least data sequence number of each partition.
    private var leastNumbers: [PartitionKey: Int64] = [:]
    private var leastNumber: Int64?

    mutating func add(_ entry: ManifestEntry) {
      let number = entry.sequenceNumber ?? 0
      leastNumbers[PartitionKey(entry.dataFile), default: number].lower(to: number)
      leastNumber = min(leastNumber ?? number, number)
    }

    /// - Parameter gone: the data files of vectors that are not there. In doubt, which is when schemes
    ///   differ, they are.
    func leavesNothing(
      for entry: ManifestEntry, isPartitioned: Bool, gone: Set<LocationPath>
    ) -> Bool {
      let file = entry.dataFile
      if file.isDeletionVector {
        return file.referencedDataFile.map { gone.contains(LocationPath($0)) } ?? false
      }
      let isGlobal = file.content == .equalityDeletes && !isPartitioned
      guard let number = entry.sequenceNumber else { return false }
      guard let least = isGlobal ? leastNumber : leastNumbers[PartitionKey(file)] else {
        return true
      }
      return file.content == .equalityDeletes ? number <= least : number < least
    }
  }
}

extension Int64 {
  fileprivate mutating func lower(to other: Int64) { self = Swift.min(self, other) }
}

/// Demands that a branch still has a snapshot in its history: a change that was prepared on it must not
/// be made where the branch was taken back to an earlier one.
struct StartingPoint: MetadataChange {
  let branch: String
  let snapshotID: Int64?

  func updates(on base: TableMetadata) throws -> [TableUpdate] {
    guard let snapshotID else { return [] }
    // A branch that was removed meanwhile must not be made anew from the main branch.
    let isThere = branch == SnapshotReference.main || base.references[branch] != nil
    if isThere, let head = base.headSnapshot(of: branch),
      base.isAncestor(snapshotID, of: head.id)
    {
      return []
    }
    throw IcebergError(
      .validationFailed,
      """
      the change was prepared on snapshot \(snapshotID), which the history of branch '\(branch)' does \
      not contain any more: read the table again and make the change anew
      """)
  }
}
