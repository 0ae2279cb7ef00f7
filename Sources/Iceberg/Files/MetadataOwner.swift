internal import IcebergBytes
internal import IcebergModel

/// Whose metadata a metadata file is.
enum MetadataOwner: Hashable, Sendable {
  /// Of a table with this id.
  case table(uuid: String)
  /// Of a table without an id (an old one of version 1) at this location.
  case tableWithoutID(location: String?)
  /// Of something else, such as a view.
  case other

  /// Whether a file is, by its name, the metadata of a table or view: a version, or what is left of a
  /// table that was dropped.
  static func isMetadataName(_ name: String) -> Bool {
    if name.hasSuffix(".metadata.json") || name.hasSuffix(".metadata.json.gz") { return true }
    guard name.hasPrefix("dropped-v"), name.hasSuffix(".json") else { return false }
    let digits = name.dropFirst("dropped-v".count).dropLast(".json".count)
    return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Reads whose metadata is in a file.
  ///
  /// Only as much of the file is read as is needed. Throws `invalidMetadata` where that cannot be told,
  /// and what reading throws.
  static func read(_ location: String, size: Int64, fileIO: any FileIO) async throws
    -> MetadataOwner
  {
    let isCompressed = location.hasSuffix(".gz") || location.hasSuffix(".gz.metadata.json")
    if !isCompressed, size > firstBytes {
      let start = try await fileIO.read(location, range: 0..<firstBytes)
      if let uuid = tableUUID(inBeginning: start) { return .table(uuid: uuid) }
    }
    var bytes = try await fileIO.read(location, range: nil)
    do {
      if isCompressed || bytes.starts(with: [0x1F, 0x8B]) {
        bytes = try CompressionCodec.gzip.decompress(bytes, limit: greatestSize)
      }
      guard case .object(let object) = try JSONValue(parsing: bytes) else {
        throw unclear(location, nil)
      }
      if case .string(let uuid)? = object["table-uuid"] { return .table(uuid: uuid) }
      if object["format-version"] != nil, object["view-uuid"] == nil,
        object["schema"] != nil
          || object["schemas"] != nil
      {
        guard case .string(let location)? = object["location"] else {
          return .tableWithoutID(location: nil)
        }
        return .tableWithoutID(location: location)
      }
      return .other
    } catch let error as IcebergError {
      throw error
    } catch {
      throw unclear(location, error)
    }
  }

  private static let firstBytes: Int64 = 4 << 10
  private static let greatestSize = 1 << 30

  private static func unclear(_ location: String, _ cause: (any Error)?) -> IcebergError {
    IcebergError(
      .invalidMetadata,
      """
      it cannot be told which table this metadata file belongs to; nothing was removed. Look at it, and \
      move it away when no table needs it
      """, context: .init(location: location), cause: cause)
  }

  /// The id of the table, where it is among the first members of the object, of which none before it is
  /// an object or a list.
  static func tableUUID(inBeginning bytes: Bytes) -> String? {
    guard let text = bytes.utf8Prefix else { return nil }
    var scanner = text[...]
    func skipSpace() { scanner = scanner.drop { $0.isWhitespace } }
    func string() -> Substring? {
      guard scanner.first == "\"" else { return nil }
      scanner = scanner.dropFirst()
      let content = scanner.prefix { $0 != "\"" }
      // One with an escape is not worth the trouble: then the whole file is read.
      guard !content.contains("\\"), content.endIndex < scanner.endIndex else { return nil }
      scanner = scanner[content.endIndex...].dropFirst()
      return content
    }
    skipSpace()
    guard scanner.first == "{" else { return nil }
    repeat {
      scanner = scanner.dropFirst()
      skipSpace()
      guard let key = string() else { return nil }
      skipSpace()
      guard scanner.first == ":" else { return nil }
      scanner = scanner.dropFirst()
      skipSpace()
      if scanner.first == "\"" {
        guard let value = string() else { return nil }
        if key == "table-uuid" { return String(value) }
      } else {
        let value = scanner.prefix { $0.isNumber || $0.isLetter || "+-.".contains($0) }
        guard !value.isEmpty else { return nil }
        scanner = scanner[value.endIndex...]
      }
      skipSpace()
    } while scanner.first == ","
    return nil
  }
}

extension Bytes {
  /// The text of the bytes but for a character that is cut off at the end; nil when they are no text.
  fileprivate var utf8Prefix: String? {
    for dropped in 0..<Swift.min(4, count) {
      if let text = self[0..<(count - dropped)].utf8String { return text }
    }
    return nil
  }
}
