public import IcebergBytes

extension TableSortOrder {
  /// The order that a JSON object describes.
  ///
  /// Only the form is checked: whether the order fits a schema, `validate` checks.
  ///
  /// Spec: Appendix C, "Sort Orders".
  public init(json: JSONValue) throws(IcebergError) { try self.init(json: JSONNode(json)) }

  /// The order that a JSON object describes.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let id = try reader.required("order-id").int()
    let fields = try reader.required("fields").array { element throws(IcebergError) in
      try SortField(json: element)
    }
    self.init(id: id, fields: fields, unknownMembers: reader.unreadMembers)
  }

  /// The order as JSON.
  public var json: JSONValue {
    var object = JSONObject()
    object.append("order-id", .integer(Int64(id)))
    object.append("fields", .array(fields.map(\.json)))
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}

extension SortField {
  /// The key that a JSON object describes.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let transform = try Transform(json: try reader.required("transform"))
    let sourceIDs = try Transform.sourceIDs(&reader)
    let directionNode = try reader.required("direction")
    guard let direction = Direction(rawValue: try directionNode.string().lowercased()) else {
      throw directionNode.invalid("'direction' must be asc or desc")
    }
    let nullOrderNode = try reader.required("null-order")
    guard let nullOrder = NullOrder(rawValue: try nullOrderNode.string().lowercased()) else {
      throw nullOrderNode.invalid("'null-order' must be nulls-first or nulls-last")
    }
    self.init(
      sourceIDs: sourceIDs, transform: transform, direction: direction, nullOrder: nullOrder,
      unknownMembers: reader.unreadMembers)
  }

  /// The key as JSON.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("transform", .string(transform.description))
    Transform.write(sourceIDs: sourceIDs, to: &object)
    object.append("direction", .string(direction.rawValue))
    object.append("null-order", .string(nullOrder.rawValue))
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}
