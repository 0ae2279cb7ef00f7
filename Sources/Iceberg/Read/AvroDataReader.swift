internal import IcebergAvro
internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// Reads an Avro data file: fetched whole, decompressed and decoded block by block.
struct AvroDataReader: DataFileReader {
  private let file: AvroFileReader
  private let plan: AvroColumnPlan
  private let projector: BatchProjector
  private let location: String
  private let rowCount: Int64
  private let byteRange: Range<Int64>?
  private let batchRowLimit: Int

  /// Opens the file of a task and matches its columns with those of the table.
  ///
  /// Throws `unsupported` when a column that is read cannot be decoded, before any row of the file.
  init(of task: FileScanTask, fileIO: any FileIO, options: ScanOptions) async throws {
    location = task.file.location
    rowCount = task.file.recordCount
    byteRange = task.startRange
    batchRowLimit = options.batchRowLimit
    let bytes = try await fileIO.read(location, range: nil)
    do throws(FormatError) {
      file = try AvroFileReader(bytes)
    } catch {
      throw error.inFile(location)
    }
    let columns = try task.withFieldIDs(FileColumn.columns(of: file.schema))
    let matched = try ProjectionPlan(
      table: task.schema.fields, file: columns, constants: task.partitionConstants,
      mayLack: task.mayLackColumns, location: location)
    projector = BatchProjector(matched, location: location)
    do throws(FormatError) {
      plan = try AvroColumnPlan(file.schema, columns: columns, selection: matched.selection)
    } catch {
      throw error.inFile(location)
    }
  }

  var pieceCount: Int { 1 }

  func rows(ofPiece index: Int) -> Range<Int64>? { nil }

  func piece(_ index: Int) async throws -> any DataFilePiece {
    var piece = Piece(
      file: file, byteRange: byteRange ?? 0..<Int64.max, decoder: AvroColumnDecoder(plan),
      projector: projector, location: location, limit: batchRowLimit,
      rowsExpected: byteRange == nil ? rowCount : 0)
    do throws(FormatError) {
      try piece.skipToRange()
    } catch {
      throw error.inFile(location)
    }
    return piece
  }

  /// The rows of the file.
  private struct Piece: DataFilePiece {
    var file: AvroFileReader
    /// Blocks that begin outside are not read.
    let byteRange: Range<Int64>
    var decoder: AvroColumnDecoder
    let projector: BatchProjector
    let location: String
    let limit: Int
    /// The rows that the manifest speaks of and that have not come yet.
    var rowsExpected: Int64
    /// The position of the next row in the file.
    var position: Int64 = 0
    /// What is left of the block being read.
    var block = Bytes()
    var rowsLeft = 0

    /// A batch ends early with the block that brings it beyond this many bytes.
    private static let sizeLimit = 64 << 20

    /// Steps over the blocks in front of the range, and counts their rows.
    mutating func skipToRange() throws(FormatError) {
      while Int64(file.offset) < byteRange.lowerBound, let count = try file.skipBlock() {
        position += Int64(count)
      }
    }

    mutating func next() throws -> FileRows? {
      do throws(FormatError) {
        try fill()
      } catch {
        throw error.inFile(location)
      }
      let count = decoder.rowCount
      rowsExpected -= Int64(count)
      if count == 0 {
        // A file that was cut between two blocks looks whole otherwise.
        guard rowsExpected <= 0 else {
          throw IcebergError(
            .invalidFile, "the file ends \(rowsExpected) rows before the manifest says",
            context: IcebergError.Context(location: location))
        }
        return nil
      }
      let first = position
      position += Int64(count)
      return FileRows(
        batch: try projector.project(decoder.finish(), rowCount: count), firstPosition: first)
    }

    private mutating func fill() throws(FormatError) {
      var size = 0
      while decoder.rowCount < limit, size < Self.sizeLimit {
        if rowsLeft == 0 {
          guard block.isEmpty else {
            throw FormatError(.badValue, "bytes behind the last record of an Avro block")
          }
          guard byteRange.contains(Int64(file.offset)), let next = try file.nextBlock() else {
            return
          }
          (block, rowsLeft) = (next.bytes, next.count)
          continue
        }
        let bytes = block
        var values = AvroDecoder(bytes)
        while rowsLeft > 0, decoder.rowCount < limit, size + values.offset < Self.sizeLimit {
          try decoder.readRecord(&values)
          rowsLeft -= 1
        }
        size += values.offset
        block = bytes[values.offset..<bytes.count]
      }
    }
  }
}
