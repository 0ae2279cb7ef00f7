public import IcebergBytes

extension PartitionSpec {
  /// The id of the first partition field of a table; field ids that are not written count from here.
  public static let firstFieldID = 1_000

  /// The spec that a JSON object describes.
  ///
  /// Only the form is checked: whether the spec fits a schema, `validate` checks.
  ///
  /// Spec: Appendix C, "Partition Specs".
  public init(json: JSONValue) throws(IcebergError) { try self.init(json: JSONNode(json)) }

  /// The spec that a JSON object describes.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let id = try reader.required("spec-id").int()
    let fields = try Self.fields(json: try reader.required("fields"))
    self.init(id: id, fields: fields, unknownMembers: reader.unreadMembers)
  }

  /// The fields that a JSON array describes: those of a spec, or the `partition-spec` of v1 metadata.
  ///
  /// Where no field has an id, they are numbered from ``firstFieldID``, as v1 writers did.
  package static func fields(json node: JSONNode) throws(IcebergError) -> [PartitionField] {
    var fields: [PartitionField] = []
    var names: Set<ExactText> = []
    var ids: Set<Int> = []
    var numbered = 0
    for (index, element) in try node.array().enumerated() {
      var reader = try element.object()
      let name = try reader.required("name").string()
      let transform = try Transform(json: try reader.required("transform"))
      let fieldID = try reader.optional("field-id")?.int()
      if fieldID != nil { numbered += 1 }
      if name.isEmpty { throw element.invalid("the name of a partition field is empty") }
      guard names.insert(ExactText(name)).inserted else {
        throw element.invalid("the partition field name '\(name)' is used more than once")
      }
      guard ids.insert(fieldID ?? firstFieldID + index).inserted else {
        throw element.invalid("the partition field id \(fieldID ?? 0) is used more than once")
      }
      // A field that was dropped in v1 became void, and some writers leave its source out then.
      let sourceIDs: [Int] =
        transform == .void && !reader.has("source-id") && !reader.has("source-ids")
        ? [] : try Transform.sourceIDs(&reader)
      fields.append(
        PartitionField(
          sourceIDs: sourceIDs, fieldID: fieldID ?? firstFieldID + index, name: name,
          transform: transform, unknownMembers: reader.unreadMembers))
    }
    guard numbered == 0 || numbered == fields.count else {
      throw node.invalid(
        "\(fields.count - numbered) of \(fields.count) partition fields have no 'field-id'")
    }
    return fields
  }

  /// The spec as JSON.
  public var json: JSONValue {
    var object = JSONObject()
    object.append("spec-id", .integer(Int64(id)))
    object.append("fields", fieldsJSON)
    object.append(unknown: unknownMembers)
    return .object(object)
  }

  /// The fields as a JSON array: the `partition-spec` of v1 metadata and of manifests.
  package var fieldsJSON: JSONValue {
    .array(
      fields.map { field in
        var object = JSONObject()
        object.append("name", .string(field.name))
        object.append("transform", .string(field.transform.description))
        if !field.sourceIDs.isEmpty {
          Transform.write(sourceIDs: field.sourceIDs, to: &object)
        }
        object.append("field-id", .integer(Int64(field.fieldID)))
        object.append(unknown: field.unknownMembers)
        return .object(object)
      })
  }
}
