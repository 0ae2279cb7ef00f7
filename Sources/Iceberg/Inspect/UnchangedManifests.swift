internal import IcebergModel

/// Finds the data manifests that need not be read to compare two snapshots.
struct UnchangedManifests: Sendable {
  private let metadata: TableMetadata
  private let manifests: TableManifests
  private let concurrency: Int

  /// Reads what the options of a scan say, of the scan's table.
  init(in scan: TableScan) {
    metadata = scan.table.metadata
    manifests = TableManifests(
      metadata: metadata, fileIO: scan.table.fileIO, cache: scan.options.manifestCache,
      blockLimit: scan.options.manifestBlockLimit)
    concurrency = scan.options.planningConcurrency
  }

  /// The locations of the data manifests that both snapshots have and whose files have the same deletes
  /// in both. A nil snapshot is that of an empty table.
  ///
  /// Of the rest of the manifests, only those with deletes are read that one snapshot alone has.
  func between(_ before: Snapshot?, _ after: Snapshot?) async throws -> Set<ExactText> {
    guard let before, let after else { return [] }
    let (old, new) = (try await manifests.list(of: before), try await manifests.list(of: after))
    let had = Set(old.lazy.filter { $0.content == .data }.map { ExactText($0.location) })
    let shared = new.filter { $0.content == .data && had.contains(ExactText($0.location)) }
    if shared.isEmpty { return [] }
    let changed = try await FileDifference(
      old.filter { $0.content == .deletes }, new.filter { $0.content == .deletes },
      readBy: manifests, concurrency: concurrency)
    let deletes = changed.removed + changed.added
    let isGlobal = deletes.contains { file in
      file.content == .equalityDeletes
        && metadata.partitionSpec(id: file.specID)?.isPartitioned != true
    }
    if isGlobal { return [] }
    let lookup = PartitionLookup(Set(deletes.map { PartitionKey($0) }), in: metadata)
    return Set(shared.lazy.filter { !lookup.mayContain($0) }.map { ExactText($0.location) })
  }
}
