/// A way to compress a block of bytes, as the file formats name them.
public enum CompressionCodec: Hashable, Sendable, CaseIterable {
  case none
  /// RFC 1952, several members allowed when reading.
  case gzip
  /// RFC 1951, raw deflate without header: Avro's `deflate`. Up to four bytes after the stream, the
  /// rest of a checksum that some writers leave there, are passed over when reading.
  case deflate
  /// One raw snappy block: Parquet's `SNAPPY`.
  case snappy
  /// One snappy block followed by the big-endian CRC-32 of the plain bytes: Avro's `snappy`.
  case snappyWithChecksum
  /// RFC 8878, several frames allowed when reading.
  case zstd
  /// One LZ4 block: Parquet's `LZ4_RAW`.
  case lz4Raw
  /// LZ4 blocks in Hadoop's framing: Parquet's deprecated `LZ4`. Reading to a stated size also takes
  /// a bare LZ4 block, which some writers left under that name.
  case lz4Hadoop
  /// One LZ4 frame: Puffin's `lz4`. It states the plain size when written.
  case lz4Frame
  /// RFC 7932. Reading only.
  case brotli
}

extension CompressionCodec {
  /// Whether the library behind this codec was there when the package was built.
  public var isAvailable: Bool {
    switch self {
    case .none, .gzip, .deflate, .snappy, .snappyWithChecksum: true
    case .zstd: ZstdCodec.isAvailable
    case .lz4Raw, .lz4Hadoop: LZ4Codec.isAvailable
    case .lz4Frame: LZ4FrameCodec.isAvailable
    case .brotli: BrotliCodec.isAvailable
    }
  }

  /// The plain bytes of `input`, whose plain size is known to be `size` bytes.
  ///
  /// A stated size that so little input cannot have is refused before memory is taken for it.
  /// - Throws: `badValue` for damaged input or another plain size, `truncated`, `checksum`, or
  ///   `unsupported` without the codec's library.
  public func decompress(_ input: Bytes, size: Int) throws(FormatError) -> Bytes {
    guard size >= 0 else { throw FormatError(.badValue, "negative uncompressed size") }
    // Nothing at all stands for no bytes in files of several writers, whatever the codec.
    if size == 0, input.isEmpty { return Bytes() }
    return try decompress(input, as: .exactly(size))
  }

  /// The plain bytes of `input`, whose plain size is unknown.
  ///
  /// - Parameter limit: the most bytes that may come out.
  /// - Throws: `tooLarge` for more than `limit` plain bytes, `badValue` for damaged input,
  ///   `truncated`, `checksum`, or `unsupported` without the codec's library.
  public func decompress(_ input: Bytes, limit: Int) throws(FormatError) -> Bytes {
    try decompress(input, as: .atMost(max(0, limit)))
  }

  private func decompress(_ input: Bytes, as size: PlainSize) throws(FormatError) -> Bytes {
    let output: Bytes
    switch self {
    case .none: output = input
    case .gzip: output = try DeflateCodec.decompress(input, .gzip, size, using: .preferred)
    case .deflate: output = try DeflateCodec.decompress(input, .raw, size, using: .preferred)
    case .snappy: output = try SnappyCodec.decompress(input, size)
    case .snappyWithChecksum: output = try SnappyCodec.decompressWithChecksum(input, size)
    case .zstd: output = try ZstdCodec.decompress(input, size)
    case .lz4Raw: output = try LZ4Codec.decompressBlock(input, size)
    case .lz4Hadoop: output = try LZ4Codec.decompressHadoop(input, size)
    case .lz4Frame: output = try LZ4FrameCodec.decompress(input, size)
    case .brotli: output = try BrotliCodec.decompress(input, size)
    }
    try size.check(output.count)
    return output
  }

  /// The compressed form of `input`.
  ///
  /// - Parameter level: the codec's own compression level, brought into its range; nil for its
  ///   default. Codecs without levels ignore it.
  /// - Throws: `unsupported` for brotli or without the codec's library; `tooLarge` for input beyond
  ///   what the codec can take in one block.
  public func compress(_ input: Bytes, level: Int? = nil) throws(FormatError) -> Bytes {
    switch self {
    case .none: input
    case .gzip: try DeflateCodec.compress(input, .gzip, level: level)
    case .deflate: try DeflateCodec.compress(input, .raw, level: level)
    case .snappy: try SnappyCodec.compress(input)
    case .snappyWithChecksum: try SnappyCodec.compressWithChecksum(input)
    case .zstd: try ZstdCodec.compress(input, level: level)
    case .lz4Raw: try LZ4Codec.compressBlock(input)
    case .lz4Hadoop: try LZ4Codec.compressHadoop(input)
    case .lz4Frame: try LZ4FrameCodec.compress(input)
    case .brotli: throw FormatError(.unsupported, "writing brotli is not supported")
    }
  }
}

/// What is known of the size of the plain bytes before they are there.
package enum PlainSize: Hashable, Sendable {
  case exactly(Int)
  case atMost(Int)

  /// The most bytes that may come out.
  var bound: Int {
    switch self {
    case .exactly(let size): size
    case .atMost(let limit): limit
    }
  }

  /// Throws unless `count` bytes are what was asked for.
  func check(_ count: Int) throws(FormatError) {
    switch self {
    case .exactly(let size):
      guard count == size else { throw mismatch }
    case .atMost(let limit):
      guard count <= limit else { throw overflow }
    }
  }

  /// The error of output that does not fit.
  var overflow: FormatError {
    switch self {
    case .exactly: mismatch
    case .atMost: FormatError(.tooLarge, "decompressed data exceeds the limit")
    }
  }

  private var mismatch: FormatError {
    FormatError(.badValue, "decompressed size differs from the stated one")
  }

  /// Throws when `possible` bytes, the most that the input can hold, are fewer than stated.
  func check(possible: Int) throws(FormatError) {
    if case .exactly(let size) = self, size > possible { throw mismatch }
  }
}

extension Bytes {
  /// Bytes that `body` writes into fresh memory of `capacity` bytes; it returns how many it wrote.
  init(
    capacity: Int,
    initializingWith body: (UnsafeMutableRawBufferPointer) throws(FormatError) -> Int
  ) throws(FormatError) {
    var failure: FormatError?
    let array = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      do throws(FormatError) {
        let written = try body(
          UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: capacity))
        precondition(written >= 0 && written <= capacity)
        count = written
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    // The size was a guess: much unused memory is not kept for as long as the bytes are.
    let isWasteful = capacity > 4096 && array.count < capacity / 2
    self.init(isWasteful ? array.withUnsafeBufferPointer { [UInt8]($0) } : array)
  }
}

extension FormatError {
  /// A codec is used whose library was not there when the package was built.
  static func builtWithout(_ codec: StaticString, install package: StaticString) -> FormatError {
    FormatError(.unsupported, "built without \(codec): install \(package) and build again")
  }
}
