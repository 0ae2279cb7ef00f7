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
    let deletes = try await changedDeletes(old, new)
    let isGlobal = deletes.contains { file in
      file.content == .equalityDeletes
        && metadata.partitionSpec(id: file.specID)?.isPartitioned != true
    }
    if isGlobal { return [] }
    let lookup = PartitionLookup(Set(deletes.map { PartitionKey($0) }), in: metadata)
    return Set(shared.lazy.filter { !lookup.mayContain($0) }.map { ExactText($0.location) })
  }

  /// The delete files that only one of two snapshots has.
  private func changedDeletes(
    _ old: [ManifestFile], _ new: [ManifestFile]
  ) async throws -> [DataFile] {
    let before = try await deletes(in: old, without: new)
    let after = try await deletes(in: new, without: old)
    let (had, has) = (Set(before.map { FileKey($0) }), Set(after.map { FileKey($0) }))
    return before.filter { !has.contains(FileKey($0)) }
      + after.filter { !had.contains(FileKey($0)) }
  }

  /// The live delete files in those manifests of a list that another list does not have.
  private func deletes(
    in list: [ManifestFile], without others: [ManifestFile]
  ) async throws -> [DataFile] {
    let shared = Set(others.map { ExactText($0.location) })
    let own = list.filter {
      $0.content == .deletes && $0.mayHaveLiveFiles && !shared.contains(ExactText($0.location))
    }
    let manifests = manifests
    return try await own.concurrentMap(limit: concurrency) { manifest in
      try Task.checkCancellation()
      return try await manifests.entries(of: manifest, where: \.isLive).map(\.dataFile)
    }.flatMap { $0 }
  }
}
