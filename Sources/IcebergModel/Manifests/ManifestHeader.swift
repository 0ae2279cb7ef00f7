import IcebergAvro
public import IcebergBytes

/// What a manifest says about itself, in front of its entries.
///
/// Spec: Manifests, the properties of the Avro file's metadata.
public struct ManifestHeader: Hashable, Sendable {
  /// The format version that the manifest was written for; 1 when it does not say.
  public let formatVersion: Int
  /// What the files hold; data when the manifest does not say.
  public let content: ManifestFile.Content
  /// The id of the partition spec; nil when the manifest does not say.
  public let partitionSpecID: Int?
  private let schemaJSON: Bytes?
  private let partitionSpecJSON: Bytes?

  /// The header of the manifest in `bytes`.
  ///
  /// Throws `invalidFile` when the bytes are no Avro file.
  public init(parsing bytes: Bytes) throws(IcebergError) {
    do {
      try self.init(try AvroFileHeader(parsing: bytes))
    } catch {
      throw IcebergError(
        error.code == .unsupported ? .unsupported : .invalidFile,
        "the header of the manifest cannot be read", context: .init(offset: error.offset),
        cause: error)
    }
  }

  init(_ header: AvroFileHeader) throws(FormatError) {
    let text = { (name: String) in header.metadata[name]?.utf8String }
    let version = text("format-version") ?? "1"
    guard let number = Int(version), number >= 1 else {
      throw FormatError(.badValue, "a manifest of format version '\(version)'")
    }
    guard number <= 3 else {
      throw FormatError(.unsupported, "manifests of format version \(number) are not supported")
    }
    formatVersion = number
    switch text("content") ?? "data" {
    case "data": content = .data
    case "deletes": content = .deletes
    case let name: throw FormatError(.badValue, "a manifest of content '\(name)'")
    }
    partitionSpecID = text("partition-spec-id").flatMap { Int($0) }
    schemaJSON = header.metadata["schema"]
    partitionSpecJSON = header.metadata["partition-spec"]
  }

  /// The schema of the table when the manifest was written; nil when the manifest does not say.
  ///
  /// Throws `invalidMetadata` when what it says is no schema.
  public func schema() throws(IcebergError) -> Schema? {
    guard let schemaJSON else { return nil }
    return try Schema(json: try Self.parse(schemaJSON, "schema"))
  }

  /// The partition spec of the files; nil when the manifest does not say.
  ///
  /// Throws `invalidMetadata` when what it says is no list of partition fields.
  public func partitionSpec() throws(IcebergError) -> PartitionSpec? {
    guard let partitionSpecJSON else { return nil }
    let json = try Self.parse(partitionSpecJSON, "partition-spec")
    // Some writers put the whole spec where its fields belong.
    if case .object = json { return try PartitionSpec(json: json) }
    let fields = try PartitionSpec.fields(json: JSONNode(json))
    return PartitionSpec(id: partitionSpecID ?? 0, fields: fields)
  }

  /// The fields of the partition tuples; nil when the manifest does not say.
  func partitionFields() throws(IcebergError) -> [Field]? {
    guard let spec = try partitionSpec(), let schema = try schema() else { return nil }
    return spec.partitionFields(in: schema)
  }

  private static func parse(_ bytes: Bytes, _ name: String) throws(IcebergError) -> JSONValue {
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw IcebergError(
        .invalidFile, "'\(name)' in the header of the manifest is not JSON", cause: error)
    }
  }
}
