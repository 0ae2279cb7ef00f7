public import IcebergBytes

/// The format of a data or delete file.
public enum FileFormat: String, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case parquet, avro, orc, puffin
}

/// A data or delete file as a manifest describes it.
///
/// Spec: Manifests, "Data File Fields".
public struct DataFile: Hashable, Sendable {
  /// What a file holds.
  public enum Content: Int, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    case data = 0
    case positionDeletes = 1
    case equalityDeletes = 2
  }

  // Held by reference: a table has millions of files, which planning passes on from hand to hand.
  private var storage: Storage

  /// What the file holds.
  public var content: Content {
    get { storage.fields.content }
    set { fields.content = newValue }
  }
  /// The location of the file, as written.
  public var location: String {
    get { storage.fields.location }
    set { fields.location = newValue }
  }
  /// The format of the file.
  public var format: FileFormat {
    get { storage.fields.format }
    set { fields.format = newValue }
  }
  /// The id of the partition spec of ``partition``; from the manifest, not written in the entry.
  public var specID: Int {
    get { storage.fields.specID }
    set { fields.specID = newValue }
  }
  /// The partition tuple, one value per field of the spec.
  public var partition: StructValue {
    get { storage.fields.partition }
    set { fields.partition = newValue }
  }
  /// The number of rows.
  public var recordCount: Int64 {
    get { storage.fields.recordCount }
    set { fields.recordCount = newValue }
  }
  /// The length of the file in bytes.
  public var fileSizeInBytes: Int64 {
    get { storage.fields.fileSizeInBytes }
    set { fields.fileSizeInBytes = newValue }
  }
  /// Bytes on disk by column id; nil when not recorded (so for all maps below).
  public var columnSizes: [Int: Int64]? {
    get { storage.fields.columnSizes }
    set { fields.columnSizes = newValue }
  }
  /// Values by column id, nulls and NaNs included.
  public var valueCounts: [Int: Int64]? {
    get { storage.fields.valueCounts }
    set { fields.valueCounts = newValue }
  }
  /// Nulls by column id.
  public var nullValueCounts: [Int: Int64]? {
    get { storage.fields.nullValueCounts }
    set { fields.nullValueCounts = newValue }
  }
  /// NaNs by column id.
  public var nanValueCounts: [Int: Int64]? {
    get { storage.fields.nanValueCounts }
    set { fields.nanValueCounts = newValue }
  }
  /// Lower bounds by column id, in binary single-value form.
  public var lowerBounds: [Int: Bytes]? {
    get { storage.fields.lowerBounds }
    set { fields.lowerBounds = newValue }
  }
  /// Upper bounds by column id, in binary single-value form.
  public var upperBounds: [Int: Bytes]? {
    get { storage.fields.upperBounds }
    set { fields.upperBounds = newValue }
  }
  /// What is needed to decrypt the file, or nil.
  public var keyMetadata: Bytes? {
    get { storage.fields.keyMetadata }
    set { fields.keyMetadata = newValue }
  }
  /// Where the file may be split: offsets in bytes, ascending; nil when not recorded.
  public var splitOffsets: [Int64]? {
    get { storage.fields.splitOffsets }
    set { fields.splitOffsets = newValue }
  }
  /// The ids of the columns whose values are deleted; equality deletes only.
  public var equalityIDs: [Int]? {
    get { storage.fields.equalityIDs }
    set { fields.equalityIDs = newValue }
  }
  /// The id of the sort order of the rows; nil when not recorded.
  public var sortOrderID: Int? {
    get { storage.fields.sortOrderID }
    set { fields.sortOrderID = newValue }
  }
  /// The `_row_id` of the first row (v3); nil when not assigned.
  public var firstRowID: Int64? {
    get { storage.fields.firstRowID }
    set { fields.firstRowID = newValue }
  }
  /// The data file that all deletes of this file refer to; nil when there are several.
  public var referencedDataFile: String? {
    get { storage.fields.referencedDataFile }
    set { fields.referencedDataFile = newValue }
  }
  /// Where the deletion vector begins in its Puffin file (v3).
  public var contentOffset: Int64? {
    get { storage.fields.contentOffset }
    set { fields.contentOffset = newValue }
  }
  /// The length of the deletion vector in bytes (v3).
  public var contentSizeInBytes: Int64? {
    get { storage.fields.contentSizeInBytes }
    set { fields.contentSizeInBytes = newValue }
  }

  /// The bytes that hold what the file describes: of a deletion vector those of the vector, else the
  /// whole file.
  package var contentLength: Int64 { contentSizeInBytes ?? fileSizeInBytes }

  /// A data file with the fields that every file has.
  public init(
    content: Content = .data, location: String, format: FileFormat, specID: Int = 0,
    partition: StructValue = StructValue(), recordCount: Int64, fileSizeInBytes: Int64
  ) {
    self.init(
      Fields(
        content: content, location: location, format: format, specID: specID, partition: partition,
        recordCount: recordCount, fileSizeInBytes: fileSizeInBytes))
  }
}

extension DataFile {
  /// All that is known of a file.
  struct Fields: Hashable, Sendable {
    var content: Content
    var location: String
    var format: FileFormat
    var specID: Int
    var partition: StructValue
    var recordCount: Int64
    var fileSizeInBytes: Int64
    var columnSizes: [Int: Int64]?
    var valueCounts: [Int: Int64]?
    var nullValueCounts: [Int: Int64]?
    var nanValueCounts: [Int: Int64]?
    var lowerBounds: [Int: Bytes]?
    var upperBounds: [Int: Bytes]?
    var keyMetadata: Bytes?
    var splitOffsets: [Int64]?
    var equalityIDs: [Int]?
    var sortOrderID: Int?
    var firstRowID: Int64?
    var referencedDataFile: String?
    var contentOffset: Int64?
    var contentSizeInBytes: Int64?
  }

  /// Fields that never change, so that any number of values may have them.
  private final class Storage: Sendable {
    let fields: Fields

    init(_ fields: Fields) { self.fields = fields }
  }

  /// A data file of the given fields.
  init(_ fields: Fields) { storage = Storage(fields) }

  private var fields: Fields {
    get { storage.fields }
    set { storage = Storage(newValue) }
  }

  /// Whether both have the same fields.
  public static func == (left: DataFile, right: DataFile) -> Bool {
    left.storage === right.storage || left.fields == right.fields
  }

  /// Hashes all fields.
  public func hash(into hasher: inout Hasher) { hasher.combine(fields) }
}
