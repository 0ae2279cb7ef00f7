public import IcebergBytes

/// Where the pages of one column of a row group lie, and what they hold.
public struct ColumnChunk: Hashable, Sendable {
  /// How many pages of one kind and encoding a chunk has.
  public struct PageCount: Hashable, Sendable {
    /// The kind of the pages.
    public var kind: PageHeader.Kind
    /// The encoding of their values.
    public var encoding: Encoding
    /// How many there are.
    public var count: Int32

    /// `count` pages of one kind and encoding.
    public init(kind: PageHeader.Kind, encoding: Encoding, count: Int32) {
      self.kind = kind
      self.encoding = encoding
      self.count = count
    }
  }

  /// Sizes and level counts, for estimating memory. Spec: Parquet, `SizeStatistics`.
  public struct SizeStatistics: Hashable, Sendable {
    /// The size of all byte strings without any encoding.
    public var unencodedByteArrayBytes: Int64?
    /// How often each repetition level occurs.
    public var repetitionLevelHistogram: [Int64]?
    /// How often each definition level occurs.
    public var definitionLevelHistogram: [Int64]?

    /// Statistics that say nothing.
    public init() {}
  }

  /// Where the pages of the chunk lie when not in this file; nil in every file in use.
  public var filePath: String?
  /// Deprecated, kept as it is; readers use the page offsets.
  public var fileOffset: Int64 = 0
  /// How values are stored.
  public var physicalType: PhysicalType
  /// Every encoding used for values or levels.
  public var encodings: [Encoding]
  /// The names from the top of the schema down, without the root.
  public var path: [String]
  /// How pages are compressed.
  public var compression: ColumnCompression
  /// The number of values, nulls and empty lists included.
  public var valueCount: Int64
  /// The size of all pages with their headers, decompressed.
  public var uncompressedSize: Int64
  /// The size of all pages with their headers, as they lie in the file.
  public var compressedSize: Int64
  /// Key-value pairs of the writer.
  public var keyValueMetadata: [KeyValue]?
  /// Where the first data page begins in the file.
  public var dataPageOffset: Int64
  /// Where the index page begins; no writer makes one.
  public var indexPageOffset: Int64?
  /// Where the dictionary page begins.
  public var dictionaryPageOffset: Int64?
  /// What the writer noted about the values.
  public var statistics: ColumnStatistics?
  /// How many pages of each kind and encoding there are.
  public var pageCounts: [PageCount]?
  /// Where the bloom filter begins.
  public var bloomFilterOffset: Int64?
  /// The size of the bloom filter with its header.
  public var bloomFilterLength: Int32?
  /// Sizes and level counts.
  public var sizeStatistics: SizeStatistics?
  /// Where the offset index begins.
  public var offsetIndexOffset: Int64?
  /// The size of the offset index.
  public var offsetIndexLength: Int32?
  /// Where the column index begins.
  public var columnIndexOffset: Int64?
  /// The size of the column index.
  public var columnIndexLength: Int32?
  /// Whether the pages are encrypted.
  public var isEncrypted = false

  /// A chunk whose further fields are set afterwards.
  public init(
    physicalType: PhysicalType, encodings: [Encoding], path: [String],
    compression: ColumnCompression, valueCount: Int64, uncompressedSize: Int64,
    compressedSize: Int64, dataPageOffset: Int64
  ) {
    self.physicalType = physicalType
    self.encodings = encodings
    self.path = path
    self.compression = compression
    self.valueCount = valueCount
    self.uncompressedSize = uncompressedSize
    self.compressedSize = compressedSize
    self.dataPageOffset = dataPageOffset
  }

  /// The bytes of the file that hold the pages. Throws `badValue` when the offsets make no sense.
  public func byteRange() throws(FormatError) -> Range<Int64> {
    var start = dataPageOffset
    // Some writers note an offset of zero, or one behind the data, for "no dictionary".
    if let dictionary = dictionaryPageOffset, dictionary > 0, dictionary < start {
      start = dictionary
    }
    let (end, overflow) = start.addingReportingOverflow(compressedSize)
    guard start >= 0, compressedSize >= 0, !overflow else {
      throw FormatError(.badValue, "column chunk with impossible offsets")
    }
    return start..<end
  }
}
