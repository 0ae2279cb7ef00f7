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
  private var encoder: ParquetFileEncoder

  /// Begins a file at `location`.
  init(
    location: String, form: FileForm, schema: ParquetTableSchema, fileIO: any FileIO
  ) async throws {
    self.location = location
    self.schema = schema
    metrics = form.settings.metrics
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
    let bytes: [Bytes]
    do throws(FormatError) {
      bytes = try encoder.write(schema.storedColumns(of: columns), rowCount: rowCount)
    } catch {
      throw error.inFile(location)
    }
    for part in bytes { try await output.write(part) }
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
