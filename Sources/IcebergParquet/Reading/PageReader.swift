internal import IcebergBytes

/// Cuts a column chunk into its pages, and decompresses them.
struct PageReader: Sendable {
  /// A page as it comes out.
  struct Page: Sendable {
    var content: PageHeader.Content
    /// The decompressed page. Of a data page of the second form, only its values.
    var bytes: Bytes
    /// The levels of a data page of the second form, repetition first.
    var levels: Bytes
  }

  let bytes: Bytes
  let compression: ColumnCompression
  /// Where the next page begins.
  private(set) var position = 0

  init(_ bytes: Bytes, compression: ColumnCompression) {
    self.bytes = bytes
    self.compression = compression
  }

  /// The next page of values, or nil when there are no more bytes.
  mutating func next() throws(FormatError) -> Page? {
    while position < bytes.count {
      let start = position
      let (header, size) = try PageHeader.parse(bytes[start..<bytes.count].span)
      let end = start &+ size &+ Int(header.compressedSize)
      guard let body = bytes.slice(start &+ size..<end) else {
        throw FormatError(.truncated, at: start, "page ends behind its column chunk")
      }
      position = end
      if case .other = header.content { continue }
      if let expected = header.checksum, CRC32.checksum(body) != expected {
        throw FormatError(.checksum, at: start, "checksum of a page does not match")
      }
      return try decompress(header, body)
    }
    return nil
  }

  private func decompress(_ header: PageHeader, _ body: Bytes) throws(FormatError) -> Page {
    let size = Int(header.uncompressedSize)
    guard case .dataV2(let page) = header.content else {
      let plain = try compression.codec().decompress(body, size: size)
      return Page(content: header.content, bytes: plain, levels: Bytes())
    }
    let levelsSize = Int(page.definitionLevelsSize) &+ Int(page.repetitionLevelsSize)
    guard levelsSize <= body.count, levelsSize <= size else {
      throw FormatError(.badValue, "levels longer than their page")
    }
    let values = body[levelsSize..<body.count]
    let codec = page.isCompressed ? try compression.codec() : .none
    // Nothing compressed may take some bytes or none, so that only what has a size is looked at.
    let plain =
      size == levelsSize
      ? Bytes() : try codec.decompress(values, size: size &- levelsSize)
    return Page(content: header.content, bytes: plain, levels: body[0..<levelsSize])
  }
}
