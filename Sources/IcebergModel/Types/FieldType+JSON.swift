package import IcebergBytes

extension FieldType {
  /// The type that a JSON value describes: a name, or an object for a nested type.
  ///
  /// Spec: Appendix C, "Schemas".
  package init(json node: JSONNode) throws(IcebergError) {
    var unknownMembers = JSONObject()
    try self.init(json: node, unknownMembers: &unknownMembers)
  }

  /// The type that a JSON value describes, and what its object has besides.
  fileprivate init(
    json node: JSONNode, unknownMembers: inout JSONObject
  ) throws(IcebergError) {
    if case .string(let text) = node.value {
      do throws(IcebergError) {
        self = try FieldType(text)
      } catch {
        throw node.invalid(error.message)
      }
      return
    }
    var reader = try node.object()
    let kind = try reader.required("type")
    switch try kind.string() {
    case "struct":
      self = .struct(try Self.fields(&reader))
    case "list":
      self = .list(element: try Self.element(&reader))
    case "map":
      let (key, value) = try Self.entry(&reader)
      self = .map(key: key, value: value)
    case let name:
      throw kind.invalid("'\(name)' is not a nested type: struct, list and map are")
    }
    unknownMembers = reader.unreadMembers
  }

  /// The fields of a struct's JSON object.
  package static func fields(_ reader: inout JSONObjectReader) throws(IcebergError) -> [Field] {
    try reader.required("fields").array { node throws(IcebergError) in try Field(json: node) }
  }

  private static func element(_ reader: inout JSONObjectReader) throws(IcebergError) -> Field {
    var element = Field(
      id: try reader.required("element-id").int(), name: "element", type: .unknown,
      isRequired: try reader.required("element-required").bool())
    try element.setType(json: try reader.required("element"))
    return element
  }

  private static func entry(
    _ reader: inout JSONObjectReader
  ) throws(IcebergError) -> (key: Field, value: Field) {
    var key = Field(
      id: try reader.required("key-id").int(), name: "key", type: .unknown, isRequired: true)
    try key.setType(json: try reader.required("key"))
    var value = Field(
      id: try reader.required("value-id").int(), name: "value", type: .unknown,
      isRequired: try reader.required("value-required").bool())
    try value.setType(json: try reader.required("value"))
    return (key, value)
  }

  /// The type as JSON: a name, or an object for a nested type, with the members that such an object
  /// has besides those that are known.
  package func json(
    unknownMembers: JSONObject = JSONObject()
  ) throws(IcebergError) -> JSONValue {
    var object = JSONObject()
    switch self {
    case .struct(let fields):
      object.append("type", "struct")
      object.append("fields", try Self.json(fields))
    case .list(let element):
      object.append("type", "list")
      object.append("element-id", .integer(Int64(element.id)))
      object.append("element", try element.typeJSON())
      object.append("element-required", .bool(element.isRequired))
    case .map(let key, let value):
      object.append("type", "map")
      object.append("key-id", .integer(Int64(key.id)))
      object.append("key", try key.typeJSON())
      object.append("value-id", .integer(Int64(value.id)))
      object.append("value", try value.typeJSON())
      object.append("value-required", .bool(value.isRequired))
    default:
      return .string(description)
    }
    object.append(unknown: unknownMembers)
    return .object(object)
  }

  /// The JSON array of a struct's fields.
  package static func json(_ fields: [Field]) throws(IcebergError) -> JSONValue {
    var values: [JSONValue] = []
    values.reserveCapacity(fields.count)
    for field in fields { values.append(try field.json()) }
    return .array(values)
  }
}

extension Field {
  /// The field that a JSON object describes.
  ///
  /// Spec: Appendix C, "Schemas".
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let id = try reader.required("id").int()
    let name = try reader.required("name").string()
    let isRequired = try reader.required("required").bool()
    self.init(id: id, name: name, type: .unknown, isRequired: isRequired)
    try setType(json: try reader.required("type"))
    doc = try reader.optional("doc")?.string()
    initialDefault = try Self.literal("initial-default", of: type, &reader)
    writeDefault = try Self.literal("write-default", of: type, &reader)
    unknownMembers = reader.unreadMembers
  }

  /// Sets the type, and what its object has besides.
  fileprivate mutating func setType(json node: JSONNode) throws(IcebergError) {
    type = try FieldType(json: node, unknownMembers: &unknownTypeMembers)
  }

  /// The type as JSON, with what its object has besides.
  fileprivate func typeJSON() throws(IcebergError) -> JSONValue {
    try type.json(unknownMembers: unknownTypeMembers)
  }

  private static func literal(
    _ name: String, of type: FieldType, _ reader: inout JSONObjectReader
  ) throws(IcebergError) -> Literal? {
    guard let node = reader.optional(name) else { return nil }
    return try Literal(json: node, type: type)
  }

  /// The field as JSON. Throws when a default is no value of the field's type.
  package func json() throws(IcebergError) -> JSONValue {
    var object = JSONObject()
    object.append("id", .integer(Int64(id)))
    object.append("name", .string(name))
    object.append("required", .bool(isRequired))
    object.append("type", try typeJSON())
    object.append("doc", doc.map(JSONValue.string))
    if let initialDefault { object.append("initial-default", try initialDefault.json(as: type)) }
    if let writeDefault { object.append("write-default", try writeDefault.json(as: type)) }
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}
