internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel
internal import IcebergParquet

/// Reads a Parquet data file: the footer first, then of each row group the chunks that are needed.
struct ParquetDataReader: DataFileReader {
  private let file: RemoteFile
  private let metadata: FileMetadata
  private let projection: [ParquetField]
  private let projector: BatchProjector
  private let batchRowLimit: Int

  /// Opens the file of a task and matches its columns with those of the table.
  ///
  /// Throws `unsupported` when a column that is read cannot be decoded, before any row of the file.
  init(of task: FileScanTask, fileIO: any FileIO, options: ScanOptions) async throws {
    let location = task.file.location
    var file = RemoteFile(location: location, size: task.file.fileSizeInBytes, fileIO: fileIO)
    let footer = try await file.parquetFooter()
    do throws(FormatError) {
      metadata = try FileMetadata(parsing: footer)
    } catch {
      throw error.inFile(location)
    }
    self.file = file
    let fields = metadata.schema.fields
    let columns = try task.withFieldIDs(fields.map { FileColumn($0) })
    let plan = try ProjectionPlan(
      table: task.schema.fields, file: columns, constants: task.partitionConstants,
      location: location)
    projector = BatchProjector(plan, location: location)
    projection = fields.selecting(plan.selection)
    batchRowLimit = options.batchRowLimit
    // What a later row group cannot be decoded for is found out now.
    for index in metadata.rowGroups.indices { _ = try decoder(index) }
  }

  var pieceCount: Int { metadata.rowGroups.count }

  private func decoder(_ index: Int) throws(IcebergError) -> RowGroupDecoder {
    do throws(FormatError) {
      return try RowGroupDecoder(metadata: metadata, rowGroup: index, projection: projection)
    } catch {
      throw error.inFile(file.location)
    }
  }

  func piece(_ index: Int) async throws -> any DataFilePiece {
    try Task.checkCancellation()
    let decoder = try decoder(index)
    let chunks = try await file.read(decoder.byteRanges)
    do throws(FormatError) {
      let rows = try decoder.rows(of: chunks)
      return Piece(rows: rows, projector: projector, location: file.location, limit: batchRowLimit)
    } catch {
      throw error.inFile(file.location)
    }
  }

  /// The rows of a row group.
  private struct Piece: DataFilePiece {
    var rows: RowGroupRows
    let projector: BatchProjector
    let location: String
    let limit: Int

    mutating func next() throws -> RecordBatch? {
      let batch: RowGroupRows.Batch?
      do throws(FormatError) {
        batch = try rows.next(atMost: limit)
      } catch {
        throw error.inFile(location)
      }
      guard let batch else { return nil }
      return try projector.project(batch.columns, rowCount: batch.rowCount)
    }
  }
}

extension RemoteFile {
  /// The metadata at the end of a Parquet file, without its length and magic.
  fileprivate mutating func parquetFooter() async throws -> Bytes {
    do {
      return try await locatedFooter()
    } catch let error as IcebergError where error.code == .invalidFile || error.code == .storage {
      // The length in the manifest may be wrong, and with it the end of the file.
      let actual = try await fileIO.status(of: location).sizeInBytes
      guard actual != size else { throw error }
      self = RemoteFile(location: location, size: actual, fileIO: fileIO)
      return try await locatedFooter()
    }
  }

  private mutating func locatedFooter() async throws -> Bytes {
    let tailLength = Int64(FileMetadata.tailLength)
    let tail = try await readTail(atLeast: tailLength)
    let length: Int
    do throws(FormatError) {
      length = try FileMetadata.footerLength(
        ofTail: tail.slice(tail.count - 8..<tail.count) ?? tail)
    } catch {
      throw error.inFile(location)
    }
    let whole = Int64(length) + tailLength
    let bytes = try await readTail(atLeast: whole)
    let end = bytes.count - Int(tailLength)
    return bytes[(end - length)..<end]
  }
}
