internal import IcebergColumns
internal import IcebergModel

/// The rows of the table `position_deletes`: those of delete files, and the positions of deletion
/// vectors.
final class PositionDeleteRows: MetadataRows {
  private let table: Table
  private let manifests: TableManifests
  private let queue: ManifestQueue
  private let filter: ManifestFilter
  private let shape: BatchShape
  private let options: ScanOptions
  private let specs: [Int: PartitionSpec]
  /// The columns to make, with the fields of `partition` under their ids in partition specs.
  private let columns: [Field]
  private var files: ArraySlice<DeleteFile> = []
  private var source: Source?

  private enum Source {
    case files(BatchSequence.Iterator)
    case vector(VectorRows)
  }

  /// The rows of a scan; `snapshot` is that which is looked at, nil of an empty table.
  init(_ scan: MetadataTableScan, snapshot: Snapshot?, shape: BatchShape) throws {
    table = scan.table
    let metadata = table.metadata
    manifests = TableManifests(scan)
    let filter = try ManifestFilter(scan, shape.filter)
    self.filter = filter
    queue = ManifestQueue(of: snapshot.map { [$0] } ?? [], manifests) {
      $0.content == .deletes && $0.mayHaveLiveFiles && filter.mayMatch($0)
    }
    self.shape = shape
    options = scan.options
    specs = Dictionary(
      metadata.partitionSpecs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let partition = try metadata.partitionType.fields
    columns = shape.read.fields.map { field in
      guard field.id == ReservedFields.partitionID else { return field }
      var field = field
      let names = Set(field.type.children.map { ExactText($0.name) })
      field.type = .struct(partition.filter { names.contains(ExactText($0.name)) })
      return field
    }
  }

  func next() async throws -> RecordBatch? {
    while true {
      if let batch = try await nextOfSource() { return try shape.apply(batch) }
      if let file = files.first {
        source = try await open(file)
        continue
      }
      guard let manifest = try await queue.next() else { return nil }
      files = try await deleteFiles(of: manifest)[...]
    }
  }

  private func nextOfSource() async throws -> RecordBatch? {
    switch source {
    case .files(var batches):
      if let batch = try await batches.next() { return withVectorColumns(batch) }
    case .vector(var rows):
      if let batch = try rows.next() {
        source = .vector(rows)
        return batch
      }
    case nil: break
    }
    source = nil
    return nil
  }

  private func deleteFiles(of manifest: ManifestFile) async throws -> [DeleteFile] {
    var reader = try await manifests.entryReader(of: manifest)
    var files: [DeleteFile] = []
    _ = try reader.next(
      lookingAt: .max, isPartitionIncluded: { self.filter.mayMatch($0, in: manifest) },
      where: { (entry) throws(IcebergError) in
        let file = entry.dataFile
        guard entry.isLive, file.content == .positionDeletes,
          self.filter.mayMatch(positionsIn: file)
        else { return false }
        guard let spec = self.specs[file.specID] else {
          throw IcebergError(
            .invalidMetadata, "the partition spec \(file.specID) of a file does not exist",
            context: .init(location: file.location))
        }
        files.append(
          DeleteFile(file: file, sequenceNumber: entry.sequenceNumber ?? 0, partitionSpec: spec))
        return false
      })
    return files
  }

  /// The rows of the first of the files that are left: a vector, or all files before the next one.
  private func open(_ first: DeleteFile) async throws -> Source {
    if first.kind == .deletionVector {
      files.removeFirst()
      try first.checkReadable()
      return .vector(
        try await VectorRows(
          of: first, columns, fileIO: table.fileIO, limit: options.batchRowLimit))
    }
    let rest = files.firstIndex { $0.kind == .deletionVector } ?? files.endIndex
    let fields = columns.filter { !Self.vectorIDs.contains($0.id) }
    var tasks: [FileScanTask] = []
    for file in files[..<rest] {
      try file.checkReadable()
      tasks.append(
        FileScanTask(
          file: file.file, partitionSpec: file.partitionSpec,
          sequenceNumber: file.sequenceNumber, schema: Schema(fields),
          nameMapping: NameMapping(Schema(fields))))
    }
    files = files[rest...]
    return .files(
      BatchSequence(of: tasks, fileIO: table.fileIO, options: options).makeAsyncIterator())
  }

  /// The columns that only deletion vectors have values for.
  private static let vectorIDs: Set<Int> = [
    PositionDeleteColumns.contentOffsetID, PositionDeleteColumns.contentSizeID,
  ]

  private func withVectorColumns(_ batch: RecordBatch) -> RecordBatch {
    var rest = batch.columns[...]
    let all = columns.map { field in
      Self.vectorIDs.contains(field.id)
        ? Column(nulls: .long, count: batch.rowCount) : rest.removeFirst()
    }
    return RecordBatch(names: columns.map(\.name), columns: all, rowCount: batch.rowCount)
  }
}

/// The positions of one deletion vector as rows of `position_deletes`.
private struct VectorRows {
  private let vector: DeleteFile
  private let columns: [Field]
  private let task: FileScanTask
  private let limit: Int
  /// What is left of the runs of deleted rows.
  private var runs: ArraySlice<ClosedRange<Int64>>

