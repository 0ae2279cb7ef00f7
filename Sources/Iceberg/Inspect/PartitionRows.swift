internal import IcebergColumns
internal import IcebergModel

/// The rows of the table `partitions`, in the order in which partitions are found.
///
/// All partitions are counted before the first row is handed out: they are in memory, the files in
/// them are not.
final class PartitionRows: MetadataRows {
  private let jobs: OrderedJobs<ManifestFile, PartitionTotals>
  private var columns: RowColumns<PartitionTotals.Partition>
  private let shape: BatchShape
  private let options: ScanOptions
  private var rows: StaticRows<PartitionTotals.Partition>?

  /// The rows of a scan; `snapshot` is that which is looked at, nil of an empty table.
  init(_ scan: MetadataTableScan, snapshot: Snapshot?, shape: BatchShape) throws {
    let counting = try PartitionTotals(scan.table.metadata)
    let manifests = TableManifests(scan)
    let filter = try ManifestFilter(scan, shape.filter)
    let queue = ManifestQueue(of: snapshot.map { [$0] } ?? [], manifests) {
      $0.mayHaveLiveFiles && filter.mayMatch($0)
    }
    jobs = OrderedJobs(limit: scan.options.readConcurrency, queue.next) { manifest in
      var totals = counting
      var reader = try await manifests.entryReader(of: manifest)
      _ = try reader.next(
        lookingAt: .max, isPartitionIncluded: { filter.mayMatch($0, in: manifest) },
        where: { (entry) throws(IcebergError) in
          if entry.isLive { try totals.count(entry) }
          return false
        })
      return totals
    }
    columns = try RowColumns(shape.read) { (field) throws(IcebergError) in
      try PartitionTotals.Partition.cell(for: field, counting.type)
    }
    self.shape = shape
    options = scan.options
  }

  func next() async throws -> RecordBatch? {
    if let rows { return try rows.next() }
    var totals: PartitionTotals?
    while let more = try await jobs.next() {
      if totals == nil { totals = more } else { try totals?.add(more) }
    }
    let rows = StaticRows(totals?.partitions ?? [], columns, shape, options)
    self.rows = rows
    return try rows.next()
  }
}
