/// Table metadata while updates are applied to it, one after the other.
struct MetadataDraft {
  /// What the updates start from.
  let base: TableMetadata
  /// The time of the change, in milliseconds since 1970-01-01 UTC: never before the last one, however
  /// the clocks of the machines that commit differ.
  let timestampMillis: Int64
  /// The state so far, but for the snapshots, which stand in ``snapshots``.
  var metadata: TableMetadata
  /// Whether an update changed anything.
  var isChanged = false
  /// Whether an update changed what writers use: schema, partition spec or sort order.
  var isLayoutChanged = false

  /// The snapshots, those in ``removedSnapshotIDs`` included until the end.
  var snapshots: [Snapshot]
  /// Where a snapshot stands in ``snapshots``.
  var snapshotPositions: [Int64: Int]
  /// The snapshots that updates removed.
  var removedSnapshotIDs: Set<Int64> = []
  /// The snapshots that updates added.
  var addedSnapshotIDs: Set<Int64> = []
  /// The added snapshots that the main branch was moved to.
  var mainSnapshotIDs: Set<Int64> = []

  /// The schema, spec and order that the id -1 stands for.
  var lastAddedSchemaID: Int?
  var lastAddedSpecID: Int?
  var lastAddedSortOrderID: Int?

  init(of base: TableMetadata, timestampMillis: Int64) {
    self.base = base
    self.timestampMillis = max(
      timestampMillis, base.lastUpdatedMillis, base.snapshotLog.last?.timestampMillis ?? .min)
    metadata = base
    snapshots = base.snapshots
    snapshotPositions = [Int64: Int](
      base.snapshots.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Applies one update.
  mutating func apply(_ update: TableUpdate) throws(IcebergError) {
    switch update {
    case .assignUUID(let uuid): try assign(uuid: uuid)
    case .upgradeFormatVersion(let version): try upgrade(to: version)
    case .addSchema(let schema): try add(schema)
    case .setCurrentSchema(let id): try setCurrentSchema(id)
    case .addPartitionSpec(let spec): try add(spec)
    case .setDefaultPartitionSpec(let id): try setDefaultPartitionSpec(id)
    case .addSortOrder(let order): try add(order)
    case .setDefaultSortOrder(let id): try setDefaultSortOrder(id)
    case .addSnapshot(let snapshot): try add(snapshot)
    case .setSnapshotReference(let name, let reference): try set(reference, named: name)
    case .removeSnapshots(let ids): removeSnapshots(ids)
    case .removeSnapshotReference(let name): removeReference(named: name)
    case .setLocation(let location): set(location: location)
    case .setProperties(let properties): set(properties)
    case .removeProperties(let keys): removeProperties(keys)
    case .setStatistics(let file): set(file)
    case .removeStatistics(let id): removeStatistics(of: [id])
    case .setPartitionStatistics(let file): set(file)
    case .removePartitionStatistics(let id): removePartitionStatistics(of: [id])
    case .removePartitionSpecs(let ids): try removePartitionSpecs(ids)
    case .removeSchemas(let ids): try removeSchemas(ids)
    case .addEncryptionKey(let key): add(key)
    case .removeEncryptionKey(let keyID): removeEncryptionKey(keyID)
    }
  }

  /// The metadata after all updates.
  consuming func finish(previousLocation: String?) throws(IcebergError) -> TableMetadata {
    guard isChanged else { return base }
    if isLayoutChanged { try checkLayout() }
    finishSnapshots()
    metadata.lastUpdatedMillis = timestampMillis
    if let previousLocation { try log(previousLocation) }
    try metadata.validate()
    return metadata
  }

  /// Adds the file that the base was read from to the metadata log, and cuts the log.
  private mutating func log(_ previousLocation: String) throws(IcebergError) {
    metadata.metadataLog.append(
      TableMetadata.MetadataLogEntry(
        timestampMillis: base.lastUpdatedMillis, location: previousLocation))
    let limit = max(1, try metadata.property(TableProperties.metadataPreviousVersionsMax))
    let excess = metadata.metadataLog.count - limit
    if excess > 0 { metadata.metadataLog.removeFirst(excess) }
  }

  private mutating func assign(uuid: String) throws(IcebergError) {
    guard TableMetadata.isUUID(uuid) else {
      throw IcebergError(.invalidArgument, "'\(uuid)' is not a UUID")
    }
    if let old = metadata.tableUUID {
      guard old.lowercased() == uuid.lowercased() else {
        throw IcebergError(
          .invalidArgument, "the table has the UUID \(old); it cannot be given another")
      }
      return
    }
    metadata.tableUUID = uuid
    isChanged = true
  }

  private mutating func upgrade(to version: Int) throws(IcebergError) {
    guard version <= TableMetadata.newestFormatVersion else {
      throw IcebergError(
        .unsupported,
        """
        format version \(version) is not supported; the newest is \
        \(TableMetadata.newestFormatVersion)
        """)
    }
    guard version >= metadata.formatVersion else {
      throw IcebergError(
        .invalidArgument,
        """
        the table has format version \(metadata.formatVersion); it cannot go back to \(version)
        """)
    }
    if version == metadata.formatVersion { return }
    metadata.formatVersion = version
    if version >= 3, metadata.nextRowID == nil { metadata.nextRowID = 0 }
    isChanged = true
  }

  private mutating func set(location: String) {
    let location = TableMetadata.withoutTrailingSlash(location)
    if location == metadata.location { return }
    metadata.location = location
    isChanged = true
  }

  private mutating func set(_ properties: [String: String]) {
    if properties.isEmpty { return }
    metadata.properties.merge(properties) { _, new in new }
    isChanged = true
  }

  private mutating func removeProperties(_ keys: [String]) {
    if keys.isEmpty { return }
    for key in keys { metadata.properties[key] = nil }
    isChanged = true
  }

  private mutating func set(_ file: StatisticsFile) {
    if let index = metadata.statistics.firstIndex(where: { $0.snapshotID == file.snapshotID }) {
      metadata.statistics[index] = file
    } else {
      metadata.statistics.append(file)
    }
    isChanged = true
  }

  private mutating func set(_ file: PartitionStatisticsFile) {
    let known = metadata.partitionStatistics.firstIndex { $0.snapshotID == file.snapshotID }
    if let known {
      metadata.partitionStatistics[known] = file
    } else {
      metadata.partitionStatistics.append(file)
    }
    isChanged = true
  }

  /// Removes the statistics files of the given snapshots.
  mutating func removeStatistics(of snapshotIDs: Set<Int64>) {
    let count = metadata.statistics.count
    metadata.statistics.removeAll { snapshotIDs.contains($0.snapshotID) }
    if metadata.statistics.count < count { isChanged = true }
  }

  /// Removes the partition statistics files of the given snapshots.
  mutating func removePartitionStatistics(of snapshotIDs: Set<Int64>) {
    let count = metadata.partitionStatistics.count
    metadata.partitionStatistics.removeAll { snapshotIDs.contains($0.snapshotID) }
    if metadata.partitionStatistics.count < count { isChanged = true }
  }

  private mutating func add(_ key: EncryptedKey) {
    if metadata.encryptionKeys.contains(where: { $0.keyID == key.keyID }) { return }
    metadata.encryptionKeys.append(key)
    isChanged = true
  }

  private mutating func removeEncryptionKey(_ keyID: String) {
    guard let index = metadata.encryptionKeys.firstIndex(where: { $0.keyID == keyID }) else {
      return
    }
    metadata.encryptionKeys.remove(at: index)
    isChanged = true
  }
}
