public import IcebergColumns

/// The rows of a metadata table, batch by batch.
///
/// Nothing is read before the first batch is asked for. Manifests are read one after the other, a
/// bounded number of them ahead, and batches are bounded too, so that the memory in use does not
/// grow with the table; only that of `partitions` grows with the number of partitions.
public struct MetadataBatchSequence: AsyncSequence, Sendable {
  /// Some rows.
  public typealias Element = RecordBatch
  /// ``IcebergError`` or `CancellationError`.
  public typealias Failure = any Error

  private let scan: MetadataTableScan

  init(of scan: MetadataTableScan) { self.scan = scan }

  /// A reader at the first row.
  public func makeAsyncIterator() -> Iterator { Iterator(scan) }

  /// Where a reader of the rows stands. What was read ahead is dropped with it.
  public struct Iterator: AsyncIteratorProtocol {
    private enum State {
      case new(MetadataTableScan)
      case reading(any MetadataRows)
      case finished
    }

    private var state: State

    init(_ scan: MetadataTableScan) { state = .new(scan) }

    /// The next batch, which has rows; nil after the last one.
    ///
    /// Throws ``IcebergError`` or `CancellationError`; then there are no more batches.
    public mutating func next() async throws -> RecordBatch? {
      let rows: any MetadataRows
      switch state {
      case .finished: return nil
      case .reading(let source): rows = source
      case .new(let scan):
        state = .finished
        rows = try scan.makeRows()
      }
      state = .finished
      while let batch = try await rows.next() {
        try Task.checkCancellation()
        if batch.rowCount > 0 {
          state = .reading(rows)
          return batch
        }
      }
      return nil
    }
  }
}

/// Where the rows of a metadata table come from.
protocol MetadataRows: AnyObject {
  /// The next rows, of bounded number and maybe none; nil after the last ones.
  func next() async throws -> RecordBatch?
}

extension MetadataTableScan {
  /// The rows, batch by batch.
  public func batches() -> MetadataBatchSequence { MetadataBatchSequence(of: self) }

  /// The rows as values of a `Decodable` type, see ``TableScan/rows(as:)``.
  ///
  /// ```swift
  /// struct File: Decodable { var file_path: String; var record_count: Int64 }
  /// let files = table.metadataTable(.files).select("file_path", "record_count")
  /// for try await file in files.rows(as: File.self) { print(file.file_path) }
  /// ```
  public func rows<Row: Decodable>(as type: Row.Type) -> RowSequence<Row> {
    RowSequence(of: batches(), schema: { try schema })
  }

  /// What hands out the rows of this scan.
  func makeRows() throws -> any MetadataRows {
    let snapshot = try snapshot
    let shape = try BatchShape(self)
    let metadata = table.metadata
    switch metadataTable {
    case .snapshots: return try StaticRows.snapshots(metadata, shape, options)
    case .history: return try StaticRows.history(metadata, shape, options)
    case .refs: return try StaticRows.references(metadata, shape, options)
    case .metadataLogEntries: return try StaticRows.metadataLog(table, shape, options)
    case .manifests, .allManifests:
      return try ManifestRows(self, snapshot: snapshot, shape: shape)
    case .entries, .files, .dataFiles, .deleteFiles, .allDataFiles, .allDeleteFiles, .allFiles,
      .allEntries:
      return try EntryRows(self, snapshot: snapshot, shape: shape)
    case .partitions: return try PartitionRows(self, snapshot: snapshot, shape: shape)
    case .positionDeletes:
      return try PositionDeleteRows(self, snapshot: snapshot, shape: shape)
    }
  }
}
