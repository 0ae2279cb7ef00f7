package import IcebergBytes

extension Snapshot {
  /// Reads a snapshot as table metadata and catalogs write it.
  ///
  /// Spec: Appendix C, "Table Metadata and Snapshots".
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let sequenceNumber = try reader.optional("sequence-number")?.int64() ?? 0
    let id = try reader.required("snapshot-id").int64()
    let parentID = try reader.optional("parent-snapshot-id")?.int64()
    let timestampMillis = try reader.required("timestamp-ms").int64()
    let summary: SnapshotSummary? =
      if let node = reader.optional("summary") { try SnapshotSummary(json: node) } else { nil }
    let manifests: Manifests
    if let list = reader.optional("manifest-list") {
      manifests = .list(try list.string())
      _ = reader.member("manifests")
    } else if let inline = reader.optional("manifests") {
      manifests = .inline(
        try inline.array { node throws(IcebergError) in try node.string() })
    } else {
      throw reader.invalid("missing 'manifest-list'")
    }
    let schemaID = try reader.optional("schema-id")?.int()
    let firstRowID = try reader.optional("first-row-id")?.int64()
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
    let keyID = try reader.optional("key-id")?.string()
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
    var operation: Operation?
    var properties: [(key: String, value: String)] = []
    for (name, node) in try node.members() {
      let text = try node.string()
      if name == "operation" {
        operation = Operation(rawValue: text)
      } else {
        properties.append((name, text))
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
