internal import IcebergModel

/// Which position delete files are rewritten together, and the data files that they are about.
struct RewritePositionDeletesPlan: Sendable {
  /// Delete files of one partition that are rewritten together.
  struct Group: Sendable {
    var deletes: [DeleteFile]
    /// How many files are expected to take their place.
    var fileCount: Int
    /// The data files some of whose deletes are among them, with all their deletes.
    var tasks: [FileScanTask] = []

    /// The size of the delete files, in bytes.
    var byteCount: Int64 { FileGroupSizes.sum(deletes.lazy.map(\.file.fileSizeInBytes)) }
    /// The greatest data sequence number of the delete files.
    var sequenceNumber: Int64 { deletes.reduce(0) { max($0, $1.sequenceNumber) } }
  }

  let table: Table
  let options: RewritePositionDeletesOptions
  let sizes: FileGroupSizes
  /// The snapshot that the rewrite starts from; nil in an empty table.
  private(set) var snapshot: Snapshot?
  /// The groups in the order in which they are worked off.
  private(set) var groups: [Group] = []

  /// Plans the rewrite of a branch.
  ///
  /// Throws `invalidArgument` for options that make no sense together or for the table, and `notFound`
  /// when the branch does not exist.
  init(of table: Table, _ options: RewritePositionDeletesOptions) async throws {
    let metadata = table.metadata
    self.table = table
    self.options = options
    sizes = try FileGroupSizes(
      options.groups, preset: try metadata.property(TableProperties.deleteTargetFileSizeInBytes))
    if metadata.currentSnapshot == nil, options.branch == SnapshotReference.main { return }
    try metadata.checkIsBranch(options.branch)
    let head = try TimeTravel.ref(options.branch).snapshot(in: metadata)
    snapshot = head
    guard let head, metadata.formatVersion >= 2 else { return }
    var memory = PlanMemory(limit: options.planningMemoryLimit)
    groups = plannedGroups(try await candidates(in: head, &memory))
    if groups.isEmpty { return }
    try await findDataFiles(&memory)
  }

  private func check(_ memory: PlanMemory) throws(IcebergError) {
    try memory.check(table, "Narrow them by a condition (where)")
  }

  /// The delete files that may be rewritten, in the order of the manifests.
  private func candidates(
    in snapshot: Snapshot, _ memory: inout PlanMemory
  ) async throws -> [DeleteFile] {
    let metadata = table.metadata
    let filter = try options.filter.bound(
      to: metadata.currentSchema, caseSensitive: options.scan.isCaseSensitive)
    let index = metadata.currentSchema.index
    let pruning = Dictionary(
      metadata.partitionSpecs.map { ($0.id, SpecPruning($0, filter: filter, schema: index)) }
    ) { first, _ in first }
    let manifests = TableManifests(
      metadata: metadata, fileIO: table.fileIO, cache: options.scan.manifestCache)
    let list = try await manifests.list(of: snapshot).filter { manifest in
      manifest.content == .deletes && manifest.mayHaveLiveFiles
        && pruning[manifest.partitionSpecID]?.mayMatch(manifest) ?? true
    }
    // Some manifests at a time, so that no more is held than may be.
    let portion = max(1, options.scan.planningConcurrency)
    var found: [DeleteFile] = []
    for start in stride(from: 0, to: list.count, by: portion) {
      let some = Array(list[start..<min(start + portion, list.count)])
      let entries = try await some.concurrentMap(limit: portion) { manifest in
        try Task.checkCancellation()
        return try await manifests.entries(of: manifest) { entry in
          let file = entry.dataFile
          // Vectors are one for each data file already.
          return entry.isLive && file.content == .positionDeletes && !file.isDeletionVector
            && pruning[file.specID]?.residual(for: file.partition) != BoundFilter.none
        }
      }.joined()
      for entry in entries {
        found.append(try delete(of: entry))
        memory.add(entry.dataFile)
      }
      try check(memory)
    }
    return found
  }

  private func delete(of entry: ManifestEntry) throws(IcebergError) -> DeleteFile {
    guard let spec = table.metadata.partitionSpec(id: entry.dataFile.specID),
      let number = entry.sequenceNumber
    else {
      throw IcebergError(
        .invalidMetadata, "a delete file has no sequence number, or one of an unknown spec",
        context: .init(table: table.identifier.description, location: entry.dataFile.location))
    }
    let delete = DeleteFile(file: entry.dataFile, sequenceNumber: number, partitionSpec: spec)
    try delete.checkReadable()
    return delete
  }

