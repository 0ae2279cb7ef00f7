public import IcebergBytes

/// A Puffin file with statistics of one snapshot.
///
/// Spec: Table Statistics.
public struct StatisticsFile: Hashable, Sendable {
  /// The snapshot that the statistics belong to.
  public var snapshotID: Int64
  /// The location of the file.
  public var location: String
  /// The length of the file in bytes.
  public var fileSizeInBytes: Int64
  /// The length of the Puffin footer in bytes.
  public var fileFooterSizeInBytes: Int64
  /// What is needed to decrypt the file, Base64; nil when it is plain.
  public var keyMetadata: String?
  /// The blobs of the file.
  public var blobs: [Blob]
  /// Members of the JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// One blob of statistics.
  public struct Blob: Hashable, Sendable {
    /// The kind of statistics, such as `apache-datasketches-theta-v1`.
    public var type: String
    /// The snapshot that the blob was computed from.
    public var snapshotID: Int64
    /// The sequence number of that snapshot.
    public var sequenceNumber: Int64
    /// The ids of the columns.
    public var fieldIDs: [Int]
    /// More about the blob, such as `ndv`.
    public var properties: [String: String]
    /// Members of the JSON object that this library does not know; kept when written.
    public var unknownMembers: JSONObject

    /// A blob of the given parts.
    public init(
      type: String, snapshotID: Int64, sequenceNumber: Int64, fieldIDs: [Int],
      properties: [String: String] = [:], unknownMembers: JSONObject = JSONObject()
    ) {
      self.type = type
      self.snapshotID = snapshotID
      self.sequenceNumber = sequenceNumber
      self.fieldIDs = fieldIDs
      self.properties = properties
      self.unknownMembers = unknownMembers
    }
  }

  /// A statistics file of the given parts.
  public init(
    snapshotID: Int64, location: String, fileSizeInBytes: Int64, fileFooterSizeInBytes: Int64,
    keyMetadata: String? = nil, blobs: [Blob], unknownMembers: JSONObject = JSONObject()
  ) {
    self.snapshotID = snapshotID
    self.location = location
    self.fileSizeInBytes = fileSizeInBytes
    self.fileFooterSizeInBytes = fileFooterSizeInBytes
    self.keyMetadata = keyMetadata
    self.blobs = blobs
    self.unknownMembers = unknownMembers
  }
}

/// A file with statistics of every partition of one snapshot.
///
/// Spec: Partition Statistics.
public struct PartitionStatisticsFile: Hashable, Sendable {
  /// The snapshot that the statistics belong to.
  public var snapshotID: Int64
  /// The location of the file.
  public var location: String
  /// The length of the file in bytes.
  public var fileSizeInBytes: Int64
  /// Members of the JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// A partition statistics file of the given parts.
  public init(
    snapshotID: Int64, location: String, fileSizeInBytes: Int64,
    unknownMembers: JSONObject = JSONObject()
  ) {
    self.snapshotID = snapshotID
    self.location = location
    self.fileSizeInBytes = fileSizeInBytes
    self.unknownMembers = unknownMembers
  }
}
