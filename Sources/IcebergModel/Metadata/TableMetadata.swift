public import IcebergBytes

/// Everything about one version of a table: its schemas, layouts, properties and snapshots.
///
/// Spec: Table Metadata and Snapshots, "Table Metadata Fields".
public struct TableMetadata: Hashable, Sendable {
  /// The version of the format: 1, 2 or 3.
  public var formatVersion: Int
  /// What identifies the table, a UUID in text form; nil in old v1 tables.
  public var tableUUID: String?
  /// The base location of the table, without a slash at the end.
  public var location: String
  /// The highest sequence number assigned; 0 in v1.
  public var lastSequenceNumber: Int64
  /// When this version was written, in milliseconds since 1970-01-01 UTC.
  public var lastUpdatedMillis: Int64
  /// The highest column id assigned.
  public var lastColumnID: Int
  /// Every schema of the table.
  public var schemas: [Schema]
  /// The id of the current schema.
  public var currentSchemaID: Int
  /// Every partition spec of the table.
  public var partitionSpecs: [PartitionSpec]
  /// The id of the spec that writers use.
  public var defaultSpecID: Int
  /// The highest partition field id assigned; 999 when none was.
  public var lastPartitionID: Int
  /// Every sort order of the table.
  public var sortOrders: [TableSortOrder]
  /// The id of the order that writers use.
  public var defaultSortOrderID: Int
  /// Settings that control reading and writing.
  public var properties: [String: String]
  /// The snapshot that the main branch stands for; nil when the table is empty.
  public var currentSnapshotID: Int64?
  /// Every snapshot that is kept.
  public var snapshots: [Snapshot] {
    didSet { snapshotIndex = SnapshotIndex(of: snapshots) }
  }
  /// Which snapshot was current from when on, oldest first.
  public var snapshotLog: [SnapshotLogEntry]
  /// Earlier metadata files, oldest first.
  public var metadataLog: [MetadataLogEntry]
  /// Branches and tags by name.
  public var references: [String: SnapshotReference]
  /// Statistics files, one per snapshot at most.
  public var statistics: [StatisticsFile]
  /// Partition statistics files, one per snapshot at most.
  public var partitionStatistics: [PartitionStatisticsFile]
  /// Keys that encrypt the files of the table (v3).
  public var encryptionKeys: [EncryptedKey]
  /// The next row id to assign (v3); nil below v3.
  public var nextRowID: Int64?
  /// Members of the metadata's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// Where a snapshot stands in ``snapshots``, by its id.
  private(set) var snapshotIndex: SnapshotIndex

  /// From when on a snapshot was current.
  public struct SnapshotLogEntry: Hashable, Sendable {
    /// Milliseconds since 1970-01-01 UTC.
    public var timestampMillis: Int64
    /// The snapshot that became current.
    public var snapshotID: Int64
    /// Members of the entry's JSON object that this library does not know; kept when written.
    public var unknownMembers: JSONObject

    /// An entry of the given parts.
    public init(
      timestampMillis: Int64, snapshotID: Int64, unknownMembers: JSONObject = JSONObject()
    ) {
      self.timestampMillis = timestampMillis
      self.snapshotID = snapshotID
      self.unknownMembers = unknownMembers
    }
  }

  /// An earlier metadata file.
  public struct MetadataLogEntry: Hashable, Sendable {
    /// When the file was written: milliseconds since 1970-01-01 UTC.
    public var timestampMillis: Int64
    /// The location of the file.
    public var location: String
    /// Members of the entry's JSON object that this library does not know; kept when written.
    public var unknownMembers: JSONObject

    /// An entry of the given parts.
    public init(
      timestampMillis: Int64, location: String, unknownMembers: JSONObject = JSONObject()
    ) {
      self.timestampMillis = timestampMillis
      self.location = location
      self.unknownMembers = unknownMembers
    }
  }

  /// Metadata of the given parts; everything not given is empty.
  public init(
    formatVersion: Int, tableUUID: String?, location: String, lastUpdatedMillis: Int64,
    lastColumnID: Int, schemas: [Schema], currentSchemaID: Int, partitionSpecs: [PartitionSpec],
    defaultSpecID: Int, lastPartitionID: Int, sortOrders: [TableSortOrder],
    defaultSortOrderID: Int, properties: [String: String] = [:]
  ) {
    self.formatVersion = formatVersion
    self.tableUUID = tableUUID
    self.location = location
    self.lastUpdatedMillis = lastUpdatedMillis
    self.lastColumnID = lastColumnID
    self.schemas = schemas
    self.currentSchemaID = currentSchemaID
    self.partitionSpecs = partitionSpecs
    self.defaultSpecID = defaultSpecID
    self.lastPartitionID = lastPartitionID
    self.sortOrders = sortOrders
    self.defaultSortOrderID = defaultSortOrderID
    self.properties = properties
    lastSequenceNumber = 0
    currentSnapshotID = nil
    snapshots = []
    snapshotLog = []
    metadataLog = []
    references = [:]
    statistics = []
    partitionStatistics = []
    encryptionKeys = []
    nextRowID = formatVersion >= 3 ? 0 : nil
    unknownMembers = JSONObject()
    snapshotIndex = SnapshotIndex(of: [])
  }
}
