internal import FoundationEssentials
public import IcebergColumns
public import IcebergModel

/// Writes batches into new data files of a table: one file at a time for each partition, none much
/// larger than the target size.
///
/// A writer is lent by ``Table/withWriter(_:)``. The files that it writes belong to no snapshot
/// until they are committed.
public struct TableWriter: ~Copyable, Sendable {
  private let fileIO: any FileIO
  private let spec: PartitionSpec
  private let validator: BatchValidator
  private let router: PartitionRouter
  private let locations: DataLocations
  private let settings: WriteSettings
  private let parquetSchema: ParquetTableSchema?
  private let schema: Schema
  private let name: String
  private let openFileLimit: Int

  /// A file that takes rows of one partition.
  private struct OpenFile: Sendable {
    var writer: any DataFileWriter
    /// When the file was written to last, in writes.
    var lastUse: Int
  }

  private var open: [StructValue: OpenFile]
  private var finished: [DataFile]
  private var fileCount: Int
  private var useCount: Int

  /// Rows are handed to a file in slices of so many, to close it in time.
  private static let sliceRows = 65_536
  /// How many `Encodable` rows make a batch.
  private static let rowsPerBatch = 8_192

  /// A writer of rows of the current schema, divided by the default partition spec.
  ///
  /// Throws `unsupported` when the table asks for a format, codec, type or transform that cannot be
  /// written. At most `openFileLimit` files are open at a time; when rows of more partitions come in
  /// turns, files are closed early.
  init(_ table: Table, openFileLimit: Int = 100) throws(IcebergError) {
    let metadata = table.metadata
    let schema = metadata.currentSchema
    let spec = metadata.defaultPartitionSpec
    let router = try PartitionRouter(spec, schema: schema)
    let locations = try DataLocations(metadata)
    let settings = try WriteSettings(metadata)
    let parquetSchema = settings.format == .parquet ? try ParquetTableSchema(schema) : nil
    fileIO = table.fileIO
    self.schema = schema
    self.spec = spec
    validator = BatchValidator(schema: schema)
    self.router = router
    self.locations = locations
    self.settings = settings
    self.parquetSchema = parquetSchema
    self.openFileLimit = max(1, openFileLimit)
    name = UUID().uuidString.lowercased()
    open = [:]
    finished = []
    fileCount = 0
    useCount = 0
  }

  /// Writes rows. The columns are those of the table by name, in any order; one that is missing takes
  /// its write default, or null.
  ///
  /// Throws `invalidArgument`, naming the column, for columns that the table does not have, values of
  /// another type and nulls in required columns; then nothing of the batch was written.
  public mutating func write(_ batch: RecordBatch) async throws {
    let columns = try validator.columns(of: batch)
    for group in try router.route(columns, rowCount: batch.rowCount) {
      let rows = group.rows.map { rows in columns.map { $0.take(rows) } } ?? columns
      try await write(rows, count: group.rows?.count ?? batch.rowCount, to: group.partition)
    }
  }

  /// Writes rows that are `Encodable`; their coding keys are the names of columns.
  ///
  /// A value must be exactly one of its column's type: integers and floating-point numbers where they
  /// fit, `String`, `Bool`, `Date` for dates and timestamps, `Duration` for times, `UUID`, `Data` and
  /// `[UInt8]` for binary, `Decimal` or `String` for decimals, nested types for structs, arrays for
  /// lists, dictionaries for maps, JSON text for variants. What is nil or not encoded is null; a column that the type does
  /// not have takes its write default.
  ///
  /// Throws `invalidArgument`, naming row and column, when a value does not fit; rows before it may
  /// have been written.
  public mutating func write<Row: Encodable>(rows: some Sequence<Row>) async throws {
    var encoder = EncodableRows(schema: schema)
    for row in rows {
      try encoder.append(row)
      if encoder.count == Self.rowsPerBatch { try await write(encoder.finish()) }
    }
    if encoder.count > 0 { try await write(encoder.finish()) }
  }

  private mutating func write(
    _ columns: [Column], count: Int, to partition: StructValue
  ) async throws {
    var start = 0
    while start < count {
      let end = min(count, start + Self.sliceRows)
      var file = try await openFile(for: partition)
      useCount += 1
      file.lastUse = useCount
      do {
        try await file.writer.write(columns.map { $0.slice(start..<end) }, rowCount: end - start)
      } catch {
        open[partition] = file
        throw error
      }
      let isFull = file.writer.estimatedByteCount >= settings.targetFileSize
      open[partition] = file
      if isFull { try await close(partition) }
      start = end
    }
  }

  /// Takes the file of a partition out of ``open``, so that it can be changed in place: what it
  /// buffers would be copied if there were two of it.
  private mutating func openFile(for partition: StructValue) async throws -> OpenFile {
    if let file = open.removeValue(forKey: partition) { return file }
    if open.count >= openFileLimit,
      let oldest = open.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
    {
      try await close(oldest)
    }
    fileCount += 1
    let number = String(repeating: "0", count: max(0, 5 - "\(fileCount)".count)) + "\(fileCount)"
    let location = locations.location(
      of: "00000-0-\(name)-\(number).\(settings.format.rawValue)", partition: partition, spec: spec)
    let writer: any DataFileWriter
    if let parquetSchema {
      writer = try await ParquetDataWriter(
        location: location, schema: parquetSchema, settings: settings, fileIO: fileIO)
    } else {
      writer = try await AvroDataWriter(
        location: location, schema: schema, settings: settings, fileIO: fileIO)
    }
    return OpenFile(writer: writer, lastUse: useCount)
  }

  private mutating func close(_ partition: StructValue) async throws {
    guard var file = open.removeValue(forKey: partition) else { return }
    var result: DataFile
    do {
      result = try await file.writer.finish()
    } catch {
      open[partition] = file
      throw error
    }
    result.specID = spec.id
    result.partition = partition
    finished.append(result)
  }

  /// Closes all files and returns them; when that fails, removes them and throws.
  consuming func finish() async throws -> [DataFile] {
    do {
      // In the order in which they were opened, which is that of their names.
      for partition in open.sorted(by: { $0.value.lastUse < $1.value.lastUse }).map(\.key) {
        try await close(partition)
      }
    } catch {
      await abort()
      throw error
    }
    return finished.sorted { $0.location < $1.location }
  }

  /// Removes everything that was written.
  consuming func abort() async {
    let (open, finished, fileIO) = (open, finished, fileIO)
    // A task of its own: files are removed when the writing task was cancelled, too.
    await Task {
      for file in open.values { await file.writer.abort() }
      // Those that were open too: one may have been finished, and only the answer been lost.
      let locations = open.values.map(\.writer.location) + finished.map(\.location)
      for location in locations { try? await fileIO.remove([location]) }
    }.value
  }
}

extension Table {
  /// Lends a writer to `body`, and returns the data files that it wrote. Nothing is committed.
  ///
  /// When `body` throws, the files are removed.
  ///
  /// ```swift
  /// let files = try await table.withWriter { writer in
  ///   for try await batch in source { try await writer.write(batch) }
  /// }
  /// table = try await table.commit { $0.append(files) }
  /// ```
  public func withWriter(
    _ body: (inout TableWriter) async throws -> Void
  ) async throws -> [DataFile] {
    var writer = try TableWriter(self)
    do {
      try await body(&writer)
    } catch {
      await writer.abort()
      throw error
    }
    return try await writer.finish()
  }
}
