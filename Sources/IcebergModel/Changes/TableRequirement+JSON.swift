public import IcebergBytes

extension TableRequirement {
  /// Reads a requirement as the REST catalog API writes it.
  ///
  /// Throws `unsupported` for a type that this library does not know.
  ///
  /// Spec: Iceberg REST Catalog API, `TableRequirement`.
  public init(json: JSONValue) throws(IcebergError) { try self.init(json: JSONNode(json)) }

  /// Reads a requirement as the REST catalog API writes it.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let type = try reader.required("type")
    switch try type.string().lowercased() {
    case "assert-create": self = .assertCreate
    case "assert-table-uuid": self = .assertTableUUID(try reader.required("uuid").string())
    case "assert-ref-snapshot-id":
      self = .assertReferenceSnapshotID(
        reference: try reader.required("ref").string(),
        snapshotID: try reader.optional("snapshot-id")?.int64())
    case "assert-last-assigned-field-id":
      self = .assertLastAssignedFieldID(try reader.required("last-assigned-field-id").int())
    case "assert-current-schema-id":
      self = .assertCurrentSchemaID(try reader.required("current-schema-id").int())
    case "assert-last-assigned-partition-id":
      self = .assertLastAssignedPartitionID(
        try reader.required("last-assigned-partition-id").int())
    case "assert-default-spec-id":
      self = .assertDefaultSpecID(try reader.required("default-spec-id").int())
    case "assert-default-sort-order-id":
      self = .assertDefaultSortOrderID(try reader.required("default-sort-order-id").int())
    case let name: throw type.unsupported("table requirement '\(name)' is not known")
    }
  }

  /// The requirement as the REST catalog API writes it.
  public var json: JSONValue {
    switch self {
    case .assertCreate: ["type": "assert-create"]
    case .assertTableUUID(let uuid): ["type": "assert-table-uuid", "uuid": .string(uuid)]
    case .assertReferenceSnapshotID(let name, let id):
      [
        "type": "assert-ref-snapshot-id", "ref": .string(name),
        "snapshot-id": id.map { .integer($0) } ?? .null,
      ]
    case .assertLastAssignedFieldID(let id):
      Self.json("assert-last-assigned-field-id", "last-assigned-field-id", id)
    case .assertCurrentSchemaID(let id):
      Self.json("assert-current-schema-id", "current-schema-id", id)
    case .assertLastAssignedPartitionID(let id):
      Self.json("assert-last-assigned-partition-id", "last-assigned-partition-id", id)
    case .assertDefaultSpecID(let id): Self.json("assert-default-spec-id", "default-spec-id", id)
    case .assertDefaultSortOrderID(let id):
      Self.json("assert-default-sort-order-id", "default-sort-order-id", id)
    }
  }

  private static func json(_ type: String, _ member: String, _ id: Int) -> JSONValue {
    .object(
      JSONObject([
        JSONObject.Member("type", .string(type)),
        JSONObject.Member(member, .integer(Int64(id))),
      ]))
  }
}