  private func plannedGroups(_ deletes: [DeleteFile]) -> [Group] {
    var partitions: [PartitionKey] = []
    var files: [PartitionKey: [DeleteFile]] = [:]
    for delete in deletes {
      let key = PartitionKey(delete.file)
      if files[key] == nil { partitions.append(key) }
      files[key, default: []].append(delete)
    }
    let groups = partitions.flatMap { key in
      sizes.groups(of: files[key] ?? [], size: \.file.fileSizeInBytes).map { deletes in
        var group = Group(deletes: deletes, fileCount: 1)
        group.fileCount = sizes.fileCount(of: group.byteCount)
        return group
      }
    }
    return options.groups.jobOrder.sorted(
      groups, bytes: \.byteCount, files: { $0.deletes.count })
  }

  /// Looks for the data files that the delete files of the groups apply to.
  private mutating func findDataFiles(_ memory: inout PlanMemory) async throws {
    var owners: [String: Int] = [:]
    for (index, group) in groups.enumerated() {
      for delete in group.deletes { owners[delete.file.location] = index }
    }
    let planner = ScanPlanner(
      TableScan(of: table, options: options.scan).at(.ref(options.branch)))
    while let step = try await planner.next() {
      for task in step.tasks {
        let concerned = Set(
          task.deletes.lazy.filter { $0.kind == .positionDeletes }
            .compactMap { owners[$0.file.location] })
        for index in concerned.sorted() {
          groups[index].tasks.append(task)
          memory.add(task.file, deleteCount: task.deletes.count)
        }
      }
      try check(memory)
    }
    for index in groups.indices {
      groups[index].tasks.sort { $0.file.precedesInPartitions($1.file) }
    }
    if table.metadata.formatVersion >= 3 { joinGroupsOfOneFile() }
  }

  /// Makes one group of those that have a data file in common: it gets one vector only.
  private mutating func joinGroupsOfOneFile() {
    var joined: [Group] = []
    var places: [ExactText: Int] = [:]
    for group in groups {
      let known = Set(group.tasks.compactMap { places[ExactText($0.file.location)] }).sorted()
      guard let first = known.first else {
        for task in group.tasks { places[ExactText(task.file.location)] = joined.count }
        joined.append(group)
        continue
      }
      for other in known.dropFirst() {
        let rest = joined[other]
        joined[other] = Group(deletes: [], fileCount: 0)
        joined[first].deletes += rest.deletes
        joined[first].fileCount += rest.fileCount
        joined[first].tasks += rest.tasks
      }
      joined[first].deletes += group.deletes
      joined[first].fileCount += group.fileCount
      let present = Set(joined[first].tasks.map { ExactText($0.file.location) })
      joined[first].tasks += group.tasks.filter { !present.contains(ExactText($0.file.location)) }
      for task in joined[first].tasks { places[ExactText(task.file.location)] = first }
    }
    groups = joined.filter { !$0.deletes.isEmpty }
    for index in groups.indices { groups[index].fileCount = groups[index].tasks.count }
  }

  /// What is known before anything is done.
  func report(isDryRun: Bool) -> RewritePositionDeletesReport {
    RewritePositionDeletesReport(
      table: table, isDryRun: isDryRun,
      groups: groups.map { group in
        let path = group.deletes.first.map { $0.partitionSpec.path(of: $0.file.partition) }
        return FileGroupReport(
          partition: path ?? "", files: group.deletes.map(\.file), byteCount: group.byteCount,
          deleteFileCount: group.deletes.count,
          expectedFileCount: group.tasks.isEmpty
            ? 0
            : table.metadata.formatVersion >= 3 ? group.tasks.count : group.fileCount)
      })
  }
}

extension TableMetadata {
  /// Throws `notFound` or `invalidArgument` when a name is not that of a branch.
  func checkIsBranch(_ name: String) throws(IcebergError) {
    if name == SnapshotReference.main { return }
    guard let reference = references[name] else {
      throw IcebergError(
        .notFound,
        """
        there is no branch '\(name)'; the table has \
        \(references.keys.sorted().joined(separator: ", "))
        """)
    }
    guard reference.kind == .branch else {
      throw IcebergError(
        .invalidArgument, "'\(name)' is a tag: only the files of branches are rewritten")
    }
  }
}
