internal import IcebergBytes

/// Counts the files that a commit adds and removes, for the summary of its snapshot.
///
/// ```swift
/// var counter = SummaryCounter()
/// for file in files { counter.add(file, spec: spec) }
/// let summary = counter.summary(operation: .append, parent: table.metadata.currentSnapshot)
/// ```
///
/// Spec: Appendix F, "Optional Snapshot Summary Fields".
public struct SummaryCounter: Hashable, Sendable {
  private let partitionLimit: Int
  private var counts = FileCounts()
  private var partitions: [String: FileCounts] = [:]
  private var knowsPartitions = true
  /// The number of files that were to be removed more than once.
  public var duplicateDeletes = 0

  /// A counter that has seen nothing.
  ///
  /// - Parameter partitionLimit: the number of changed partitions up to which the summary tells about
  ///   each of them: `write.summary.partition-limit`.
  public init(partitionLimit: Int = 0) { self.partitionLimit = partitionLimit }

  /// Counts an added data or delete file.
  public mutating func add(_ file: DataFile, spec: PartitionSpec) {
    counts.added.count(file)
    guard knowsPartitions else { return }
    partitions[spec.path(of: file.partition), default: FileCounts()].added.count(file)
  }

  /// Counts a removed data or delete file.
  public mutating func remove(_ file: DataFile, spec: PartitionSpec) {
    counts.removed.count(file)
    guard knowsPartitions else { return }
    partitions[spec.path(of: file.partition), default: FileCounts()].removed.count(file)
  }

  /// Counts the files of a manifest that is added as a whole. What it does to partitions, and for
  /// delete manifests to sizes and deleted rows, is not known then, and not told.
  public mutating func add(_ manifest: ManifestFile) {
    knowsPartitions = false
    partitions = [:]
    counts.count(manifest)
  }

  /// The summary of a snapshot with these changes.
  ///
  /// - Parameters:
  ///   - operation: what the snapshot does.
  ///   - parent: the snapshot that this one is made from; nil when it is the first of its branch.
  ///     Totals begin at zero then. After a parent without a total, there is none either.
  ///   - properties: what else to tell, before the counts.
  public func summary(
    operation: SnapshotSummary.Operation, parent: Snapshot?,
    properties: [(key: String, value: String)] = []
  ) -> SnapshotSummary {
    var entries = properties + counts.entries
    if duplicateDeletes > 0 {
      entries.append((SnapshotSummary.Key.deletedDuplicateFiles, String(duplicateDeletes)))
    }
    if knowsPartitions {
      entries.append((SnapshotSummary.Key.changedPartitionCount, String(partitions.count)))
      if !partitions.isEmpty, partitions.count <= partitionLimit {
        entries.append((SnapshotSummary.Key.partitionSummariesIncluded, "true"))
        for (path, counts) in partitions.sorted(by: { $0.key < $1.key }) where !path.isEmpty {
          let text = counts.entries.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
          entries.append((SnapshotSummary.Key.partitionPrefix + path, text))
        }
      }
    }
    entries += counts.totals(after: parent)
    return SnapshotSummary(operation: operation, properties: entries)
  }
}

/// What was added and what was removed.
private struct FileCounts: Hashable, Sendable {
  var added = OneSide()
  var removed = OneSide()
  var knowsSizes = true

  /// The files of one side. Sums stop at the largest number instead of trapping: the counts come from
  /// files.
  struct OneSide: Hashable, Sendable {
    var dataFiles: Int64 = 0
    var deleteFiles: Int64 = 0
    var equalityDeleteFiles: Int64 = 0
    var positionDeleteFiles: Int64 = 0
    var deletionVectors: Int64 = 0
    var records: Int64 = 0
    var positionDeletes: Int64 = 0
    var equalityDeletes: Int64 = 0
    var sizeInBytes: Int64 = 0

