internal import IcebergModel

/// What is the same for all files of a scan, worked out once before the first manifest is read.
///
/// Spec: Scan Planning.
struct ScanPlan: Sendable {
  let tableName: String
  let metadata: TableMetadata
  /// The columns to read.
  let schema: Schema
  /// The schemas of the table, first the whole one that is read.
  let tableSchemas: [Schema]
  let nameMapping: NameMapping?
  /// What rows have to satisfy.
  let filter: BoundFilter
  let manifests: TableManifests
  let options: ScanOptions
  /// Whether files of kinds that are not read are refused.
  private let checksFiles: Bool
  /// The snapshot that is read, nil in an empty table; of a range, the last one.
  let snapshot: Snapshot?
  /// The snapshots whose added files are read, of a scan of what was appended; else nil.
  private let appends: [Snapshot]?
  private let appendIDs: Set<Int64>
  private let pruning: [Int: SpecPruning]
  /// What tasks have in common, by the id of the partition spec.
  private let common: [Int: FileScanTask.Common]
  /// Whether rows are chosen by where they are, too.
  private let hasMetadataTests: Bool
  /// What files are left out by, of the filter of what is in the rows; nil when that is no filter.
  let metricsEvaluator: MetricsEvaluator?
  /// The columns whose metrics are asked for.
  private let metricColumns: MetricsSelection

  /// The plan of a scan. Files have the metrics of the columns in the filter, and of those given.
  ///
  /// Throws what binding the filter throws, and `unsupported` for columns that cannot be read.
  init(
    _ scan: TableScan, metricsOf columns: Set<Int> = [], checksFiles: Bool = true
  ) throws {
    self.checksFiles = checksFiles
    metadata = scan.table.metadata
    tableName = scan.table.identifier.description
    options = scan.options
    snapshot = try scan.snapshot
    appends = try scan.appendRange?.appends
    appendIDs = Set((appends ?? []).map(\.id))
    schema = try scan.schema
    let whole = try scan.wholeSchema
    let others = metadata.schemas.filter { $0.id != whole.id }.sorted { $0.id > $1.id }
    tableSchemas = [whole] + others
    nameMapping = try metadata.property(TableProperties.nameMapping).map {
      (text) throws(IcebergError) in try NameMapping(parsing: text)
    }
    let filtered = try whole.adding(
      metadataColumnsOf: scan.filter, caseSensitive: options.isCaseSensitive)
    let index = filtered.index
    filter = try scan.filter.bound(to: index, caseSensitive: options.isCaseSensitive)
    let columnFilter = filter.withoutMetadataColumns
    hasMetadataTests = columnFilter != filter
    manifests = TableManifests(
      metadata: metadata, fileIO: scan.table.fileIO, cache: options.manifestCache,
      blockLimit: options.manifestBlockLimit)
    var pruning: [Int: SpecPruning] = [:]
    var common: [Int: FileScanTask.Common] = [:]
    for spec in metadata.partitionSpecs {
      pruning[spec.id] = SpecPruning(spec, filter: filter, schema: index)
      common[spec.id] = FileScanTask.Common(
        FileScanTask.Common.Parts(
          partitionSpec: spec, schema: schema, tableSchemas: tableSchemas,
          nameMapping: nameMapping))
    }
    self.pruning = pruning
    self.common = common
    metricsEvaluator = columnFilter != .all ? MetricsEvaluator(columnFilter) : nil
    let columns = columns.union(columnFilter.fieldIDs)
    metricColumns = columns.isEmpty ? .none : .columns(columns)
    if snapshot != nil { try checkTypes() }
  }

  // MARK: Manifests

  /// The manifests that hold what is read: those of the snapshot, or those that the appends of a
  /// range added.
  func listedManifests() async throws -> [ManifestFile] {
    guard let appends else {
      guard let snapshot else { return [] }
      return try await manifests.list(of: snapshot)
    }
    let manifests = manifests
    let ids = appendIDs
    let lists = try await appends.concurrentMap(limit: options.planningConcurrency) { snapshot in
      try Task.checkCancellation()
      return try await manifests.list(of: snapshot).filter {
        $0.content == .data && ids.contains($0.addedSnapshotID)
      }
    }
    var seen: Set<ExactText> = []
    return lists.flatMap { $0 }.filter { seen.insert(ExactText($0.location)).inserted }
  }

  /// Whether a manifest may have files with rows that are wanted, or deletes for them.
  func mayMatch(_ manifest: ManifestFile) -> Bool {
    guard manifest.mayHaveLiveFiles, mayMatch(specOf: manifest) else { return false }
    return pruning[manifest.partitionSpecID]?.mayMatch(manifest) ?? true
  }

  /// Whether files of the manifest's partition spec may be wanted. Deletes apply across specs.
  func mayMatch(specOf manifest: ManifestFile) -> Bool {
    guard hasMetadataTests, manifest.content == .data else { return true }
    return filter.decided(forSpec: manifest.partitionSpecID) != .none
  }

