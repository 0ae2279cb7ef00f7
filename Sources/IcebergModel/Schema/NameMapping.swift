public import IcebergBytes

/// Which columns of a table the columns of files without field ids are: names, each with the id of
/// the field that it stands for.
///
/// Spec: Column Projection, "Name Mapping Serialization" (Appendix C).
public struct NameMapping: Hashable, Sendable {
  /// The table property that holds a mapping as JSON text.
  public static let propertyName = "schema.name-mapping.default"

  /// The columns.
  public var fields: [MappedField]

  /// Names of one field, and what is inside it.
  public struct MappedField: Hashable, Sendable {
    /// The id of the field; nil when the names stand for something that the table does not have.
    public var id: Int?
    /// The names that the field goes by in files, case and dots included; empty when it is in none.
    public var names: [String]
    /// The fields inside: of a struct, `element` of a list, `key` and `value` of a map.
    public var fields: [MappedField]
    /// Members of the JSON object that this library does not know; kept when written.
    public var unknownMembers: JSONObject

    /// A mapped field of the given parts.
    public init(
      id: Int?, names: [String], fields: [MappedField] = [],
      unknownMembers: JSONObject = JSONObject()
    ) {
      self.id = id
      self.names = names
      self.fields = fields
      self.unknownMembers = unknownMembers
    }
  }

  /// A mapping of the given columns; throws when a name or an id is given twice.
  public init(_ fields: [MappedField]) throws(IcebergError) {
    self.fields = fields
    try check()
  }

  /// The mapping of every field of a schema under its present name.
  public init(_ schema: Schema) { fields = Self.map(schema.fields) }

  private static func map(_ fields: [Field]) -> [MappedField] {
    fields.map { MappedField(id: $0.id, names: [$0.name], fields: map($0.type.children)) }
  }

  private func check() throws(IcebergError) {
    var ids: Set<Int> = []
    try Self.check(fields, &ids)
  }

  private static func check(
    _ fields: [MappedField], _ ids: inout Set<Int>
  ) throws(IcebergError) {
    var names: Set<ExactText> = []
    for field in fields {
      if let id = field.id, !ids.insert(id).inserted {
        throw IcebergError(.invalidMetadata, "name mapping: the field id \(id) is used twice")
      }
      for name in field.names where !names.insert(ExactText(name)).inserted {
        throw IcebergError(.invalidMetadata, "name mapping: the name '\(name)' is used twice")
      }
      try check(field.fields, &ids)
    }
  }
}

extension NameMapping {
  /// The field that a path of names in a file stands for; nil when none does.
  public func field(at path: [String]) -> MappedField? {
    var fields = fields
    var found: MappedField?
    for name in path {
      found = fields.first { field in
        field.names.contains { ExactText($0) == ExactText(name) }
      }
      guard let found else { return nil }
      fields = found.fields
    }
    return found
  }

  /// The names of the field with an id; nil when it is not mapped.
  public func field(id: Int) -> MappedField? { Self.find(id, in: fields) }

  private static func find(_ id: Int, in fields: [MappedField]) -> MappedField? {
    for field in fields {
      if field.id == id { return field }
      if let found = find(id, in: field.fields) { return found }
    }
    return nil
  }

  /// The mapping after the table's schema became `schema`: a new field is mapped under its name, a
  /// renamed one under both names, and a dropped one stays, so that old files can still be read. A
  /// name that now belongs to another field is taken from the one that had it.
  ///
  /// Fields that are not mapped count as new.
  public func updated(for schema: Schema) -> NameMapping {
    updated(from: Schema([]), to: schema)
  }

  /// The mapping after the table's schema `old` became `new`, as ``updated(for:)`` says; fields of
  /// `old` that are not mapped stay so.
  public func updated(from old: Schema, to new: Schema) -> NameMapping {
    var mapping = self
    mapping.fields = Self.update(fields, for: new.fields, from: old.index)
    return mapping
  }

  private static func update(
    _ mapped: [MappedField], for fields: [Field], from old: SchemaIndex
  ) -> [MappedField] {
    let renamed = fields.filter { old.field(id: $0.id)?.name != $0.name }
    let owners = Dictionary(
      renamed.map { (ExactText($0.name), $0.id) }, uniquingKeysWith: { first, _ in first })
    let byID = Dictionary(fields.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var updated: [MappedField] = []
    for var field in mapped {
      field.names.removeAll { name in
        owners[ExactText(name)].map { $0 != field.id } ?? false
      }
      if let id = field.id, let present = byID[id] {
        if !field.names.contains(where: { ExactText($0) == ExactText(present.name) }) {
          field.names.append(present.name)
        }
        field.fields = update(field.fields, for: present.type.children, from: old)
      }
      updated.append(field)
    }
    let known = Set(mapped.compactMap(\.id))
    return updated
      + map(fields.filter { !known.contains($0.id) && old.field(id: $0.id) == nil })
  }
}

extension NameMapping {
  /// The mapping that a JSON text describes: the value of ``propertyName``.
  public init(parsing text: String) throws(IcebergError) {
    let value: JSONValue
    do throws(FormatError) {
      value = try JSONValue(parsing: Bytes(utf8: text))
    } catch {
      throw IcebergError(.invalidMetadata, "the name mapping is not JSON", cause: error)
    }
    try self.init(json: value)
  }

  /// The mapping that a JSON array describes.
  public init(json: JSONValue) throws(IcebergError) {
    try self.init(try Self.fields(JSONNode(json)))
  }

  private static func fields(_ node: JSONNode) throws(IcebergError) -> [MappedField] {
    try node.array { element throws(IcebergError) in
      var reader = try element.object()
      return MappedField(
        id: try reader.optional("field-id")?.int(),
        names: try reader.required("names").array { name throws(IcebergError) in
          try name.string()
        },
        fields: try reader.optional("fields").map { inner throws(IcebergError) in
          try fields(inner)
        } ?? [],
        unknownMembers: reader.unreadMembers)
    }
  }

  /// The mapping as a JSON array.
  public var json: JSONValue { Self.json(fields) }

  private static func json(_ fields: [MappedField]) -> JSONValue {
    .array(
      fields.map { field in
        var object = JSONObject()
        object.append("field-id", field.id.map { .integer(Int64($0)) })
        object.append("names", .array(field.names.map(JSONValue.string)))
        if !field.fields.isEmpty { object.append("fields", json(field.fields)) }
        object.append(unknown: field.unknownMembers)
        return .object(object)
      })
  }
}
