internal import IcebergBytes
internal import IcebergModel
internal import IcebergParquet

/// How the properties of a table want its data files.
struct WriteSettings: Sendable {
  /// The format of the files.
  var format: FileFormat
  /// The size in bytes at which a file is closed and another one begun.
  var targetFileSize: Int64
  /// Which metrics of which column are kept.
  var metrics: MetricsConfig
  /// How Parquet files are written.
  var parquet: ParquetWriteOptions
  /// How Avro blocks are compressed.
  var avroCodec: CompressionCodec
  /// The codec's level; nil is its own default.
  var avroLevel: Int?

  /// The settings of a table.
  ///
  /// Throws `invalidArgument` for properties that make no sense, and `unsupported` for formats and
  /// codecs that cannot be written.
  init(_ metadata: TableMetadata) throws(IcebergError) {
    format = try metadata.property(TableProperties.dataFormat)
    guard format == .parquet || format == .avro else {
      throw IcebergError(
        .unsupported,
        "files of the format \(format.rawValue) cannot be written: set write.format.default, or "
          + "write.delete.format.default for delete files")
    }
    targetFileSize = try metadata.property(TableProperties.targetFileSizeInBytes)
    metrics = MetricsConfig(metadata)
    parquet = try Self.parquet(metadata)
    avroCodec = try Self.avroCodec(try metadata.property(TableProperties.avroCompression))
    avroLevel = try metadata.property(TableProperties.avroCompressionLevel)
  }

  /// The settings of delete files: those of data files, unless the table has others for them.
  ///
  /// Properties `write.delete.parquet.*` and `write.delete.avro.*` stand in front of those without
  /// `delete`.
  ///
  /// Throws as the other initialiser.
  init(deletesOf metadata: TableMetadata) throws(IcebergError) {
    var metadata = metadata
    for (key, value) in metadata.properties {
      for format in ["parquet.", "avro."] where key.hasPrefix("write.delete." + format) {
        metadata.properties["write." + key.dropFirst("write.delete.".count)] = value
      }
    }
    if let format = try metadata.property(TableProperties.deleteFormat) {
      metadata.properties[TableProperties.dataFormat.key] = format
    }
    try self.init(metadata)
    targetFileSize = try metadata.property(TableProperties.deleteTargetFileSizeInBytes)
  }

  private static func parquet(
    _ metadata: TableMetadata
  ) throws(IcebergError) -> ParquetWriteOptions {
    var options = ParquetWriteOptions()
    options.rowGroupSize = Int(
      clamping: try metadata.property(TableProperties.parquetRowGroupSizeInBytes))
    options.pageSize = try metadata.property(TableProperties.parquetPageSizeInBytes)
    options.pageRowLimit = try metadata.property(TableProperties.parquetPageRowLimit)
    options.dictionarySize = try metadata.property(TableProperties.parquetDictionarySizeInBytes)
    switch try metadata.property(TableProperties.parquetPageVersion) {
    case .v1: options.pageVersion = .v1
    case .v2: options.pageVersion = .v2
    }
    let codec = try metadata.property(TableProperties.parquetCompression)
    switch codec.lowercased() {
    case "none", "uncompressed": options.compression = .uncompressed
    case "snappy": options.compression = .snappy
    case "gzip": options.compression = .gzip
    case "zstd": options.compression = .zstd
    case "lz4": options.compression = .lz4Raw
    default: throw unknownCodec(codec, TableProperties.parquetCompression.key)
    }
    options.compressionLevel = try metadata.property(TableProperties.parquetCompressionLevel)
    return options
  }

  private static func avroCodec(_ name: String) throws(IcebergError) -> CompressionCodec {
    switch name.lowercased() {
    case "none", "uncompressed", "null": return .none
    case "gzip", "deflate": return .deflate
    case "snappy": return .snappyWithChecksum
    case "zstd", "zstandard": return .zstd
    default: throw unknownCodec(name, TableProperties.avroCompression.key)
    }
  }

  private static func unknownCodec(_ name: String, _ key: String) -> IcebergError {
    IcebergError(.unsupported, "files cannot be written with the codec '\(name)' of \(key)")
  }
}
