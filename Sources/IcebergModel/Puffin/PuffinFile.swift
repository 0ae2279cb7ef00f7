public import IcebergBytes

/// What the footer of a Puffin file tells: which blobs there are, and where.
///
/// A file is read from its end: fetch the bytes at ``tailRange(fileSize:)``, then those at
/// ``footerRange(tail:fileSize:)``, make a value of them, and fetch each wanted blob at its
/// ``PuffinBlob/range``. Who knows the length of the footer, as table metadata does, needs no tail.
///
/// Spec: Puffin, "Footer structure".
public struct PuffinFile: Hashable, Sendable {
  /// The blobs in the order of the footer, of known and unknown types.
  public var blobs: [PuffinBlob]
  /// More about the file, such as ``createdBy``.
  public var properties: [String: String]
  /// Members of the footer's JSON object that this library does not know.
  public var unknownMembers: JSONObject

  /// A file of the given parts.
  public init(
    blobs: [PuffinBlob] = [], properties: [String: String] = [:],
    unknownMembers: JSONObject = JSONObject()
  ) {
    self.blobs = blobs
    self.properties = properties
    self.unknownMembers = unknownMembers
  }

  /// The property that names the writer of a file.
  public static let createdBy = "created-by"

  /// What begins and ends a file, and begins its footer: `PFA1`.
  package static let magic: [UInt8] = [0x50, 0x46, 0x41, 0x31]
  /// The bytes after the payload of the footer: its size, flags, and the mark.
  static let tailSize = 12
  /// The bytes of a footer without its payload.
  static let emptyFooterSize = 4 + tailSize
  /// The most bytes that a compressed footer may have when it is plain: 256 MiB.
  private static let footerLimit = 256 << 20
}

// MARK: - Reading

extension PuffinFile {
  /// The bytes at the end of a file that tell how long the footer is.
  ///
  /// - Throws: `truncated` for a file that is too short to be one.
  public static func tailRange(fileSize: Int64) throws(FormatError) -> Range<Int64> {
    guard fileSize >= Int64(magic.count + emptyFooterSize) else {
      throw FormatError(.truncated, "a Puffin file is of 20 bytes at the least")
    }
    return (fileSize - Int64(tailSize))..<fileSize
  }

  /// The bytes of the whole footer, by the bytes at ``tailRange(fileSize:)``.
  ///
  /// - Throws: `badMagic`, or `badValue` for a footer that does not fit the file.
  public static func footerRange(
    tail: Bytes, fileSize: Int64
  ) throws(FormatError) -> Range<Int64> {
    guard tail.count == tailSize else { throw FormatError(.truncated, "no end of a Puffin file") }
    var reader = ByteReader(tail.span)
    let payloadSize = Int64(try reader.readLittleEndian(Int32.self))
    try reader.skip(4)
    guard try reader.readArray(magic.count) == magic else {
      throw FormatError(.badMagic, at: reader.offset - 4, "not a Puffin file")
    }
    guard payloadSize >= 0 else {
      throw FormatError(.badValue, "footer of \(payloadSize) bytes in a Puffin file")
    }
    return try footerRange(size: payloadSize + Int64(emptyFooterSize), fileSize: fileSize)
  }

  /// The bytes of the whole footer, whose size is known already.
  ///
  /// - Throws: `badValue` for a footer that does not fit the file.
  public static func footerRange(
    size: Int64, fileSize: Int64
  ) throws(FormatError) -> Range<Int64> {
    guard size >= Int64(emptyFooterSize), size <= fileSize - Int64(magic.count) else {
      throw FormatError(
        .badValue, "footer of \(size) bytes in a Puffin file of \(fileSize) bytes")
    }
    return (fileSize - size)..<fileSize
  }

