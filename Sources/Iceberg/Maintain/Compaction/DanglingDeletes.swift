public import IcebergModel

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
  ///   - summary: more to say about the snapshot, such as who made it and why.
  public func removeDanglingDeletes(
    fromBranch branch: String = SnapshotReference.main, dryRun: Bool = false,
    summary: [String: String] = [:]
  ) async throws -> DanglingDeletesReport {
    let found = try await DanglingDeletes(in: self, branch: branch)
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
struct DanglingDeletes: Sendable {
  /// The snapshot that was looked at; nil in an empty table.
  private(set) var snapshotID: Int64?
  /// The files, by partition and location.
  private(set) var files: [DataFile] = []

  /// Reads all manifests of the last snapshot of a branch.
  init(in table: Table, branch: String) async throws {
    guard let snapshot = try TimeTravel.ref(branch).snapshot(in: table.metadata) else { return }
    snapshotID = snapshot.id
    let manifests = TableManifests(metadata: table.metadata, fileIO: table.fileIO)
    let list = try await manifests.list(of: snapshot).filter(\.mayHaveLiveFiles)
    let deletes = try await list.filter { $0.content == .deletes }
      .concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
        try Task.checkCancellation()
        return try await manifests.entries(of: manifest, where: \.isLive)
      }.flatMap { $0 }
    if deletes.isEmpty { return }
    let wanted = Set(
      deletes.lazy.filter(\.dataFile.isDeletionVector)
        .compactMap(\.dataFile.referencedDataFile).map { LocationPath($0) })
    let parts = try await list.filter { $0.content == .data }
      .concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
        try Task.checkCancellation()
        var part = LiveData()
        for entry in try await manifests.entries(of: manifest, where: \.isLive) {
          part.add(entry, lookingFor: wanted)
        }
        return part
      }
    let data = parts.reduce(into: LiveData()) { $0.merge($1) }
    files = deletes.filter { entry in
      let spec = table.metadata.partitionSpec(id: entry.dataFile.specID)
      return data.leavesNothing(for: entry, isPartitioned: spec?.isPartitioned ?? true)
    }.map(\.dataFile).sorted { $0.precedesInPartitions($1) }
  }

  /// What of the data files decides about deletes.
  private struct LiveData: Sendable {
    /// The least data sequence number of each partition.
    private var leastNumbers: [PartitionKey: Int64] = [:]
    private var leastNumber: Int64?
    /// Those of the data files that were looked for.
    private var found: Set<LocationPath> = []

    mutating func add(_ entry: ManifestEntry, lookingFor wanted: Set<LocationPath>) {
      let number = entry.sequenceNumber ?? 0
      let key = PartitionKey(entry.dataFile)
      leastNumbers[key] = min(leastNumbers[key] ?? number, number)
      leastNumber = min(leastNumber ?? number, number)
      if wanted.isEmpty { return }
      let path = LocationPath(entry.dataFile.location)
      if wanted.contains(path) { found.insert(path) }
    }

    mutating func merge(_ other: LiveData) {
      leastNumbers.merge(other.leastNumbers) { min($0, $1) }
      leastNumber = [leastNumber, other.leastNumber].compactMap { $0 }.min()
      found.formUnion(other.found)
    }

    func leavesNothing(for entry: ManifestEntry, isPartitioned: Bool) -> Bool {
      let file = entry.dataFile
      if file.isDeletionVector {
        guard let location = file.referencedDataFile else { return false }
        // In doubt, which is when schemes differ, the data file is there.
        return !found.contains(LocationPath(location))
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
