internal import IcebergColumns
internal import IcebergModel

/// The rows of the tables that show the entries of manifests, or the files in them.
final class EntryRows: MetadataRows {
  private let jobs: OrderedJobs<ManifestFile, EntryBatches>
  private var current: EntryBatches?

  /// The rows of a scan; `snapshot` is that which is looked at, nil of an empty table.
  init(_ scan: MetadataTableScan, snapshot: Snapshot?, shape: BatchShape) throws {
    let metadata = scan.table.metadata
    let kind = scan.metadataTable
    let readable = ReadableMetrics(lastOf: try scan.fullSchema, in: metadata)
    let files = try FileColumns(metadata, metrics: readable)
    let columns = try RowColumns<ManifestEntry>(shape.read) { (field) throws(IcebergError) in
      kind.showsEntries
        ? try EntryColumns.cell(for: field, files) : try files.cell(for: field)
    }
    let manifests = TableManifests(scan)
    let filter = try ManifestFilter(scan, shape.filter)
    let queue = ManifestQueue(
      of: kind.isOfOneSnapshot ? snapshot.map { [$0] } ?? [] : metadata.snapshots, manifests
    ) { manifest in
      kind.shows(manifest.content) && (kind.showsEntries || manifest.mayHaveLiveFiles)
        && filter.mayMatch(manifest)
    }
    let metrics = FileColumns.metrics(for: shape.read.fields, readable)
    let limit = scan.options.batchRowLimit
    jobs = OrderedJobs(limit: scan.options.readConcurrency, queue.next) { manifest in
      var batches = EntryBatches(
        of: try await manifests.entryReader(of: manifest, metrics: metrics), columns, shape,
        includesRemoved: kind.showsEntries, limit: limit
      ) { filter.mayMatch($0, in: manifest) }
      try batches.prepare()
      return batches
    }
  }

  func next() async throws -> RecordBatch? {
    while true {
      if let batch = try current?.next() { return batch }
      guard let next = try await jobs.next() else { return nil }
      current = next
    }
  }
}

/// The entries of one manifest as batches of bounded size.
private struct EntryBatches: Sendable {
  /// What the bounds of a batch may come to, in bytes; many more would not fit a column.
  private static let sizeLimit = 64 << 20

  private var reader: ManifestEntryReader
  private let columns: RowColumns<ManifestEntry>
  private let shape: BatchShape
  private let includesRemoved: Bool
  private let limit: Int
  private let isPartitionIncluded: @Sendable (StructValue) -> Bool
  private var prepared: RecordBatch?

  init(
    of reader: ManifestEntryReader, _ columns: RowColumns<ManifestEntry>, _ shape: BatchShape,
    includesRemoved: Bool, limit: Int,
    isPartitionIncluded: @escaping @Sendable (StructValue) -> Bool
  ) {
    self.reader = reader
    self.isPartitionIncluded = isPartitionIncluded
    self.columns = columns
    self.shape = shape
    self.includesRemoved = includesRemoved
    self.limit = limit
  }

  /// Makes the first batch, so that it is there when it is asked for.
  mutating func prepare() throws { prepared = try next() }

  /// The next batch; nil after the last one.
  mutating func next() throws -> RecordBatch? {
    if let batch = prepared {
      prepared = nil
      return batch
    }
    // The columns of the next batch; those of this value stay empty, so that nothing is copied.
    var columns = columns
    var size = 0
    var isAtEnd = false
    while !isAtEnd, columns.count < limit, size < Self.sizeLimit {
      isAtEnd =
        try reader.next(
          lookingAt: min(limit - columns.count, 1_024), isPartitionIncluded: isPartitionIncluded,
          where: { (entry) throws(IcebergError) in
            if includesRemoved || entry.isLive {
              try columns.append(entry)
              size += entry.dataFile.approximateSize
            }
            return false
          }) == nil
    }
    return columns.count > 0 ? try shape.apply(columns.finish()) : nil
  }
}

extension DataFile {
  /// About how many bytes the parts of unbounded length take.
  fileprivate var approximateSize: Int {
    var size = location.utf8.count + (referencedDataFile?.utf8.count ?? 0)
    size += 8 * ((splitOffsets?.count ?? 0) + (equalityIDs?.count ?? 0))
    size += keyMetadata?.count ?? 0
    for value in partition.values {
      switch value {
      case .string(let text): size += text.utf8.count
      case .binary(let bytes), .fixed(let bytes): size += bytes.count
      default: size += 16
      }
    }
    for counts in [columnSizes, valueCounts, nullValueCounts, nanValueCounts] {
      size += 16 * (counts?.count ?? 0)
    }
    for bounds in [lowerBounds, upperBounds] {
      for bound in bounds?.values ?? [:].values { size += 16 + bound.count }
    }
    return size
  }
}

extension MetadataTable {
  /// Whether the rows are entries of manifests, those of removed files too, and not live files.
  fileprivate var showsEntries: Bool { self == .entries || self == .allEntries }

  /// Whether manifests of a content are looked at.
  fileprivate func shows(_ content: ManifestFile.Content) -> Bool {
    switch self {
    case .dataFiles, .allDataFiles: content == .data
    case .deleteFiles, .allDeleteFiles: content == .deletes
    default: true
    }
  }
}
