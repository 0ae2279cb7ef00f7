internal import IcebergColumns
internal import IcebergModel

/// Sorts rows that may be more than fit into memory: runs of them are sorted there and wait in
/// temporary files, which are then read side by side.
struct RowSpill: Sendable {
  /// How rows are sorted, and where they wait.
  struct Settings: Sendable {
    /// What the rows of a run may take of memory, in bytes.
    let memoryLimit: Int
    /// How many files are read side by side.
    let width: Int
    fileprivate let sorter: RowSorter
    fileprivate let form: FileForm
    /// Where a folder for temporary files is made; nil is the usual place.
    let folder: String?

    /// Settings for rows of the columns of `schema` and, behind them, those of `lineage`.
    ///
    /// - Parameters:
    ///   - memoryLimit: what the rows may take of memory, in bytes.
    ///   - folder: where a folder for temporary files is made; nil is the usual place.
    init(
      order: TableSortOrder, schema: Schema, lineage: [Field], metadata: TableMetadata,
      memoryLimit: Int, folder: String?, width: Int = 32
    ) throws(IcebergError) {
      // Texts of a column are told apart by offsets of 32 bits.
      self.memoryLimit = min(max(1, memoryLimit), 1 << 30)
      self.width = max(2, width)
      sorter = try RowSorter(order, schema: schema) ?? RowSorter(byAllOf: schema, ids: [])
      var metadata = metadata
      metadata.properties = [
        TableProperties.dataFormat.key: FileFormat.parquet.rawValue,
        TableProperties.parquetCompression.key: "snappy",
        TableProperties.metricsDefault: "none",
        // A row group of each file is in memory when they are read side by side.
        TableProperties.parquetRowGroupSizeInBytes.key: String(
          max(64 << 10, self.memoryLimit / (2 * self.width))),
        TableProperties.parquetDictionarySizeInBytes.key: "65536",
      ]
      form = try FileForm(
        Schema(schema.fields + lineage), settings: try WriteSettings(metadata))
      self.folder = folder
    }
  }

  private let settings: Settings
  private let scratch: ScratchFolder
  private var waiting = WaitingRows(firstUse: 0)
  private var runs: [DataFile] = []
  /// The number of rows.
  private(set) var rowCount: Int64 = 0

  /// No rows yet, and no files. Those to come are in `scratch`, for as long as rows are read.
  init(_ settings: Settings, scratch: ScratchFolder) {
    self.settings = settings
    self.scratch = scratch
  }

  /// Adds rows, a column for each field.
  mutating func add(_ columns: [Column], count: Int) async throws {
    if count == 0 { return }
    rowCount += Int64(count)
    _ = waiting.add(columns, count: count)
    if waiting.byteCount > settings.memoryLimit / 2 { try await spill() }
  }

  /// All rows in order; equal ones are as they came.
  mutating func finish() async throws -> SortedRows {
    if runs.isEmpty { return SortedRows(run: try memoryRun()) }
    if waiting.count > 0 { try await spill() }
    while runs.count > settings.width {
      // Neighbours, so that equal rows stay as they came.
      let merged = Array(runs.prefix(settings.width))
      let run = try await write(SortedRows(merging: try await readers(of: merged), settings.sorter))
      runs.replaceSubrange(..<settings.width, with: [run])
      try await scratch.fileIO.remove(merged.map(\.location))
    }
    return SortedRows(merging: try await readers(of: runs), settings.sorter)
  }

  /// The rows in memory, sorted; there are none after that.
  private mutating func memoryRun() throws -> SortedRows.Run {
    let count = waiting.count
    let columns = try waiting.join()
    return SortedRows.Run(
      columns: columns, count: count,
      order: try settings.sorter.order(of: columns, rowCount: count))
  }

  private mutating func spill() async throws {
    runs.append(try await write(SortedRows(run: try memoryRun())))
  }

  private mutating func write(_ rows: SortedRows) async throws -> DataFile {
    var writer = try await settings.form.begin(at: scratch.newFile(), fileIO: scratch.fileIO)
    var rows = rows
    do {
      while let (columns, count) = try await rows.next() {
        try Task.checkCancellation()
        try await writer.write(columns, rowCount: count)
      }
      return try await writer.finish()
    } catch {
      await writer.abort()
      throw error
    }
  }

  private func readers(of files: [DataFile]) async throws -> [SortedRows.Reader] {
    var readers: [SortedRows.Reader] = []
    for file in files {
      let task = FileScanTask(
        file: file, partitionSpec: .unpartitioned, sequenceNumber: nil,
        schema: settings.form.schema)
      readers.append(
        SortedRows.Reader(
          try await openDataFile(
            of: task, fileIO: scratch.fileIO,
            options: ScanOptions(batchRowLimit: SortedRows.batchRows))))
    }
    return readers
  }
}
