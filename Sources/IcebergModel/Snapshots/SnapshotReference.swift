public import IcebergBytes

/// A branch or a tag: a name for a snapshot, and how long it is kept.
///
/// Spec: Snapshot References.
public struct SnapshotReference: Hashable, Sendable {
  /// Whether commits move the reference.
  public enum Kind: String, Hashable, Sendable {
    case branch, tag
  }

  /// The name of the main branch.
  public static let main = "main"

  /// The snapshot that the name stands for.
  public var snapshotID: Int64
  /// Whether commits move the reference.
  public var kind: Kind
  /// Of a branch: the least number of snapshots to keep; nil is the table's default.
  public var minSnapshotsToKeep: Int?
  /// Of a branch: the age in milliseconds up to which snapshots are kept; nil is the table's default.
  public var maxSnapshotAgeMillis: Int64?
  /// The age in milliseconds up to which the reference itself is kept; nil is the table's default.
  public var maxReferenceAgeMillis: Int64?
  /// Members of the reference's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// A reference of the given parts.
  public init(
    snapshotID: Int64, kind: Kind, minSnapshotsToKeep: Int? = nil,
    maxSnapshotAgeMillis: Int64? = nil, maxReferenceAgeMillis: Int64? = nil,
    unknownMembers: JSONObject = JSONObject()
  ) {
    self.snapshotID = snapshotID
    self.kind = kind
    self.minSnapshotsToKeep = minSnapshotsToKeep
    self.maxSnapshotAgeMillis = maxSnapshotAgeMillis
    self.maxReferenceAgeMillis = maxReferenceAgeMillis
    self.unknownMembers = unknownMembers
  }
}
