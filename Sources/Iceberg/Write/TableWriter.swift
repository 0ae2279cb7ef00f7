public import IcebergColumns
public import IcebergModel

/// Writes batches into new data files of a table: one file at a time for each partition, none much
/// larger than the target size.
///
/// A writer is lent by ``Table/withWriter(_:)``. The files that it writes belong to no snapshot
/// until they are committed.
public struct TableWriter: ~Copyable, Sendable {
  private let schema: Schema
  private let validator: BatchValidator
  private let router: PartitionRouter
  private var files: PartitionFiles
  /// The number of rows of each partition, where they are only counted; nil: they are written.
  fileprivate var counts: [StructValue: Int64]?

  /// How many `Encodable` rows make a batch.
  private static let rowsPerBatch = 8_192

  /// A writer of rows of the current schema, divided by the default partition spec.
  ///
  /// Throws `unsupported` when the table asks for a format, codec, type or transform that cannot be
  /// written.
  ///
  /// - Parameters:
  ///   - lineage: columns that rows have behind those of the table, when they come in the form of the
  ///     table.
  ///   - layout: how the files differ from those that the table asks for.
  init(
    _ table: Table, options: WriteOptions = WriteOptions(), lineage: [Field] = [],
    layout: FileLayout = FileLayout()
  ) throws(IcebergError) {
    let metadata = table.metadata
    let spec = layout.spec ?? metadata.defaultPartitionSpec
    var stored = metadata.currentSchema
    stored.fields += lineage
    var settings = try WriteSettings(metadata)
    if let size = layout.targetFileSize { settings.targetFileSize = size }
    let sorter =
      options.sorting == .tableOrder
      ? try RowSorter(metadata.defaultSortOrder, schema: metadata.currentSchema) : nil
    let router = try PartitionRouter(spec, schema: metadata.currentSchema)
    let form = try FileForm(
      stored, settings: settings, encodingConcurrency: options.encodingConcurrency)
    let locations = try NewFileLocations(metadata, format: settings.format)
    schema = metadata.currentSchema
    validator = BatchValidator(schema: schema)
    self.router = router
    files = PartitionFiles(
      form, spec: spec, locations: locations, fileIO: table.fileIO, options: options,
      sorter: sorter, sortOrderID: layout.sortOrderID)
  }

  /// Writes rows. The columns are those of the table by name, in any order; one that is missing takes
  /// its write default, or null.
  ///
  /// Throws `invalidArgument`, naming the column, for columns that the table does not have, values of
  /// another type and nulls in required columns; then nothing of the batch was written.
  public mutating func write(_ batch: RecordBatch) async throws {
    try await write(try validator.columns(of: batch), count: batch.rowCount)
  }

  /// Writes rows that have the form of the table, and the columns of their lineage where the writer
  /// was made for it.
  mutating func write(_ columns: [Column], count: Int) async throws {
    for group in try router.route(columns, rowCount: count) {
      if counts != nil {
        counts?[group.partition, default: 0] += Int64(group.rows?.count ?? count)
        continue
      }
      let rows = group.rows.map { rows in columns.map { $0.take(rows) } } ?? columns
      try await files.write(rows, count: group.rows?.count ?? count, to: group.partition)
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

  /// Closes all files: rows that follow go into others.
  mutating func endFiles() async throws { try await files.endAll() }

  /// Closes all files and returns them, those of a partition in the order of their rows; when that fails,
  /// removes them and throws.
  consuming func finish() async throws -> [DataFile] {
    do {
      return try await files.finish()
    } catch {
      await files.abort()
      throw error
    }
  }

  /// Removes everything that was written.
  consuming func abort() async { await files.abort() }
}

/// How the files of a writer differ from those that the table asks for.
struct FileLayout: Sendable {
  /// The spec that rows are divided by; nil is the default one of the table.
  var spec: PartitionSpec?
  /// The size at which a file is closed, in bytes; nil is what the table's properties say.
  var targetFileSize: Int64?
  /// The id of the order that the rows come in already; nil when they are in none.
  var sortOrderID: Int?
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
  ///
  /// - Parameters:
  ///   - options: how rows are divided, ordered and held in memory.
  ///   - body: writes the rows.
  public func withWriter(
    options: WriteOptions = WriteOptions(),
    _ body: (inout TableWriter) async throws -> Void
  ) async throws -> [DataFile] {
    var writer = try TableWriter(self, options: options)
    do {
      try await body(&writer)
    } catch {
      await writer.abort()
      throw error
    }
    return try await writer.finish().sorted { $0.location < $1.location }
  }

  /// Lends a writer to `body` that checks and counts the rows, and writes nothing. Returns a file for
  /// each partition that they are in, with the number of its rows: there is none.
  func withCountingWriter(
    options: WriteOptions = WriteOptions(),
    _ body: (inout TableWriter) async throws -> Void
  ) async throws -> [DataFile] {
    var writer = try TableWriter(self, options: options)
    writer.counts = [:]
    try await body(&writer)
    let counts = writer.counts ?? [:]
    await writer.abort()
    let format = try metadata.property(TableProperties.dataFormat)
    return counts.enumerated().map { number, entry in
      DataFile(
        location: "not-written-\(number)", format: format, specID: metadata.defaultSpecID,
        partition: entry.key, recordCount: entry.value, fileSizeInBytes: 0)
    }
  }
}
