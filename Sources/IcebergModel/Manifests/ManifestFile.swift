public import IcebergBytes

/// A manifest as a manifest list describes it.
///
/// Spec: Snapshots, "Manifest Lists".
public struct ManifestFile: Hashable, Sendable {
  /// What the files of a manifest hold.
  public enum Content: Int, Hashable, Sendable, CaseIterable {
    case data = 0
    case deletes = 1
  }

  /// What is known of one partition field over all files of a manifest.
  public struct FieldSummary: Hashable, Sendable {
    /// Whether some file has a null.
    public var containsNull: Bool
    /// Whether some file has a NaN; nil when not recorded.
    public var containsNaN: Bool?
    /// The least value, in binary single-value form; nil when all are null or NaN.
    public var lowerBound: Bytes?
    /// The greatest value, in binary single-value form; nil when all are null or NaN.
    public var upperBound: Bytes?

    /// A summary of the given parts.
    public init(
      containsNull: Bool, containsNaN: Bool? = nil, lowerBound: Bytes? = nil,
      upperBound: Bytes? = nil
    ) {
      self.containsNull = containsNull
      self.containsNaN = containsNaN
      self.lowerBound = lowerBound
      self.upperBound = upperBound
    }
  }

  /// The location of the manifest, as written.
  public var location: String
  /// The length of the manifest in bytes.
  public var length: Int64
  /// The partition spec of all files in the manifest.
  public var partitionSpecID: Int
  /// What the files hold.
  public var content: Content
  /// The sequence number of the snapshot that added the manifest; 0 in v1.
  public var sequenceNumber: Int64
  /// The least data sequence number of all live files; 0 in v1.
  public var minSequenceNumber: Int64
  /// The snapshot that added the manifest.
  public var addedSnapshotID: Int64
  /// Entries with status added; nil when not recorded (v1), so for all counts.
  public var addedFilesCount: Int?
  /// Entries with status existing.
  public var existingFilesCount: Int?
  /// Entries with status deleted.
  public var deletedFilesCount: Int?
  /// Rows in added files.
  public var addedRowsCount: Int64?
  /// Rows in existing files.
  public var existingRowsCount: Int64?
  /// Rows in deleted files.
  public var deletedRowsCount: Int64?
  /// One summary per partition field; nil when not recorded.
  public var partitions: [FieldSummary]?
  /// What is needed to decrypt the manifest, or nil.
  public var keyMetadata: Bytes?
  /// The row id from which added files without one are counted (v3); nil when not assigned.
  public var firstRowID: Int64?

  /// A manifest with the fields that every one has.
  public init(
    location: String, length: Int64, partitionSpecID: Int, content: Content = .data,
    sequenceNumber: Int64 = 0, minSequenceNumber: Int64 = 0, addedSnapshotID: Int64
  ) {
    self.location = location
    self.length = length
    self.partitionSpecID = partitionSpecID
    self.content = content
    self.sequenceNumber = sequenceNumber
    self.minSequenceNumber = minSequenceNumber
    self.addedSnapshotID = addedSnapshotID
  }
}
