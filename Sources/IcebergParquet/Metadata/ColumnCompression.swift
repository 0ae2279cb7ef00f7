public import IcebergBytes

/// How the pages of a column chunk are compressed. Spec: Parquet, "Compression".
public enum ColumnCompression: Hashable, Sendable, RawRepresentable {
  case uncompressed, snappy, gzip, lzo, brotli
  /// Deprecated: Hadoop's framing in most files, a bare block in some.
  case lz4
  case zstd, lz4Raw
  /// A number that this version does not know.
  case unrecognized(Int32)

  public init(rawValue: Int32) {
    switch rawValue {
    case 0: self = .uncompressed
    case 1: self = .snappy
    case 2: self = .gzip
    case 3: self = .lzo
    case 4: self = .brotli
    case 5: self = .lz4
    case 6: self = .zstd
    case 7: self = .lz4Raw
    default: self = .unrecognized(rawValue)
    }
  }

  public var rawValue: Int32 {
    switch self {
    case .uncompressed: 0
    case .snappy: 1
    case .gzip: 2
    case .lzo: 3
    case .brotli: 4
    case .lz4: 5
    case .zstd: 6
    case .lz4Raw: 7
    case .unrecognized(let number): number
    }
  }

  /// The codec to decompress with. Throws `unsupported` for LZO and for numbers that are not known.
  public func codec() throws(FormatError) -> CompressionCodec {
    switch self {
    case .uncompressed: return .none
    case .snappy: return .snappy
    case .gzip: return .gzip
    case .lzo: throw FormatError(.unsupported, "LZO compression")
    case .brotli: return .brotli
    case .lz4: return .lz4Hadoop
    case .zstd: return .zstd
    case .lz4Raw: return .lz4Raw
    case .unrecognized(let number):
      throw FormatError(.unsupported, "compression codec \(number)")
    }
  }
}
