internal import IcebergModel

/// Looks through the snapshots that others committed to a branch since a change was prepared.
///
/// Spec: Commit Conflict Resolution and Retry.
struct ConflictSearch: Sendable {
  let base: TableMetadata
  /// The last snapshot of the branch; nil when it has none.
  let parent: Snapshot?
  /// The snapshot that the change was prepared on; nil is the beginning of the history.
  let startingSnapshotID: Int64?
  let source: TableManifests

  /// Which files matter.
  struct Selection: Sendable {
    /// Nil are all.
    private var partitions: Set<PartitionKey>?
    private var pruning: [Int: SpecPruning] = [:]
    private var metricsEvaluator: MetricsEvaluator?
    /// The columns whose metrics decide.
    private(set) var metrics: MetricsSelection = .none
    /// What matters, for messages: `rows where id < 5`.
    let text: String

    /// The files that may have rows of a filter.
    init(_ filter: BoundFilter, in base: TableMetadata) {
      text = filter == .all ? "any rows" : "rows where \(filter)"
      guard filter != .all else { return }
      let index = base.currentSchema.index
      for spec in base.partitionSpecs {
        pruning[spec.id] = SpecPruning(spec, filter: filter, schema: index)
      }
      metricsEvaluator = MetricsEvaluator(filter)
      metrics = .columns(filter.fieldIDs)
    }

    /// The files of some partitions.
    init(_ partitions: Set<PartitionKey>, in base: TableMetadata) {
      self.partitions = partitions
      let paths = partitions.compactMap { key in
        base.partitionSpec(id: key.specID).map { $0.path(of: key.values) }
      }.sorted()
      let shown = paths.prefix(5).joined(separator: ", ")
      text = "rows of the partitions \(paths.count > 5 ? "\(shown), ... (\(paths.count))" : shown)"
    }

    func mayMatch(_ manifest: ManifestFile) -> Bool {
      pruning[manifest.partitionSpecID]?.mayMatch(manifest) ?? true
    }

    func mayMatch(_ file: DataFile) -> Bool {
      if let partitions { return partitions.contains(PartitionKey(file)) }
      guard let metricsEvaluator else { return true }
      if let pruning = pruning[file.specID], pruning.residual(for: file.partition) == .none {
        return false
      }
      return metricsEvaluator.mayMatch(file)
    }
  }

  /// A file that a snapshot added or removed.
  struct Finding: Sendable {
    var snapshot: Snapshot
    var file: DataFile
  }

  /// The snapshots since the start that did one of some operations.
  ///
  /// Throws `validationFailed` when the start is not among those that led to the last snapshot, or
  /// they are no longer kept.
  func snapshots(
    doing operations: Set<SnapshotSummary.Operation>
  ) throws(IcebergError) -> [Snapshot] {
    guard let parent else { return [] }
    let chain = base.ancestors(of: parent.id).prefix { $0.id != startingSnapshotID }
    if let oldest = chain.last, oldest.parentID != startingSnapshotID {
      let start = startingSnapshotID.map { "snapshot \($0)" } ?? "the first snapshot"
      throw IcebergError(
        .validationFailed,
        """
        what was committed after \(start) cannot be told: the history of the branch is kept from \
        snapshot \(oldest.id) on; read the table again and make the change anew
        """)
    }
    return chain.filter { snapshot in
      snapshot.summary?.operation.map(operations.contains) ?? false
    }
  }

  /// The data files that were added and matter.
  func addedFiles(_ selection: Selection) async throws -> [Finding] {
    try await findings(
      in: .data, doing: [.append, .overwrite], selection, metrics: selection.metrics
    ) { $0.status == .added && selection.mayMatch($0.dataFile) }
  }

  /// The data files that were removed and matter.
  func removedFiles(_ selection: Selection) async throws -> [Finding] {
    try await findings(
      in: .data, doing: [.overwrite, .replace, .delete], selection, metrics: selection.metrics
    ) { $0.status == .deleted && selection.mayMatch($0.dataFile) }
  }

