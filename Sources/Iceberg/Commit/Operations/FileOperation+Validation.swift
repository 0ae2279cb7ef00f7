internal import IcebergModel

// What must hold for an operation to take place on a version of the table.
//
// Spec: Commit Conflict Resolution and Retry. The rules are those of the reference implementation.
extension FileOperation {
  /// Throws `validationFailed` when the operation must not take place on the version, for what others
  /// committed since it was prepared.
  func validate(
    on producer: SnapshotProducer, added: [FileChanges.Group], rowFilter: BoundFilter,
    in work: CommitWork
  ) async throws {
    let base = producer.base
    try validateShape(on: base)
    guard let check else { return }
    let search = ConflictSearch(
      base: base, parent: producer.parent, startingSnapshotID: check.startingSnapshotID,
      source: TableManifests(metadata: base, fileIO: work.fileIO))
    switch kind {
    case .append, .delete, .cherryPick: break
    case .overwrite:
      if check.validatesAddedFiles { try validateAddedFiles(added, match: rowFilter, on: base) }
      try await validateOverwrite(check, rowFilter, search)
    case .replacePartitions: try await validateReplacement(check, search)
    case .rowDelta: try await validateRowDelta(check, search)
    case .rewrite:
      if !changes.removedFiles.isEmpty {
        try await refuseNewDeletes(of: changes.removedFiles, search)
      }
    }
  }

  /// The rows that the check is about.
  private func conflictFilter(
    _ check: ConflictCheck, on base: TableMetadata
  ) throws(IcebergError) -> BoundFilter? {
    try check.filter?.bound(to: base.currentSchema, caseSensitive: check.isCaseSensitive)
  }

  private func validateOverwrite(
    _ check: ConflictCheck, _ rowFilter: BoundFilter, _ search: ConflictSearch
  ) async throws {
    let filter = try conflictFilter(check, on: search.base)
    if check.validatesNewData {
      let isByRows = rowFilter != .none && changes.removedFiles.isEmpty
      let selection = ConflictSearch.Selection(
        filter ?? (isByRows ? rowFilter : .all), in: search.base)
      try refuse(try await search.addedFiles(selection), "added", selection)
    }
    guard check.validatesNewDeletes else { return }
    if rowFilter != .none {
      let selection = ConflictSearch.Selection(filter ?? rowFilter, in: search.base)
      try refuse(
        try await search.addedDeletes(selection).map(\.0), "added the deletes in", selection)
      try refuse(try await search.removedFiles(selection), "removed", selection)
    }
    if !changes.removedFiles.isEmpty {
      try await refuseNewDeletes(of: changes.removedFiles, search)
    }
  }

  private func validateReplacement(
    _ check: ConflictCheck, _ search: ConflictSearch
  ) async throws {
    let base = search.base
    let selection =
      try !replacedSpec(on: base).isPartitioned
      ? ConflictSearch.Selection(.all, in: base)
      : ConflictSearch.Selection(changes.droppedPartitions, in: base)
    if check.validatesNewData {
      try refuse(try await search.addedFiles(selection), "added", selection)
    }
    if check.validatesNewDeletes {
      try refuse(try await search.removedFiles(selection), "removed", selection)
      try refuse(
        try await search.addedDeletes(selection).map(\.0), "added the deletes in", selection)
    }
  }

  private func validateRowDelta(_ check: ConflictCheck, _ search: ConflictSearch) async throws {
    let base = search.base
    guard let parent = search.parent else { return }
    if let start = check.startingSnapshotID, !base.isAncestor(start, of: parent.id) {
      throw IcebergError(
        .validationFailed,
        """
        the \(title) of branch '\(branch)' was prepared on snapshot \(start), which is not among \
        those that led to snapshot \(parent.id), or no longer kept: read the table again and make \
        the change anew
        """)
    }
    let filter = try conflictFilter(check, on: base) ?? .all
    let selection = ConflictSearch.Selection(filter, in: base)
    let required = Set(check.requiredDataFiles.map { ExactText($0) })
    if !required.isEmpty {
      let operations: Set<SnapshotSummary.Operation> =
        check.validatesRemovedFiles ? [.overwrite, .replace, .delete] : [.overwrite, .replace]
      let missing = try await search.removedFiles(at: required, by: operations, selection)
      try refuse(missing, "removed", selection)
    }
    if check.validatesNewData {
      try refuse(try await search.addedFiles(selection), "added", selection)
    }
    if check.validatesNewDeletes {
      if !changes.removedFiles.isEmpty {
        try await refuseNewDeletes(of: changes.removedFiles, search)
      }
      try refuse(
        try await search.addedDeletes(selection).map(\.0), "added the deletes in", selection)
    }
    if let file = changes.removedFiles.first(where: { required.contains(ExactText($0.location)) }) {
      throw IcebergError(
        .validationFailed,
        "the \(title) removes a data file that its own delete files are about",
        context: .init(location: file.location))
    }
    let vectors = Set(
      changes.addedDeletes.lazy.filter(\.isDeletionVector).compactMap(\.referencedDataFile).map {
        ExactText($0)
      })
    if !vectors.isEmpty {
      let found = try await search.addedVectors(of: vectors, selection)
      try refuse(
        found, "added the deletion vectors of", selection, naming: \.file.referencedDataFile)
    }
  }

