internal import IcebergBytes
internal import IcebergModel

extension TableScan {
  /// Why the scan reads what it reads, or would read if it could: files of formats that are not read
  /// are told of, too.
  ///
  /// All manifests of the snapshot are read, those that the scan leaves out too, for the sizes of
  /// their files; no data file is, unless row groups are asked for.
  ///
  /// - Parameter rowGroups: whether to open the Parquet files that are read, and tell of their row
  ///   groups.
  /// - Throws: what ``tasks()`` throws.
  @concurrent
  public func explain(rowGroups: Bool = false) async throws -> ScanExplanation {
    let explainer = ScanExplainer(plan: try ScanPlan(self, checksFiles: false))
    return try await explainer.explanation(
      filter: filter, rowGroupsWith: rowGroups ? table.fileIO : nil)
  }
}

/// Decides about every manifest and file as a scan does, and keeps the reasons.
struct ScanExplainer: Sendable {
  private let plan: ScanPlan
  /// The ids of the columns that are read or looked at, and of all inside them.
  private let readColumns: Set<Int>

  init(plan: ScanPlan) {
    self.plan = plan
    readColumns = Set(plan.schema.index.fields.map(\.id)).union(plan.filter.fieldIDs)
  }

  func explanation(
    filter: Filter, rowGroupsWith fileIO: (any FileIO)?
  ) async throws -> ScanExplanation {
    let listed = try await plan.listedManifests()
    let kept = listed.indices.filter { listed[$0].content == .deletes && plan.mayMatch(listed[$0]) }
    let entries = try await plan.deleteEntries(of: kept.map { listed[$0] })
    let deletes = try plan.deleteIndex(of: entries.flatMap { $0 })
    let counted = Dictionary(uniqueKeysWithValues: zip(kept, entries.map(FileTotals.Total.init)))
    let explainer = self
    let indices = Array(listed.indices)
    let read = try await indices.concurrentMap(limit: plan.options.planningConcurrency) { index in
      try Task.checkCancellation()
      return try await explainer.explain(
        listed[index], at: index, deletes: deletes, counted: counted[index])
    }
    var tally = DeleteTally()
    for part in read { tally.add(part.tally) }
    var files = read.flatMap(\.files)
    if let fileIO {
      files = try await files.concurrentMap(limit: plan.options.readConcurrency) { file in
        try Task.checkCancellation()
        return try await explainer.withRowGroups(file, fileIO: fileIO)
      }
    }
    return ScanExplanation(
      snapshot: plan.snapshot, filter: filter, manifests: read.map(\.manifest),
      files: files.map(\.result),
      deletes: zip(kept, entries).flatMap { index, entries in
        entries.map { self.explain($0, at: index, tally) }
      })
  }

  /// What is told of a delete file.
  private func explain(
    _ entry: ManifestEntry, at manifest: Int, _ tally: DeleteTally
  ) -> ScanExplanation.Delete {
    let file = entry.dataFile
    let path = plan.metadata.partitionSpec(id: file.specID)?.path(of: file.partition)
    let decision = tally.decision(on: file) { id in
      plan.tableSchemas.lazy.compactMap { $0.index.name(of: id) }.first ?? "column \(id)"
    }
    return ScanExplanation.Delete(
      file: file.withoutMetrics, partitionPath: path ?? "", manifest: manifest,
      decision: decision, appliedCount: tally.appliedCount(of: file))
  }

  /// What is told of a file, and the task to read it; no task when it is left out.
  private struct Explained: Sendable {
    var result: ScanExplanation.File
    var task: FileScanTask?
  }

  private func withRowGroups(
    _ explained: Explained, fileIO: any FileIO
  ) async throws -> Explained {
    guard var task = explained.task, task.file.format == .parquet else { return explained }
    task.schema.fields = try task.readSchema.fields
    let reader = try await ParquetDataReader(of: task, fileIO: fileIO, options: plan.options)
    let groups = try reader.plannedRowGroups().map { group in
      ScanExplanation.RowGroup(
        range: group.range, rowCount: group.rowCount,
        decision: group.reason.map {
          .skipped(.rowGroupStatistics, reason: $0.description)
        } ?? .kept, bytesToRead: group.bytesToRead)
    }
    var explained = explained
    explained.result.rowGroups = groups
    explained.result.bytesToRead = groups.reduce(0) { $0 &+ $1.bytesToRead }
    return explained
  }

