import IcebergBytes

/// Counts the entries of a manifest and finds the range of its partition values, for the manifest
/// list.
///
/// Spec: Manifest Lists.
struct ManifestSummary {
  private var counts: [ManifestEntry.Status: (files: Int, rows: Int64)] = [:]
  private var fields: [FieldRange]
  /// The least data sequence number of the live files that have one; nil when none has.
  private(set) var minSequenceNumber: Int64?

  fileprivate struct FieldRange {
    let type: FieldType
    var containsNull = false
    var containsNaN = false
    var least: Literal?
    var greatest: Literal?
  }

  /// A summary of no entries yet, whose partition tuples have the given fields.
  init(of partitionFields: [Field]) {
    fields = partitionFields.map { FieldRange(type: $0.type) }
  }

  /// Takes an entry in. Throws `invalidArgument` when its partition tuple is not of the right length.
  mutating func add(_ entry: ManifestEntry) throws(IcebergError) {
    let values = entry.dataFile.partition.values
    guard values.count == fields.count else {
      throw IcebergError(
        .invalidArgument,
        """
        the partition of \(entry.dataFile.location) has \(values.count) values, but the spec has \
        \(fields.count) fields
        """)
    }
    let (files, rows) = counts[entry.status] ?? (0, 0)
    let (sum, overflow) = rows.addingReportingOverflow(entry.dataFile.recordCount)
    counts[entry.status] = (files + 1, overflow ? .max : sum)
    if entry.isLive, let number = entry.sequenceNumber {
      minSequenceNumber = min(minSequenceNumber ?? number, number)
    }
    for (index, value) in values.enumerated() { fields[index].add(value) }
  }

  /// Sets what was found in the description of a manifest.
  func write(to manifest: inout ManifestFile) {
    let (added, existing, deleted) = (counts[.added], counts[.existing], counts[.deleted])
    manifest.addedFilesCount = added?.files ?? 0
    manifest.existingFilesCount = existing?.files ?? 0
    manifest.deletedFilesCount = deleted?.files ?? 0
    manifest.addedRowsCount = added?.rows ?? 0
    manifest.existingRowsCount = existing?.rows ?? 0
    manifest.deletedRowsCount = deleted?.rows ?? 0
    manifest.partitions = fields.map { field in
      ManifestFile.FieldSummary(
        containsNull: field.containsNull, containsNaN: field.containsNaN,
        lowerBound: field.least.flatMap { try? $0.singleValueBytes() },
        upperBound: field.greatest.flatMap { try? $0.singleValueBytes() })
    }
  }
}

extension ManifestSummary.FieldRange {
  fileprivate mutating func add(_ value: Literal?) {
    guard let value else {
      containsNull = true
      return
    }
    switch (value, type) {
    case (.float(let number), _) where number.isNaN: containsNaN = true
    case (.double(let number), _) where number.isNaN: containsNaN = true
    // Written before the column was widened: values of two types have no order.
    case (.int(let number), .long): add(.long(Int64(number)))
    case (.float(let number), .double): add(.double(Double(number)))
    default:
      guard let least, let greatest else {
        (least, greatest) = (value, value)
        return
      }
      if value.ordering(to: least) == .less { self.least = value }
      if value.ordering(to: greatest) == .greater { self.greatest = value }
    }
  }
}
