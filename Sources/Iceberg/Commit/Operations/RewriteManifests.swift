internal import IcebergModel

/// Writes the entries of manifests anew in another order, so that scans read fewer of them. The files of
/// the table stay the same.
struct RewriteManifests: SnapshotChange {
  /// Which manifests are rewritten.
  struct Choice: Sendable {
    /// Those of data files, of delete files, or both.
    var contents: Set<ManifestFile.Content> = [.data]
    /// Those of one partition spec; nil are all specs.
    var specID: Int?
    /// The locations of manifests, all of which must be there; nil are all.
    var locations: Set<String>?
    /// What a manifest must satisfy; nil lets all through.
    var isIncluded: (@Sendable (ManifestFile) -> Bool)?

    func includes(_ manifest: ManifestFile) -> Bool {
      contents.contains(manifest.content) && specID.map { $0 == manifest.partitionSpecID } ?? true
        && locations.map { $0.contains(manifest.location) } ?? true
        && isIncluded.map { $0(manifest) } ?? true
    }
  }

  var branch: String
  var summary: [String: String]
  var wapID: String?
  var choice: Choice
  /// The snapshot that the manifests were chosen in; nil where they are not given.
  var startingSnapshotID: Int64?
  /// How files are divided among manifests.
  var order: ManifestOrder
  /// The bytes of manifests that are held in memory while they are written.
  var memoryLimit: Int
  /// Is told of each manifest that was read, from any task.
  var onRead: (@Sendable () -> Void)?

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let producer = try SnapshotProducer(of: branch, on: base, stagedAs: wapID)
    let parents = try await producer.parentManifests(in: work)
    try await requireFound(parents, on: producer, in: work)
    let conditions = ManifestRewrite.Conditions(
      formatVersion: base.formatVersion, schemaID: base.currentSchemaID)
    let current = Set(parents.map { ManifestRewrite.Source($0) })
    // What an earlier attempt has rewritten is not rewritten again because others added more.
    let sources: Set<ManifestRewrite.Source>
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
      sources = Set(chosen.map { ManifestRewrite.Source($0) })
      var made = ManifestRewrite(manifests: [])
      for content in ManifestFile.Content.allCases {
        let some = chosen.filter { $0.content == content }
        if some.isEmpty { continue }
        try await regroup(some, content, producer, snapshotID, &work, &made)
      }
      rewrite = made
      work.keep(rewrite, .regrouping, of: chosen, under: conditions)
    }
    let new = rewrite.manifests ?? []
    let old = parents.filter { sources.contains(ManifestRewrite.Source($0)) }
    try checkCounts(old: old, new: new)
    var told = summary
    told[SnapshotSummary.Key.entriesProcessed] = String(rewrite.entryCount)
    return try await producer.updates(
      operation: .replace, snapshotID: snapshotID,
      manifests: new + parents.filter { !sources.contains(ManifestRewrite.Source($0)) },
      replaced: old.count, counter: SummaryCounter(), summary: told, in: &work)
  }

  /// Throws when a manifest to be rewritten is not there: with who replaced it, as far as the history
  /// tells.
  private func requireFound(
    _ parents: [ManifestFile], on producer: SnapshotProducer, in work: CommitWork
  ) async throws {
    guard var missing = choice.locations else { return }
    for manifest in parents { missing.remove(manifest.location) }
    guard let first = missing.sorted().first else { return }
    let count = missing.count
    let source = TableManifests(metadata: producer.base, fileIO: work.fileIO)
    let chain = producer.parent.map { producer.base.ancestors(of: $0.id) } ?? []
    var texts: [String] = []
    for (snapshot, parent) in zip(chain, chain.dropFirst()) {
      if snapshot.id == startingSnapshotID || missing.isEmpty { break }
      let replaced = try await source.list(of: parent).map(\.location).filter(missing.contains)
      if replaced.isEmpty { continue }
      missing.subtract(replaced)
      texts.append("the \(snapshot.operationText) replaced \(replaced.firstFew)")
    }
    let told =
      texts.isEmpty
      ? "\(count) of the manifests to be rewritten are no longer in branch '\(branch)'"
      : """
      the rewrite of manifests of branch '\(branch)' conflicts with what was committed since: \
      \(texts.joined(separator: "; ")), so that \(count) of its manifests are no longer in branch \
      '\(branch)'
      """
    throw IcebergError(
      .validationFailed, told + "; read the table again and make the change anew",
      context: .init(location: first))
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
  /// What the entries of a manifest have in common.
  private enum Group: Hashable {
    case partitions(Int)
    case key(specID: Int, String)
  }

  /// What was written so far.
  private struct Written {
    let content: ManifestFile.Content
    var manifests: [(place: Int, manifest: ManifestFile)] = []
    /// The groups by keys in the order in which they were met.
    var places: [Group: Int] = [:]
    var writerCount = 0
    var entryCount = 0

    mutating func place(of group: Group) -> Int {
      if case .partitions(let number) = group { return number }
      if let place = places[group] { return place }
      defer { places[group] = places.count }
      return places.count
    }
  }

  /// Writes the live entries of manifests of one content into new ones.
  private func regroup(
    _ manifests: [ManifestFile], _ content: ManifestFile.Content, _ producer: SnapshotProducer,
    _ snapshotID: Int64, _ work: inout CommitWork, _ result: inout ManifestRewrite
  ) async throws {
    let base = producer.base
    let target = try base.property(TableProperties.manifestTargetSizeInBytes)
    var written = Written(content: content)
    switch order {
    case .clustered(let key):
      try await write(manifests, producer, snapshotID, target, &work, &written) {
        .key(specID: $0.specID, key($0))
      }
    case .partitions(let fields):
      let specIDs = Set(manifests.map(\.partitionSpecID)).sorted()
      let neighbours = try await PartitionNeighbours(
        of: manifests, from: TableManifests(metadata: base, fileIO: work.fileIO),
        by: try fields.map { try ManifestOrder.positions(of: $0, specIDs, in: base) },
        targetSize: target, onRead: onRead)
      // As many manifests at a time as there is memory for.
      let count = max(1, memoryLimit / Int(clamping: max(1, target)))
      for first in stride(from: 0, to: neighbours.groupCount, by: count) {
        try await write(manifests, producer, snapshotID, target, &work, &written) { file in
          let group = try neighbours.group(of: file)
          return group >= first && group - first < count ? .partitions(group) : nil
        }
      }
    }
    // Parts of one group follow each other.
    let order = written.manifests.indices.sorted {
      (written.manifests[$0].place, $0) < (written.manifests[$1].place, $1)
    }
    result.manifests?.append(contentsOf: order.map { written.manifests[$0].manifest })
    result.entryCount += written.entryCount
  }

  /// Writes the live entries of manifests, those for which `group` tells what they have in common.
  private func write(
    _ manifests: [ManifestFile], _ producer: SnapshotProducer, _ snapshotID: Int64,
    _ target: Int64, _ work: inout CommitWork, _ written: inout Written,
    group: (DataFile) throws -> Group?
  ) async throws {
    let base = producer.base
    let source = TableManifests(metadata: base, fileIO: work.fileIO)
    var writers: [Group: ManifestWriter] = [:]
    for manifest in manifests {
      try Task.checkCancellation()
      guard let spec = base.partitionSpec(id: manifest.partitionSpecID) else {
        throw IcebergError(
          .invalidMetadata, "the manifest is of a partition spec that the table does not have",
          context: .init(location: manifest.location))
      }
      var entries = try await source.entryReader(of: manifest, metrics: .all)
      while let step = try entries.next(lookingAt: 2048, where: \.isLive) {
        var full: [(place: Int, writer: ManifestWriter)] = []
        for entry in step {
          guard let group = try group(entry.dataFile) else { continue }
          if writers[group] == nil {
            written.writerCount += 1
            writers[group] = try producer.manifestWriter(
              written.content, spec, snapshotID: snapshotID,
              seed: "\(work.uuid) \(snapshotID) regrouped \(written.content) \(written.writerCount)"
            )
          }
          let place = written.place(of: group)
          try writers[group]?.keep(entry)
          written.entryCount += 1
          if let writer = writers[group], Int64(writer.estimatedByteCount) >= target {
            full.append((place, writer))
            writers[group] = nil
          }
        }
        try await store(full, in: &written, producer, &work)
      }
      onRead?()
    }
    let rest = writers.map { (place: written.place(of: $0), writer: $1) }
    writers = [:]
    try await store(rest.sorted { $0.place < $1.place }, in: &written, producer, &work)
  }

  private func store(
    _ writers: [(place: Int, writer: ManifestWriter)], in written: inout Written,
    _ producer: SnapshotProducer, _ work: inout CommitWork
  ) async throws {
    var drafts: [ManifestDraft] = []
    for (_, writer) in writers {
      let (bytes, manifest) = try writer.finish(location: "")
      drafts.append(ManifestDraft(bytes: bytes, manifest: manifest))
    }
    let stored = try await work.store(drafts, in: producer.locations)
    written.manifests += zip(writers, stored).map { ($0.place, $1) }
  }
}
