public import IcebergBytes

/// A named part of a struct: a column, a nested field, or the element, key or value of a collection.
///
/// Spec: Schemas and Data Types, "Nested Types"; "Default values".
public struct Field: Hashable, Sendable {
  /// The id of a field that has none yet; a table assigns one when it takes the field in.
  public static let unassignedID = -1

  /// What identifies the field for as long as the table lives.
  public var id: Int
  /// The name; `element`, `key` and `value` in collections.
  public var name: String
  /// The type of the values.
  public var type: FieldType
  /// Whether null is not allowed.
  public var isRequired: Bool
  /// A comment, or nil.
  public var doc: String?
  /// The value of rows written before the field was added (v3); nil is null.
  public var initialDefault: Literal?
  /// The value for writers that do not supply one (v3); nil is null.
  public var writeDefault: Literal?
  /// Members of the field's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject
  /// Members of the JSON object of the field's type, where that is a struct, list or map, that this
  /// library does not know; kept when written.
  public var unknownTypeMembers: JSONObject

  /// A field of the given parts.
  public init(
    id: Int = Field.unassignedID, name: String, type: FieldType, isRequired: Bool,
    doc: String? = nil, initialDefault: Literal? = nil, writeDefault: Literal? = nil,
    unknownMembers: JSONObject = JSONObject(), unknownTypeMembers: JSONObject = JSONObject()
  ) {
    self.id = id
    self.name = name
    self.type = type
    self.isRequired = isRequired
    self.doc = doc
    self.initialDefault = initialDefault
    self.writeDefault = writeDefault
    self.unknownMembers = unknownMembers
    self.unknownTypeMembers = unknownTypeMembers
  }

  /// A field that allows no null; its id is assigned by the table unless given.
  public static func required(
    _ name: String, _ type: FieldType, id: Int = Field.unassignedID, doc: String? = nil
  ) -> Field {
    Field(id: id, name: name, type: type, isRequired: true, doc: doc)
  }

  /// A field that allows null; its id is assigned by the table unless given.
  public static func optional(
    _ name: String, _ type: FieldType, id: Int = Field.unassignedID, doc: String? = nil
  ) -> Field {
    Field(id: id, name: name, type: type, isRequired: false, doc: doc)
  }
}
