internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel
internal import IcebergParquet

/// Writes a Parquet data file, row group by row group.
struct ParquetDataWriter: DataFileWriter {
  let location: String
  private let schema: ParquetTableSchema
  private let metrics: MetricsConfig
  private let output: any OutputFile
  private let concurrency: Int
  private var encoder: ParquetFileEncoder

  /// Rows of fewer bytes are encoded by one task: they take less time than others take to begin.
  private static let sharedSize = 64 << 10

  /// Begins a file at `location`.
  init(
    location: String, form: FileForm, schema: ParquetTableSchema, fileIO: any FileIO
  ) async throws {
    self.location = location
    self.schema = schema
    metrics = form.settings.metrics
    concurrency = form.encodingConcurrency
    var options = form.settings.parquet
    // Iceberg Java keeps the schema of the table here, too.
    options.keyValueMetadata =
      [KeyValue(key: "iceberg.schema", value: schema.json)]
      + form.properties.map { KeyValue(key: $0.key, value: $0.value) }
    do throws(FormatError) {
      encoder = try ParquetFileEncoder(schema: schema.parquet, options: options)
    } catch {
      throw error.inFile(location)
    }
    output = try await fileIO.create(location)
  }

  var estimatedByteCount: Int64 { encoder.estimatedByteCount }

  var bufferedByteCount: Int { encoder.bufferedByteCount }

  mutating func write(_ columns: [Column], rowCount: Int) async throws {
    do {
      let columns = schema.storedColumns(of: columns)
      try encoder.check(columns, rowCount: rowCount)
      let sizes = columns.map(\.approximateSize)
      let limit = sizes.reduce(0, +) < Self.sharedSize ? 1 : concurrency
      let order = columns.indices.sorted { sizes[$0] > sizes[$1] }
      var start = 0
      while start < rowCount {
        let rows = encoder.nextRows(of: columns, in: start..<rowCount)
        try await encoder.fields.concurrentUpdate(limit: limit, inOrder: order) { field, index in
          try field.append(columns[index], rows: rows)
        }
        for part in try encoder.endRows(rows) { try await output.write(part) }
        start = rows.upperBound
      }
    } catch let error as FormatError {
      throw error.inFile(location)
    }
  }

  mutating func finish() async throws -> DataFile {
    let (bytes, file): ([Bytes], WrittenFile)
    do throws(FormatError) {
      (bytes, file) = try encoder.finish()
    } catch {
      throw error.inFile(location)
    }
    for part in bytes { try await output.write(part) }
    try await output.finish()
    var result = DataFile(
      location: location, format: .parquet, recordCount: file.rowCount,
      fileSizeInBytes: file.byteCount)
    result.splitOffsets = file.splitOffsets
    ParquetMetrics(schema.stored, metrics).fill(&result, from: file)
    return result
  }

  func abort() async { await output.abort() }
}
