internal import IcebergModel

/// Writes the entries of data manifests anew in another order, so that scans read fewer of them. The
/// files of the table stay the same.
struct RewriteManifests: SnapshotChange {
  /// Which manifests are rewritten.
  struct Choice: Sendable {
    /// Those of one partition spec; nil are all specs.
    var specID: Int?
    /// The locations of manifests, all of which must be there; nil are all.
    var locations: Set<String>?
    /// What a manifest must satisfy; nil lets all through.
    var isIncluded: (@Sendable (ManifestFile) -> Bool)?

    func includes(_ manifest: ManifestFile) -> Bool {
      manifest.content == .data && specID.map { $0 == manifest.partitionSpecID } ?? true
        && locations.map { $0.contains(manifest.location) } ?? true
        && isIncluded.map { $0(manifest) } ?? true
    }
  }

  var branch: String
  var summary: [String: String]
  var wapID: String?
  var choice: Choice
  /// What files of one manifest have in common; nil puts neighbouring partitions together.
  var clusterKey: (@Sendable (DataFile) -> String)?

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let producer = try SnapshotProducer(of: branch, on: base, stagedAs: wapID)
    let parents = try await producer.parentManifests(in: work)
    try requireFound(in: parents)
    let conditions = ManifestRewrite.Conditions(
      formatVersion: base.formatVersion, schemaID: base.currentSchemaID)
    let current = Set(parents.map(\.location))
    // What an earlier attempt has rewritten is not rewritten again because others added more.
    let sources: Set<String>
    let rewrite: ManifestRewrite
    let snapshotID: Int64
    if let known = work.rewrites(.regrouping, under: conditions)
      .first(where: { $0.sources.allSatisfy(current.contains) })
    {
      snapshotID = work.snapshotID(on: base)
      (sources, rewrite) = (Set(known.sources), known.rewrite)
    } else {
      let chosen = parents.filter(choice.includes)
      if chosen.isEmpty { return [] }
      snapshotID = work.snapshotID(on: base)
      sources = Set(chosen.map(\.location))
      rewrite = try await regroup(chosen, producer, snapshotID, &work)
      work.keep(rewrite, .regrouping, of: chosen.map(\.location), under: conditions)
    }
    let new = rewrite.manifests ?? []
    let old = parents.filter { sources.contains($0.location) }
    try checkCounts(old: old, new: new)
    var told = summary
    told[SnapshotSummary.Key.entriesProcessed] = String(rewrite.entryCount)
    return try await producer.updates(
      operation: .replace, snapshotID: snapshotID,
      manifests: new + parents.filter { !sources.contains($0.location) }, replaced: old.count,
      counter: SummaryCounter(), summary: told, in: &work)
  }

  private func requireFound(in parents: [ManifestFile]) throws(IcebergError) {
    guard var missing = choice.locations else { return }
    for manifest in parents { missing.remove(manifest.location) }
    guard let first = missing.sorted().first else { return }
    throw IcebergError(
      .validationFailed,
      """
      \(missing.count) of the manifests to be rewritten are no longer in branch '\(branch)': \
      others have changed their files
      """, context: .init(location: first))
  }

  /// Rewriting must not lose or invent a file.
  private func checkCounts(old: [ManifestFile], new: [ManifestFile]) throws(IcebergError) {
    func live(_ manifests: [ManifestFile]) -> Int? {
      manifests.reduce(into: Int?(0)) { sum, manifest in
        guard let added = manifest.addedFilesCount, let existing = manifest.existingFilesCount
        else {
          sum = nil
          return
        }
        sum = sum.map { $0 + added + existing }
      }
    }
    guard let before = live(old), let after = live(new), before != after else { return }
    throw IcebergError(
      .invalidMetadata,
      "the manifests to be rewritten list \(before) files, but have \(after) in them")
  }
}

// Writing.
extension RewriteManifests {
  private struct GroupKey: Hashable {
    var specID: Int
    var cluster: String
  }

