internal import IcebergColumns
internal import IcebergModel

/// Reads a few pieces of files at the same time, and hands out their batches in order.
///
/// One piece is a row group, or some blocks of an Avro file. A file is opened and its first piece
/// fetched by one and the same job, so that small files cost one slot each; the other pieces of a
/// large file follow on slots of their own. Of each piece one batch is made ahead, and of the one in front
/// the rows of another are decoded while it is made.
final class ReadAhead {
  /// A place in the order of the batches.
  private enum Slot {
    /// A file that is being opened, and the first batch of its first piece.
    case opening(Task<Opened, any Error>)
    /// A batch that is being read.
    case reading(Task<Step, any Error>)
    /// A piece that nobody reads yet.
    case waiting(TaskReader, piece: Int)
  }

  /// A batch, and the rest of its piece. No batch: the piece is at its end.
  private struct Step: Sendable {
    var batch: RecordBatch?
    var rest: TaskReader.Piece

    init(of piece: TaskReader.Piece, readingAhead: Bool = false) async throws {
      rest = piece
      batch = try await rest.next(readingAhead: readingAhead)
    }
  }

  private struct Opened: Sendable {
    var reader: TaskReader
    /// Nil when the file has no rows.
    var first: Step?
  }

  private let plan: @Sendable () async throws -> [FileScanTask]
  private let fileIO: any FileIO
  private let options: ScanOptions
  /// The tasks that no slot exists for yet; nil before planning.
  private var tasks: ArraySlice<FileScanTask>?
  /// The deletes of all tasks; nil before planning.
  private var deletes: ScanDeletes?
  private var slots: [Slot] = []
  private var isFinished = false

  init(
    of plan: @escaping @Sendable () async throws -> [FileScanTask], fileIO: any FileIO,
    options: ScanOptions
  ) {
    self.plan = plan
    self.fileIO = fileIO
    self.options = options
  }

  deinit { cancel() }

  /// The next batch that has rows; nil after the last one or after an error.
  func next() async throws -> RecordBatch? {
    if isFinished { return nil }
    do {
      try Task.checkCancellation()
      if tasks == nil {
        let planned = try await plan()
        let deletes = try ScanDeletes(of: planned, fileIO: fileIO, options: options)
        self.deletes = deletes
        try await (planned + deletes.fileTasks).checkInsides(fileIO: fileIO, options: options)
        tasks = planned[...]
      }
      while true {
        fill()
        guard !slots.isEmpty else {
          isFinished = true
          return nil
        }
        if let batch = try await advance(slots.removeFirst()), batch.rowCount > 0 {
          fill()
          return batch
        }
        try Task.checkCancellation()
      }
    } catch {
      isFinished = true
      cancel()
      throw error
    }
  }

  /// Waits for the batch in front, and has the one behind it decoded.
  private func advance(_ slot: Slot) async throws -> RecordBatch? {
    let step: Step?
    switch slot {
    case .opening(let task):
      let opened = try await value(of: task)
      let rest = (1..<max(1, opened.reader.pieceCount)).map { piece in
        Slot.waiting(opened.reader, piece: piece)
      }
      slots.insert(contentsOf: rest, at: 0)
      step = opened.first
    case .reading(let task): step = try await value(of: task)
    case .waiting(let reader, let piece): step = try await Step(of: try await reader.piece(piece))
    }
    guard let step, let batch = step.batch else { return nil }
    let rest = step.rest
    slots.insert(.reading(Task { try await Step(of: rest, readingAhead: true) }), at: 0)
    return batch
  }

  /// The value of a job, which is cancelled with the task that waits for it.
  private func value<T: Sendable>(of task: Task<T, any Error>) async throws -> T {
    try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Starts as many jobs as there may be, those in front first.
  private func fill() {
    var running = slots.reduce(0) { count, slot in
      if case .waiting = slot { count } else { count + 1 }
    }
    for index in slots.indices where running < options.readConcurrency {
      guard case .waiting(let reader, let piece) = slots[index] else { continue }
      slots[index] = .reading(Task { try await Step(of: try await reader.piece(piece)) })
      running += 1
    }
    guard let deletes else { return }
    while running < options.readConcurrency, let task = tasks?.popFirst() {
      let (fileIO, options) = (fileIO, options)
      slots.append(
        .opening(
          Task {
            let (reader, piece) = try await TaskReader.withFirstPiece(
              of: task, deletes: deletes, fileIO: fileIO, options: options)
            guard let piece else { return Opened(reader: reader) }
            return Opened(reader: reader, first: try await Step(of: piece))
          }))
      running += 1
    }
  }

  private func cancel() {
    for slot in slots {
      switch slot {
      case .opening(let task): task.cancel()
      case .reading(let task): task.cancel()
      case .waiting: break
      }
    }
    deletes?.cancel()
    slots = []
    tasks = []
  }
}
