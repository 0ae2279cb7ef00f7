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
  private let concurrency: Int
  private let pruning: RowGroupPruning?
  /// The row groups of the task, each with the position of its first row in the file.
  private let allGroups: [(index: Int, firstPosition: Int64)]
  /// Those of them that may have rows that are wanted.
  private let groups: [(index: Int, firstPosition: Int64)]

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
      mayLack: task.mayLackColumns, location: location)
    projector = BatchProjector(plan, location: location)
    projection = fields.selecting(plan.selection)
    batchRowLimit = options.batchRowLimit
    concurrency = options.decodingConcurrency
    let pruning = RowGroupPruning(
      task.residual.withoutMetadataColumns, metadata: metadata, columns: columns)
    self.pruning = pruning
    let metadata = metadata
    do throws(FormatError) {
      allGroups = try metadata.rowGroups(startingIn: task.startRange)
    } catch {
      throw error.inFile(location)
    }
    groups = allGroups.filter { pruning?.mayMatch(metadata.rowGroups[$0.index]) ?? true }
    // What a later row group cannot be decoded for is found out now.
    for group in groups { _ = try decoder(group.index) }
  }

  var pieceCount: Int { groups.count }

  func rows(ofPiece index: Int) -> Range<Int64>? {
    let (group, first) = groups[index]
    return first..<first + metadata.rowGroups[group].rowCount
  }

  private func decoder(_ index: Int) throws(IcebergError) -> RowGroupDecoder {
    do throws(FormatError) {
      return try RowGroupDecoder(metadata: metadata, rowGroup: index, projection: projection)
    } catch {
      throw error.inFile(file.location)
    }
  }

  func piece(_ index: Int) async throws -> any DataFilePiece {
    try Task.checkCancellation()
    let group = groups[index]
    let decoder = try decoder(group.index)
    let chunks = try await file.read(decoder.byteRanges)
    do throws(FormatError) {
      let rows = try decoder.rows(of: chunks)
      return Piece(
        rows: rows, position: group.firstPosition, projector: projector, location: file.location,
        limit: batchRowLimit, concurrency: concurrency)
    } catch {
      throw error.inFile(file.location)
    }
  }

  /// The rows of a row group.
  private struct Piece: DataFilePiece {
    var rows: RowGroupRows
    /// The position of the next row in the file.
    var position: Int64
    let projector: BatchProjector
    let location: String
    let limit: Int
    let concurrency: Int

    /// So many values are decoded by one task: they take less time than others take to begin.
    private static let sharedCount = 64 << 10

    mutating func next() async throws -> FileRows? {
      guard let batch = try await nextBatch() else { return nil }
      let first = position
      position += Int64(batch.rowCount)
      return FileRows(
        batch: try projector.project(batch.columns, rowCount: batch.rowCount),
        firstPosition: first)
    }

    private mutating func nextBatch() async throws -> RowGroupRows.Batch? {
      guard var step = rows.nextStep(atMost: limit) else { return nil }
      let sizes = rows.fieldSizes
      let order = sizes.indices.sorted { sizes[$0] > sizes[$1] }
      while true {
        try Task.checkCancellation()
        let (count, sizeLimit) = (step.rowCount, step.sizeLimit)
        let isShared = count > Self.sharedCount / max(1, order.count)
        try await step.fields.concurrentUpdate(limit: isShared ? concurrency : 1, inOrder: order) {
          field, _ in _ = field.decode(count, sizeLimit: sizeLimit)
        }
        do throws(FormatError) {
          if let batch = try rows.finish(&step) { return batch }
        } catch {
          throw error.inFile(location)
        }
      }
    }
  }
}

extension ParquetDataReader {
  /// A row group of a data file, and what is read of it.
  struct PlannedRowGroup {
    /// The bytes of the file from its first page to its last.
    var range: Range<Int64>
    var rowCount: Int64
    /// The bytes of the columns that are read.
    var bytesToRead: Int64
    /// Why it is left out; nil when it is read.
    var reason: PruningReason?
  }

  /// All row groups of the task.
  func plannedRowGroups() throws -> [PlannedRowGroup] {
    try allGroups.map { group in
      let rowGroup = metadata.rowGroups[group.index]
      let reason = pruning?.explain(rowGroup)
      var range: Range<Int64> = 0..<0
      do throws(FormatError) {
        for chunk in rowGroup.columns {
          let bytes = try chunk.byteRange()
          range =
            range.isEmpty
            ? bytes
            : min(range.lowerBound, bytes.lowerBound)..<max(range.upperBound, bytes.upperBound)
        }
      } catch {
        throw error.inFile(file.location)
      }
      var bytesToRead: Int64 = 0
      if reason == nil {
        for bytes in try decoder(group.index).byteRanges { bytesToRead += Int64(bytes.count) }
      }
      return PlannedRowGroup(
        range: range, rowCount: rowGroup.rowCount, bytesToRead: bytesToRead, reason: reason)
    }
  }
}

extension FileMetadata {
  /// The row groups whose first byte lies in `range`, all when it is nil, each with the position of
  /// its first row in the file.
  fileprivate func rowGroups(
    startingIn range: Range<Int64>?
  ) throws(FormatError) -> [(index: Int, firstPosition: Int64)] {
    var groups: [(index: Int, firstPosition: Int64)] = []
    var position: Int64 = 0
    for (index, group) in rowGroups.enumerated() {
      if try range.map({ (range) throws(FormatError) in range.contains(try group.firstByte) })
        ?? true
      {
        groups.append((index, position))
      }
      let (next, overflow) = position.addingReportingOverflow(group.rowCount)
      guard !overflow else { throw FormatError(.badValue, "row groups of too many rows") }
      position = next
    }
    return groups
  }
}

extension RowGroup {
  /// Where the first page of any column begins. (What the group itself says of its offset is not
  /// right in the files of all writers.)
  fileprivate var firstByte: Int64 {
    get throws(FormatError) {
      var first: Int64?
      for column in columns {
        let start = try column.byteRange().lowerBound
        first = min(first ?? start, start)
      }
      return first ?? max(0, fileOffset ?? 0)
    }
  }
}

extension RemoteFile {
  /// The metadata at the end of a Parquet file, without its length and magic.
  mutating func parquetFooter() async throws -> Bytes {
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