  /// Refuses deletes of data files that are removed: rows would come back.
  ///
  /// No filter narrows them: a file that is rewritten for some of its rows has others that stay.
  private func refuseNewDeletes(of files: [DataFile], _ search: ConflictSearch) async throws {
    let selection = ConflictSearch.Selection(.all, in: search.base)
    // Where the new files keep the number of the old ones, equality deletes apply to them as well: those
    // of all partitions, and those of a partition that is the same for both.
    let keepsNumber = kind == .rewrite && changes.dataSequenceNumber != nil
    let specs = Set((changes.removedFiles + changes.addedFiles).lazy.map(\.specID))
    let added = try await search.addedDeletes(selection).filter { finding, _ in
      guard keepsNumber, finding.file.content == .equalityDeletes else { return true }
      let spec = search.base.partitionSpec(id: finding.file.specID)
      return specs != [finding.file.specID] && spec?.isPartitioned ?? true
    }
    if added.isEmpty { return }
    var newest: [ExactText: Int64] = [:]
    for (finding, entry) in added where finding.file.isDeletionVector {
      let location = ExactText(finding.file.referencedDataFile ?? "")
      newest[location] = max(newest[location] ?? 0, entry.sequenceNumber ?? 0)
    }
    // One vector has taken the place of another since: only the last one counts.
    let current = added.filter { finding, entry in
      !finding.file.isDeletionVector
        || newest[ExactText(finding.file.referencedDataFile ?? "")] == entry.sequenceNumber
    }
    let index = try DeleteIndex(
      current.map(\.1), specs: search.base.partitionSpecs, schemas: search.base.schemas)
    let snapshots = Dictionary(current.map { (FileKey($0.0.file), $0.0.snapshot) }) { $1 }
    func findings(_ file: DataFile) throws(IcebergError) -> [ConflictSearch.Finding] {
      try index.deletes(for: file, sequenceNumber: search.startingSequenceNumber).compactMap {
        delete in
        snapshots[FileKey(delete.file)].map {
          ConflictSearch.Finding(snapshot: $0, file: delete.file)
        }
      }
    }
    for file in files {
      try refuse(
        try findings(file), "deleted rows of \(file.location), which is removed, by", selection)
    }
    guard keepsNumber else { return }
    // In another partition rows must not fall under deletes that were not about them.
    for file in changes.addedFiles {
      try refuse(
        try findings(file).filter { $0.file.content == .equalityDeletes },
        "deleted rows of the partition of a new file by", selection)
    }
  }

  /// Throws when something was found.
  private func refuse(
    _ findings: [ConflictSearch.Finding], _ what: String, _ selection: ConflictSearch.Selection,
    naming name: (ConflictSearch.Finding) -> String? = { $0.file.location }
  ) throws(IcebergError) {
    guard let first = findings.first else { return }
    var ids: [Int64] = []
    var texts: [String] = []
    for finding in findings where !ids.contains(finding.snapshot.id) {
      let snapshot = finding.snapshot
      ids.append(snapshot.id)
      let names = findings.filter { $0.snapshot.id == snapshot.id }.compactMap(name)
      texts.append("the \(snapshot.operationText) \(what) \(names.firstFew)")
    }
    throw IcebergError(
      .validationFailed,
      """
      the \(title) of branch '\(branch)' conflicts with what was committed since: \
      \(texts.joined(separator: "; ")), which matters for \(selection.text); read the table again \
      and make the change anew
      """, context: .init(location: name(first)))
  }
}

// What can be told from the operation itself, and from what was found in the manifests.
extension FileOperation {
  private func validateShape(on base: TableMetadata) throws(IcebergError) {
    if kind == .replacePartitions { _ = try replacedSpec(on: base) }
    guard kind == .rewrite else { return }
    let removesDeletes = !changes.removedDeletes.isEmpty
    let problem: String? =
      if !changes.removesData, !removesDeletes {
        "it removes no files"
      } else if !changes.removesData, !changes.addedFiles.isEmpty {
        "it adds data files and removes none"
      } else if !removesDeletes, !changes.addedDeletes.isEmpty, !changes.carriesDeletes {
        "it adds delete files and removes none"
      } else {
        nil
      }
    if let problem {
      throw IcebergError(.invalidArgument, "the \(title) rewrites nothing: \(problem)")
    }
  }

  /// The one spec of the files that replace partitions.
  func replacedSpec(on base: TableMetadata) throws(IcebergError) -> PartitionSpec {
    let ids = Set(changes.addedFiles.map(\.specID))
    guard let id = ids.first, ids.count == 1 else {
      throw IcebergError(
        .invalidArgument,
        ids.isEmpty
          ? "the \(title) has no files: they tell which partitions are replaced"
          : "the \(title) has files of several partition specs: \(ids.sorted())")
    }
    guard let spec = base.partitionSpec(id: id) else {
      throw IcebergError(.invalidArgument, "the table has no partition spec \(id)")
    }
    return spec
  }

