public import IcebergBytes

/// The state of a table at some time.
///
/// Spec: Snapshots.
public struct Snapshot: Hashable, Sendable {
  /// The id of the snapshot.
  public var id: Int64
  /// The snapshot that this one was made from; nil for the first one, or when not known.
  public var parentID: Int64?
  /// The order of the snapshot in the history of the table; 0 in v1.
  public var sequenceNumber: Int64
  /// When the snapshot was made, in milliseconds since 1970-01-01 UTC.
  public var timestampMillis: Int64
  /// Where the manifests are listed.
  public var manifests: Manifests
  /// What the snapshot did; nil when not recorded (v1).
  public var summary: SnapshotSummary?
  /// The schema of the table when the snapshot was made; nil when not recorded.
  public var schemaID: Int?
  /// The first `_row_id` that the snapshot assigned (v3).
  public var firstRowID: Int64?
  /// An upper bound of the rows that the snapshot assigned ids to (v3).
  public var addedRows: Int64?
  /// The key that encrypts the manifest list, or nil (v3).
  public var keyID: String?
  /// Members of the snapshot's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// Where the manifests of a snapshot are listed.
  public enum Manifests: Hashable, Sendable {
    /// The location of a manifest list.
    case list(String)
    /// The locations of the manifests themselves (v1 only).
    case inline([String])
  }

  /// A snapshot of the given parts.
  public init(
    id: Int64, parentID: Int64? = nil, sequenceNumber: Int64 = 0, timestampMillis: Int64,
    manifests: Manifests, summary: SnapshotSummary? = nil, schemaID: Int? = nil,
    firstRowID: Int64? = nil, addedRows: Int64? = nil, keyID: String? = nil,
    unknownMembers: JSONObject = JSONObject()
  ) {
    self.id = id
    self.parentID = parentID
    self.sequenceNumber = sequenceNumber
    self.timestampMillis = timestampMillis
    self.manifests = manifests
    self.summary = summary
    self.schemaID = schemaID
    self.firstRowID = firstRowID
    self.addedRows = addedRows
    self.keyID = keyID
    self.unknownMembers = unknownMembers
  }
}
