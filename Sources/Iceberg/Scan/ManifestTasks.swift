internal import IcebergModel

/// Makes tasks of the files of one manifest, some at a time.
///
/// Large manifests are read in several parts at once: how many depends on their length alone, so that
/// the order of the tasks is always the same.
struct ManifestTasks: Sendable {
  private var parts: [ManifestPart]
  private let partStep: Int

  /// The number of entries that are looked at in one step.
  static let stepSize = 2048
  /// The bytes of a part, as far as they can be chosen.
  private static let partLength = 1 << 20
  private static let mostParts = 4

  /// The files of a manifest, which is fetched now.
  init(of manifest: ManifestFile, plan: ScanPlan, deletes: DeleteIndex) async throws {
    let entries = try await plan.manifests.entryReader(
      of: manifest, metrics: plan.metrics(with: deletes))
    let count = Int(clamping: manifest.length) / Self.partLength
    let readers =
      count > 1 ? try entries.split(into: min(count, Self.mostParts)) : [entries]
    partStep = Self.stepSize / readers.count
    parts = readers.map {
      ManifestPart($0, of: manifest.partitionSpecID, plan: plan, deletes: deletes)
    }
  }

  /// The tasks for the next entries, those of each part on their own, none when the entries have
  /// nothing that is wanted; nil after the last entry.
  mutating func next() async throws -> [[FileScanTask]]? {
    let limit = partStep
    if parts.count == 1 { return try parts[0].next(lookingAt: limit).map { [$0] } }
    let results = try await parts.concurrentMap(limit: parts.count) { part in
      var rest = part
      let tasks = try rest.next(lookingAt: limit)
      return (tasks: tasks, rest: rest)
    }
    parts = results.compactMap { $0.tasks == nil ? nil : $0.rest }
    return parts.isEmpty ? nil : results.compactMap(\.tasks)
  }
}

/// Makes tasks of some files of a manifest.
private struct ManifestPart: Sendable {
  private let plan: ScanPlan
  private let deletes: DeleteIndex
  private let pruning: SpecPruning?
  private var entries: ManifestEntryReader
  /// What was found for the partition of the file before: neighbours are often of the same one.
  private var partition: StructValue?
  private var residual: BoundFilter

  init(
    _ entries: ManifestEntryReader, of specID: Int, plan: ScanPlan, deletes: DeleteIndex
  ) {
    self.entries = entries
    self.plan = plan
    self.deletes = deletes
    pruning = plan.pruning(of: specID)
    residual = plan.filter
  }

  mutating func next(lookingAt limit: Int) throws -> [FileScanTask]? {
    try Task.checkCancellation()
    var tasks: [FileScanTask] = []
    let (plan, pruning, deletes) = (plan, pruning, deletes)
    let evaluator = plan.metricsEvaluator
    var (partition, residual) = (partition, residual)
    let found = try entries.next(lookingAt: limit) { tuple throws(IcebergError) in
      guard let pruning else { return true }
      if tuple != partition {
        partition = tuple
        residual = pruning.residual(for: tuple)
      }
      return residual != .none
    } areMetricsIncluded: { metrics in
      evaluator?.mayMatch(metrics) ?? true
    } where: { entry throws(IcebergError) in
      guard plan.isIncluded(entry) else { return false }
      let left = plan.residual(residual, for: entry.dataFile)
      if left == .none { return false }
      try plan.check(entry.dataFile)
      tasks.append(try plan.task(for: entry, residual: left, deletes: deletes))
      return false
    }
    (self.partition, self.residual) = (partition, residual)
    return found == nil ? nil : tasks
  }
}
