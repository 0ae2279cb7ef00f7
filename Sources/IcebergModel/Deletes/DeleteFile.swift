/// A delete file or deletion vector of a snapshot, with what decides where it applies.
///
/// Spec: Scan Planning, "Delete File Application".
public struct DeleteFile: Hashable, Sendable {
  /// The file as its manifest describes it; its content is never ``DataFile/Content/data``.
  public var file: DataFile
  /// The data sequence number, inherited already; 0 in v1.
  public var sequenceNumber: Int64
  /// The spec of the file's partition tuple.
  public var partitionSpec: PartitionSpec

  /// A delete file of the given parts.
  public init(file: DataFile, sequenceNumber: Int64, partitionSpec: PartitionSpec) {
    self.file = file
    self.sequenceNumber = sequenceNumber
    self.partitionSpec = partitionSpec
  }

  /// How a delete file says which rows are deleted.
  public enum Kind: Hashable, Sendable {
    /// Rows of an Avro, ORC or Parquet file: the location of a data file and a position in it.
    case positionDeletes
    /// Rows of an Avro, ORC or Parquet file: values that deleted rows have.
    case equalityDeletes
    /// A bitmap of the positions of one data file, stored in a Puffin file (v3).
    case deletionVector
  }

  /// How the file says which rows are deleted.
  public var kind: Kind {
    switch file.content {
    case .equalityDeletes: .equalityDeletes
    case .positionDeletes, .data: file.format == .puffin ? .deletionVector : .positionDeletes
    }
  }

  /// The location of the data file that all deletes of the file are about; nil when there may be
  /// several, and for equality deletes.
  public var onlyDataFile: String? {
    guard file.content == .positionDeletes else { return nil }
    return file.referencedDataFile ?? PathBounds(of: file)?.onlyLocation
  }
}