    mutating func count(_ file: DataFile) {
      let isVector = file.content == .positionDeletes && file.format == .puffin
      let size = isVector ? file.contentSizeInBytes : nil
      sizeInBytes = sizeInBytes.addingClamped(size ?? file.fileSizeInBytes)
      switch file.content {
      case .data:
        dataFiles += 1
        records = records.addingClamped(file.recordCount)
      case .positionDeletes:
        deleteFiles += 1
        if isVector { deletionVectors += 1 } else { positionDeleteFiles += 1 }
        positionDeletes = positionDeletes.addingClamped(file.recordCount)
      case .equalityDeletes:
        deleteFiles += 1
        equalityDeleteFiles += 1
        equalityDeletes = equalityDeletes.addingClamped(file.recordCount)
      }
    }
  }

  mutating func count(_ manifest: ManifestFile) {
    let addedFiles = Int64(manifest.addedFilesCount ?? 0)
    let removedFiles = Int64(manifest.deletedFilesCount ?? 0)
    switch manifest.content {
    case .data:
      added.dataFiles = added.dataFiles.addingClamped(addedFiles)
      added.records = added.records.addingClamped(manifest.addedRowsCount ?? 0)
      removed.dataFiles = removed.dataFiles.addingClamped(removedFiles)
      removed.records = removed.records.addingClamped(manifest.deletedRowsCount ?? 0)
    case .deletes:
      added.deleteFiles = added.deleteFiles.addingClamped(addedFiles)
      removed.deleteFiles = removed.deleteFiles.addingClamped(removedFiles)
      knowsSizes = false
    }
  }

  /// The counts that are not zero, by the names of the spec.
  var entries: [(key: String, value: String)] {
    typealias Key = SnapshotSummary.Key
    var counts: [(String, Int64)] = [
      (Key.addedDataFiles, added.dataFiles),
      (Key.deletedDataFiles, removed.dataFiles),
      (Key.addedEqualityDeleteFiles, added.equalityDeleteFiles),
      (Key.removedEqualityDeleteFiles, removed.equalityDeleteFiles),
      (Key.addedPositionDeleteFiles, added.positionDeleteFiles),
      (Key.removedPositionDeleteFiles, removed.positionDeleteFiles),
      (Key.addedDeleteFiles, added.deleteFiles),
      (Key.removedDeleteFiles, removed.deleteFiles),
      (Key.addedDeletionVectors, added.deletionVectors),
      (Key.removedDeletionVectors, removed.deletionVectors),
      (Key.addedRecords, added.records),
      (Key.deletedRecords, removed.records),
    ]
    if knowsSizes {
      counts += [
        (Key.addedFilesSize, added.sizeInBytes),
        (Key.removedFilesSize, removed.sizeInBytes),
        (Key.addedPositionDeletes, added.positionDeletes),
        (Key.removedPositionDeletes, removed.positionDeletes),
        (Key.addedEqualityDeletes, added.equalityDeletes),
        (Key.removedEqualityDeletes, removed.equalityDeletes),
      ]
    }
    return counts.filter { $0.1 > 0 }.map { ($0.0, String($0.1)) }
  }

  /// The totals of the parent, moved on by the counts that the summary tells.
  func totals(after parent: Snapshot?) -> [(key: String, value: String)] {
    typealias Key = SnapshotSummary.Key
    let sizes = { (count: Int64) in knowsSizes ? count : 0 }
    let changes: [(key: String, added: Int64, removed: Int64)] = [
      (Key.totalRecords, added.records, removed.records),
      (Key.totalFilesSize, sizes(added.sizeInBytes), sizes(removed.sizeInBytes)),
      (Key.totalDataFiles, added.dataFiles, removed.dataFiles),
      (Key.totalDeleteFiles, added.deleteFiles, removed.deleteFiles),
      (Key.totalPositionDeletes, sizes(added.positionDeletes), sizes(removed.positionDeletes)),
      (Key.totalEqualityDeletes, sizes(added.equalityDeletes), sizes(removed.equalityDeletes)),
    ]
    return changes.compactMap { change in
      let before = parent == nil ? 0 : parent?.summary?[change.key].flatMap { Int64($0) }
      guard let before, before >= 0 else { return nil }
      let (total, overflow) = before.addingClamped(change.added)
        .subtractingReportingOverflow(change.removed)
      return overflow || total < 0 ? nil : (change.key, String(total))
    }
  }
}
