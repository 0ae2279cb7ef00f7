/// A file in a manifest, and what the snapshot that wrote the manifest did to it.
///
/// Spec: Manifests, "Manifest Entry Fields".
public struct ManifestEntry: Hashable, Sendable {
  /// What happened to the file.
  public enum Status: Int, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    case existing = 0
    case added = 1
    case deleted = 2
  }

  /// What happened to the file.
  public var status: Status
  /// The snapshot that added or deleted the file; nil until it is inherited from the manifest.
  public var snapshotID: Int64?
  /// The data sequence number; nil until it is inherited. 0 in v1.
  public var sequenceNumber: Int64?
  /// The sequence number of the snapshot that added the file; nil until it is inherited.
  public var fileSequenceNumber: Int64?
  /// The file.
  public var dataFile: DataFile

  /// An entry of the given parts.
  public init(
    status: Status, snapshotID: Int64?, sequenceNumber: Int64?, fileSequenceNumber: Int64?,
    dataFile: DataFile
  ) {
    self.status = status
    self.snapshotID = snapshotID
    self.sequenceNumber = sequenceNumber
    self.fileSequenceNumber = fileSequenceNumber
    self.dataFile = dataFile
  }

  /// Whether the file belongs to the snapshot.
  public var isLive: Bool { status != .deleted }
}
