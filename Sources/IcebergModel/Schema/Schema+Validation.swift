extension Schema {
  /// Throws unless the schema keeps the rules of a format version: those of
  /// ``checkStructure()``, no type or default of a later version, defaults that are values of their
  /// fields' types, and identifier fields that can identify.
  ///
  /// Spec: Schemas and Data Types; "Default values"; "Identifier Field IDs"; Appendix E.
  public func validate(formatVersion: Int) throws(IcebergError) {
    try checkStructure()
    let index = index
    for field in index.fields {
      let name = index.name(of: field.id) ?? field.name
      try Self.checkVersion(of: field, name, formatVersion)
      try Self.checkDefaults(of: field, name)
    }
    for id in identifierFieldIDs { try Self.checkIdentifier(id, index) }
  }

  /// Throws unless the fields can be told apart: unique ids within the range for tables, unique
  /// names. Also throws for what no version allows: an optional map key, a required `unknown`.
  ///
  /// What a reader must insist on, where `validate` is for whoever writes.
  public func checkStructure() throws(IcebergError) {
    var ids: Set<Int> = []
    var names: [ExactText: Int] = [:]
    try Self.check(fields, prefix: "", &ids, &names)
  }

  private static func check(
    _ fields: [Field], prefix: String, _ ids: inout Set<Int>, _ names: inout [ExactText: Int]
  ) throws(IcebergError) {
    for field in fields {
      let name = prefix + field.name
      guard ids.insert(field.id).inserted else {
        throw problem(name, field.id, "the id \(field.id) is used more than once")
      }
      guard (0...ReservedFields.highestTableFieldID).contains(field.id) else {
        throw problem(
          name, field.id, "an id must be 0 to \(ReservedFields.highestTableFieldID)")
      }
      if let other = names.updateValue(field.id, forKey: ExactText(name)) {
        throw problem(name, field.id, "the field with id \(other) has the same name")
      }
      if field.type == .unknown, field.isRequired {
        throw problem(name, field.id, "a field of type unknown must be optional")
      }
      if case .map(let key, _) = field.type, !key.isRequired {
        throw problem(name, field.id, "the key of a map must be required")
      }
      try check(field.type.children, prefix: name + ".", &ids, &names)
    }
  }

  private static func checkVersion(
    of field: Field, _ name: String, _ formatVersion: Int
  ) throws(IcebergError) {
    guard formatVersion >= field.type.minimumFormatVersion else {
      throw problem(
        name, field.id,
        "the type \(field.type) needs format version \(field.type.minimumFormatVersion)")
    }
    guard formatVersion >= 3 || (field.initialDefault == nil && field.writeDefault == nil) else {
      throw problem(name, field.id, "a default value needs format version 3")
    }
  }

  private static func checkDefaults(of field: Field, _ name: String) throws(IcebergError) {
    for value in [field.initialDefault, field.writeDefault] {
      guard let value else { continue }
      switch (field.type, value) {
      case (.unknown, _), (.variant, _), (.geometry, _), (.geography, _):
        throw problem(name, field.id, "a default of type \(field.type) must be null")
      case (.struct, .struct(let parts)):
        guard parts.values.allSatisfy({ $0 == nil }) else {
          throw problem(
            name, field.id, "the default of a struct must be empty: its fields have their own")
        }
      default:
        guard value.isValue(of: field.type) else {
          throw problem(name, field.id, "the default \(value) is no value of type \(field.type)")
        }
      }
    }
  }

  private static func checkIdentifier(_ id: Int, _ index: SchemaIndex) throws(IcebergError) {
    guard let field = index.field(id: id) else {
      throw IcebergError(
        .validationFailed, "identifier field \(id): there is no such field",
        context: .init(fieldID: id))
    }
    let name = index.name(of: id) ?? field.name
    let problem: String?
    switch field.type {
    case .float, .double: problem = "a floating-point number cannot identify"
    case .struct, .list, .map, .variant: problem = "it is not of a primitive type"
    default: problem = field.isRequired ? nil : "it is optional"
    }
    if let problem { throw Self.problem(name, id, "identifier field: \(problem)") }
    for parent in index.parents(of: id).reversed() {
      guard parent.type.isStruct else {
        throw Self.problem(name, id, "identifier field: it is inside a list or map")
      }
      guard parent.isRequired else {
        throw Self.problem(name, id, "identifier field: it is inside an optional struct")
      }
    }
  }

  private static func problem(_ name: String, _ id: Int, _ text: String) -> IcebergError {
    IcebergError(.validationFailed, "column '\(name)': \(text)", context: .init(fieldID: id))
  }
}
