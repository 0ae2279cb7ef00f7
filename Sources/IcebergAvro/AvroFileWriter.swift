public import IcebergBytes

/// Writes an Avro object container file, into memory or piece by piece.
///
/// ```swift
/// var file = try AvroFileWriter(schema: schema, codec: .zstd, syncMarker: marker)
/// for row in rows {
///   file.encoder.write(row.id)
///   try file.endRecord()
/// }
/// let bytes = try file.finish()
/// ```
public struct AvroFileWriter: Sendable {
  private let codec: CompressionCodec
  private let level: Int?
  private let blockSize: Int
  private let syncMarker: Bytes
  private var output: ByteWriter
  /// Where the next record is to be written; ``endRecord()`` comes after it.
  public var encoder = AvroEncoder()
  private var recordsInBlock = 0
  private var takenCount = 0
  /// The number of records written so far.
  public private(set) var recordCount = 0

  /// A writer of a file with the given header.
  ///
  /// - Parameters:
  ///   - metadata: further entries of the header, in the order in which they are written.
  ///   - codec: none, deflate, snappyWithChecksum or zstd.
  ///   - level: the codec's level; nil for its default.
  ///   - blockSize: plain bytes after which a block is written.
  ///   - syncMarker: sixteen bytes that the records will not contain by chance.
  /// - Throws: `unsupported` for another codec or one that was not built in.
  public init(
    schema: AvroSchema, metadata: [(name: String, value: Bytes)] = [],
    codec: CompressionCodec = .deflate, level: Int? = nil, blockSize: Int = 64_000,
    syncMarker: AvroSyncMarker
  ) throws(FormatError) {
    let name = try Self.name(of: codec)
    self.codec = codec
    self.level = level
    self.blockSize = blockSize
    self.syncMarker = syncMarker.bytes
    var header = AvroEncoder()
    header.write(fixed: [0x4f, 0x62, 0x6a, 1])
    header.writeItems(metadata.count + 2)
    header.write("avro.schema")
    header.write(schema.json.serialized())
    header.write("avro.codec")
    header.write(name)
    for entry in metadata {
      header.write(entry.name)
      header.write(entry.value)
    }
    header.writeItemsEnd()
    header.write(fixed: self.syncMarker)
    output = header.output
  }

  private static func name(of codec: CompressionCodec) throws(FormatError) -> String {
    // An unavailable codec says so itself.
    if !codec.isAvailable { _ = try codec.compress(Bytes()) }
    switch codec {
    case .none: return "null"
    case .deflate: return "deflate"
    case .snappyWithChecksum: return "snappy"
    case .zstd: return "zstandard"
    case .gzip, .snappy, .lz4Raw, .lz4Hadoop, .lz4Frame, .brotli:
      throw FormatError(.unsupported, "not a codec of Avro files")
    }
  }

  /// The bytes of the file so far, with the open block as if it were not compressed.
  public var estimatedByteCount: Int { takenCount + output.count + encoder.output.count }

  /// Takes the bytes that are complete: the next ones of the file, which ``finish()`` does not return
  /// again.
  public mutating func takeCompleteBytes() -> Bytes {
    let bytes = Bytes(output.bytes)
    output = ByteWriter()
    takenCount += bytes.count
    return bytes
  }

  /// Ends a record: what was written to ``encoder`` since the last one.
  ///
  /// - Throws: what the codec throws when this fills a block.
  public mutating func endRecord() throws(FormatError) {
    recordsInBlock += 1
    recordCount += 1
    if encoder.output.count >= blockSize { try writeBlock() }
  }

  /// Ends the file and returns all of it, or what follows the bytes taken before.
  ///
  /// - Throws: what the codec throws for the last block.
  public consuming func finish() throws(FormatError) -> Bytes {
    try writeBlock()
    return Bytes(output.bytes)
  }

  private mutating func writeBlock() throws(FormatError) {
    guard recordsInBlock > 0 else { return }
    let plain = Bytes(encoder.output.bytes)
    let packed = try codec.compress(plain, level: level)
    output.writeZigZag(Int64(recordsInBlock))
    output.writeZigZag(Int64(packed.count))
    packed.withUnsafeBytes { output.bytes.append(contentsOf: $0) }
    syncMarker.withUnsafeBytes { output.bytes.append(contentsOf: $0) }
    recordsInBlock = 0
    encoder = AvroEncoder(capacity: plain.count)
  }
}

/// The sixteen bytes that stand after every block of a file.
public struct AvroSyncMarker: Hashable, Sendable {
  let bytes: Bytes

  /// The given bytes; nil when they are not sixteen.
  public init?(_ bytes: Bytes) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// A marker made from bytes that are different for every file, such as its location or a UUID:
  /// the same ones give the same marker.
  public init(derivedFrom seed: Bytes) {
    var writer = ByteWriter(capacity: 16)
    // FNV-1a over all bytes, then the steps of SplitMix64.
    var state = seed.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
    for _ in 0..<2 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
      writer.writeLittleEndian(mixed ^ mixed >> 31)
    }
    bytes = Bytes(writer.bytes)
  }
}
