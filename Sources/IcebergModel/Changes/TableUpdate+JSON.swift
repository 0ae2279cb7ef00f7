public import IcebergBytes

extension TableUpdate {
  /// Reads an update as the REST catalog API writes it.
  ///
  /// Throws `unsupported` for an action that this library does not know.
  ///
  /// Spec: Iceberg REST Catalog API, `TableUpdate`.
  public init(json: JSONValue) throws(IcebergError) { try self.init(json: JSONNode(json)) }

  /// Reads an update as the REST catalog API writes it.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let action = try reader.required("action")
    switch try action.string().lowercased() {
    case "assign-uuid": self = .assignUUID(try reader.required("uuid").string())
    case "upgrade-format-version":
      self = .upgradeFormatVersion(try reader.required("format-version").int())
    case "add-schema": self = .addSchema(try Schema(json: try reader.required("schema")))
    case "set-current-schema": self = .setCurrentSchema(id: try reader.required("schema-id").int())
    case "add-spec": self = .addPartitionSpec(try Self.partitionSpec(try reader.required("spec")))
    case "set-default-spec":
      self = .setDefaultPartitionSpec(id: try reader.required("spec-id").int())
    case "add-sort-order":
      self = .addSortOrder(try Self.sortOrder(try reader.required("sort-order")))
    case "set-default-sort-order":
      self = .setDefaultSortOrder(id: try reader.required("sort-order-id").int())
    case "add-snapshot": self = .addSnapshot(try Snapshot(json: try reader.required("snapshot")))
    case "set-snapshot-ref":
      let name = try reader.required("ref-name").string()
      self = .setSnapshotReference(name: name, try SnapshotReference(membersOf: &reader))
    case "remove-snapshots":
      self = .removeSnapshots(
        ids: try reader.required("snapshot-ids").array { id throws(IcebergError) in
          try id.int64()
        })
    case "remove-snapshot-ref":
      self = .removeSnapshotReference(name: try reader.required("ref-name").string())
    case "set-location": self = .setLocation(try reader.required("location").string())
    case "set-properties":
      // The first clients wrote `updated`.
      let member = reader.has("updates") || !reader.has("updated") ? "updates" : "updated"
      self = .setProperties(try reader.required(member).stringMap())
    case "remove-properties":
      // The first clients wrote `removed`.
      let member = reader.has("removals") || !reader.has("removed") ? "removals" : "removed"
      self = .removeProperties(
        try reader.required(member).array { key throws(IcebergError) in try key.string() })
    case "set-statistics":
      self = .setStatistics(try StatisticsFile(json: try reader.required("statistics")))
    case "remove-statistics":
      self = .removeStatistics(snapshotID: try reader.required("snapshot-id").int64())
    case "set-partition-statistics":
      self = .setPartitionStatistics(
        try PartitionStatisticsFile(json: try reader.required("partition-statistics")))
    case "remove-partition-statistics":
      self = .removePartitionStatistics(snapshotID: try reader.required("snapshot-id").int64())
    case "remove-partition-specs":
      self = .removePartitionSpecs(
        ids: try reader.required("spec-ids").array { id throws(IcebergError) in try id.int() })
    case "remove-schemas":
      self = .removeSchemas(
        ids: try reader.required("schema-ids").array { id throws(IcebergError) in try id.int() })
    case "add-encryption-key":
      self = .addEncryptionKey(try EncryptedKey(json: try reader.required("encryption-key")))
    case "remove-encryption-key":
      self = .removeEncryptionKey(keyID: try reader.required("key-id").string())
    case let name: throw action.unsupported("table update '\(name)' is not known")
    }
  }

  /// A spec to add; its id, which is assigned anyway, may be missing.
  private static func partitionSpec(_ node: JSONNode) throws(IcebergError) -> PartitionSpec {
    var reader = try node.object()
    if reader.has("spec-id") { return try PartitionSpec(json: node) }
    let fields = try PartitionSpec.fields(json: try reader.required("fields"))
    return PartitionSpec(fields: fields, unknownMembers: reader.unreadMembers)
  }

  /// An order to add; its id, which is assigned anyway, may be missing.
  private static func sortOrder(_ node: JSONNode) throws(IcebergError) -> TableSortOrder {
    var reader = try node.object()
    if reader.has("order-id") { return try TableSortOrder(json: node) }
    let fields = try reader.required("fields").array { field throws(IcebergError) in
      try SortField(json: field)
    }
    return TableSortOrder(
      id: fields.isEmpty ? 0 : 1, fields: fields, unknownMembers: reader.unreadMembers)
  }

  /// The update as the REST catalog API writes it.
  ///
  /// Throws `invalidArgument` when a default is no value of its column's type.
  public func json() throws(IcebergError) -> JSONValue {
    switch self {
    case .assignUUID(let uuid): Self.json("assign-uuid", ["uuid": .string(uuid)])
    case .upgradeFormatVersion(let version):
      Self.json("upgrade-format-version", ["format-version": .integer(Int64(version))])
    case .addSchema(let schema):
      Self.json(
        "add-schema",
        [
          "schema": try schema.json(),
          "last-column-id": .integer(Int64(schema.highestFieldID)),
        ])
    case .setCurrentSchema(let id):
      Self.json("set-current-schema", ["schema-id": .integer(Int64(id))])
    case .addPartitionSpec(let spec): Self.json("add-spec", ["spec": spec.json])
    case .setDefaultPartitionSpec(let id):
      Self.json("set-default-spec", ["spec-id": .integer(Int64(id))])
    case .addSortOrder(let order): Self.json("add-sort-order", ["sort-order": order.json])
    case .setDefaultSortOrder(let id):
      Self.json("set-default-sort-order", ["sort-order-id": .integer(Int64(id))])
    case .addSnapshot(let snapshot):
      Self.json(
        "add-snapshot",
        ["snapshot": snapshot.json(formatVersion: snapshot.sequenceNumber == 0 ? 1 : 2)])
    case .setSnapshotReference(let name, let reference):
      Self.json("set-snapshot-ref", ["ref-name": .string(name)], reference)
    case .removeSnapshots(let ids):
      Self.json("remove-snapshots", ["snapshot-ids": .array(ids.map { .integer($0) })])
    case .removeSnapshotReference(let name):
      Self.json("remove-snapshot-ref", ["ref-name": .string(name)])
    case .setLocation(let location): Self.json("set-location", ["location": .string(location)])
    case .setProperties(let properties):
      Self.json("set-properties", ["updates": JSONValue(stringMap: properties)])
    case .removeProperties(let keys):
      Self.json("remove-properties", ["removals": .array(keys.map { .string($0) })])
    case .setStatistics(let file):
      Self.json(
        "set-statistics", ["snapshot-id": .integer(file.snapshotID), "statistics": file.json])
    case .removeStatistics(let id): Self.json("remove-statistics", ["snapshot-id": .integer(id)])
    case .setPartitionStatistics(let file):
      Self.json("set-partition-statistics", ["partition-statistics": file.json])
    case .removePartitionStatistics(let id):
      Self.json("remove-partition-statistics", ["snapshot-id": .integer(id)])
    case .removePartitionSpecs(let ids):
      Self.json(
        "remove-partition-specs", ["spec-ids": .array(ids.map { .integer(Int64($0)) })])
    case .removeSchemas(let ids):
      Self.json("remove-schemas", ["schema-ids": .array(ids.map { .integer(Int64($0)) })])
    case .addEncryptionKey(let key):
      Self.json("add-encryption-key", ["encryption-key": key.json])
    case .removeEncryptionKey(let id):
      Self.json("remove-encryption-key", ["key-id": .string(id)])
    }
  }

  private static func json(
    _ action: String, _ members: JSONObject, _ reference: SnapshotReference? = nil
  ) -> JSONValue {
    var object: JSONObject = ["action": .string(action)]
    object.members += members.members
    reference?.append(to: &object)
    return .object(object)
  }
}
