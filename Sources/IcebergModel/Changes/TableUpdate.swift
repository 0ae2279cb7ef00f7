/// One change of table metadata, in the terms of the REST catalog.
///
/// Spec: Iceberg REST Catalog API, `TableUpdate`.
public enum TableUpdate: Hashable, Sendable {
  /// Gives a new table its UUID.
  case assignUUID(String)
  case upgradeFormatVersion(Int)
  /// Adds a schema; its id is assigned.
  case addSchema(Schema)
  /// Makes a schema current; -1 is the one added last.
  case setCurrentSchema(id: Int)
  /// Adds a partition spec; its id is assigned.
  case addPartitionSpec(PartitionSpec)
  /// Makes a partition spec the default; -1 is the one added last.
  case setDefaultPartitionSpec(id: Int)
  /// Adds a sort order; its id is assigned.
  case addSortOrder(TableSortOrder)
  /// Makes a sort order the default; -1 is the one added last.
  case setDefaultSortOrder(id: Int)
  case addSnapshot(Snapshot)
  /// Creates a branch or tag, or moves it.
  case setSnapshotReference(name: String, SnapshotReference)
  case removeSnapshots(ids: [Int64])
  case removeSnapshotReference(name: String)
  case setLocation(String)
  case setProperties([String: String])
  case removeProperties([String])
  case setStatistics(StatisticsFile)
  case removeStatistics(snapshotID: Int64)
  case setPartitionStatistics(PartitionStatisticsFile)
  case removePartitionStatistics(snapshotID: Int64)
  case removePartitionSpecs(ids: [Int])
  case removeSchemas(ids: [Int])
  case addEncryptionKey(EncryptedKey)
  case removeEncryptionKey(keyID: String)
}
