internal import IcebergColumns
internal import IcebergModel

/// Sorts rows that may be more than fit into memory: runs of them are sorted there and wait in
/// temporary files, which are then read side by side.
struct RowSpill: Sendable {
  /// How rows are sorted, and where they wait.
  struct Settings: Sendable {
    /// What rows may take of memory, in bytes.
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
        // Row groups are so small that their dictionaries would hardly be used.
        TableProperties.parquetDictionarySizeInBytes.key: "0",
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

  /// Adds rows, a column for each field. One run is sorted and written while the rows of the next one
  /// are read.
  mutating func add(_ rows: BatchSequence) async throws {
    let (settings, scratch) = (settings, scratch)
    var (waiting, runs, rowCount) = (waiting, runs, rowCount)
    self.waiting = WaitingRows(firstUse: 0)
    try await withThrowingTaskGroup(of: DataFile.self) { group in
      for try await batch in rows {
        try Task.checkCancellation()
        rowCount += Int64(batch.rowCount)
        _ = waiting.add(batch.columns, count: batch.rowCount)
        if waiting.byteCount <= settings.runLimit { continue }
        if let run = try await group.next() { runs.append(run) }
        let full = Handover(waiting)
        waiting = WaitingRows(firstUse: 0)
        group.addTask {
          let run = try settings.sorted(full.take() ?? WaitingRows(firstUse: 0))
          return try await settings.write(SortedRows(run: run), to: scratch)
        }
      }
      if let run = try await group.next() { runs.append(run) }
    }
    (self.waiting, self.runs, self.rowCount) = (waiting, runs, rowCount)
  }

  /// All rows in order; equal ones are as they came.
  mutating func finish() async throws -> SortedRows {
    let rest = waiting
    waiting = WaitingRows(firstUse: 0)
    if runs.isEmpty || rest.count > 0 {
      let run = SortedRows(run: try settings.sorted(consume rest))
      if runs.isEmpty { return run }
      runs.append(try await settings.write(run, to: scratch))
    }
    while runs.count > settings.width {
      // Neighbours, so that equal rows stay as they came.
      let some = Array(runs.prefix(settings.width))
      let run = try await settings.write(try await merged(some), to: scratch)
      runs.replaceSubrange(..<settings.width, with: [run])
      try await scratch.fileIO.remove(some.map(\.location))
    }
    return try await merged(runs)
  }

  private func merged(_ runs: [DataFile]) async throws -> SortedRows {
    var readers: [SortedRows.Reader] = []
    for file in runs {
      let task = FileScanTask(
        file: file, partitionSpec: .unpartitioned, sequenceNumber: nil,
        schema: settings.form.schema)
      readers.append(
        SortedRows.Reader(
          try await openDataFile(
            of: task, fileIO: scratch.fileIO,
            options: ScanOptions(batchRowLimit: SortedRows.batchRows))))
    }
    return SortedRows(merging: readers, settings.sorter)
  }
}

extension RowSpill.Settings {
  /// What the rows of a run take at most: those of the next run wait at the same time, and what is sorted
  /// takes half as much more.
  fileprivate var runLimit: Int { memoryLimit / 3 }

  fileprivate func sorted(_ rows: consuming WaitingRows) throws -> SortedRows.Run {
    let count = rows.count
    let columns = try rows.join()
    return SortedRows.Run(
      columns: columns, count: count, order: try sorter.order(of: columns, rowCount: count))
  }

  /// Writes sorted rows into a file.
  fileprivate func write(_ rows: SortedRows, to scratch: ScratchFolder) async throws -> DataFile {
    var rows = rows
    var writer = try await form.begin(
      at: try await scratch.newFile(), fileIO: scratch.fileIO)
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
}
