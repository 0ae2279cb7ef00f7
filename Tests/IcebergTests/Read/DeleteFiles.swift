import Iceberg
import IcebergTestSupport

/// Delete files made by hand, for tests that read what is left.
enum DeleteFiles {
  /// Writes a file of any columns, in a format, and says that it holds deletes.
  static func write(
    _ content: DataFile.Content, _ fields: [Field], _ columns: [Column], sequenceNumber: Int64 = 2,
    format: String = "parquet", fileIO: any FileIO, partition: StructValue = StructValue(),
    spec: PartitionSpec = .unpartitioned, properties: [String: String] = [:]
  ) async throws -> DeleteFile {
    let properties = properties.merging(["write.format.default": format]) { first, _ in first }
    let table = try MemoryTable.make(fields, properties: properties, fileIO: fileIO)
    let files = try await table.write(
      RecordBatch(names: fields.map(\.name), columns: columns, rowCount: columns[0].count))
    var file = files[0]
    file.content = content
    file.specID = spec.id
    file.partition = partition
    if content == .equalityDeletes { file.equalityIDs = fields.map(\.id) }
    return DeleteFile(file: file, sequenceNumber: sequenceNumber, partitionSpec: spec)
  }

  /// A position delete file of the given rows, in that order.
  static func positions(
    _ rows: [(String, Int64)], format: String = "parquet", fileIO: any FileIO
  ) async throws -> DeleteFile {
    try await write(
      .positionDeletes, [ReservedFields.deleteFilePath, ReservedFields.deletePosition],
      [
        Column(rows.map { .string($0.0) }, as: .string),
        Column(.long(rows.map(\.1)), count: rows.count),
      ], format: format, fileIO: fileIO)
  }

  /// An equality delete file of one column.
  static func equality(
    _ field: Field, _ values: [Literal?], sequenceNumber: Int64 = 2, format: String = "parquet",
    fileIO: any FileIO
  ) async throws -> DeleteFile {
    try await write(
      .equalityDeletes, [field], [Column(values, as: field.type)], sequenceNumber: sequenceNumber,
      format: format, fileIO: fileIO)
  }

  /// A deletion vector of the given positions.
  static func vector(
    _ positions: [Int64], of file: DataFile, fileIO: any FileIO, name: String = "vector.puffin"
  ) async throws -> DeleteFile {
    let blob = try DeletionVector(positions).serialized()
    try await fileIO.write(blob, to: name, mode: .createNew)
    var vector = DataFile(
      content: .positionDeletes, location: name, format: .puffin,
      recordCount: Int64(Set(positions).count), fileSizeInBytes: Int64(blob.count))
    vector.referencedDataFile = file.location
    vector.contentOffset = 0
    vector.contentSizeInBytes = Int64(blob.count)
    return DeleteFile(file: vector, sequenceNumber: 2, partitionSpec: .unpartitioned)
  }
}

extension Table {
  /// A task to read a file of the table with deletes.
  func task(
    _ file: DataFile, _ deletes: [DeleteFile] = [], selecting columns: [Field]? = nil,
    sequenceNumber: Int64 = 1
  ) -> FileScanTask {
    let current = metadata.currentSchema
    var task = FileScanTask(
      file: file, partitionSpec: metadata.defaultPartitionSpec, sequenceNumber: sequenceNumber,
      schema: columns.map { Schema($0) } ?? current,
      tableSchemas: [current] + metadata.schemas.filter { $0.id != current.id })
    task.deletes = deletes
    return task
  }

  /// The rows of tasks, as lines of JSON in the order in which they come.
  func lines(
    _ tasks: [FileScanTask], options: ScanOptions = ScanOptions()
  ) async throws -> [String] {
    var lines: [String] = []
    for try await batch in BatchSequence(of: tasks, fileIO: fileIO, options: options) {
      try batch.validate()
      let encoder = RowJSONEncoder(schema: tasks[0].schema)
      for row in 0..<batch.rowCount {
        lines.append(String(decoding: try encoder.encode(row, of: batch), as: UTF8.self))
      }
    }
    return lines
  }
}
