internal import IcebergModel
internal import Synchronization

/// The deletes of all tasks of a scan.
///
/// A delete file is read when the first task needs it, once for all tasks, and forgotten after the
/// last one. Position deletes beyond a limit of memory are forgotten earlier, and read again.
final class ScanDeletes: Sendable {
  private let fileIO: any FileIO
  private let options: ScanOptions
  /// Tasks to read the rows of the delete files.
  let fileTasks: [FileScanTask]
  private let state: Mutex<State>

  private struct State {
    var positions: [PositionKey: PositionSlot] = [:]
    var equality: [EqualityKey: EqualitySlot] = [:]
    /// The order in which slots were last used.
    var clock = 0
    var isCancelled = false
  }

  /// What tells position delete files and deletion vectors apart.
  private struct PositionKey: Hashable {
    var location: ExactText
    var offset: Int64?

    init(_ deletes: DeleteFile) {
      location = ExactText(deletes.file.location)
      offset = deletes.file.contentOffset
    }
  }

  private struct PositionSlot {
    /// The data files that the deletes apply to, and by how many tasks.
    var wanted: Set<ExactText> = []
    var tasksLeft = 0
    var job: Task<PositionDeletes, any Error>?
    /// The size once the job is done.
    var size: Int?
    var lastUse = 0
  }

  /// Equality deletes that compare the same columns in the same partition.
  private struct EqualityKey: Hashable {
    var ids: Set<Int>
    var specID: Int
    var partition: StructValue

    init(_ deletes: DeleteFile) {
      ids = Set(deletes.file.equalityIDs ?? [])
      specID = deletes.file.specID
      partition = deletes.file.partition
    }
  }

  private struct EqualitySlot {
    var columns: EqualityKeyColumns
    var nameMapping: NameMapping?
    var files: [ExactText: DeleteFile] = [:]
    var tasksLeft = 0
    var job: Task<EqualityDeletes, any Error>?
  }

  /// The deletes of `tasks`, none of which is read yet.
  ///
  /// Throws `unsupported` or `invalidMetadata`, naming the file, when one cannot be applied as far as
  /// manifests and schemas tell.
  init(
    of tasks: [FileScanTask], fileIO: any FileIO, options: ScanOptions
  ) throws(IcebergError) {
    self.fileIO = fileIO
    self.options = options
    var state = State()
    var fileTasks: [FileScanTask] = []
    for task in tasks.flatMap({ [$0] + ($0.reversed.map { [$0] } ?? []) }) {
      var groups: Set<EqualityKey> = []
      for deletes in task.deletes {
        switch deletes.kind {
        case .positionDeletes, .deletionVector:
          let key = PositionKey(deletes)
          if state.positions[key] == nil {
            try deletes.checkReadable()
            if deletes.kind == .positionDeletes { fileTasks.append(deletes.positionTask) }
          }
          state.positions[key, default: PositionSlot()].wanted.insert(ExactText(task.file.location))
          state.positions[key, default: PositionSlot()].tasksLeft += 1
        case .equalityDeletes:
          let key = EqualityKey(deletes)
          var slot: EqualitySlot
          if let known = state.equality[key] {
            slot = known
          } else {
            slot = try Self.slot(key, deletes, task)
          }
          if slot.files.updateValue(deletes, forKey: ExactText(deletes.file.location)) == nil {
            try deletes.checkReadable()
            fileTasks.append(slot.columns.task(of: deletes, nameMapping: slot.nameMapping))
          }
          if groups.insert(key).inserted { slot.tasksLeft += 1 }
          state.equality[key] = slot
        }
      }
    }
    self.fileTasks = fileTasks
    self.state = Mutex(state)
  }

  private static func slot(
    _ key: EqualityKey, _ deletes: DeleteFile, _ task: FileScanTask
  ) throws(IcebergError) -> EqualitySlot {
    do throws(IcebergError) {
      let columns = try EqualityKeyColumns(ids: key.ids, in: [task.schema] + task.tableSchemas)
      return EqualitySlot(columns: columns, nameMapping: task.nameMapping)
    } catch {
      throw error.about(deletes)
    }
  }

  /// Ends what is still being read.
  func cancel() {
    let jobs = state.withLock { state in
      state.isCancelled = true
      return (state.positions.values.map(\.job), state.equality.values.map(\.job))
    }
    for job in jobs.0 { job?.cancel() }
    for job in jobs.1 { job?.cancel() }
  }
}

