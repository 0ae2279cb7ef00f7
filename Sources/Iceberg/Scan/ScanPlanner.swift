internal import IcebergBytes
internal import IcebergModel

/// Finds the files that a scan reads: several manifests at a time, each a step ahead of what was
/// asked for.
///
/// The readers of the manifests take turns, so that all of them go on while the results of one are
/// used.
final class ScanPlanner {
  /// What was found in one step.
  struct Step: Sendable {
    /// The place of the manifest among those that are read.
    var manifest: Int
    /// The tasks, in pieces of any length.
    var pieces: [[FileScanTask]]
    /// The rest of the manifest; nil at its end.
    fileprivate var rest: ManifestTasks?

    fileprivate init(of manifest: Int, _ tasks: ManifestTasks) async throws {
      var rest = tasks
      let found = try await rest.next()
      self.manifest = manifest
      pieces = found ?? []
      self.rest = found == nil ? nil : rest
    }

    /// All tasks.
    var tasks: [FileScanTask] { pieces.count == 1 ? pieces[0] : pieces.flatMap { $0 } }
  }

  private let scan: TableScan
  private let extraMetrics: Set<Int>
  private let checksFiles: Bool
  private let skipped: Set<ExactText>
  private var prepared: Prepared?
  private var running: [Task<Step, any Error>] = []
  private var next = 0
  private var turn = 0
  private var isFinished = false

  private struct Prepared {
    var plan: ScanPlan
    var manifests: [ManifestFile]
    var deletes: DeleteIndex
    /// How many manifests are read at a time.
    var width: Int
  }

  /// A planner whose tasks have the metrics of the columns in the filter, and of those given.
  ///
  /// One that does not check files gives out tasks for those that cannot be read, too. The manifests at
  /// the locations in `skipped` are passed over.
  init(
    _ scan: TableScan, metricsOf columns: Set<Int> = [], checksFiles: Bool = true,
    skipping skipped: Set<ExactText> = []
  ) {
    self.scan = scan
    extraMetrics = columns
    self.checksFiles = checksFiles
    self.skipped = skipped
  }

  deinit { cancel() }

  /// The tasks of the next step, which may be none; nil after the last one or after an error.
  func next() async throws -> Step? {
    if isFinished { return nil }
    do {
      try Task.checkCancellation()
      let prepared = try await prepare()
      fill(prepared)
      guard !running.isEmpty else {
        isFinished = true
        return nil
      }
      turn %= running.count
      let task = running[turn]
      let step = try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
      if let rest = step.rest {
        let manifest = step.manifest
        running[turn] = Task { try await Step(of: manifest, rest) }
        turn += 1
      } else {
        running.remove(at: turn)
      }
      return step
    } catch {
      isFinished = true
      cancel()
      throw error
    }
  }

  /// Reads the manifest list, and all deletes.
  private func prepare() async throws -> Prepared {
    if let prepared { return prepared }
    let plan = try ScanPlan(scan, metricsOf: extraMetrics, checksFiles: checksFiles)
    var data: [ManifestFile] = []
    var deletes: [ManifestFile] = []
    for manifest in try await plan.listedManifests()
    where plan.mayMatch(manifest) && !skipped.contains(ExactText(manifest.location)) {
      if manifest.content == .data { data.append(manifest) } else { deletes.append(manifest) }
    }
    let made = Prepared(
      plan: plan, manifests: data, deletes: try await plan.deleteIndex(of: deletes),
      width: plan.options.planningWidth(for: data))
    prepared = made
    return made
  }

  /// The number of rows of a task, where metadata tells it exactly; nil where the file has to be read.
  func knownRowCount(of task: FileScanTask) -> Int64? {
    guard let plan = prepared?.plan, plan.mustMatch(task) else { return nil }
    switch (task.deletes.count, task.deletes.first?.kind) {
    case (0, _): return task.file.recordCount
    case (1, .deletionVector):
      // A vector's rows are the positions in it, each of them once.
      let left = task.file.recordCount &- (task.deletes.first?.file.recordCount ?? 0)
      return left >= 0 ? left : nil
    default: return nil
    }
  }

  /// Whether all rows of a task's file that are not deleted are known to be wanted.
  func holdsNothingElse(_ task: FileScanTask) -> Bool { prepared?.plan.mustMatch(task) == true }

  /// Whether a task returns all rows of its file.
  func isWhole(_ task: FileScanTask) -> Bool {
    task.deletes.isEmpty && prepared?.plan.mustMatch(task) == true
  }

  /// Starts reading as many manifests as there may be at a time.
  private func fill(_ prepared: Prepared) {
    while running.count < prepared.width, next < prepared.manifests.count {
      let index = next
      next += 1
      let (manifest, plan, deletes) = (prepared.manifests[index], prepared.plan, prepared.deletes)
      running.append(
        Task {
          try await Step(
            of: index, try await ManifestTasks(of: manifest, plan: plan, deletes: deletes))
        })
    }
  }

  /// All tasks that are left, in the order of the manifests.
  func rest() async throws -> [FileScanTask] {
    var found: [[FileScanTask]] = []
    while let step = try await next() {
      while found.count <= step.manifest { found.append([]) }
      found[step.manifest] += step.tasks
    }
    return found.flatMap { $0 }
  }

  private func cancel() {
    for task in running { task.cancel() }
    running = []
  }
}

extension ScanOptions {
  /// The number of manifests that are read at a time, so that together they stay below the limit.
  fileprivate func planningWidth(for manifests: [ManifestFile]) -> Int {
    // Beside the file itself: a block that is being decoded, and the tasks of two steps.
    let step: Int64 = 8 << 20
    let size = step.addingClamped(manifests.map(\.length).max() ?? 0)
    return max(1, min(planningConcurrency, planningMemoryLimit / Int(clamping: max(1, size))))
  }
}
