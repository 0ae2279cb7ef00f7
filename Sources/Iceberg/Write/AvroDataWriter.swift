internal import FoundationEssentials
internal import IcebergAvro
internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// Writes an Avro data file, block by block.
///
/// Of metrics there are the numbers of rows and bytes only: the format has no statistics of columns.
struct AvroDataWriter: DataFileWriter {
  let location: String
  private let output: any OutputFile
  private let rows: AvroRowEncoder
  private var writer: AvroFileWriter
  private var writtenCount: Int64 = 0

  /// So many rows are encoded before what is complete goes to storage.
  private static let rowsPerPiece = 8_192

  /// Begins a file at `location`.
  init(
    location: String, form: FileForm, fileIO: any FileIO
  ) async throws {
    self.location = location
    let avro = try AvroSchema(form.schema, name: "table")
    rows = try AvroRowEncoder(avro, fields: form.schema.fields)
    var metadata = [("iceberg.schema", try form.schema.json().serialized())]
    for property in form.properties {
      metadata.append((property.key, Bytes(utf8: property.value)))
    }
    let settings = form.settings
    do throws(FormatError) {
      writer = try AvroFileWriter(
        schema: avro, metadata: metadata,
        codec: settings.avroCodec, level: settings.avroLevel,
        syncMarker: AvroSyncMarker(derivedFrom: Bytes(utf8: location)))
    } catch {
      throw error.inFile(location)
    }
    output = try await fileIO.create(location)
  }

  var estimatedByteCount: Int64 { Int64(writer.estimatedByteCount) }

  var bufferedByteCount: Int { max(0, Int(clamping: estimatedByteCount - writtenCount)) }

  mutating func write(_ columns: [Column], rowCount: Int) async throws {
    var start = 0
    while start < rowCount {
      let end = min(rowCount, start + Self.rowsPerPiece)
      do throws(FormatError) {
        for row in start..<end {
          rows.encode(columns, row: row, to: &writer.encoder)
          try writer.endRecord()
        }
      } catch {
        throw error.inFile(location)
      }
      try await store(writer.takeCompleteBytes())
      start = end
    }
  }

  private mutating func store(_ bytes: Bytes) async throws {
    if bytes.isEmpty { return }
    try await output.write(bytes)
    writtenCount += Int64(bytes.count)
  }

  mutating func finish() async throws -> DataFile {
    let count = writer.recordCount
    let bytes: Bytes
    do throws(FormatError) {
      bytes = try writer.finish()
    } catch {
      throw error.inFile(location)
    }
    try await store(bytes)
    try await output.finish()
    return DataFile(
      location: location, format: .avro, recordCount: Int64(count),
      fileSizeInBytes: writtenCount)
  }

  func abort() async { await output.abort() }
}
