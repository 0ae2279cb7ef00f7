extension SchemaDraft {
  /// The schema after all steps.
  func finished() throws(IcebergError) -> Schema {
    var new = schema
    new.fields = try fields(schema.fields, of: nil)
    new.identifierFieldIDs = try identifierFieldIDs(in: new.index)
    try new.validate(formatVersion: formatVersion)
    return new
  }

  /// The fields of a struct, nil being the table.
  private func fields(_ old: [Field], of parent: Int?) throws(IcebergError) -> [Field] {
    var result: [Field] = []
    for field in old where !deleted.contains(field.id) { result.append(try self.field(field)) }
    for id in added[parent] ?? [] {
      if let field = changed[id] { result.append(field) }
    }
    if let parent, result.isEmpty, !old.isEmpty {
      throw Self.problem(
        index.name(of: parent) ?? "\(parent)",
        "its last field cannot be deleted: delete the whole struct", parent)
    }
    for move in moves[parent] ?? [] { Self.carryOut(move, in: &result) }
    return result
  }

  /// A field with what is inside it.
  private func field(_ old: Field) throws(IcebergError) -> Field {
    var field = changed[old.id] ?? old
    // A type that was changed has nothing inside that could have changed as well.
    guard field.type == old.type else { return field }
    switch old.type {
    case .struct(let inner):
      field.type = .struct(try fields(inner, of: old.id))
    case .list(let element):
      field.type = .list(element: try self.field(element))
    case .map(let key, let value):
      field.type = .map(key: key, value: try self.field(value))
    default: break
    }
    return field
  }

  private static func carryOut(_ move: Move, in fields: inout [Field]) {
    guard let position = fields.firstIndex(where: { $0.id == move.fieldID }) else { return }
    let field = fields.remove(at: position)
    let target: Int
    switch move.place {
    case .first: target = 0
    case .before(let id): target = fields.firstIndex { $0.id == id } ?? position
    case .after(let id): target = fields.firstIndex { $0.id == id }.map { $0 + 1 } ?? position
    }
    fields.insert(field, at: target)
  }

  private func identifierFieldIDs(in new: SchemaIndex) throws(IcebergError) -> [Int] {
    guard let identifierNames else {
      for id in schema.identifierFieldIDs where new.field(id: id) == nil {
        throw Self.problem(
          index.name(of: id) ?? "\(id)",
          "it identifies rows and cannot be deleted: set other identifier fields with the same change",
          id)
      }
      return schema.identifierFieldIDs
    }
    var ids: [Int] = []
    for name in identifierNames {
      let id = try identifierID(name, in: new)
      if !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  private func identifierID(_ name: String, in new: SchemaIndex) throws(IcebergError) -> Int {
    let found: Field? =
      switch nameMatching {
      case .exact: new.field(named: name)
      case .anyCase: try new.field(namedAnyCase: name)
      }
    if let found { return found.id }
    // The name from before a rename.
    if let old = try existing(name), new.field(id: old.id) != nil { return old.id }
    throw IcebergError(
      .invalidArgument, "'\(name)' cannot identify rows: there is no such column after the change")
  }
}
