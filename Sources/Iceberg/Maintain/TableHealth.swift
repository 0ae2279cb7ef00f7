internal import IcebergBytes
internal import IcebergModel

/// What tells whether a table needs maintenance: how many snapshots, files and manifests it has, and how
/// small its files are.
public struct TableHealth: Hashable, Sendable {
  /// The number of snapshots that are kept.
  public var snapshotCount: Int
  /// When the oldest of them was made, in milliseconds since 1970-01-01 UTC; nil when there is none.
  public var oldestSnapshotMillis: Int64?
  /// The number of manifests of the current snapshot.
  public var manifestCount = 0
  /// The length of these manifests in bytes.
  public var manifestSizeInBytes: Int64 = 0
  /// The number of data files of the current snapshot.
  public var dataFileCount = 0
  /// The length of these data files in bytes.
  public var dataSizeInBytes: Int64 = 0
  /// The length of the smallest data file in bytes; nil when there is none.
  public var smallestDataFileInBytes: Int64?
  /// The length of the largest data file in bytes; nil when there is none.
  public var largestDataFileInBytes: Int64?
  /// The number of rows in these data files, those that delete files delete too.
  public var recordCount: Int64 = 0
  /// The number of partitions that have data files; 1 for a table that is not divided.
  public var partitionCount = 0
  /// The number of data files in the partition that has most of them.
  public var largestPartitionFileCount = 0
  /// The number of delete files and deletion vectors of the current snapshot.
  public var deleteFileCount = 0

  /// The mean length of the data files in bytes; nil when there is none.
  public var averageDataFileInBytes: Int64? {
    dataFileCount == 0 ? nil : dataSizeInBytes / Int64(dataFileCount)
  }

  /// Whether the current state has no files at all.
  public var isEmpty: Bool { dataFileCount == 0 && deleteFileCount == 0 }
}

extension Table {
  /// Measures what tells whether the table needs maintenance.
  ///
  /// Each manifest of the current snapshot is read once, a few at a time; memory is taken for a number
  /// for each partition. Throws what reading them throws.
  ///
  /// - Parameters:
  ///   - concurrency: the number of manifests that are read at the same time.
  ///   - progress: is told of each manifest that was read, from any task.
  public func health(
    concurrency: Int = 4, progress: (@Sendable (ManifestProgress) -> Void)? = nil
  ) async throws -> TableHealth {
    var health = TableHealth(snapshotCount: metadata.snapshots.count)
    health.oldestSnapshotMillis = metadata.snapshots.map(\.timestampMillis).min()
    guard let snapshot = metadata.currentSnapshot else { return health }
    let reader = TableManifests(metadata: metadata, fileIO: fileIO)
    let manifests = try await reader.list(of: snapshot)
    health.manifestCount = manifests.count
    health.manifestSizeInBytes = manifests.reduce(0) { $0.addingClamped($1.length) }
    let counter = ManifestCounter(of: manifests.count, progress)
    var partitions: [PartitionKey: Int] = [:]
    // In portions, so that what is counted of a million manifests is not held all at once.
    let portion = max(1, concurrency) * 16
    for start in stride(from: 0, to: manifests.count, by: portion) {
      let counted = try await Array(manifests[start..<min(start + portion, manifests.count)])
        .concurrentMap(limit: max(1, concurrency)) { manifest in
          try Task.checkCancellation()
          defer { counter.advance() }
          return Counted(try await reader.entries(of: manifest) { $0.isLive }.map(\.dataFile))
        }
      for part in counted {
        health.add(part.totals)
        partitions.merge(part.partitions, uniquingKeysWith: +)
      }
    }
    health.partitionCount = partitions.count
    health.largestPartitionFileCount = partitions.values.max() ?? 0
    return health
  }
}

/// What is counted of one manifest.
private struct Counted: Sendable {
  var totals = TableHealth(snapshotCount: 0)
  var partitions: [PartitionKey: Int] = [:]

  init(_ files: [DataFile]) {
    for file in files {
      guard file.content == .data else {
        totals.deleteFileCount += 1
        continue
      }
      totals.dataFileCount += 1
      let size = file.fileSizeInBytes
      totals.dataSizeInBytes = totals.dataSizeInBytes.addingClamped(size)
      totals.recordCount = totals.recordCount.addingClamped(file.recordCount)
      totals.smallestDataFileInBytes = min(totals.smallestDataFileInBytes ?? size, size)
      totals.largestDataFileInBytes = max(totals.largestDataFileInBytes ?? size, size)
      partitions[PartitionKey(file), default: 0] += 1
    }
  }
}

extension TableHealth {
  fileprivate mutating func add(_ other: TableHealth) {
    deleteFileCount += other.deleteFileCount
    dataFileCount += other.dataFileCount
    dataSizeInBytes = dataSizeInBytes.addingClamped(other.dataSizeInBytes)
    recordCount = recordCount.addingClamped(other.recordCount)
    if let size = other.smallestDataFileInBytes {
      smallestDataFileInBytes = min(smallestDataFileInBytes ?? size, size)
    }
    if let size = other.largestDataFileInBytes {
      largestDataFileInBytes = max(largestDataFileInBytes ?? size, size)
    }
  }
}
