internal import IcebergModel

/// Which data files are rewritten together.
struct RewriteDataFilesPlan: Sendable {
  /// Files that are rewritten together.
  struct Group: Sendable {
    /// The files, with their deletes.
    var tasks: [FileScanTask]
    /// The partition of the files; of those of older specs, one of nulls.
    var partition: StructValue
    /// How many files are expected to take their place.
    var fileCount: Int
    /// How many bytes are read for each of them.
    var splitSize: Int64

    /// The size of the files, in bytes.
    var byteCount: Int64 { FileGroupSizes.sum(tasks.lazy.map(\.file.fileSizeInBytes)) }
  }

  let table: Table
  let options: RewriteDataFilesOptions
  let sizes: FileGroupSizes
  /// How rows are sorted; nil when they are copied as they come.
  let order: TableSortOrder?
  /// The spec that new files are divided by.
  let outputSpec: PartitionSpec
  /// The snapshot that the rewrite starts from; nil in an empty table.
  private(set) var snapshot: Snapshot?
  /// The groups in the order in which they are worked off.
  private(set) var groups: [Group] = []

  /// Plans the rewrite of a branch.
  ///
  /// Throws `invalidArgument` for options that make no sense together or for the table, and `notFound`
  /// when the branch does not exist.
  init(of table: Table, _ options: RewriteDataFilesOptions) async throws {
    let metadata = table.metadata
    self.table = table
    self.options = options
    sizes = try FileGroupSizes(
      options.groups, preset: try metadata.property(TableProperties.targetFileSizeInBytes))
    try Self.check(options)
    order = try Self.order(of: options.strategy, in: metadata)
    guard let spec = metadata.partitionSpec(id: options.outputSpecID ?? metadata.defaultSpecID)
    else {
      throw IcebergError(
        .invalidArgument,
        """
        the table has no partition spec \(options.outputSpecID ?? metadata.defaultSpecID) for the new \
        files; it has \(metadata.partitionSpecs.map { "\($0.id)" }.joined(separator: ", "))
        """)
    }
    outputSpec = spec
    if metadata.currentSnapshot == nil, options.branch == SnapshotReference.main { return }
    try metadata.checkIsBranch(options.branch)
    snapshot = try TimeTravel.ref(options.branch).snapshot(in: metadata)
    groups = try await plannedGroups()
  }

  private static func check(_ options: RewriteDataFilesOptions) throws(IcebergError) {
    let problem: String? =
      if let threshold = options.deleteFileThreshold, threshold < 0 {
        "the threshold of delete files is \(threshold): it must not be below 0"
      } else if !(options.deleteRatioThreshold > 0 && options.deleteRatioThreshold <= 1) {
        "the share of deleted rows is \(options.deleteRatioThreshold): it must be above 0 and up to 1"
      } else if let count = options.maxFilesToRewrite, count < 1 {
        "\(count) files cannot be rewritten at most: it must be 1 or more"
      } else if !(options.compressionFactor > 0) || !options.compressionFactor.isFinite {
        "the compression factor is \(options.compressionFactor): it must be above 0"
      } else if options.shufflePartitionsPerFile < 1 {
        "\(options.shufflePartitionsPerFile) parts for each file make no sense: it must be 1 or more"
      } else {
        nil
      }
    if let problem { throw IcebergError(.invalidArgument, problem) }
  }

  /// The order of new files, with the id that the table has for it; 0 when it has none.
  private static func order(
    of strategy: RewriteDataFilesOptions.Strategy, in metadata: TableMetadata
  ) throws(IcebergError) -> TableSortOrder? {
    let preset = metadata.defaultSortOrder
    switch strategy {
    case .binPack: return preset.isSorted ? preset : nil
    case .sort(nil):
      guard preset.isSorted else {
        throw IcebergError(
          .invalidArgument,
          "the table has no sort order to sort by: name the keys, or give it a sort order")
      }
      return preset
    case .sort(let terms?):
      var order = try TableSortOrder(terms, schema: metadata.currentSchema)
      guard order.isSorted else {
        throw IcebergError(.invalidArgument, "there are no keys to sort by")
      }
      let known = metadata.sortOrders.first { $0.fields == order.fields }
      order.id = known?.id ?? TableSortOrder.unsorted.id
      return order
    }
  }

  /// Whether all rows of a group are sorted together.
  var sortsGroups: Bool {
    if case .sort = options.strategy { true } else { false }
  }
}