  /// Those of the given data files that were removed and matter.
  ///
  /// - Parameter operations: what removed them.
  func removedFiles(
    at locations: Set<ExactText>, by operations: Set<SnapshotSummary.Operation>,
    _ selection: Selection
  ) async throws -> [Finding] {
    try await findings(in: .data, doing: operations, selection, metrics: selection.metrics) {
      $0.status == .deleted && locations.contains(ExactText($0.dataFile.location))
        && selection.mayMatch($0.dataFile)
    }
  }

  /// Who removed the given data and delete files; nothing where that is no longer known.
  func removals(of locations: Set<ExactText>) async throws -> [Finding] {
    guard let parent, base.ancestors(of: parent.id).contains(where: { $0.id == startingSnapshotID })
    else { return [] }
    var found: [Finding] = []
    for content in [ManifestFile.Content.data, .deletes] {
      found += try await findings(
        in: content, doing: [.overwrite, .replace, .delete], Selection(.all, in: base),
        metrics: .none
      ) { $0.status == .deleted && locations.contains(ExactText($0.dataFile.location)) }
    }
    return found
  }

  /// The delete files and vectors that were added and matter, each with its sequence number.
  func addedDeletes(_ selection: Selection) async throws -> [(Finding, ManifestEntry)] {
    guard base.formatVersion >= 2 else { return [] }
    let start = startingSequenceNumber
    return try await entries(
      in: .deletes, doing: [.overwrite, .delete], selection, metrics: .all
    ) { entry in
      entry.status == .added && (entry.sequenceNumber ?? 0) > start
        && selection.mayMatch(entry.dataFile)
    }.map { snapshot, entry in (Finding(snapshot: snapshot, file: entry.dataFile), entry) }
  }

  /// The vectors of the given data files that were added and matter.
  func addedVectors(
    of locations: Set<ExactText>, _ selection: Selection
  ) async throws -> [Finding] {
    try await findings(
      in: .deletes, doing: [.overwrite, .delete, .replace], selection, metrics: .none
    ) { entry in
      guard entry.status == .added, entry.dataFile.isDeletionVector,
        let location = entry.dataFile.referencedDataFile
      else { return false }
      return locations.contains(ExactText(location)) && selection.mayMatch(entry.dataFile)
    }
  }

  /// The sequence number of the snapshot that the change was prepared on.
  var startingSequenceNumber: Int64 {
    startingSnapshotID.flatMap { base.snapshot(id: $0)?.sequenceNumber } ?? 0
  }

  private func findings(
    in content: ManifestFile.Content, doing operations: Set<SnapshotSummary.Operation>,
    _ selection: Selection, metrics: MetricsSelection,
    where isWanted: @escaping @Sendable (ManifestEntry) -> Bool
  ) async throws -> [Finding] {
    try await entries(
      in: content, doing: operations, selection, metrics: metrics, where: isWanted
    ).map { Finding(snapshot: $0, file: $1.dataFile.withoutMetrics) }
  }

  /// Entries that the snapshots themselves wrote.
  private func entries(
    in content: ManifestFile.Content, doing operations: Set<SnapshotSummary.Operation>,
    _ selection: Selection, metrics: MetricsSelection,
    where isWanted: @escaping @Sendable (ManifestEntry) -> Bool
  ) async throws -> [(Snapshot, ManifestEntry)] {
    let snapshots = try snapshots(doing: operations)
    if snapshots.isEmpty { return [] }
    let source = source
    let lists = try await snapshots.concurrentMap(limit: CommitWork.manifestConcurrency) {
      snapshot in
      try Task.checkCancellation()
      return try await source.list(of: snapshot).filter { manifest in
        manifest.content == content && manifest.addedSnapshotID == snapshot.id
          && selection.mayMatch(manifest)
      }
    }
    let byID = Dictionary(snapshots.map { ($0.id, $0) }) { first, _ in first }
    return try await lists.flatMap { $0 }
      .concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
        try Task.checkCancellation()
        return try await source.entries(of: manifest, metrics: metrics) { entry in
          entry.snapshotID.map { byID[$0] != nil } == true && isWanted(entry)
        }
      }
      .flatMap { $0 }
      .compactMap { entry in entry.snapshotID.flatMap { byID[$0] }.map { ($0, entry) } }
  }
}
