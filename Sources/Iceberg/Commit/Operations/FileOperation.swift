internal import IcebergModel

/// A change of files that becomes one snapshot.
///
/// Spec: Snapshots; Commit Conflict Resolution and Retry.
struct FileOperation: SnapshotChange {
  /// What the change is to its users: it decides what the snapshot is called and what is validated.
  enum Kind: Hashable, Sendable {
    case append
    case overwrite
    case delete
    case replacePartitions
    case rowDelta
    case rewrite
    /// What a snapshot beside the branch did, with the operation of that.
    case cherryPick(SnapshotSummary.Operation)
  }

  let kind: Kind
  var branch: String
  var summary: [String: String]
  var wapID: String?
  var changes: FileChanges
  var check: ConflictCheck?
  /// Whether a file to be removed that is not there is an error.
  var refusesMissingFiles = false

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    var operation = self
    operation.changes = changes.promoted(to: base)
    return try await operation.snapshot(on: base, in: &work)
  }

  private func snapshot(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let producer = try SnapshotProducer(of: branch, on: base, stagedAs: wapID)
    let addedFiles = try changes.addedFiles(on: base)
    let givenDeletes = try changes.addedDeletes(on: base)
    let rowFilter = try boundRowFilter(on: base)
    try await validate(on: producer, added: addedFiles, rowFilter: rowFilter, in: work)
    let addedDeletes = try await VectorMerging(base: base).run(givenDeletes, in: &work)

    let snapshotID = work.snapshotID(on: base)
    var counter = SummaryCounter(
      partitionLimit: try base.property(TableProperties.partitionSummaryLimit))
    for group in addedFiles + addedDeletes {
      for file in group.files { counter.add(file, spec: group.spec) }
    }
    var conditions = ManifestRewrite.Conditions(
      formatVersion: base.formatVersion, schemaID: base.currentSchemaID)

    // Removed files.
    let parents = try await producer.parentManifests(in: work)
    let data = try await ManifestFiltering(
      producer: producer, snapshotID: snapshotID,
      removal: FileRemoval(dataFilesOf: changes, on: base, filter: rowFilter),
      conditions: conditions
    ).run(parents.filter { $0.content == .data }, in: &work)
    try refuseRemoval(data.removed, on: base)
    let removedData = changes.removedFiles + data.removed
    // Added files may be given an older number than all that are left.
    conditions.minSequenceNumber = data.manifests.lazy.map(\.minSequenceNumber)
      .filter { $0 != ManifestFile.unassignedSequenceNumber }
      .reduce(min(base.lastSequenceNumber, changes.dataSequenceNumber ?? .max), min)
    conditions.removedDataFiles = Set(removedData.map { ExactText($0.location) })
    let deletes = try await ManifestFiltering(
      producer: producer, snapshotID: snapshotID,
      removal: FileRemoval(
        deleteFilesOf: changes, on: base, filter: rowFilter,
        minSequenceNumber: conditions.minSequenceNumber, removedData: removedData),
      conditions: conditions
    ).run(parents.filter { $0.content == .deletes }, in: &work)
    try await requireFound(data.removed, deletes.removed, on: producer, in: work)
    try await refuseSecondVectors(beside: deletes.manifests, on: base, in: work)
    for file in data.removed + deletes.removed {
      guard let spec = base.partitionSpec(id: file.specID) else { continue }
      counter.remove(file, spec: spec)
    }
    counter.duplicateDeletes += data.duplicates + deletes.duplicates

    // Added files, and what is left.
    let new = try await newManifests(addedFiles, addedDeletes, producer, snapshotID, &work)
    let isKept = { (manifest: ManifestFile) in
      manifest.mayHaveLiveFiles || manifest.addedSnapshotID == snapshotID
    }
    conditions.minSequenceNumber = 0
    conditions.removedDataFiles = []
    let merging = try ManifestMerging(
      producer: producer, snapshotID: snapshotID, conditions: conditions)
    let mergedData = try await merging.run(
      (new.filter { $0.content == .data } + data.manifests).filter(isKept), in: &work)
    let mergedDeletes = try await merging.run(
      (new.filter { $0.content == .deletes } + deletes.manifests).filter(isKept), in: &work)
    try checkReplacement(added: addedFiles, removed: data.removed)
    return try await producer.updates(
      operation: operation, snapshotID: snapshotID,
      manifests: mergedData.manifests + mergedDeletes.manifests,
      replaced: data.replaced + deletes.replaced + mergedData.replaced + mergedDeletes.replaced,
      counter: counter, summary: allSummary, in: &work)
  }

  /// The manifests of added files: those of an earlier attempt where there are some.
  private func newManifests(
    _ files: [FileChanges.Group], _ deletes: [FileChanges.Group], _ producer: SnapshotProducer,
    _ snapshotID: Int64, _ work: inout CommitWork
  ) async throws -> [ManifestFile] {
    let version = producer.base.formatVersion
    if let written = work.manifests(formatVersion: version) { return written }
    var manifests: [ManifestFile] = []
    let (number, deleteNumbers) = (changes.dataSequenceNumber, changes.deleteSequenceNumbers)
    for group in files {
      manifests += try await producer.writeManifests(
        of: group.files, spec: group.spec, snapshotID: snapshotID, in: &work,
        sequenceNumber: { _ in number })
    }
    for group in deletes {
      manifests += try await producer.writeManifests(
        of: group.files, content: .deletes, spec: group.spec, snapshotID: snapshotID, in: &work,
        sequenceNumber: { deleteNumbers[$0.location] })
    }
    work.keep(manifests, formatVersion: version)
    return manifests
  }

  /// The filter of the rows whose files are removed; none when there is no filter.
  private func boundRowFilter(on base: TableMetadata) throws(IcebergError) -> BoundFilter {
    if kind == .replacePartitions, try !replacedSpec(on: base).isPartitioned { return .all }
    return try changes.rowFilter?.bound(
      to: base.currentSchema, caseSensitive: check?.isCaseSensitive ?? true) ?? .none
  }

  /// What the summary tells beside the counts.
  private var allSummary: [String: String] {
    var all = summary
    if kind == .replacePartitions { all[SnapshotSummary.Key.replacePartitions] = "true" }
    return all
  }
}

// What the snapshot is called.
extension FileOperation {
  /// The operation of the snapshot.
  ///
  /// Spec: Snapshots, "operation".
  var operation: SnapshotSummary.Operation {
    switch kind {
    case .append: .append
    case .delete: .delete
    case .replacePartitions: .overwrite
    case .rewrite: .replace
    case .cherryPick(let operation): operation
    case .overwrite:
      switch (changes.removesData, !changes.addedFiles.isEmpty) {
      case (true, false): .delete
      case (false, true): .append
      default: .overwrite
      }
    case .rowDelta:
      switch (!changes.addedFiles.isEmpty, !changes.addedDeletes.isEmpty) {
      case (true, false) where !changes.removesData: .append
      case (false, true): .delete
      default: .overwrite
      }
    }
  }

  /// The operation in the words of messages.
  var title: String {
    switch kind {
    case .append: "append"
    case .overwrite: "overwrite"
    case .delete: "delete"
    case .replacePartitions: "replacement of partitions"
    case .rowDelta: "row delta"
    case .rewrite: "rewrite of files"
    case .cherryPick: "cherry-pick"
    }
  }
}
