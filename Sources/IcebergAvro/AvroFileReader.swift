public import IcebergBytes

/// Reads an Avro object container file that is in memory, block by block.
///
/// ```swift
/// var file = try AvroFileReader(bytes)
/// let plan = try AvroReadPlan(writer: file.schema, reader: mine, matching: .fieldIDs)
/// while let block = try file.nextBlock() {
///   var decoder = AvroDecoder(block.bytes)
///   for _ in 0..<block.count { ... }
///   try decoder.finish()
/// }
/// ```
public struct AvroFileReader: Sendable {
  /// What the header of the file says.
  public let header: AvroFileHeader
  private let file: Bytes
  private var position: Int
  /// No block that begins here or later is read.
  private var end: Int
  private var emptyRecordsLeft = 1 << 20
  private let minimumRecordSize: Int

  /// A reader at the first block of a file.
  ///
  /// - Throws: as ``AvroFileHeader/init(parsing:)``.
  public init(_ file: Bytes) throws(FormatError) {
    self.file = file
    header = try AvroFileHeader(parsing: file)
    position = header.byteCount
    end = file.count
    minimumRecordSize = header.schema.minimumSize
  }

  /// The schema that the file was written with.
  public var schema: AvroSchema { header.schema }

  /// The offset of the next block in the file.
  public var offset: Int { position }

  /// The next block, decompressed; nil at the end of the file.
  ///
  /// - Parameter limit: the most plain bytes of one block.
  /// - Throws: `truncated`, `badValue`, `tooLarge` for a block beyond the limit, or what the codec
  ///   throws.
  public mutating func nextBlock(limit: Int = 1 << 30) throws(FormatError) -> AvroBlock? {
    guard let frame = try nextFrame() else { return nil }
    let start = position
    let count = frame.count
    let packed = file[frame.content]
    let plain = try decompress(packed, limit: limit, at: frame.content.lowerBound)
    let most = minimumRecordSize > 0 ? plain.count / minimumRecordSize : emptyRecordsLeft
    guard count <= Int64(most) else {
      throw FormatError(.badValue, at: start, "an Avro block of fewer records than it states")
    }
    if minimumRecordSize == 0 { emptyRecordsLeft -= Int(count) }
    position = frame.end
    return AvroBlock(count: Int(count), bytes: plain, offset: start)
  }

  /// Moves behind the next block without decompressing it, and returns how many records it states;
  /// nil at the end of the file.
  ///
  /// - Throws: `truncated` or `badValue` for a block that is no block.
  public mutating func skipBlock() throws(FormatError) -> Int? {
    guard let frame = try nextFrame() else { return nil }
    // As many as may come of a file of such blocks: positions stay in 64 bits.
    guard let count = Int32(exactly: frame.count) else {
      throw FormatError(.tooLarge, at: position, "an Avro block of too many records")
    }
    position = frame.end
    return Int(count)
  }

  /// Readers of the blocks that are left, of about the same length each, in the order of the file; at
  /// most `count`, and at least one.
  ///
  /// - Throws: as ``skipBlock()``.
  public func split(into count: Int) throws(FormatError) -> [AvroFileReader] {
    let share = (end - position) / max(1, count) + 1
    var parts: [AvroFileReader] = []
    var part = self
    var ahead = self
    while let frame = try ahead.nextFrame() {
      ahead.position = frame.end
      guard frame.end - part.position >= share, frame.end < end else { continue }
      part.end = frame.end
      parts.append(part)
      part = ahead
    }
    return parts + [part]
  }

  /// What stands around the content of the next block.
  private struct Frame {
    var count: Int64
    var content: Range<Int>
    var end: Int
  }

  private func nextFrame() throws(FormatError) -> Frame? {
    guard position < end else { return nil }
    var reader = ByteReader(file.span)
    try reader.seek(to: position)
    let count = try reader.readZigZag()
    let size = try reader.readZigZag()
    guard count >= 0, size >= 0 else {
      throw FormatError(.badValue, at: position, "a negative size of an Avro block")
    }
    guard size <= Int64(reader.remaining) else {
      throw FormatError(.truncated, at: position, "an Avro block beyond the end of the file")
    }
    let first = reader.offset
    try reader.skip(Int(size))
    guard try reader.readSpan(16).isEqual(to: header.syncMarker) else {
      throw FormatError(.badValue, at: reader.offset - 16, "no sync marker after an Avro block")
    }
    return Frame(count: count, content: first..<(first + Int(size)), end: reader.offset)
  }