  /// Throws when a file to be added may have rows that the overwrite's filter does not remove.
  private func validateAddedFiles(
    _ groups: [FileChanges.Group], match filter: BoundFilter, on base: TableMetadata
  ) throws(IcebergError) {
    let metrics = MetricsEvaluator(filter)
    for group in groups {
      let pruning = SpecPruning(group.spec, filter: filter, schema: base.currentSchema.index)
      for file in group.files {
        let residual = pruning.residual(for: file.partition)
        if residual == .all || (residual != .none && metrics.mustMatch(file)) { continue }
        throw IcebergError(
          .validationFailed,
          "the overwrite replaces rows where \(filter), but a file that it adds may have others",
          context: .init(location: file.location))
      }
    }
  }

  /// Throws when files are removed where none may be.
  func refuseRemoval(_ removed: [DataFile], on base: TableMetadata) throws(IcebergError) {
    guard check?.validatesEmptyPartitions == true, let file = removed.first else { return }
    let path = base.partitionSpec(id: file.specID)?.path(of: file.partition) ?? ""
    throw IcebergError(
      .validationFailed,
      "the \(title) may not replace anything, but partition '\(path)' has files",
      context: .init(location: file.location))
  }

  /// Throws when a file to be removed was not found, where that matters: with who removed it, as far as
  /// the history tells.
  func requireFound(
    _ data: [DataFile], _ deletes: [DataFile], on producer: SnapshotProducer, in work: CommitWork
  ) async throws {
    guard requiresFiles else { return }
    let found = Set((data + deletes).map { FileKey($0) })
    let locations = Set(data.map { ExactText($0.location) })
    // Data files are told apart by their locations alone.
    let missing =
      changes.removedFiles.map(\.location).filter { !locations.contains(ExactText($0)) }
      + changes.removedLocations.subtracting(locations).map(\.string).sorted()
      + changes.removedDeletes.filter { !found.contains(FileKey($0)) }.map(\.location)
    guard let first = missing.first else { return }
    if let check {
      let search = ConflictSearch(
        base: producer.base, parent: producer.parent, startingSnapshotID: check.startingSnapshotID,
        source: TableManifests(metadata: producer.base, fileIO: work.fileIO))
      let filter = try conflictFilter(check, on: producer.base) ?? .all
      try refuse(
        try await search.removals(of: Set(missing.map { ExactText($0) })), "removed",
        ConflictSearch.Selection(filter, in: producer.base))
    }
    throw IcebergError(
      .validationFailed,
      """
      the \(title) of branch '\(branch)' removes files that are not there, or not any more: \
      \(missing.firstFew)
      """, context: .init(location: first))
  }

  /// Throws when a data file would have two vectors: an added one beside one that stays.
  func refuseSecondVectors(
    beside manifests: [ManifestFile], on base: TableMetadata, in work: CommitWork
  ) async throws {
    let added = changes.addedDeletes.filter(\.isDeletionVector)
    if added.isEmpty { return }
    let locations = Set(added.compactMap(\.referencedDataFile).map { ExactText($0) })
    let lookup = PartitionLookup(added.lazy.map { PartitionKey($0) }, in: base)
    let source = TableManifests(metadata: base, fileIO: work.fileIO)
    let found = try await manifests.filter { $0.mayHaveLiveFiles && lookup.mayContain($0) }
      .concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
        try Task.checkCancellation()
        return try await source.entries(of: manifest) { entry in
          entry.isLive && entry.dataFile.isDeletionVector
            && entry.dataFile.referencedDataFile.map { locations.contains(ExactText($0)) } == true
        }
      }
    guard let file = found.joined().first?.dataFile else { return }
    throw IcebergError(
      .validationFailed,
      """
      \(file.referencedDataFile ?? "") has a deletion vector already: merge it into the new one, and \
      remove it in the same change
      """, context: .init(location: file.location))
  }

  private var requiresFiles: Bool {
    if refusesMissingFiles { return true }
    switch kind {
    case .rewrite: return true
    case .overwrite: return check.map { $0.validatesNewData || $0.validatesNewDeletes } ?? false
    case .rowDelta: return check?.validatesRemovedFiles ?? false
    case .append, .delete, .replacePartitions, .cherryPick: return false
    }
  }

  /// Throws when a rewrite adds rows: it may only leave out what was deleted already.
  func checkReplacement(
    added: [FileChanges.Group], removed: [DataFile]
  ) throws(IcebergError) {
    guard kind == .rewrite else { return }
    func total(_ files: some Sequence<DataFile>) -> Int64 {
      files.reduce(into: Int64(0)) { sum, file in
        let (next, overflow) = sum.addingReportingOverflow(file.recordCount)
        sum = overflow ? .max : next
      }
    }
    let (new, old) = (total(added.flatMap(\.files)), total(removed))
    guard new <= old else {
      throw IcebergError(
        .invalidArgument, "the \(title) adds \(new) rows in place of \(old): it may not add any")
    }
  }
}