  /// Writes the live entries of manifests into new ones.
  private func regroup(
    _ manifests: [ManifestFile], _ producer: SnapshotProducer, _ snapshotID: Int64,
    _ work: inout CommitWork
  ) async throws -> ManifestRewrite {
    let base = producer.base
    let source = TableManifests(metadata: base, fileIO: work.fileIO)
    let target = try base.property(TableProperties.manifestTargetSizeInBytes)
    let neighbours =
      clusterKey == nil
      ? try await PartitionNeighbours(of: manifests, from: source, targetSize: target) : nil
    var writers: [GroupKey: ManifestWriter] = [:]
    var keys: [GroupKey] = []
    var result = ManifestRewrite(manifests: [])
    var written = 0
    for manifest in manifests {
      try Task.checkCancellation()
      guard let spec = base.partitionSpec(id: manifest.partitionSpecID) else {
        throw IcebergError(
          .invalidMetadata, "the manifest is of a partition spec that the table does not have",
          context: .init(location: manifest.location))
      }
      var entries = try await source.entryReader(of: manifest, metrics: .all)
      while let step = try entries.next(lookingAt: 2048, where: \.isLive) {
        var full: [ManifestWriter] = []
        for entry in step {
          let cluster =
            clusterKey?(entry.dataFile) ?? neighbours?.group(of: entry.dataFile).description ?? ""
          let key = GroupKey(specID: spec.id, cluster: cluster)
          if writers[key] == nil {
            written += 1
            keys.append(key)
            writers[key] = try producer.manifestWriter(
              .data, spec, snapshotID: snapshotID,
              seed: "\(work.uuid) \(snapshotID) regrouped \(written)")
          }
          try writers[key]?.keep(entry)
          result.entryCount += 1
          if let writer = writers[key], Int64(writer.estimatedByteCount) >= target {
            full.append(writer)
            writers[key] = nil
            keys.removeAll { $0 == key }
          }
        }
        result.manifests?.append(
          contentsOf: try await store(full, producer: producer, in: &work))
      }
    }
    let rest = keys.compactMap { writers[$0] }
    writers = [:]
    result.manifests?.append(contentsOf: try await store(rest, producer: producer, in: &work))
    return result
  }

  private func store(
    _ writers: [ManifestWriter], producer: SnapshotProducer, in work: inout CommitWork
  ) async throws -> [ManifestFile] {
    var drafts: [ManifestDraft] = []
    for writer in writers {
      let (bytes, manifest) = try writer.finish(location: "")
      drafts.append(ManifestDraft(bytes: bytes, manifest: manifest))
    }
    return try await work.store(drafts, in: producer.locations)
  }
}

/// Divides the partitions of some manifests, in their order, into groups each of which makes about one
/// manifest.
private struct PartitionNeighbours: Sendable {
  private var groups: [PartitionKey: Int] = [:]

  /// - Parameter targetSize: the bytes that a manifest should have.
  init(
    of manifests: [ManifestFile], from source: TableManifests, targetSize: Int64
  ) async throws {
    let counts = try await manifests.concurrentMap(limit: CommitWork.manifestConcurrency) {
      manifest in
      try Task.checkCancellation()
      var counts: [PartitionKey: Int] = [:]
      var entries = try await source.entryReader(of: manifest)
      while let step = try entries.next(lookingAt: 2048, where: \.isLive) {
        for entry in step { counts[PartitionKey(entry.dataFile), default: 0] += 1 }
      }
      return counts
    }
    var total: [PartitionKey: Int] = [:]
    for (key, count) in counts.joined() { total[key, default: 0] += count }
    let entryCount = max(1, total.values.reduce(0, +))
    let byteCount = manifests.reduce(Int64(0)) { sum, manifest in
      let (next, overflow) = sum.addingReportingOverflow(max(0, manifest.length))
      return overflow ? .max : next
    }
    let entrySize = Double(byteCount) / Double(entryCount)
    var group = 0
    var size = 0.0
    for key in total.keys.sorted(by: Self.isBefore) {
      let added = Double(total[key] ?? 0) * entrySize
      if size > 0, size + added > Double(targetSize) { (group, size) = (group + 1, 0) }
      groups[key] = group
      size += added
    }
  }

  func group(of file: DataFile) -> Int { groups[PartitionKey(file)] ?? 0 }

  /// Specs, and in each the values from the first field on; null comes first.
  private static func isBefore(_ left: PartitionKey, _ right: PartitionKey) -> Bool {
    if left.specID != right.specID { return left.specID < right.specID }
    for (first, second) in zip(left.values.values, right.values.values) {
      switch (first, second) {
      case (nil, nil): continue
      case (nil, _): return true
      case (_, nil): return false
      case (let first?, let second?):
        switch first.ordering(to: second) {
        case .less: return true
        case .greater: return false
        default: continue
        }
      }
    }
    return false
  }
}
