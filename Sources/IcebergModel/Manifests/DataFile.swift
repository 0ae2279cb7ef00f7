public import IcebergBytes

/// The format of a data or delete file.
public enum FileFormat: String, Hashable, Sendable, CaseIterable {
  case parquet, avro, orc, puffin
}

/// A data or delete file as a manifest describes it.
///
/// Spec: Manifests, "Data File Fields".
public struct DataFile: Hashable, Sendable {
  /// What a file holds.
  public enum Content: Int, Hashable, Sendable, CaseIterable {
    case data = 0
    case positionDeletes = 1
    case equalityDeletes = 2
  }

  /// What the file holds.
  public var content: Content
  /// The location of the file, as written.
  public var location: String
  /// The format of the file.
  public var format: FileFormat
  /// The id of the partition spec of ``partition``; from the manifest, not written in the entry.
  public var specID: Int
  /// The partition tuple, one value per field of the spec.
  public var partition: StructValue
  /// The number of rows.
  public var recordCount: Int64
  /// The length of the file in bytes.
  public var fileSizeInBytes: Int64
  /// Bytes on disk by column id; nil when not recorded (so for all maps below).
  public var columnSizes: [Int: Int64]?
  /// Values by column id, nulls and NaNs included.
  public var valueCounts: [Int: Int64]?
  /// Nulls by column id.
  public var nullValueCounts: [Int: Int64]?
  /// NaNs by column id.
  public var nanValueCounts: [Int: Int64]?
  /// Lower bounds by column id, in binary single-value form.
  public var lowerBounds: [Int: Bytes]?
  /// Upper bounds by column id, in binary single-value form.
  public var upperBounds: [Int: Bytes]?
  /// What is needed to decrypt the file, or nil.
  public var keyMetadata: Bytes?
  /// Where the file may be split: offsets in bytes, ascending; nil when not recorded.
  public var splitOffsets: [Int64]?
  /// The ids of the columns whose values are deleted; equality deletes only.
  public var equalityIDs: [Int]?
  /// The id of the sort order of the rows; nil when not recorded.
  public var sortOrderID: Int?
  /// The `_row_id` of the first row (v3); nil when not assigned.
  public var firstRowID: Int64?
  /// The data file that all deletes of this file refer to; nil when there are several.
  public var referencedDataFile: String?
  /// Where the deletion vector begins in its Puffin file (v3).
  public var contentOffset: Int64?
  /// The length of the deletion vector in bytes (v3).
  public var contentSizeInBytes: Int64?

  /// The bytes that hold what the file describes: of a deletion vector those of the vector, else the
  /// whole file.
  package var contentLength: Int64 { contentSizeInBytes ?? fileSizeInBytes }

  /// A data file with the fields that every file has.
  public init(
    content: Content = .data, location: String, format: FileFormat, specID: Int = 0,
    partition: StructValue = StructValue(), recordCount: Int64, fileSizeInBytes: Int64
  ) {
    self.content = content
    self.location = location
    self.format = format
    self.specID = specID
    self.partition = partition
    self.recordCount = recordCount
    self.fileSizeInBytes = fileSizeInBytes
  }
}
