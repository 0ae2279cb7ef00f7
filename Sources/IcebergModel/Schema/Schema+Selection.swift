extension Schema {
  /// The schema with only the named columns and fields, in the schema's order. A name stands for
  /// everything inside it; the structs around a named field stay, with only that field.
  ///
  /// Throws when there is no field of a name.
  ///
  /// Spec: Scan Planning; Column Projection.
  public func selecting(_ names: [String]) throws(IcebergError) -> Schema {
    let index = index
    var ids: Set<Int> = []
    for name in names {
      guard let id = index.id(named: name) else { throw Self.missing(name) }
      ids.insert(id)
    }
    return selecting(ids: ids)
  }

  /// The schema with only the columns and fields of these names, in which case does not count.
  public func selecting(anyCase names: [String]) throws(IcebergError) -> Schema {
    let index = index
    var ids: Set<Int> = []
    for name in names {
      guard let field = try index.field(namedAnyCase: name) else { throw Self.missing(name) }
      ids.insert(field.id)
    }
    return selecting(ids: ids)
  }

  /// The schema with only the fields of these ids and everything inside them, in the schema's order.
  /// Ids that the schema does not have are passed over.
  ///
  /// A map of which anything is selected keeps its whole key.
  public func selecting(ids: Set<Int>) -> Schema {
    var selected = self
    selected.fields = fields.compactMap { Self.prune($0, to: ids) }
    let left = selected.fieldIDs
    selected.identifierFieldIDs = identifierFieldIDs.filter(left.contains)
    return selected
  }

  private static func prune(_ field: Field, to ids: Set<Int>) -> Field? {
    if ids.contains(field.id) { return field }
    var pruned = field
    switch field.type {
    case .struct(let fields):
      let left = fields.compactMap { prune($0, to: ids) }
      if left.isEmpty { return nil }
      pruned.type = .struct(left)
    case .list(let element):
      guard let left = prune(element, to: ids) else { return nil }
      pruned.type = .list(element: left)
    case .map(let key, let value):
      let leftOfValue = prune(value, to: ids)
      if leftOfValue == nil, prune(key, to: ids) == nil { return nil }
      pruned.type = .map(key: key, value: leftOfValue ?? value)
    default:
      return nil
    }
    return pruned
  }

  private static func missing(_ name: String) -> IcebergError {
    IcebergError(.notFound, "there is no column '\(name)'")
  }
}
