internal import IcebergColumns
internal import IcebergModel

/// An open data file, whose rows come in pieces that can be read in any order.
protocol DataFileReader: Sendable {
  /// The number of pieces: row groups, or runs of blocks.
  var pieceCount: Int { get }

  /// The positions of the rows of a piece; nil when they are not known before it is read.
  func rows(ofPiece index: Int) -> Range<Int64>?

  /// Fetches what is needed of one piece. Its rows are decoded later, batch by batch.
  func piece(_ index: Int) async throws -> any DataFilePiece
}

/// Rows of a data file that are at hand but not decoded.
protocol DataFilePiece: Sendable {
  /// The next rows in the form of the table, of bounded number; nil after the last one.
  mutating func next() async throws -> FileRows?
}

/// Rows that follow each other in a data file.
struct FileRows: Sendable {
  /// The rows.
  var batch: RecordBatch
  /// The position of the first of them in the file, from 0.
  var firstPosition: Int64
}

/// Opens the file of a task. Throws `unsupported` for formats that are not read.
func openDataFile(
  of task: FileScanTask, fileIO: any FileIO, options: ScanOptions
) async throws -> any DataFileReader {
  switch task.file.format {
  case .parquet: return try await ParquetDataReader(of: task, fileIO: fileIO, options: options)
  case .avro: return try await AvroDataReader(of: task, fileIO: fileIO, options: options)
  case .orc, .puffin: throw task.unsupported("\(task.file.format.rawValue.uppercased()) data files")
  }
}

extension FileScanTask {
  /// An error that says what about the file of the task cannot be read.
  func unsupported(_ what: String) -> IcebergError {
    IcebergError(
      .unsupported, "\(what) cannot be read",
      context: IcebergError.Context(location: file.location))
  }
}
