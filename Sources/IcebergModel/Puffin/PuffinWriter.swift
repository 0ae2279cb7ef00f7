public import IcebergBytes

/// Writes a Puffin file: blobs one after the other, then the footer.
///
/// Spec: Puffin, "File structure".
public struct PuffinWriter: Sendable {
  /// How the payload of a footer is written.
  public enum FooterForm: Hashable, Sendable {
    case plain
    /// As a single LZ4 frame.
    case lz4
  }

  private var output: ByteWriter
  /// What the footer will tell.
  public private(set) var file: PuffinFile

  /// A writer of a file with the given properties; its writer is named unless they do.
  public init(properties: [String: String] = [:]) {
    output = ByteWriter()
    output.write(PuffinFile.magic)
    let createdBy = [PuffinFile.createdBy: "swift-iceberg version \(LibraryVersion.current)"]
    file = PuffinFile(properties: createdBy.merging(properties) { $1 })
  }

  /// The number of bytes so far, without the footer.
  public var byteCount: Int { output.count }

  /// Appends a blob, compressing its bytes, and returns what the footer tells about it.
  ///
  /// Of `blob` everything counts but its offset and length, which come from where it lies.
  /// - Throws: `unsupported` for a codec that is not known or was not built in.
  @discardableResult
  public mutating func append(_ data: Bytes, as blob: PuffinBlob) throws(FormatError) -> PuffinBlob
  {
    let stored = blob.compression == .none ? data : try blob.compression.compress(data)
    var placed = blob
    placed.offset = Int64(output.count)
    placed.length = Int64(stored.count)
    stored.withUnsafeBytes { output.write($0) }
    file.blobs.append(placed)
    return placed
  }

  /// The bytes of the whole file.
  ///
  /// - Throws: `tooLarge` for a footer beyond 2 GiB; `unsupported` for a compressed one where the
  ///   library was built without lz4.
  public consuming func finish(
    footer form: FooterForm = .plain
  ) throws(FormatError) -> (bytes: Bytes, footerSize: Int) {
    var payload = file.json.serialized()
    if form == .lz4 { payload = try CompressionCodec.lz4Frame.compress(payload) }
    guard let size = Int32(exactly: payload.count) else {
      throw FormatError(.tooLarge, "footer of a Puffin file beyond 2 GiB")
    }
    output.write(PuffinFile.magic)
    payload.withUnsafeBytes { output.write($0) }
    output.writeLittleEndian(size)
    output.writeLittleEndian(form == .lz4 ? 1 as UInt32 : 0)
    output.write(PuffinFile.magic)
    return (Bytes(output.bytes), payload.count + PuffinFile.emptyFooterSize)
  }
}
