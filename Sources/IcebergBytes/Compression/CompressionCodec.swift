/// A way to compress a block of bytes, as the file formats name them.
public enum CompressionCodec: Hashable, Sendable {
  case none
  /// RFC 1952, several members allowed when reading.
  case gzip
  /// RFC 1951, raw deflate without header: Avro's `deflate`.
  case deflate
  /// One raw snappy block: Parquet's `SNAPPY`.
  case snappy
  /// One snappy block followed by the big-endian CRC-32 of the plain bytes: Avro's `snappy`.
  case snappyWithChecksum
  case zstd
  /// One LZ4 block: Parquet's `LZ4_RAW`.
  case lz4Raw
  /// LZ4 blocks in Hadoop's framing: Parquet's deprecated `LZ4`.
  case lz4Hadoop
  /// Reading only.
  case brotli
}