  /// Reads a footer: the bytes at ``footerRange(tail:fileSize:)`` of a file of `fileSize` bytes.
  ///
  /// - Throws: `IcebergError` of code `invalidFile` for a damaged footer, or blobs that lie outside
  ///   the file or in its footer; `unsupported` for flags that are not known, or a compressed footer
  ///   where the library was built without lz4.
  public init(footer: Bytes, fileSize: Int64) throws(IcebergError) {
    do {
      let json = try Self.payload(of: footer)
      try self.init(json: JSONNode(try JSONValue(parsing: json)))
    } catch let error as FormatError {
      throw IcebergError(
        error.code == .unsupported ? .unsupported : .invalidFile,
        "the footer of a Puffin file cannot be read", cause: error)
    } catch let error as IcebergError {
      throw IcebergError(.invalidFile, error.message, context: error.context, cause: error.cause)
    } catch {
      throw IcebergError(.invalidFile, "the footer of a Puffin file cannot be read", cause: error)
    }
    let end = fileSize - Int64(footer.count)
    for blob in blobs {
      let blobEnd = blob.offset.addingReportingOverflow(blob.length)
      guard blob.offset >= Int64(Self.magic.count), blob.length >= 0, !blobEnd.overflow,
        blobEnd.partialValue <= end
      else {
        throw IcebergError(
          .invalidFile,
          "a blob of type \(blob.type) lies outside the blobs of its Puffin file: \(blob.length) "
            + "bytes at \(blob.offset)")
      }
    }
  }

  /// Reads a whole file that is in memory.
  ///
  /// - Throws: as ``init(footer:fileSize:)``.
  public init(parsing file: Bytes) throws(IcebergError) {
    let range: Range<Int64>
    do throws(FormatError) {
      guard file.starts(with: Self.magic) else { throw FormatError(.badMagic, "not a Puffin file") }
      let tail = try Self.tailRange(fileSize: Int64(file.count))
      range = try Self.footerRange(
        tail: file[Int(tail.lowerBound)...], fileSize: Int64(file.count))
    } catch {
      throw IcebergError(.invalidFile, "the bytes are no Puffin file", cause: error)
    }
    try self.init(footer: file[Int(range.lowerBound)...], fileSize: Int64(file.count))
  }

  /// The JSON text of a footer.
  private static func payload(of footer: Bytes) throws(FormatError) -> Bytes {
    guard footer.count >= emptyFooterSize else {
      throw FormatError(.truncated, "footer of \(footer.count) bytes in a Puffin file")
    }
    var reader = ByteReader(footer.span)
    guard try reader.readArray(magic.count) == magic else {
      throw FormatError(.badMagic, "no mark where the footer of a Puffin file begins")
    }
    let payloadSize = footer.count - emptyFooterSize
    try reader.skip(payloadSize)
    let stated = try reader.readLittleEndian(Int32.self)
    let flags = try reader.readLittleEndian(UInt32.self)
    guard try reader.readArray(magic.count) == magic else {
      throw FormatError(.badMagic, at: footer.count - 4, "no mark at the end of a Puffin file")
    }
    guard stated == payloadSize else {
      throw FormatError(
        .badValue, at: footer.count - tailSize,
        "footer payload of \(stated) bytes in a footer of \(footer.count) bytes")
    }
    guard flags & ~1 == 0 else {
      throw FormatError(
        .unsupported, at: footer.count - 8, "Puffin file with flags that are not known")
    }
    let payload = footer[magic.count..<(magic.count + payloadSize)]
    if flags & 1 == 0 { return payload }
    return try CompressionCodec.lz4Frame.decompress(payload, limit: footerLimit)
  }

  private init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    blobs = try reader.required("blobs").array { node throws(IcebergError) in
      try PuffinBlob(json: node)
    }
    properties = try reader.optional("properties")?.stringMap() ?? [:]
    unknownMembers = reader.unreadMembers
  }

  /// The footer's JSON object.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("blobs", .array(blobs.map(\.json)))
    if !properties.isEmpty { object.append("properties", JSONValue(stringMap: properties)) }
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}
