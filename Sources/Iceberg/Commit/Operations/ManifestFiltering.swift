internal import IcebergBytes
internal import IcebergModel

/// Removes files from manifests: those that have such files are written anew, the others stay as they
/// are.
///
/// Spec: Manifests; Snapshots.
struct ManifestFiltering: Sendable {
  let producer: SnapshotProducer
  let snapshotID: Int64
  let removal: FileRemoval
  let conditions: ManifestRewrite.Conditions

  /// What is left.
  struct Result: Sendable {
    /// The manifests in their order.
    var manifests: [ManifestFile]
    /// The files that were removed, without metrics.
    var removed: [DataFile] = []
    /// How often a file was removed that had been removed from the same manifest already.
    var duplicates = 0
    /// The number of manifests that were written anew.
    var replaced = 0
  }

  /// The manifests without the files that are removed.
  func run(_ manifests: [ManifestFile], in work: inout CommitWork) async throws -> Result {
    var result = Result(manifests: manifests)
    var candidates: [Int] = []
    for (index, manifest) in manifests.enumerated() where removal.mayAffect(manifest) {
      if let known = work.rewrite(.removal, of: [manifest], under: conditions) {
        apply(known, at: index, to: &result)
      } else {
        candidates.append(index)
      }
    }
    let source = TableManifests(metadata: producer.base, fileIO: work.fileIO)
    let uuid = work.uuid
    var next = candidates.startIndex
    while next < candidates.endIndex {
      // A window at a time: no more manifests are in memory than are read at a time.
      let end = min(next + CommitWork.manifestConcurrency, candidates.endIndex)
      let window = Array(candidates[next..<end])
      next = end
      let outcomes = try await window.map { manifests[$0] }
        .concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
          try Task.checkCancellation()
          return try await filter(manifest, from: source, uuid: uuid)
        }
      var stored = try await work.store(
        outcomes.compactMap { $0?.draft }, in: producer.locations
      )[...]
      for (index, outcome) in zip(window, outcomes) {
        var rewrite = ManifestRewrite()
        if let outcome, let manifest = stored.popFirst() {
          rewrite = ManifestRewrite(
            manifests: [manifest], removed: outcome.removed, duplicates: outcome.duplicates)
        }
        work.keep(rewrite, .removal, of: [manifests[index]], under: conditions)
        apply(rewrite, at: index, to: &result)
      }
    }
    return result
  }

  private func apply(_ rewrite: ManifestRewrite, at index: Int, to result: inout Result) {
    guard let manifest = rewrite.manifests?.first else { return }
    result.manifests[index] = manifest
    result.removed += rewrite.removed
    result.duplicates += rewrite.duplicates
    result.replaced += 1
  }

  private struct Outcome: Sendable {
    var draft: ManifestDraft
    var removed: [DataFile]
    var duplicates: Int
  }

  /// The number of entries that are looked at in one step.
  private static let stepSize = 2048

  /// A manifest without the files that are removed; nil when it has none of them.
  private func filter(
    _ manifest: ManifestFile, from source: TableManifests, uuid: String
  ) async throws -> Outcome? {
    let bytes = try await source.bytes(of: manifest)
    var decider = removal.decider(of: manifest)
    guard try hasRemovedFiles(manifest, bytes, source, &decider) else { return nil }
    guard let spec = producer.base.partitionSpec(id: manifest.partitionSpecID) else {
      throw IcebergError(
        .invalidMetadata,
        "the manifest is of partition spec \(manifest.partitionSpecID), which the table does not have",
        context: .init(location: manifest.location))
    }
    var writer = try producer.manifestWriter(
      manifest.content, spec, snapshotID: snapshotID, seed: "\(uuid) \(manifest.location)")
    var removed: [DataFile] = []
    var seen: Set<FileKey> = []
    var duplicates = 0
    var entries = try source.entryReader(of: manifest, bytes: bytes, metrics: .all)
    // Files that earlier snapshots removed are not told again.
    while let step = try entries.next(lookingAt: Self.stepSize, where: \.isLive) {
      try Task.checkCancellation()
      for entry in step {
        guard try decider.removes(entry) else {
          try writer.keep(entry)
          continue
        }
        try writer.remove(entry)
        if seen.insert(FileKey(entry.dataFile)).inserted {
          removed.append(entry.dataFile.withoutMetrics)
        } else {
          duplicates += 1
        }
      }
    }
    let (written, description) = try writer.finish(location: "")
    return Outcome(
      draft: ManifestDraft(bytes: written, manifest: description), removed: removed,
      duplicates: duplicates)
  }

  /// Whether some live file is removed. Only metrics that decide it are read.
  private func hasRemovedFiles(
    _ manifest: ManifestFile, _ bytes: Bytes, _ source: TableManifests,
    _ decider: inout FileRemoval.Decider
  ) throws -> Bool {
    var entries = try source.entryReader(of: manifest, bytes: bytes, metrics: removal.metrics)
    while let step = try entries.next(lookingAt: Self.stepSize, where: \.isLive) {
      for entry in step where try decider.removes(entry) { return true }
    }
    return false
  }
}

extension DataFile {
  /// The file without what is known of its columns.
  var withoutMetrics: DataFile {
    var file = self
    file.columnSizes = nil
    file.valueCounts = nil
    file.nullValueCounts = nil
    file.nanValueCounts = nil
    file.lowerBounds = nil
    file.upperBounds = nil
    file.splitOffsets = nil
    return file
  }
}
