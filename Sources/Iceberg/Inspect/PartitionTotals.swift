internal import IcebergColumns
package import IcebergModel

/// What is in each partition of a snapshot, added up over its live files.
package struct PartitionTotals: Sendable {
  /// The shape of the partition tuples.
  let type: PartitionType
  /// The partitions, in the order in which they were found.
  package private(set) var partitions: [Partition] = []
  private var places: [Key: Int] = [:]
  private let specs: [Int: Spec]
  private let commitTimes: [Int64: Int64]

  /// What is in a partition.
  package struct Partition: Sendable {
    /// The tuple, in the shape of all specs.
    package var tuple: StructValue
    /// The spec of the files that were committed last.
    package var specID: Int
    package var recordCount: Int64 = 0
    package var fileCount: Int64 = 0
    package var dataFileSizeInBytes: Int64 = 0
    package var positionDeleteRecordCount: Int64 = 0
    package var positionDeleteFileCount: Int64 = 0
    package var equalityDeleteRecordCount: Int64 = 0
    package var equalityDeleteFileCount: Int64 = 0
    /// When a live file was last committed, and by which snapshot; nil when no snapshot that
    /// committed a live file is kept any more.
    package var lastUpdate: (millis: Int64, snapshotID: Int64)?
  }

  private struct Key: Hashable, Sendable {
    var tuple: StructValue
    // Null in a field that the spec has, and a field that it lacks, are different partitions.
    var fieldCount: Int
  }

  private struct Spec: Sendable {
    var spec: PartitionSpec
    var fieldCount: Int
  }

  /// No partitions yet of a table with the given metadata.
  package init(_ metadata: TableMetadata) throws(IcebergError) {
    let type = try metadata.partitionType
    self.type = type
    specs = Dictionary(
      metadata.partitionSpecs.map { spec in
        (spec.id, Spec(spec: spec, fieldCount: type.positions(in: spec).count { $0 != nil }))
      }, uniquingKeysWith: { first, _ in first })
    commitTimes = Dictionary(
      metadata.snapshots.map { ($0.id, $0.timestampMillis) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Adds a live file.
  package mutating func count(_ entry: ManifestEntry) throws(IcebergError) {
    let file = entry.dataFile
    guard let spec = specs[file.specID] else {
      throw IcebergError(
        .invalidMetadata, "the partition spec \(file.specID) of a file does not exist",
        context: .init(location: file.location))
    }
    var added = Partition(tuple: type.tuple(file.partition, of: spec.spec), specID: file.specID)
    switch file.content {
    case .data:
      added.recordCount = file.recordCount
      added.fileCount = 1
      added.dataFileSizeInBytes = file.fileSizeInBytes
    case .positionDeletes:
      added.positionDeleteRecordCount = file.recordCount
      added.positionDeleteFileCount = 1
    case .equalityDeletes:
      added.equalityDeleteRecordCount = file.recordCount
      added.equalityDeleteFileCount = 1
    }
    if let id = entry.snapshotID, let millis = commitTimes[id] {
      added.lastUpdate = (millis, id)
    }
    try add(added, Key(tuple: added.tuple, fieldCount: spec.fieldCount))
  }

  /// Adds what was counted elsewhere.
  package mutating func add(_ other: PartitionTotals) throws(IcebergError) {
    for (key, place) in other.places.sorted(by: { $0.value < $1.value }) {
      try add(other.partitions[place], key)
    }
  }

  private mutating func add(_ added: Partition, _ key: Key) throws(IcebergError) {
    if let place = places[key] {
      guard partitions[place].add(added) else {
        throw IcebergError(.invalidFile, "the records of a partition need more than 64 bits")
      }
    } else {
      places[key] = partitions.count
      partitions.append(added)
    }
  }
}

extension PartitionTotals.Partition {
  /// Adds what else is in the partition. Returns false when a sum needs more than 64 bits.
  fileprivate mutating func add(_ other: Self) -> Bool {
    let sums: [WritableKeyPath<Self, Int64>] = [
      \.recordCount, \.fileCount, \.dataFileSizeInBytes, \.positionDeleteRecordCount,
      \.positionDeleteFileCount, \.equalityDeleteRecordCount, \.equalityDeleteFileCount,
    ]
    for sum in sums {
      let (value, overflow) = self[keyPath: sum].addingReportingOverflow(other[keyPath: sum])
      if overflow { return false }
      self[keyPath: sum] = value
    }
    if let update = other.lastUpdate, lastUpdate.map({ update.millis > $0.millis }) ?? true {
      lastUpdate = update
      specID = other.specID
    }
    return true
  }

  /// What fills a column of `partitions`.
  static func cell(
    for field: Field, _ type: PartitionType
  ) throws(IcebergError) -> RowColumns<Self>.Cell {
    switch field.id {
    case 1:
      let places = field.type.children.map { child in
        type.fields.firstIndex { $0.id == child.id } ?? 0
      }
      let fields = field.type.children
      return { (partition, builder) throws(IcebergError) in
        for (index, field) in fields.enumerated() {
          let value = partition.tuple.values[places[index]]
          guard builder.children[index].append(value, as: field.type) else {
            throw IcebergError(
              .invalidFile, "the partition value '\(field.name)' of a file is not \(field.type)",
              context: .init(fieldID: field.id))
          }
        }
        builder.closeRow()
      }
    case 4:
      return { (partition, builder) throws(IcebergError) in
        try builder.append(int: partition.specID)
      }
    case 2: return { partition, builder in builder.append(partition.recordCount) }
    case 3: return number(\.fileCount)
    case 11: return { partition, builder in builder.append(partition.dataFileSizeInBytes) }
    case 5: return { partition, builder in builder.append(partition.positionDeleteRecordCount) }
    case 6: return number(\.positionDeleteFileCount)
    case 7: return { partition, builder in builder.append(partition.equalityDeleteRecordCount) }
    case 8: return number(\.equalityDeleteFileCount)
    case 9:
      return { (partition, builder) throws(IcebergError) in
        guard let update = partition.lastUpdate else { return builder.appendNull() }
        try builder.append(millis: update.millis)
      }
    case 10:
      return { partition, builder in builder.append(long: partition.lastUpdate?.snapshotID) }
    default:
      throw IcebergError(
        .unsupported, "the column '\(field.name)' of a metadata table is not known")
    }
  }

  private static func number(
    _ number: any KeyPath<Self, Int64> & Sendable
  ) -> RowColumns<Self>.Cell {
    { (partition, builder) throws(IcebergError) in
      try builder.append(int: Int(partition[keyPath: number]))
    }
  }
}