  /// What is told of a manifest and the files in it.
  ///
  /// - Parameter counted: the files in the manifest, where it was read already for the deletes.
  private func explain(
    _ manifest: ManifestFile, at index: Int, deletes: DeleteIndex, counted: FileTotals.Total?
  ) async throws -> (
    manifest: ScanExplanation.Manifest, files: [Explained], tally: DeleteTally
  ) {
    var totals = counted ?? FileTotals.Total()
    let decision = decision(on: manifest)
    let told = { (totals: FileTotals.Total) in
      ScanExplanation.Manifest(
        manifest: manifest, decision: decision, fileCount: totals.count,
        sizeInBytes: totals.sizeInBytes)
    }
    var tally = DeleteTally()
    if counted != nil { return (told(totals), [], tally) }
    let pruning = plan.pruning(of: manifest.partitionSpecID)
    let isRead = decision.isKept && manifest.content == .data
    var entries = try await plan.manifests.entryReader(
      of: manifest,
      metrics: isRead ? .columns(readColumns.union(deletes.comparedColumns)) : .none)
    var files: [Explained] = []
    while let some = try entries.next(lookingAt: ManifestTasks.stepSize) {
      for entry in some where manifest.content == .data ? plan.isIncluded(entry) : entry.isLive {
        totals.add(entry)
        guard isRead else { continue }
        let explained = try explain(entry, pruning, at: index, deletes)
        if explained.task != nil, !deletes.isEmpty {
          tally.add(
            try deletes.verdicts(
              for: entry.dataFile, sequenceNumber: entry.sequenceNumber ?? 0))
        }
        files.append(explained)
      }
    }
    return (told(totals), files, tally)
  }

  private func decision(on manifest: ManifestFile) -> ScanExplanation.Decision {
    if plan.mayMatch(manifest) { return .kept }
    guard manifest.mayHaveLiveFiles else {
      return .skipped(.noLiveFiles, reason: "all files in it were removed")
    }
    guard plan.mayMatch(specOf: manifest) else {
      return .skipped(.place, reason: "_spec_id is \(manifest.partitionSpecID)")
    }
    let reason = plan.pruning(of: manifest.partitionSpecID)?.explain(manifest)
    return .skipped(.partitionSummary, reason: reason?.description ?? "")
  }

  private func explain(
    _ entry: ManifestEntry, _ pruning: SpecPruning?, at manifest: Int, _ deletes: DeleteIndex
  ) throws(IcebergError) -> Explained {
    let file = entry.dataFile
    let inPartition = pruning?.residual(for: file.partition) ?? plan.filter
    let residual = plan.residual(inPartition, for: file)
    var result = ScanExplanation.File(
      file: file, partitionPath: pruning?.spec.path(of: file.partition) ?? "", manifest: manifest,
      decision: .kept, residual: "", deletes: [], rowGroups: nil, bytesToRead: 0)
    if inPartition == .none {
      let reason = pruning?.explain(file.partition)
      result.decision = .skipped(.partition, reason: reason?.description ?? "no row")
    } else if residual == .none {
      result.decision = .skipped(
        .place, reason: "_file is \(file.location), _spec_id is \(file.specID)")
    } else if let reason = plan.metricsEvaluator?.explain(file) {
      result.decision = .skipped(.columnMetrics, reason: reason.description)
    } else {
      let task = try plan.task(for: entry, residual: residual, deletes: deletes)
      result.deletes = task.deletes
      if residual != .all { result.residual = residual.description }
      result.bytesToRead = columnBytes(of: file) ?? file.fileSizeInBytes
      return Explained(result: result, task: task)
    }
    return Explained(result: result, task: nil)
  }

  /// The bytes of the columns that are read; nil where not all sizes are recorded, or all columns are
  /// read.
  private func columnBytes(of file: DataFile) -> Int64? {
    guard let sizes = file.columnSizes, !sizes.isEmpty,
      plan.schema.fields.count < plan.tableSchemas[0].fields.count
    else { return nil }
    let sum = readColumns.reduce(Int64(0)) { $0 &+ (sizes[$1] ?? 0) }
    return sum > 0 ? min(sum, file.fileSizeInBytes) : nil
  }
}

extension FileTotals.Total {
  fileprivate init(_ entries: [ManifestEntry]) {
    self.init()
    for entry in entries { add(entry) }
  }

  fileprivate mutating func add(_ entry: ManifestEntry) {
    count += 1
    sizeInBytes = sizeInBytes.addingClamped(entry.dataFile.contentLength)
  }
}
