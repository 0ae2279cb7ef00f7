package import IcebergBytes

extension Snapshot {
  /// Reads a snapshot as table metadata and catalogs write it.
  ///
  /// Spec: Appendix C, "Table Metadata and Snapshots".
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let sequenceNumber = try reader.optionalInt64("sequence-number") ?? 0
    let id = try reader.requiredInt64("snapshot-id")
    let parentID = try reader.optionalInt64("parent-snapshot-id")
    let timestampMillis = try reader.requiredInt64("timestamp-ms")
    let summary: SnapshotSummary? =
      if let node = reader.optional("summary") { try SnapshotSummary(json: node) } else { nil }
    let manifests: Manifests
    if let list = try reader.optionalString("manifest-list") {
      manifests = .list(list)
      _ = reader.member("manifests")
    } else if let inline = reader.optional("manifests") {
      manifests = .inline(
        try inline.array { node throws(IcebergError) in try node.string() })
    } else {
      throw reader.invalid("missing 'manifest-list'")
    }
    let schemaID = try reader.optional("schema-id")?.int()
    let firstRowID = try reader.optionalInt64("first-row-id")
    if let firstRowID, firstRowID < 0 {
      throw reader.invalid("'first-row-id' must not be negative", member: "first-row-id")
    }
    var addedRows: Int64?
    if firstRowID != nil {
      let count = try reader.required("added-rows").int64()
      if count < 0 {
        throw reader.invalid("'added-rows' must not be negative", member: "added-rows")
      }
      addedRows = count
    }
    let keyID = try reader.optionalString("key-id")
    self.init(
      id: id, parentID: parentID, sequenceNumber: sequenceNumber,
      timestampMillis: timestampMillis, manifests: manifests, summary: summary,
      schemaID: schemaID, firstRowID: firstRowID, addedRows: addedRows, keyID: keyID,
      unknownMembers: reader.unreadMembers)
  }

  /// The snapshot as table metadata of a format version writes it.
  package func json(formatVersion: Int) -> JSONValue {
    var object = JSONObject()
    object.members.reserveCapacity(8)
    // Version 1 has no sequence numbers: all are zero there.
    if formatVersion >= 2 { object.append("sequence-number", .integer(sequenceNumber)) }
    object.append("snapshot-id", .integer(id))
    object.append("parent-snapshot-id", parentID.map { .integer($0) })
    object.append("timestamp-ms", .integer(timestampMillis))
    object.append("summary", summary?.json)
    switch manifests {
    case .list(let location): object.append("manifest-list", .string(location))
    case .inline(let locations): object.append("manifests", .array(locations.map { .string($0) }))
    }
    object.append("schema-id", schemaID.map { .integer(Int64($0)) })
    object.append("first-row-id", firstRowID.map { .integer($0) })
    object.append("added-rows", addedRows.map { .integer($0) })
    object.append("key-id", keyID.map { .string($0) })
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}

extension SnapshotSummary {
  /// Reads a summary: an object of strings, one of them the operation.
  package init(json node: JSONNode) throws(IcebergError) {
    guard case .object(let object) = node.value else {
      throw node.invalid("'summary' must be an object")
    }
    var operation: Operation?
    var properties: [(key: String, value: String)] = []
    properties.reserveCapacity(object.members.count)
    for member in object.members {
      guard case .string(let text) = member.value else {
        // Which it is not: this says so, and where.
        _ = try JSONNode(member.value, member: member.name, of: node.path).string()
        continue
      }
      if member.name == "operation" {
        operation = Operation(rawValue: text)
      } else {
        properties.append((member.name, text))
      }
    }
    self.init(operation: operation, properties: properties)
  }

  /// The summary as an object of strings, the operation first.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("operation", operation.map { .string($0.rawValue) })
    for property in properties { object.append(property.key, .string(property.value)) }
    return .object(object)
  }
}
