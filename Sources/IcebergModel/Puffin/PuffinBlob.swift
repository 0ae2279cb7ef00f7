public import IcebergBytes

/// What the footer of a Puffin file tells about one blob.
///
/// Spec: Puffin, "BlobMetadata".
public struct PuffinBlob: Hashable, Sendable {
  /// How the bytes of a blob are compressed.
  public enum Compression: Hashable, Sendable {
    /// Not at all.
    case none
    /// A single LZ4 frame.
    case lz4
    /// A single Zstandard frame.
    case zstd
    /// A codec that this library does not know, by its name. The blob cannot be decompressed.
    case other(String)
  }

  /// The kind of the blob, such as `apache-datasketches-theta-v1` or `deletion-vector-v1`.
  public var type: String
  /// The ids of the columns that the blob was computed for, in the order that counts for it.
  public var fieldIDs: [Int]
  /// The snapshot that the blob was computed from; -1 where it is not known when the file is written.
  public var snapshotID: Int64
  /// The sequence number of that snapshot; -1 where it is not known when the file is written.
  public var sequenceNumber: Int64
  /// Where the blob begins in the file, in bytes.
  public var offset: Int64
  /// The length of the blob as it is stored, in bytes.
  public var length: Int64
  /// How the blob is compressed.
  public var compression: Compression
  /// More about the blob, such as `ndv`.
  public var properties: [String: String]
  /// Members of the JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// A blob of the given parts.
  public init(
    type: String, fieldIDs: [Int], snapshotID: Int64, sequenceNumber: Int64, offset: Int64,
    length: Int64, compression: Compression = .none, properties: [String: String] = [:],
    unknownMembers: JSONObject = JSONObject()
  ) {
    self.type = type
    self.fieldIDs = fieldIDs
    self.snapshotID = snapshotID
    self.sequenceNumber = sequenceNumber
    self.offset = offset
    self.length = length
    self.compression = compression
    self.properties = properties
    self.unknownMembers = unknownMembers
  }

  /// Which bytes of the file hold the blob.
  public var range: Range<Int64> { offset..<(offset + length) }
}

extension PuffinBlob.Compression {
  init(named name: String?) {
    switch name {
    case nil: self = .none
    case "lz4": self = .lz4
    case "zstd": self = .zstd
    case let name?: self = .other(name)
    }
  }

  /// The name in the footer; nil when blobs are not compressed.
  var name: String? {
    switch self {
    case .none: nil
    case .lz4: "lz4"
    case .zstd: "zstd"
    case .other(let name): name
    }
  }

  private var codec: CompressionCodec? {
    switch self {
    case .none: CompressionCodec.none
    case .lz4: .lz4Frame
    case .zstd: .zstd
    case .other: nil
    }
  }

  /// The plain bytes of `stored`, at most `limit` of them.
  func decompress(_ stored: Bytes, limit: Int) throws(FormatError) -> Bytes {
    guard let codec else { throw unknown }
    return try codec.decompress(stored, limit: limit)
  }

  /// The bytes to store for `plain`.
  func compress(_ plain: Bytes) throws(FormatError) -> Bytes {
    guard let codec else { throw unknown }
    return try codec.compress(plain)
  }

  private var unknown: FormatError {
    FormatError(.unsupported, "Puffin blobs are compressed with lz4 or zstd, not \(name ?? "")")
  }
}

extension PuffinBlob {
  /// The most plain bytes that a compressed blob may have, unless more are asked for: 1 GiB.
  public static let defaultSizeLimit = 1 << 30

  /// The plain bytes of the blob.
  ///
  /// - Parameters:
  ///   - stored: the bytes of the file at ``range``.
  ///   - limit: the most plain bytes that may come out.
  /// - Throws: `truncated` for another number of bytes than ``length``; `unsupported` for a codec that
  ///   is not known or was not built in; `tooLarge` beyond `limit`; `badValue` for damaged bytes.
  public func data(
    from stored: Bytes, limit: Int = defaultSizeLimit
  ) throws(FormatError) -> Bytes {
    guard Int64(stored.count) == length else {
      throw FormatError(.truncated, "\(stored.count) bytes of a blob of \(length)")
    }
    return compression == .none ? stored : try compression.decompress(stored, limit: limit)
  }

  /// Reads a blob as the footer writes it.
  init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let type = try reader.required("type").string()
    let fieldIDs = try reader.required("fields").array { node throws(IcebergError) in
      try node.int()
    }
    let snapshotID = try reader.required("snapshot-id").int64()
    let sequenceNumber = try reader.required("sequence-number").int64()
    let offset = try reader.required("offset").int64()
    let length = try reader.required("length").int64()
    let codec = try reader.optional("compression-codec")?.string()
    let properties = try reader.optional("properties")?.stringMap() ?? [:]
    self.init(
      type: type, fieldIDs: fieldIDs, snapshotID: snapshotID, sequenceNumber: sequenceNumber,
      offset: offset, length: length, compression: Compression(named: codec),
      properties: properties, unknownMembers: reader.unreadMembers)
  }

  /// The blob as the footer writes it.
  var json: JSONValue {
    var object = JSONObject()
    object.append("type", .string(type))
    object.append("fields", .array(fieldIDs.map { .integer(Int64($0)) }))
    object.append("snapshot-id", .integer(snapshotID))
    object.append("sequence-number", .integer(sequenceNumber))
    object.append("offset", .integer(offset))
    object.append("length", .integer(length))
    object.append("compression-codec", compression.name.map { .string($0) })
    if !properties.isEmpty { object.append("properties", JSONValue(stringMap: properties)) }
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}
