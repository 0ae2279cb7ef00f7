internal import IcebergColumns
internal import IcebergModel

/// Reads the rows of a task: those of its data file that are not deleted and satisfy its filter.
struct TaskReader: Sendable {
  private let reader: any DataFileReader
  /// The pieces of the file that have rows to return, as far as that is known without reading them.
  private let pieces: [Int]
  private let choice: RowChoice

  /// Opens the file of a task, and reads its deletes.
  ///
  /// - Parameter positions: rows that are left out besides those that are deleted.
  init(
    of task: FileScanTask, deletes: ScanDeletes, without positions: DeletionVector? = nil,
    fileIO: any FileIO, options: ScanOptions
  ) async throws {
    let schema = try task.readSchema
    let applier = try await DeleteApplier(
      of: task, reading: schema, from: deletes, and: positions)
    var required: DeleteApplier?
    if let reversed = task.reversed {
      required = try await DeleteApplier(of: reversed, reading: schema, from: deletes)
    }
    let filter = try BatchFilter(task.residual, reading: schema)
    choice = RowChoice(
      task: task, schema: schema, deletes: applier, required: required, filter: filter)
    var fileTask = task
    fileTask.schema.fields = schema.fields
    reader = try await openDataFile(of: fileTask, fileIO: fileIO, options: options)
    let (reader, choice) = (reader, choice)
    pieces = (0..<reader.pieceCount).filter { piece in
      reader.rows(ofPiece: piece).map { choice.mayReturnSome(of: $0) } ?? true
    }
  }

  /// The number of pieces, which can be read in any order.
  var pieceCount: Int { pieces.count }

  /// Fetches what is needed of one piece. Its rows are decoded later, batch by batch.
  func piece(_ index: Int) async throws -> Piece {
    Piece(piece: try await reader.piece(pieces[index]), choice: choice)
  }

  /// Rows of a task that are at hand but not decoded.
  struct Piece: Sendable {
    fileprivate var piece: any DataFilePiece
    fileprivate let choice: RowChoice

    /// The next rows to return, some at least; nil after the last one.
    mutating func next() throws -> RecordBatch? {
      while let rows = try piece.next() {
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

  /// The ids of all columns that equality deletes compare.
  fileprivate var equalityIDs: Set<Int> {
    (deletes + (onlyDeletedBy ?? [])).reduce(into: []) { ids, deletes in
      if deletes.kind == .equalityDeletes { ids.formUnion(deletes.file.equalityIDs ?? []) }
    }
  }
}