extension RewriteDataFilesPlan {
  /// The groups of the files that may be rewritten.
  ///
  /// Where there are more of these than the plan may hold, what was found before has to be enough.
  private func plannedGroups() async throws -> [Group] {
    let scan = TableScan(of: table, options: options.scan).at(.ref(options.branch))
      .filter(options.filter)
    let planner = ScanPlanner(scan)
    var memory = PlanMemory(limit: options.planningMemoryLimit)
    // In the order of the manifests.
    var found: [[FileScanTask]] = []
    while let step = try await planner.next() {
      while found.count <= step.manifest { found.append([]) }
      for var task in step.tasks where isCandidate(task) {
        // All rows of a file are rewritten, or none.
        task.residual = .all
        task.file = task.file.withoutBounds
        memory.add(task.file, deleteCount: task.deletes.count)
        found[step.manifest].append(task)
      }
      guard memory.isExceeded else { continue }
      if let most = options.maxFilesToRewrite {
        let groups = groups(of: found.joined())
        if groups.reduce(0, { $0 + $1.tasks.count }) == most { return groups }
      }
      try memory.check(
        table, "Narrow them by a condition (where), rewrite some at a time (max-files-to-rewrite)")
    }
    return groups(of: found.joined())
  }

  private func groups(of candidates: some Sequence<FileScanTask>) -> [Group] {
    var partitions: [StructValue] = []
    var tasks: [StructValue: [FileScanTask]] = [:]
    let spec = table.metadata.defaultPartitionSpec
    // Rows of another spec may be in any partition of this one: such files are taken together.
    let mixed = StructValue([Literal?](repeating: nil, count: spec.fields.count))
    for task in candidates {
      let partition = task.file.specID == spec.id ? task.file.partition : mixed
      if tasks[partition] == nil { partitions.append(partition) }
      tasks[partition, default: []].append(task)
    }
    var groups: [Group] = []
    var left = options.maxFilesToRewrite ?? .max
    for partition in partitions {
      for files in sizes.groups(
        of: tasks[partition] ?? [], size: \.file.fileSizeInBytes, isWanted: hasManyDeletes)
      where left > 0 {
        let chosen = Array(files.prefix(left))
        left -= chosen.count
        groups.append(group(chosen, partition))
      }
    }
    return options.groups.jobOrder.sorted(
      groups, bytes: \.byteCount, files: { $0.tasks.count })
  }

  private func isCandidate(_ task: FileScanTask) -> Bool {
    options.groups.rewritesAll || sizes.isOutside(task.file.fileSizeInBytes) || hasManyDeletes(task)
  }

  private func hasManyDeletes(_ task: FileScanTask) -> Bool {
    if let threshold = options.deleteFileThreshold, task.deletes.count >= threshold { return true }
    if task.deletes.isEmpty || task.file.recordCount <= 0 { return false }
    let known = FileGroupSizes.sum(
      task.deletes.lazy.filter { $0.onlyDataFile != nil }.map(\.file.recordCount))
    let deleted = Double(min(known, task.file.recordCount))
    return deleted / Double(task.file.recordCount) >= options.deleteRatioThreshold
  }

  private func group(_ tasks: [FileScanTask], _ partition: StructValue) -> Group {
    var group = Group(tasks: tasks, partition: partition, fileCount: 1, splitSize: 0)
    var bytes = group.byteCount
    if sortsGroups {
      bytes = Int64(exactly: (Double(bytes) * options.compressionFactor).rounded(.down)) ?? .max
    }
    group.fileCount = sizes.fileCount(of: bytes)
    group.splitSize = sizes.splitSize(of: group.byteCount, fileCount: group.fileCount)
    return group
  }

  /// What is known before anything is done.
  func report(isDryRun: Bool) -> RewriteDataFilesReport {
    RewriteDataFilesReport(
      table: table, isDryRun: isDryRun,
      groups: groups.map { group in
        let specs = Set(group.tasks.map(\.file.specID))
        let path =
          specs.count == 1 && specs.first == table.metadata.defaultSpecID
          ? table.metadata.defaultPartitionSpec.path(of: group.partition) : ""
        var deletes: Set<FileKey> = []
        var vectors: [DataFile] = []
        for delete in group.tasks.lazy.flatMap(\.deletes)
        where deletes.insert(FileKey(delete.file)).inserted && delete.kind == .deletionVector {
          vectors.append(delete.file)
        }
        var report = FileGroupReport(
          partition: path, files: group.tasks.map(\.file), byteCount: group.byteCount,
          deleteFileCount: deletes.count, expectedFileCount: group.fileCount)
        report.removedDeletes = vectors
        return report
      })
  }
}

extension DataFile {
  /// The file without the bounds and counts of its columns.
  fileprivate var withoutBounds: DataFile {
    if valueCounts == nil, lowerBounds == nil, upperBounds == nil { return self }
    var file = withoutMetrics
    // Where files are cut.
    file.splitOffsets = splitOffsets
    return file
  }
}
