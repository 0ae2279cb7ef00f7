internal import IcebergBytes

/// How a Parquet file is written.
public struct ParquetWriteOptions: Hashable, Sendable {
  /// The form of data pages.
  public enum PageVersion: Hashable, Sendable {
    /// Levels and values compressed together; every reader knows it.
    case v1
    /// Levels apart and uncompressed.
    case v2
  }

  /// How the values of a column are encoded. One that does not fit the type of a column stands for
  /// ``plain`` there.
  public enum ValueEncoding: Hashable, Sendable {
    /// A dictionary as long as that saves space, then ``plain``.
    case dictionary
    case plain
    /// Integers.
    case deltaBinaryPacked
    /// Byte strings.
    case deltaLengthByteArray
    /// Byte strings and values of fixed length.
    case deltaByteArray
    /// Numbers and values of fixed length.
    case byteStreamSplit
    /// Booleans.
    case runLength
  }

  /// The size in bytes, compressed, at which a row group is complete.
  public var rowGroupSize = 128 << 20
  /// The most rows of a row group.
  public var rowGroupRowLimit = Int(Int32.max)
  /// The size in bytes, before compression, at which a page is complete.
  public var pageSize = 1 << 20
  /// The most rows of a page.
  public var pageRowLimit = 20_000
  /// The size in bytes beyond which no dictionary grows; without bytes there is none.
  public var dictionarySize = 2 << 20
  /// The form of data pages.
  public var pageVersion = PageVersion.v1
  /// How pages are compressed.
  public var compression = ColumnCompression.zstd
  /// The codec's own compression level; nil for its default.
  public var compressionLevel: Int?
  /// How the values of all columns are encoded that ``columnEncodings`` does not name.
  public var encoding = ValueEncoding.dictionary
  /// How the values of single columns are encoded, by ``ParquetLeaf/path``.
  public var columnEncodings: [[String]: ValueEncoding] = [:]
  /// The most bytes of a minimum or maximum of byte strings in the footer; longer ones are cut.
  public var statisticsLength = 64
  /// Whether every page header has the checksum of its page.
  public var writesChecksums = true
  /// Key-value pairs for the footer.
  public var keyValueMetadata: [KeyValue] = []
  /// The application, in the form `name version x.y.z (build hash)`.
  public var createdBy = "swift-iceberg version \(LibraryVersion.current) (build 0)"

  /// The defaults of Iceberg's table properties.
  public init() {}

  /// The encoding of the values of `leaf`.
  func encoding(of leaf: ParquetLeaf) -> ValueEncoding {
    let wanted = columnEncodings[leaf.path] ?? encoding
    let fits =
      switch (wanted, leaf.physicalType) {
      case (.plain, _), (.runLength, .boolean), (.deltaBinaryPacked, .int32),
        (.deltaBinaryPacked, .int64), (.deltaLengthByteArray, .byteArray),
        (.deltaByteArray, .byteArray), (.deltaByteArray, .fixedLengthByteArray):
        true
      case (.dictionary, let type): type != .boolean
      case (.byteStreamSplit, let type): type != .boolean && type != .byteArray
      default: false
      }
    if fits { return wanted }
    return leaf.physicalType == .boolean && pageVersion == .v2 ? .runLength : .plain
  }
}
