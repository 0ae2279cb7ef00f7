public import IcebergModel

/// How long a branch or tag, and the snapshots of a branch, are kept.
///
/// What is nil is up to the table's properties `history.expire.*`.
///
/// Spec: Snapshot References; Snapshot Retention Policy.
public struct ReferenceRetention: Hashable, Sendable {
  /// Of a branch: the least number of snapshots to keep.
  public var minSnapshotsToKeep: Int?
  /// Of a branch: the age in milliseconds up to which snapshots are kept.
  public var maxSnapshotAgeMillis: Int64?
  /// The age in milliseconds up to which the branch or tag itself is kept.
  public var maxReferenceAgeMillis: Int64?

  /// A retention of the given parts.
  public init(
    minSnapshotsToKeep: Int? = nil, maxSnapshotAgeMillis: Int64? = nil,
    maxReferenceAgeMillis: Int64? = nil
  ) {
    self.minSnapshotsToKeep = minSnapshotsToKeep
    self.maxSnapshotAgeMillis = maxSnapshotAgeMillis
    self.maxReferenceAgeMillis = maxReferenceAgeMillis
  }
}

extension SnapshotReference {
  /// How long the reference and its snapshots are kept.
  public var retention: ReferenceRetention {
    get {
      ReferenceRetention(
        minSnapshotsToKeep: minSnapshotsToKeep, maxSnapshotAgeMillis: maxSnapshotAgeMillis,
        maxReferenceAgeMillis: maxReferenceAgeMillis)
    }
    set {
      minSnapshotsToKeep = newValue.minSnapshotsToKeep
      maxSnapshotAgeMillis = newValue.maxSnapshotAgeMillis
      maxReferenceAgeMillis = newValue.maxReferenceAgeMillis
    }
  }
}