  init(
    of vector: DeleteFile, _ columns: [Field], fileIO: any FileIO, limit: Int
  ) async throws {
    self.vector = vector
    self.columns = columns
    self.limit = limit
    task = FileScanTask(
      file: vector.file, partitionSpec: vector.partitionSpec,
      sequenceNumber: vector.sequenceNumber, schema: Schema(columns))
    let blob = try await fileIO.read(vector.file.location, range: try vector.contentRange)
    var runs: [ClosedRange<Int64>] = []
    try DeletionVector(parsing: blob, of: vector).forEachRun { runs.append($0) }
    self.runs = runs[...]
  }

  mutating func next() throws -> RecordBatch? {
    var positions: [Int64] = []
    while positions.count < limit, let run = runs.first {
      let room = Int64(limit - positions.count)
      if run.upperBound - run.lowerBound < room {
        positions += run
        runs.removeFirst()
      } else {
        positions += run.lowerBound..<run.lowerBound + room
        runs[runs.startIndex] = run.lowerBound + room...run.upperBound
      }
    }
    if positions.isEmpty { return nil }
    var made: [Column] = []
    for field in columns { made.append(try column(field, positions)) }
    return RecordBatch(names: columns.map(\.name), columns: made, rowCount: positions.count)
  }

  private func column(_ field: Field, _ positions: [Int64]) throws(IcebergError) -> Column {
    let count = positions.count
    let value: Literal?
    switch field.id {
    case ReservedFields.deletePosition.id: return Column(.long(positions), count: count)
    case ReservedFields.deleteFilePath.id:
      value = vector.file.referencedDataFile.map { .string($0) }
      if value == nil {
        throw IcebergError(
          .invalidFile, "a deletion vector does not say which data file it belongs to",
          context: .init(location: vector.file.location))
      }
    case PositionDeleteColumns.contentOffsetID: value = vector.file.contentOffset.map { .long($0) }
    case PositionDeleteColumns.contentSizeID:
      value = vector.file.contentSizeInBytes.map { .long($0) }
    case ReservedFields.deletedRowID: return Column(nulls: field.type.columnKind, count: count)
    default:
      guard let metadata = MetadataColumn(id: field.id) else {
        throw IcebergError(
          .unsupported, "the column '\(field.name)' of a metadata table is not known")
      }
      return try metadata.values(
        as: field.type, of: task, at: RowPlaces(firstPosition: 0, count: count), stored: nil)
    }
    guard let column = Column(repeating: value, as: field.type, count: count) else {
      throw IcebergError(
        .invalidFile, "the value of '\(field.name)' is too long for \(count) rows",
        context: .init(location: vector.file.location))
    }
    return column
  }
}
