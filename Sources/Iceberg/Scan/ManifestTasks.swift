internal import IcebergModel

/// Makes tasks of the files of one manifest, some at a time.
struct ManifestTasks: Sendable {
  private let plan: ScanPlan
  private let deletes: DeleteIndex
  private let pruning: SpecPruning?
  private var entries: ManifestEntryReader
  /// What was found for the partition of the file before: neighbours are often of the same one.
  private var partition: StructValue?
  private var residual: BoundFilter

  /// The number of entries that are looked at in one step.
  static let stepSize = 2048

  /// The files of a manifest, which is fetched now.
  init(of manifest: ManifestFile, plan: ScanPlan, deletes: DeleteIndex) async throws {
    self.plan = plan
    self.deletes = deletes
    pruning = plan.pruning(of: manifest.partitionSpecID)
    residual = plan.filter
    entries = try await plan.manifests.entryReader(
      of: manifest, metrics: plan.metrics(with: deletes))
  }

  /// The tasks for the next entries, none when they have nothing that is wanted; nil after the last
  /// entry.
  mutating func next() throws -> [FileScanTask]? {
    try Task.checkCancellation()
    var tasks: [FileScanTask] = []
    let (plan, pruning, deletes) = (plan, pruning, deletes)
    var (partition, residual) = (partition, residual)
    let found = try entries.next(lookingAt: Self.stepSize) { tuple throws(IcebergError) in
      guard let pruning else { return true }
      if tuple != partition {
        partition = tuple
        residual = pruning.residual(for: tuple)
      }
      return residual != .none
    } where: { entry throws(IcebergError) in
      guard plan.isIncluded(entry), plan.mayMatch(entry.dataFile) else { return false }
      try plan.check(entry.dataFile)
      tasks.append(try plan.task(for: entry, residual: residual, deletes: deletes))
      return false
    }
    (self.partition, self.residual) = (partition, residual)
    return found == nil ? nil : tasks
  }
}
