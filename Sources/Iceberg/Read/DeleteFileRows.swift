internal import IcebergColumns
internal import IcebergModel

extension DeleteFile {
  /// A task to read columns of the rows of the file, which is an Avro or Parquet file.
  func scanTask(_ fields: [Field], nameMapping: NameMapping?) -> FileScanTask {
    var task = FileScanTask(
      file: file, partitionSpec: partitionSpec, sequenceNumber: sequenceNumber,
      schema: Schema(fields), nameMapping: nameMapping)
    task.mayLackColumns = false
    return task
  }

  /// Throws when the file cannot be read, as far as its manifest tells.
  func checkReadable() throws(IcebergError) {
    guard file.keyMetadata == nil else { throw unsupported("encrypted delete files") }
    switch (file.content, file.format) {
    case (.positionDeletes, .puffin): _ = try contentRange
    case (.positionDeletes, .parquet), (.positionDeletes, .avro), (.equalityDeletes, .parquet),
      (.equalityDeletes, .avro):
      break
    case (.data, _), (.equalityDeletes, .puffin):
      throw IcebergError(
        .invalidMetadata, "a \(file.format.rawValue) file is listed that cannot hold such deletes",
        context: IcebergError.Context(location: file.location))
    case (_, .orc): throw unsupported("ORC delete files")
    }
    if file.content == .equalityDeletes, (file.equalityIDs ?? []).isEmpty {
      throw IcebergError(
        .invalidMetadata, "an equality delete file has no equality ids",
        context: IcebergError.Context(location: file.location))
    }
  }

  private func unsupported(_ what: String) -> IcebergError {
    IcebergError(
      .unsupported, "\(what) cannot be read: the rows that they delete are not known",
      context: IcebergError.Context(location: file.location))
  }
}

/// Calls `body` with all rows of a file, in order, as columns of the task's schema.
func forEachBatch(
  of task: FileScanTask, fileIO: any FileIO, options: ScanOptions,
  _ body: (RecordBatch) throws -> Void
) async throws {
  let reader = try await openDataFile(of: task, fileIO: fileIO, options: options)
  for index in 0..<reader.pieceCount {
    var next = NextRows.waiting(try await reader.piece(index))
    while let rows = try await next.take(readingAhead: true) {
      try Task.checkCancellation()
      try body(rows.batch)
    }
  }
}
