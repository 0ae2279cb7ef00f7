public import IcebergBytes

extension TableMetadata {
  // A few kilobytes of gzip may claim to be gigabytes of JSON.
  private static let largestFileSize = 1 << 30

  /// Reads a metadata file: JSON, plain or compressed with gzip or zstd, whatever its name says.
  ///
  /// Throws `unsupported` for a newer format version, and `invalidMetadata` naming the place in the
  /// document for everything that breaks a rule of the format.
  public init(parsing bytes: Bytes) throws(IcebergError) {
    let text = try Self.decompressed(bytes)
    let value: JSONValue
    do {
      value = try JSONValue(parsing: text)
    } catch {
      throw IcebergError(
        .invalidMetadata, "the metadata file is not JSON", context: .init(offset: error.offset),
        cause: error)
    }
    try self.init(json: JSONNode(value))
  }

  private static func decompressed(_ bytes: Bytes) throws(IcebergError) -> Bytes {
    let codec: CompressionCodec
    if bytes.starts(with: [0x1f, 0x8b]) {
      codec = .gzip
    } else if bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
      codec = .zstd
    } else {
      return bytes
    }
    do {
      return try codec.decompress(bytes, limit: largestFileSize)
    } catch {
      throw IcebergError(
        error.code == .unsupported ? .unsupported : .invalidMetadata,
        "the metadata file is compressed with \(codec) and cannot be read", cause: error)
    }
  }

  /// The content of a metadata file, plain JSON.
  ///
  /// The same metadata gives the same bytes.
  /// Throws `invalidArgument` when a default is no value of its column's type.
  public func serialized() throws(IcebergError) -> Bytes { try json().serialized() }

  /// The metadata as its format version demands it: version 1 has the current schema and the default
  /// partition spec once more, in the form that its first writers knew.
  ///
  /// Throws `invalidArgument` when a default is no value of its column's type.
  public func json() throws(IcebergError) -> JSONValue {
    var object = JSONObject()
    object.append("format-version", .integer(Int64(formatVersion)))
    object.append("table-uuid", tableUUID.map { .string($0) })
    object.append("location", .string(location))
    if formatVersion > 1 { object.append("last-sequence-number", .integer(lastSequenceNumber)) }
    object.append("last-updated-ms", .integer(lastUpdatedMillis))
    object.append("last-column-id", .integer(Int64(lastColumnID)))
    if formatVersion == 1 { object.append("schema", try schema(id: currentSchemaID)?.json()) }
    object.append("current-schema-id", .integer(Int64(currentSchemaID)))
    var schemas: [JSONValue] = []
    for schema in self.schemas { schemas.append(try schema.json()) }
    object.append("schemas", .array(schemas))
    if formatVersion == 1 {
      object.append("partition-spec", partitionSpec(id: defaultSpecID)?.fieldsJSON)
    }
    object.append("default-spec-id", .integer(Int64(defaultSpecID)))
    object.append("partition-specs", .array(partitionSpecs.map(\.json)))
    object.append("last-partition-id", .integer(Int64(lastPartitionID)))
    object.append("default-sort-order-id", .integer(Int64(defaultSortOrderID)))
    object.append("sort-orders", .array(sortOrders.map(\.json)))
    object.append("properties", JSONValue(stringMap: properties))
    appendHistory(to: &object)
    object.append(unknown: unknownMembers)
    return .object(object)
  }

  private func appendHistory(to object: inout JSONObject) {
    // Before version 3, readers expect a number.
    object.append(
      "current-snapshot-id",
      currentSnapshotID.map { .integer($0) } ?? (formatVersion >= 3 ? .null : .integer(-1)))
    if formatVersion >= 3 { object.append("next-row-id", .integer(nextRowID ?? 0)) }
    if !encryptionKeys.isEmpty {
      object.append("encryption-keys", .array(encryptionKeys.map(\.json)))
    }
    let references = references.sorted { $0.key < $1.key }
    object.append(
      "refs", .object(JSONObject(references.map { JSONObject.Member($0.key, $0.value.json) })))
    object.append("snapshots", .array(snapshots.map { $0.json(formatVersion: formatVersion) }))
    object.append("statistics", .array(statistics.map(\.json)))
    object.append("partition-statistics", .array(partitionStatistics.map(\.json)))
    object.append("snapshot-log", .array(snapshotLog.map(\.json)))
    object.append("metadata-log", .array(metadataLog.map(\.json)))
  }
}