  /// What rows of a file still have to satisfy, when `residual` is left for its partition.
  func residual(_ residual: BoundFilter, for file: DataFile) -> BoundFilter {
    hasMetadataTests ? residual.decided(for: file) : residual
  }

  /// The deletes in the given manifests, ready to be looked up.
  ///
  /// Throws `unsupported` as ``check(_:)`` does.
  func deleteIndex(of files: [ManifestFile]) async throws -> DeleteIndex {
    try deleteIndex(of: try await deleteEntries(of: files).flatMap { $0 })
  }

  /// The entries of live files in each of the given delete manifests.
  ///
  /// Throws `unsupported` as ``check(_:)`` does.
  func deleteEntries(of files: [ManifestFile]) async throws -> [[ManifestEntry]] {
    let manifests = manifests
    let plan = self
    return try await files.concurrentMap(limit: options.planningConcurrency) { manifest in
      try Task.checkCancellation()
      let entries = try await manifests.entries(of: manifest, metrics: .all, where: \.isLive)
      for entry in entries { try plan.check(entry.dataFile) }
      return entries
    }
  }

  /// The deletes of live entries, ready to be looked up.
  func deleteIndex(of entries: [ManifestEntry]) throws(IcebergError) -> DeleteIndex {
    try DeleteIndex(entries, specs: metadata.partitionSpecs, schemas: tableSchemas)
  }

  // MARK: Files

  /// Whether the entry of a data manifest is one that the scan is about.
  func isIncluded(_ entry: ManifestEntry) -> Bool {
    guard appends != nil else { return entry.isLive }
    return entry.status == .added && entry.snapshotID.map(appendIDs.contains) == true
  }

  /// Whether all rows of a file are known to be wanted.
  func mustMatch(_ task: FileScanTask) -> Bool {
    if task.residual == .all { return true }
    return !hasMetadataTests && metricsEvaluator?.mustMatch(task.file) == true
  }

  /// Which metrics are read, for ``metricsEvaluator`` among others.
  ///
  /// Equality deletes are left out by comparing bounds of any column.
  func metrics(with deletes: DeleteIndex) -> MetricsSelection {
    guard deletes.comparesBounds else { return metricColumns }
    switch metricColumns {
    case .columns(let ids): return .columns(ids.union(deletes.comparedColumns))
    default: return .columns(deletes.comparedColumns)
    }
  }

  /// How the files of a partition spec are left out; nil for a spec that the table does not have.
  func pruning(of specID: Int) -> SpecPruning? { pruning[specID] }

  /// The task to read a file.
  func task(
    for entry: ManifestEntry, residual: BoundFilter, deletes: DeleteIndex
  ) throws(IcebergError) -> FileScanTask {
    let file = entry.dataFile
    guard let common = common[file.specID] else {
      throw IcebergError(
        .invalidMetadata, "the partition spec \(file.specID) of a data file does not exist",
        context: context(file.location))
    }
    var task = FileScanTask(file: file, sequenceNumber: entry.sequenceNumber, common: common)
    task.residual = residual
    if !deletes.isEmpty {
      task.deletes = try deletes.deletes(for: file, sequenceNumber: entry.sequenceNumber ?? 0)
    }
    return task
  }
}

extension ScanPlan {
  private func checkTypes() throws(IcebergError) {
    for field in schema.fields {
      let isSpatial = field.type.contains { type in
        switch type {
        case .geometry, .geography: true
        default: false
        }
      }
      if isSpatial {
        throw IcebergError(
          .unsupported,
          "column \(field.name) is of the type \(field.type), which cannot be read yet: select "
            + "other columns",
          context: IcebergError.Context(table: tableName, fieldID: field.id))
      }
    }
  }

  /// Throws `unsupported` for files of kinds that are not read, unless files are not checked.
  func check(_ file: DataFile) throws(IcebergError) {
    guard checksFiles else { return }
    let isReadable =
      switch file.format {
      case .parquet, .avro: true
      case .puffin: file.content == .positionDeletes
      case .orc: false
      }
    let kind = file.content == .data ? "data" : "delete"
    guard isReadable else {
      throw IcebergError(
        .unsupported, "\(file.format.rawValue.uppercased()) \(kind) files cannot be read",
        context: context(file.location))
    }
    guard file.keyMetadata == nil else {
      throw IcebergError(
        .unsupported, "encrypted \(kind) files cannot be read", context: context(file.location))
    }
  }

  private func context(_ location: String) -> IcebergError.Context {
    IcebergError.Context(table: tableName, location: location)
  }
}

extension ManifestFile {
  /// Whether some file may belong to the snapshot, as far as the counts tell.
  var mayHaveLiveFiles: Bool {
    guard let addedFilesCount, let existingFilesCount else { return true }
    return addedFilesCount > 0 || existingFilesCount > 0
  }
}