  private func decompress(
    _ packed: Bytes, limit: Int, at offset: Int
  ) throws(FormatError) -> Bytes {
    do throws(FormatError) {
      return try header.codec.decompress(packed, limit: limit)
    } catch  where error.code == .tooLarge {
      throw FormatError(
        .tooLarge, at: offset, "an Avro block of more than \(limit) bytes: \(error.reason)")
    } catch {
      throw FormatError(error.code, at: offset, error.reason)
    }
  }

  /// Moves to the first block that begins after a sync marker at or after `offset`: with this, a file
  /// can be read in parts that are cut anywhere. A part that begins at 0 begins with the first
  /// block.
  public mutating func skip(toSyncMarkerFrom offset: Int) {
    guard offset > header.byteCount - 16 else {
      position = header.byteCount
      return
    }
    position = file.count
    let marker = header.syncMarker
    file.withUnsafeBytes { bytes in
      marker.withUnsafeBytes { marker in
        var start = offset
        while start <= bytes.count - 16 {
          if bytes[start] == marker[0], bytes[start..<(start + 16)].elementsEqual(marker) {
            position = start + 16
            return
          }
          start += 1
        }
      }
    }
  }
}

/// A block of records.
public struct AvroBlock: Hashable, Sendable {
  /// The number of records.
  public let count: Int
  /// The records, one after the other, decompressed.
  public let bytes: Bytes
  /// Where the block begins in the file.
  public let offset: Int
}

/// What stands in front of the blocks of a file.
public struct AvroFileHeader: Hashable, Sendable {
  /// The entries of the header by name, those of Avro itself (`avro.schema`, `avro.codec`) too.
  public let metadata: [String: Bytes]
  /// The schema that the file was written with.
  public let schema: AvroSchema
  /// The codec of the blocks.
  public let codec: CompressionCodec
  /// The sixteen bytes after every block.
  public let syncMarker: Bytes
  /// The length of the header, and so the offset of the first block.
  public let byteCount: Int

  /// The header at the beginning of `file`.
  ///
  /// - Throws: `badMagic` for another kind of file, `unsupported` for a codec that is not known or was
  ///   not built in, `badValue`, `truncated`, or what ``AvroSchema/init(parsing:)`` throws.
  public init(parsing file: Bytes) throws(FormatError) {
    guard let magic = file.slice(0..<4), magic == [0x4f, 0x62, 0x6a, 1] else {
      throw FormatError(.badMagic, "not an Avro object container file")
    }
    var decoder = AvroDecoder(file)
    _ = try decoder.readFixed(4)
    var metadata: [String: Bytes] = [:]
    while case let count = try decoder.readItemCount(minimumSize: 2), count > 0 {
      for _ in 0..<count {
        let name = try decoder.readString()
        metadata[name] = try decoder.readBytes()
      }
    }
    syncMarker = try decoder.readFixed(16)
    byteCount = decoder.offset
    self.metadata = metadata
    guard let text = metadata["avro.schema"] else {
      throw FormatError(.badValue, "an Avro file without schema")
    }
    schema = try AvroSchema(parsing: text)
    codec = try Self.codec(named: metadata["avro.codec"] ?? Bytes(utf8: "null"))
    guard codec.isAvailable else {
      // The codec's own words say what to install.
      _ = try codec.decompress(Bytes(), limit: 0)
      throw FormatError(.unsupported, "Avro codec is not available")
    }
  }

  private static func codec(named name: Bytes) throws(FormatError) -> CompressionCodec {
    switch name.utf8String {
    case "null": return .none
    case "deflate": return .deflate
    case "snappy": return .snappyWithChecksum
    case "zstandard": return .zstd
    case let name:
      throw FormatError(.unsupported, "Avro codec \(name ?? "of no name") is not supported")
    }
  }
}

extension RawSpan {
  fileprivate func isEqual(to bytes: Bytes) -> Bool {
    withUnsafeBytes { left in bytes.withUnsafeBytes { left.elementsEqual($0) } }
  }
}
