extension CompressionCodec {
  /// Throws `unsupported`, with the package to install, when the codec's library was not there when
  /// this package was built.
  ///
  /// For those who want to know before they decompress anything.
  public func checkAvailability() throws(FormatError) {
    if isAvailable { return }
    switch self {
    case .none, .gzip, .deflate, .snappy, .snappyWithChecksum: break
    case .zstd: throw .builtWithout("zstd", install: "libzstd-dev")
    case .lz4Raw, .lz4Hadoop, .lz4Frame: throw .builtWithout("lz4", install: "liblz4-dev")
    case .brotli: throw .builtWithout("brotli", install: "libbrotli-dev")
    }
  }
}
