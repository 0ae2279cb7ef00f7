internal import IcebergBytes

/// A page with its header, as it lies in the file.
struct EncodedPage: Sendable {
  /// The header and the page behind it.
  var bytes: [Bytes]
  /// The size of both in bytes.
  var compressedSize: Int
  /// The size of both before compression.
  var uncompressedSize: Int
}

/// Puts pages together: levels and values, compressed, behind their header.
struct PageEncoder: Sendable {
  private let version: ParquetWriteOptions.PageVersion
  private let codec: CompressionCodec
  private let level: Int?
  private let writesChecksums: Bool

  /// Throws `unsupported` for a codec that is not there for writing.
  init(_ options: ParquetWriteOptions) throws(FormatError) {
    version = options.pageVersion
    codec = try options.compression.codec()
    level = options.compressionLevel
    writesChecksums = options.writesChecksums
    _ = try codec.compress(Bytes(), level: level)
  }

  /// A page of the first `count` values of `levels`, which begin `rows` rows; `present` of them are
  /// there, and `values` are those in `encoding`.
  func dataPage(
    _ levels: LevelBuffer, count: Int, rows: Int, present: Int, _ values: [UInt8],
    encoding: Encoding
  ) throws(FormatError) -> EncodedPage {
    switch version {
    case .v1:
      var body = ByteWriter(capacity: values.count &+ count / 8 &+ 16)
      if levels.hasRepetition {
        Self.writeLengthPrefixed(&body) { levels.encodeRepetition(of: count, into: &$0) }
      }
      if levels.hasDefinition {
        Self.writeLengthPrefixed(&body) { levels.encodeDefinition(of: count, into: &$0) }
      }
      if body.count == 0 { body.bytes = values } else { body.write(values) }
      let header = PageHeader.DataPage(valueCount: try Self.size(count), encoding: encoding)
      return try page(compressing: body.bytes, behind: [], .data(header))
    case .v2:
      var body = ByteWriter()
      levels.encodeRepetition(of: count, into: &body)
      let repetitionSize = body.count
      levels.encodeDefinition(of: count, into: &body)
      let header = PageHeader.DataPageV2(
        valueCount: try Self.size(count), nullCount: try Self.size(count &- present),
        rowCount: try Self.size(rows), encoding: encoding,
        definitionLevelsSize: try Self.size(body.count &- repetitionSize),
        repetitionLevelsSize: try Self.size(repetitionSize))
      return try page(compressing: values, behind: body.bytes, .dataV2(header))
    }
  }

  /// The page of a dictionary of `count` entries in plain encoding.
  func dictionaryPage(_ values: [UInt8], count: Int) throws(FormatError) -> EncodedPage {
    try page(
      compressing: values, behind: [],
      .dictionary(PageHeader.DictionaryPage(valueCount: try Self.size(count))))
  }

  private func page(
    compressing plain: [UInt8], behind levels: [UInt8], _ content: PageHeader.Content
  ) throws(FormatError) -> EncodedPage {
    var compressed = try codec.compress(Bytes(plain), level: level)
    var content = content
    if case .dataV2(var header) = content {
      // Only here pages can say that they are not compressed.
      if codec == .none || compressed.count >= plain.count {
        compressed = Bytes(plain)
        header.isCompressed = false
      }
      content = .dataV2(header)
    }
    var header = PageHeader(
      uncompressedSize: try Self.size(levels.count &+ plain.count),
      compressedSize: try Self.size(levels.count &+ compressed.count), content: content)
    if writesChecksums {
      header.checksum = CRC32.checksum(compressed, seed: CRC32.checksum(Bytes(levels)))
    }
    let front = header.encoded()
    return EncodedPage(
      bytes: [Bytes(front + levels), compressed],
      compressedSize: front.count &+ levels.count &+ compressed.count,
      uncompressedSize: front.count &+ levels.count &+ plain.count)
  }

  private static func writeLengthPrefixed(
    _ writer: inout ByteWriter, _ body: (inout ByteWriter) -> Void
  ) {
    let start = writer.count
    writer.writeLittleEndian(UInt32(0))
    body(&writer)
    let length = UInt32(truncatingIfNeeded: writer.count &- start &- 4)
    for byte in 0..<4 {
      writer.bytes[start &+ byte] = UInt8(truncatingIfNeeded: length &>> UInt32(byte &<< 3))
    }
  }

  private static func size(_ size: Int) throws(FormatError) -> Int32 {
    guard let size = Int32(exactly: size) else {
      throw FormatError(.tooLarge, "page beyond 2 GiB")
    }
    return size
  }
}