extension ScanDeletes {
  /// The deleted positions of the file of a task; nil when there are none. To be asked for once by
  /// each task.
  func positions(of task: FileScanTask) async throws -> DeletionVector? {
    var result: DeletionVector?
    for deletes in task.deletes where deletes.kind != .equalityDeletes {
      let key = PositionKey(deletes)
      guard let job = job(of: deletes, key) else { throw Self.askedTooOften(task) }
      let vectors = try await value(of: job)
      finish(key, sizeInBytes: vectors.sizeInBytes)
      guard let vector = vectors[task.file.location], !vector.isEmpty else { continue }
      if result == nil { result = vector } else { result?.formUnion(vector) }
    }
    return result
  }

  private func job(
    of deletes: DeleteFile, _ key: PositionKey
  ) -> Task<PositionDeletes, any Error>? {
    let (fileIO, options) = (fileIO, options)
    return state.withLock { state in
      guard var slot = state.positions[key] else { return nil }
      state.clock += 1
      slot.lastUse = state.clock
      let wanted = slot.wanted
      let job =
        slot.job
        ?? Task {
          switch deletes.kind {
          case .deletionVector:
            try await PositionDeletes(of: deletes, for: wanted, fileIO: fileIO)
          case .positionDeletes, .equalityDeletes:
            try await PositionDeletes(
              of: deletes, wanted: wanted, fileIO: fileIO, options: options)
          }
        }
      slot.job = job
      if state.isCancelled { job.cancel() }
      state.positions[key] = slot
      return job
    }
  }

  /// Counts a task that has got its positions, and forgets what is needed no longer or too large.
  private func finish(_ key: PositionKey, sizeInBytes: Int) {
    state.withLock { state in
      guard var slot = state.positions[key] else { return }
      slot.tasksLeft -= 1
      slot.size = sizeInBytes
      state.positions[key] = slot.tasksLeft > 0 ? slot : nil
      var total = state.positions.values.reduce(0) { $0 + ($1.size ?? 0) }
      while total > options.deleteMemoryLimit {
        let oldest = state.positions.filter { $0.value.size != nil }
          .min { $0.value.lastUse < $1.value.lastUse }
        guard let oldest, let size = oldest.value.size else { return }
        state.positions[oldest.key]?.job = nil
        state.positions[oldest.key]?.size = nil
        total -= size
      }
    }
  }

  /// The equality deletes of a task, each with the choice of its files that apply. To be asked for
  /// once by each task.
  func equalityDeletes(
    of task: FileScanTask
  ) async throws -> [(deletes: EqualityDeletes, choice: EqualityDeletes.Choice)] {
    var keys: [EqualityKey] = []
    for deletes in task.deletes where deletes.kind == .equalityDeletes {
      let key = EqualityKey(deletes)
      if !keys.contains(key) { keys.append(key) }
    }
    var results: [(deletes: EqualityDeletes, choice: EqualityDeletes.Choice)] = []
    for key in keys {
      guard let job = job(of: key) else { throw Self.askedTooOften(task) }
      let deletes = try await value(of: job)
      state.withLock { state in
        guard var slot = state.equality[key] else { return }
        slot.tasksLeft -= 1
        state.equality[key] = slot.tasksLeft > 0 ? slot : nil
      }
      if let choice = deletes.choice(of: task.deletes) { results.append((deletes, choice)) }
    }
    return results
  }

  /// What is forgotten must not pass for deletes that delete nothing.
  private static func askedTooOften(_ task: FileScanTask) -> IcebergError {
    IcebergError(
      .invalidArgument, "the deletes of a task were asked for more often than it comes",
      context: IcebergError.Context(location: task.file.location))
  }

  private func job(of key: EqualityKey) -> Task<EqualityDeletes, any Error>? {
    let (fileIO, options) = (fileIO, options)
    return state.withLock { state in
      guard var slot = state.equality[key] else { return nil }
      if let job = slot.job { return job }
      let (columns, nameMapping) = (slot.columns, slot.nameMapping)
      let files = slot.files.values.sorted { $0.file.location < $1.file.location }
      let job = Task {
        try await EqualityDeletes(
          files, columns: columns, nameMapping: nameMapping, fileIO: fileIO, options: options)
      }
      slot.job = job
      if state.isCancelled { job.cancel() }
      state.equality[key] = slot
      return job
    }
  }
}

extension ScanDeletes {
  /// The value of a job. Whoever waits for it is cancelled with the whole scan only, and so is the job.
  private func value<T: Sendable>(of job: Task<T, any Error>) async throws -> T {
    try await withTaskCancellationHandler {
      try await job.value
    } onCancel: {
      cancel()
    }
  }
}

extension IcebergError {
  /// The same error, with the delete file that it is about where no file is known.
  func about(_ deletes: DeleteFile) -> IcebergError {
    var error = self
    if error.context.location == nil { error.context.location = deletes.file.location }
    return error
  }
}
