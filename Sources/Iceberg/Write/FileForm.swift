internal import IcebergAvro
internal import IcebergBytes
internal import IcebergModel
internal import IcebergParquet

/// In which form rows are stored: the columns of new files, their format, and what the files say of
/// themselves.
struct FileForm: Sendable {
  /// The columns that rows come with.
  let schema: Schema
  /// How the files are written.
  let settings: WriteSettings
  /// What a file holds and by what rule it deletes, in the words of other writers.
  let properties: [(key: String, value: String)]
  /// How many columns of a file are encoded at the same time.
  let encodingConcurrency: Int
  private let parquet: ParquetTableSchema?

  /// The form of files with the columns of `schema`.
  ///
  /// Throws `unsupported` for types that the format cannot hold.
  init(
    _ schema: Schema, settings: WriteSettings, properties: [(key: String, value: String)] = [],
    encodingConcurrency: Int = WriteOptions().encodingConcurrency
  ) throws(IcebergError) {
    self.schema = schema
    self.settings = settings
    self.properties = properties
    self.encodingConcurrency = encodingConcurrency
    parquet = settings.format == .parquet ? try ParquetTableSchema(schema) : nil
  }

  /// Begins a file at `location`.
  func begin(at location: String, fileIO: any FileIO) async throws -> any DataFileWriter {
    guard let parquet else {
      return try await AvroDataWriter(location: location, form: self, fileIO: fileIO)
    }
    return try await ParquetDataWriter(
      location: location, form: self, schema: parquet, fileIO: fileIO)
  }
}
