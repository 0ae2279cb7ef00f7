internal import IcebergModel

/// Puts small manifests together, so that a table has few of them and neighbours stay neighbours.
///
/// Manifests of one spec and kind are packed in their order, from the last one on, into bins of about
/// the size that the table asks for; each bin becomes one manifest. The bin with the newest manifest
/// waits until it has enough of them.
///
/// Spec: none; the rules and properties are those of the reference implementation.
struct ManifestMerging: Sendable {
  let producer: SnapshotProducer
  let snapshotID: Int64
  let conditions: ManifestRewrite.Conditions
  private let packing: BinPacking
  private let minCount: Int
  private let isEnabled: Bool

  /// Merging as the properties `commit.manifest*` of the table say.
  init(
    producer: SnapshotProducer, snapshotID: Int64, conditions: ManifestRewrite.Conditions
  ) throws(IcebergError) {
    self.producer = producer
    self.snapshotID = snapshotID
    self.conditions = conditions
    let base = producer.base
    packing = BinPacking(
      targetWeight: try base.property(TableProperties.manifestTargetSizeInBytes), lookback: 1)
    minCount = try base.property(TableProperties.manifestMinCountToMerge)
    isEnabled = try base.property(TableProperties.manifestMergeEnabled)
  }

  /// The manifests after merging, and the number of older ones that were put into others.
  ///
  /// - Parameter manifests: manifests of one kind, the newest first.
  func run(
    _ manifests: [ManifestFile], in work: inout CommitWork
  ) async throws -> (manifests: [ManifestFile], replaced: Int) {
    guard isEnabled, let first = manifests.first else { return (manifests, 0) }
    let bins = bins(of: manifests, newest: first)
    var merged: [Int: ManifestFile] = [:]
    var toMerge: [Int] = []
    for (index, bin) in bins.enumerated() where bin.isMerged {
      if let known = work.rewrite(.merge, of: bin.manifests, under: conditions)?.manifests?.first {
        merged[index] = known
      } else {
        toMerge.append(index)
      }
    }
    let source = TableManifests(metadata: producer.base, fileIO: work.fileIO)
    let uuid = work.uuid
    var next = toMerge.startIndex
    while next < toMerge.endIndex {
      let end = min(next + CommitWork.manifestConcurrency / 2, toMerge.endIndex)
      let window = Array(toMerge[next..<end])
      next = end
      let drafts = try await window.map { bins[$0].manifests }
        .concurrentMap(limit: window.count) { bin in
          try await merge(bin, from: source, uuid: uuid)
        }
      let stored = try await work.store(drafts, in: producer.locations)
      for (index, manifest) in zip(window, stored) {
        merged[index] = manifest
        work.keep(
          ManifestRewrite(manifests: [manifest]), .merge,
          of: bins[index].manifests, under: conditions)
      }
    }
    var result: [ManifestFile] = []
    var replaced = 0
    for (index, bin) in bins.enumerated() {
      guard let manifest = merged[index] else {
        result += bin.manifests
        continue
      }
      result.append(manifest)
      replaced += bin.manifests.count { $0.addedSnapshotID != snapshotID }
    }
    return (result, replaced)
  }

  private struct Bin {
    var manifests: [ManifestFile]
    var isMerged: Bool
  }

  /// The manifests in bins, those of newer specs first.
  private func bins(of manifests: [ManifestFile], newest: ManifestFile) -> [Bin] {
    let groups = Dictionary(grouping: manifests, by: \.partitionSpecID)
    return groups.sorted { $0.key > $1.key }.flatMap { _, group in
      packing.packFromEnd(group) { $0.length }.map { bin in
        let isNewest = bin.contains { $0.location == newest.location }
        return Bin(manifests: bin, isMerged: bin.count > 1 && !(isNewest && bin.count < minCount))
      }
    }
  }

  /// One manifest with the files of several.
  private func merge(
    _ bin: [ManifestFile], from source: TableManifests, uuid: String
  ) async throws -> ManifestDraft {
    guard let first = bin.first,
      let spec = producer.base.partitionSpec(id: first.partitionSpecID)
    else {
      throw IcebergError(
        .invalidMetadata,
        "a manifest is of a partition spec that the table does not have",
        context: .init(location: bin.first?.location))
    }
    var writer = try producer.manifestWriter(
      first.content, spec, snapshotID: snapshotID, seed: "\(uuid) \(first.location) merged")
    // All at once: together they are no larger than one manifest should be.
    let files = try await bin.concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
      try await source.bytes(of: manifest)
    }
    for (manifest, bytes) in zip(bin, files) {
      try Task.checkCancellation()
      // What this snapshot has written inherits nothing yet: its numbers are given by the commit.
      let isOwn = manifest.addedSnapshotID == snapshotID
      var entries = try source.entryReader(
        of: manifest, bytes: bytes, metrics: .all, inheriting: !isOwn)
      while let step = try entries.next(lookingAt: 2048) {
        for entry in step { try add(entry, to: &writer) }
      }
    }
    let (bytes, manifest) = try writer.finish(location: "")
    return ManifestDraft(bytes: bytes, manifest: manifest)
  }

  private func add(
    _ entry: ManifestEntry, to writer: inout ManifestWriter
  ) throws(IcebergError) {
    switch entry.status {
    case .deleted:
      // Only what this snapshot removed is told.
      if entry.snapshotID == snapshotID { try writer.remove(entry) }
    case .added where entry.snapshotID == snapshotID:
      try writer.add(entry.dataFile, sequenceNumber: entry.sequenceNumber)
    case .added, .existing: try writer.keep(entry)
    }
  }
}
