extension Schema {
  /// The schema with new field ids: first those of the columns, then, column by column, those of the
  /// fields inside. This is the order of the reference implementation. Identifier fields keep their
  /// meaning.
  ///
  /// - Parameters:
  ///   - firstID: The first id to give out.
  ///   - base: A schema whose fields give their ids to the fields of the same full name, as when a
  ///     table is replaced.
  public func assigningFreshIDs(from firstID: Int = 1, reusing base: Schema? = nil) -> Schema {
    var assigner = FreshIDs(next: firstID, base: base?.index)
    var fresh = self
    fresh.fields = assigner.assign(to: fields, prefix: "")
    fresh.identifierFieldIDs = identifierFieldIDs.compactMap { assigner.newIDs[$0] }
    return fresh
  }
}

extension Field {
  /// The field with new ids inside its type, from `next` on, which is left at the next free one.
  package func assigningFreshIDs(inside next: inout Int) -> Field {
    var assigner = FreshIDs(next: next, base: nil)
    var fresh = self
    fresh.type = assigner.assign(to: type, prefix: "")
    next = assigner.next
    return fresh
  }
}

private struct FreshIDs {
  var next: Int
  var base: SchemaIndex?
  var newIDs: [Int: Int] = [:]

  mutating func assign(to fields: [Field], prefix: String) -> [Field] {
    var fresh = fields
    for index in fresh.indices {
      fresh[index].id = id(for: prefix + fields[index].name)
      newIDs[fields[index].id] = fresh[index].id
    }
    for index in fresh.indices {
      fresh[index].type = assign(
        to: fresh[index].type, prefix: prefix + fields[index].name + ".")
    }
    return fresh
  }

  mutating func assign(to type: FieldType, prefix: String) -> FieldType {
    type.replacingChildren(with: assign(to: type.children, prefix: prefix))
  }

  private mutating func id(for name: String) -> Int {
    if let known = base?.id(named: name) { return known }
    defer { next += 1 }
    return next
  }
}
