internal import IcebergModel

/// Tells of every file in the manifests of one kind whether a snapshot removes it.
struct FileRemoval: Sendable {
  private let content: ManifestFile.Content
  private let locations: Set<ExactText>
  private let files: Set<FileKey>
  private let filePartitions: PartitionLookup
  private let droppedPartitions: Set<PartitionKey>
  private let droppedLookup: PartitionLookup
  /// The rows whose files are removed.
  private let filter: BoundFilter
  private let filterText: String
  private let pruning: [Int: SpecPruning]
  /// Delete files that are older have nothing left to delete.
  private let minSequenceNumber: Int64
  /// Data files that are gone: their vectors go, too.
  private let removedDataFiles: Set<ExactText>
  private let removedDataPartitions: PartitionLookup

  /// What `changes` remove of the data files of a table.
  init(dataFilesOf changes: FileChanges, on base: TableMetadata, filter: BoundFilter) {
    self.init(
      .data, changes, on: base, filter: filter, locations: changes.removedLocations,
      files: changes.removedFiles, minSequenceNumber: 0, removedData: [])
  }

  /// What `changes` remove of the delete files of a table.
  ///
  /// - Parameters:
  ///   - minSequenceNumber: the least data sequence number of all data files that are left.
  ///   - removedData: the data files that the changes remove.
  init(
    deleteFilesOf changes: FileChanges, on base: TableMetadata, filter: BoundFilter,
    minSequenceNumber: Int64, removedData: [DataFile]
  ) {
    self.init(
      .deletes, changes, on: base, filter: filter, locations: [], files: changes.removedDeletes,
      minSequenceNumber: minSequenceNumber, removedData: removedData)
  }

  private init(
    _ content: ManifestFile.Content, _ changes: FileChanges, on base: TableMetadata,
    filter: BoundFilter, locations: Set<ExactText>, files: [DataFile], minSequenceNumber: Int64,
    removedData: [DataFile]
  ) {
    self.content = content
    self.locations = locations
    self.files = Set(files.map { FileKey($0) })
    filePartitions = PartitionLookup(files.lazy.map { PartitionKey($0) }, in: base)
    droppedPartitions = changes.droppedPartitions
    droppedLookup = PartitionLookup(changes.droppedPartitions, in: base)
    self.filter = filter
    filterText = changes.rowFilter?.description ?? ""
    var pruning: [Int: SpecPruning] = [:]
    if filter != .none {
      let index = base.currentSchema.index
      for spec in base.partitionSpecs {
        pruning[spec.id] = SpecPruning(spec, filter: filter, schema: index)
      }
    }
    self.pruning = pruning
    self.minSequenceNumber = minSequenceNumber
    removedDataFiles = Set(removedData.map { ExactText($0.location) })
    // Vectors are of the partition of their data file; before version 3 there are none.
    let vectors = base.formatVersion >= 3 ? removedData : []
    removedDataPartitions = PartitionLookup(vectors.lazy.map { PartitionKey($0) }, in: base)
  }

  /// The metrics that are looked at.
  var metrics: MetricsSelection { filter == .none ? .none : .columns(filter.fieldIDs) }

  /// Whether a manifest may have files that are removed.
  func mayAffect(_ manifest: ManifestFile) -> Bool {
    guard manifest.mayHaveLiveFiles else { return false }
    return mayHaveNamed(manifest) || removedDataPartitions.mayContain(manifest)
      || (searchesAll && manifest.minSequenceNumber < minSequenceNumber)
  }

  /// Whether a manifest may have files that are meant by what is to be removed.
  private func mayHaveNamed(_ manifest: ManifestFile) -> Bool {
    if !locations.isEmpty { return true }
    if filePartitions.mayContain(manifest) || droppedLookup.mayContain(manifest) { return true }
    return filter != .none && pruning[manifest.partitionSpecID]?.mayMatch(manifest) ?? true
  }

  /// Whether all manifests are looked at for delete files that are too old to matter: where data files
  /// go, and no delete files are named that tell which manifests are to be written anew.
  private var searchesAll: Bool { !removedDataFiles.isEmpty && files.isEmpty }

  /// A way to ask about the files of one manifest.
  func decider(of manifest: ManifestFile) -> Decider {
    Decider(
      removal: self, pruning: pruning[manifest.partitionSpecID],
      removesAged: content == .deletes && (searchesAll || mayHaveNamed(manifest)))
  }

  /// Asks about one file after the other, and remembers what it found for their partitions.
  struct Decider: Sendable {
    fileprivate let removal: FileRemoval
    fileprivate let pruning: SpecPruning?
    /// Whether delete files go that have nothing left to delete.
    private let removesAged: Bool
    private var evaluators: [StructValue: MetricsEvaluator] = [:]

    fileprivate init(removal: FileRemoval, pruning: SpecPruning?, removesAged: Bool) {
      self.removal = removal
      self.pruning = pruning
      self.removesAged = removesAged
    }

    /// Whether a live file is removed.
    ///
    /// Throws `validationFailed` for a data file some rows of which satisfy the filter, but not all.
    mutating func removes(_ entry: ManifestEntry) throws(IcebergError) -> Bool {
      if removal.isNamed(entry) || (removesAged && removal.isAged(entry)) { return true }
      guard let pruning else { return false }
      let file = entry.dataFile
      let evaluator: MetricsEvaluator
      if let known = evaluators[file.partition] {
        evaluator = known
      } else {
        evaluator = MetricsEvaluator(pruning.residual(for: file.partition))
        evaluators[file.partition] = evaluator
      }
      guard evaluator.mayMatch(file) else { return false }
      if evaluator.mustMatch(file) { return true }
      // A delete file is only removed for tidiness.
      guard removal.content == .data else { return false }
      throw IcebergError(
        .validationFailed,
        """
        the file cannot be removed: some of its rows satisfy \(removal.filterText), but perhaps \
        not all: rewrite it without them
        """, context: .init(location: file.location))
    }
  }

  private func isNamed(_ entry: ManifestEntry) -> Bool {
    let file = entry.dataFile
    if !locations.isEmpty, locations.contains(ExactText(file.location)) { return true }
    if !files.isEmpty, files.contains(FileKey(file)) { return true }
    if !droppedPartitions.isEmpty, droppedPartitions.contains(PartitionKey(file)) { return true }
    guard content == .deletes else { return false }
    guard file.isDeletionVector, let location = file.referencedDataFile else { return false }
    return removedDataFiles.contains(ExactText(location))
  }

  private func isAged(_ entry: ManifestEntry) -> Bool {
    guard let number = entry.sequenceNumber else { return false }
    return number > 0 && number < minSequenceNumber
  }
}
