public import IcebergBytes

extension Schema {
  /// The schema that a JSON object describes.
  ///
  /// Only the form is checked: `validate` checks the rules.
  ///
  /// Spec: Appendix C, "Schemas".
  public init(json: JSONValue) throws(IcebergError) { try self.init(json: JSONNode(json)) }

  /// The schema that a JSON object describes.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let type = try reader.required("type")
    guard try type.string() == "struct" else {
      throw type.invalid("a schema is a struct")
    }
    self.init(
      try FieldType.fields(&reader),
      id: try reader.optional("schema-id")?.int() ?? 0,
      identifierFieldIDs: try reader.optional("identifier-field-ids")?.array {
        id throws(IcebergError) in
        try id.int()
      } ?? [],
      unknownMembers: reader.unreadMembers)
  }

  /// The schema as JSON. Throws when a default is no value of its field's type.
  public func json() throws(IcebergError) -> JSONValue {
    var object = JSONObject()
    object.append("type", "struct")
    object.append("schema-id", .integer(Int64(id)))
    if !identifierFieldIDs.isEmpty {
      object.append("identifier-field-ids", .array(identifierFieldIDs.map { .integer(Int64($0)) }))
    }
    object.append("fields", try FieldType.json(fields))
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}
