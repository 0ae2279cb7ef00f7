internal import IcebergColumns
internal import IcebergModel

/// Reads the rows of a task: those of its data file that are not deleted and satisfy its filter.
struct TaskReader: Sendable {
  private let reader: any DataFileReader
  /// The pieces of the file that have rows to return, as far as that is known without reading them.
  private let pieces: [Int]
  private let choice: RowChoice

  /// Opens the file of a task while its deletes are read.
  ///
  /// - Parameter positions: rows that are left out besides those that are deleted.
  init(
    of task: FileScanTask, deletes: ScanDeletes, without positions: DeletionVector? = nil,
    fileIO: any FileIO, options: ScanOptions
  ) async throws {
    (self, _) = try await Self.open(task, deletes, without: positions, fileIO, options) { _ in nil }
  }

  /// Opens the file of a task and fetches its first piece; nil when no piece has rows to return.
  ///
  /// Deletes can be large. Unless they may delete the whole piece, its first rows are decoded while they
  /// are read.
  static func withFirstPiece(
    of task: FileScanTask, deletes: ScanDeletes, fileIO: any FileIO, options: ScanOptions
  ) async throws -> (reader: TaskReader, piece: Piece?) {
    let (reader, start) = try await open(task, deletes, without: nil, fileIO, options) { file in
      guard file.pieceCount > 0, !task.mayLeaveOut(file.rows(ofPiece: 0)) else { return nil }
      var piece = try await file.piece(0)
      let rows = try await piece.next()
      return .decoded(rows, rest: piece)
    }
    guard reader.pieceCount > 0 else { return (reader, nil) }
    if let start, reader.pieces[0] == 0 {
      return (reader, Piece(rows: start, choice: reader.choice))
    }
    return (reader, try await reader.piece(0))
  }

  /// Opens the file of a task, and begins to read it with `start`, while its deletes are read.
  private static func open(
    _ task: FileScanTask, _ deletes: ScanDeletes, without positions: DeletionVector?,
    _ fileIO: any FileIO, _ options: ScanOptions,
    start: (any DataFileReader) async throws -> NextRows?
  ) async throws -> (TaskReader, NextRows?) {
    let schema = try task.readSchema
    let filter = try BatchFilter(task.residual, reading: schema)
    async let applier = DeleteApplier(of: task, reading: schema, from: deletes, and: positions)
    async let required = DeleteApplier(ofReversed: task, reading: schema, from: deletes)
    var fileTask = task
    fileTask.schema.fields = schema.fields
    let opened: Result<(any DataFileReader, NextRows?), any Error>
    do {
      let reader = try await openDataFile(of: fileTask, fileIO: fileIO, options: options)
      opened = .success((reader, try await start(reader)))
    } catch {
      opened = .failure(error)
    }
    // Waited for in any case: deletes that one task gives up are lost to all.
    let choice = RowChoice(
      task: task, schema: schema, deletes: try await applier, required: try await required,
      filter: filter)
    let (reader, begun) = try opened.get()
    return (TaskReader(reader: reader, choice: choice), begun)
  }

  private init(reader: any DataFileReader, choice: RowChoice) {
    self.reader = reader
    self.choice = choice
    pieces = (0..<reader.pieceCount).filter { piece in
      reader.rows(ofPiece: piece).map { choice.mayReturnSome(of: $0) } ?? true
    }
  }

  /// The number of pieces, which can be read in any order.
  var pieceCount: Int { pieces.count }

  /// Fetches what is needed of one piece. Its rows are decoded later, batch by batch.
  func piece(_ index: Int) async throws -> Piece {
    Piece(rows: .waiting(try await reader.piece(pieces[index])), choice: choice)
  }

  /// Reads all rows to return, piece after piece; `body` gets them in batches that are not empty.
  func forEachBatch(_ body: (RecordBatch) async throws -> Void) async throws {
    for index in 0..<pieceCount {
      var piece = try await piece(index)
      while let batch = try await piece.next() {
        try Task.checkCancellation()
        try await body(batch)
      }
    }
  }

  /// Rows of a task that are at hand, nearly all of them not decoded.
  struct Piece: Sendable {
    fileprivate var rows: NextRows
    fileprivate let choice: RowChoice

    /// The next rows to return, some at least; nil after the last one.
    ///
    /// - Parameter readingAhead: whether the rows behind are decoded meanwhile.
    mutating func next(readingAhead: Bool = false) async throws -> RecordBatch? {
      while let rows = try await rows.take(readingAhead: readingAhead) {
        if let batch = try choice(rows), batch.rowCount > 0 { return batch }
        try Task.checkCancellation()
      }
      return nil
    }
  }
}

extension FileScanTask {
  /// The columns to read: those of the result, and those that the deletes and the filter look at.
  var readSchema: ReadSchema {
    get throws(IcebergError) {
      try ReadSchema(
        selecting: schema.fields, needing: equalityIDs.union(residual.fieldIDs),
        from: tableSchemas)
    }
  }

  /// Whether a piece with rows at these positions may turn out to have none to return, as far as the
  /// counts of deletes tell.
  fileprivate func mayLeaveOut(_ rows: Range<Int64>?) -> Bool {
    guard let rows else { return false }
    let deleted = deletes.reduce(into: Int64(0)) { count, deletes in
      if deletes.kind != .equalityDeletes { count = count.addingClamped(deletes.file.recordCount) }
    }
    return deleted > 0 && deleted >= rows.count
      || (onlyDeletedBy ?? []).contains { $0.kind != .equalityDeletes }
  }

  /// The ids of all columns that equality deletes compare.
  fileprivate var equalityIDs: Set<Int> {
    (deletes + (onlyDeletedBy ?? [])).reduce(into: []) { ids, deletes in
      if deletes.kind == .equalityDeletes { ids.formUnion(deletes.file.equalityIDs ?? []) }
    }
  }
}
