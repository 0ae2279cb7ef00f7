extension SchemaDraft {
  // MARK: Adding

  mutating func add(_ addition: SchemaChange.Addition) throws(IcebergError) {
    let name = addition.field.name
    if name.isEmpty { throw IcebergError(.invalidArgument, "a column needs a name") }
    guard addition.isNameWithDots || addition.parent != nil || !name.contains(".") else {
      throw Self.problem(
        name,
        "a name with dots may mean a field of a struct; name the struct apart, or add a 'Field' as it is"
      )
    }
    guard let parentName = addition.parent else {
      try add(
        addition.field, to: nil, among: schema.fields, called: "", consent: addition.consent)
      return
    }
    guard let found = try existing(parentName) else { throw missing(parentName) }
    // Fields are added to the elements of a list, and to the values of a map.
    let parent: Field
    switch found.type {
    case .list(let element): parent = element
    case .map(_, let value): parent = value
    default: parent = found
    }
    guard case .struct(let fields) = parent.type else {
      throw Self.problem(
        parentName, "'\(name)' cannot be added to it: it is a \(parent.type), not a struct",
        found.id)
    }
    if isDeleted(parent.id) {
      throw Self.problem(parentName, "it is deleted by the same change", found.id)
    }
    try checkNotInKey(parent.id, parentName)
    let fullName = index.name(of: parent.id) ?? parentName
    let id = try add(
      addition.field, to: parent.id, among: fields, called: fullName + ".",
      consent: addition.consent)
    addedNames[key(parentName + "." + name)] = id
  }

  /// Adds a field behind those of a struct, nil being the table. Returns its id.
  @discardableResult
  mutating func add(
    _ new: Field, to parent: Int?, among siblings: [Field], called prefix: String,
    consent: SchemaChange.Consent
  ) throws(IcebergError) -> Int {
    let name = prefix + new.name
    let wanted = key(new.name)
    let isTaken =
      siblings.contains { key($0.name) == wanted && !deleted.contains($0.id) }
      || (added[parent] ?? []).contains { changed[$0].map { key($0.name) } == wanted }
    if isTaken { throw Self.problem(name, "there is a column of that name already") }
    if new.isRequired, new.initialDefault == nil, consent == .none {
      throw Self.problem(
        name,
        """
        a required column without default cannot be added: rows that are there have no value for it; \
        make it optional, give it a default (format version 3), or consent to the incompatible change
        """)
    }
    lastColumnID += 1
    let id = lastColumnID
    var next = lastColumnID + 1
    var field = new.assigningFreshIDs(inside: &next)
    lastColumnID = next - 1
    field.id = id
    field.initialDefault = try Self.value(new.initialDefault, of: field.type, name)
    field.writeDefault = try Self.value(new.writeDefault, of: field.type, name)
    changed[id] = field
    added[parent, default: []].append(id)
    addedNames[key(name)] = id
    parentOfAdded[id] = .some(parent)
    return id
  }

  /// A default as a value of the column's type.
  static func value(
    _ literal: Literal?, of type: FieldType, _ name: String
  ) throws(IcebergError) -> Literal? {
    guard let literal else { return nil }
    if let value = literal.promoted(to: type) { return value }
    if case .at(let value) = LiteralPlacement(literal, among: type) { return value }
    throw problem(name, "the default \(literal) is no value of type \(type)")
  }

  // MARK: Removing and renaming

  mutating func delete(_ name: String) throws(IcebergError) {
    guard let field = try existing(name) else {
      if let id = addedID(name) {
        throw Self.problem(name, "it is added by the same change and cannot be deleted by it", id)
      }
      throw missing(name)
    }
    for case let parent? in added.keys
    where parent == field.id || index.parents(of: parent).contains(where: { $0.id == field.id }) {
      throw Self.problem(name, "the same change adds fields to it", field.id)
    }
    guard changed[field.id] == nil else {
      throw Self.problem(name, "the same change changes it", field.id)
    }
    try checkNotInKey(field.id, name)
    guard !isPartOfCollection(field.id) else {
      throw Self.problem(
        name, "elements of a list and values of a map cannot be deleted: delete the column",
        field.id)
    }
    deleted.insert(field.id)
  }

  mutating func rename(_ name: String, to newName: String) throws(IcebergError) {
    guard let found = try existing(name) else {
      if let id = addedID(name) {
        throw Self.problem(name, "it is added by the same change: add it under its new name", id)
      }
      throw missing(name)
    }
    guard !deleted.contains(found.id) else {
      throw Self.problem(name, "it is deleted by the same change", found.id)
    }
    if newName.isEmpty { throw Self.problem(name, "the new name is empty", found.id) }
    try checkNotInKey(found.id, name)
    guard !isPartOfCollection(found.id) else {
      throw Self.problem(
        name, "elements of a list and values of a map have fixed names", found.id)
    }
    if let parent = index.parents(of: found.id).first, let prefix = index.name(of: parent.id),
      newName.hasPrefix(prefix + ".")
    {
      throw Self.problem(
        name, "a rename does not move a field: give only the last part of the new name", found.id)
    }
    var field = changed[found.id] ?? found
    field.name = newName
    changed[found.id] = field
    let prefix = index.parents(of: found.id).first.flatMap { index.name(of: $0.id) }
    newNames[key(prefix.map { $0 + "." + newName } ?? newName)] = found.id
    identifierNames = identifierNames.map { $0.map { key($0) == key(name) ? newName : $0 } }
  }

  // MARK: Types, nulls, comments, defaults

  mutating func widen(
    _ field: Field, _ name: String, to type: FieldType
  ) throws(IcebergError) {
    if field.type == type { return }
    try checkNotInKey(field.id, name)
    guard field.type.canBePromoted(to: type, formatVersion: formatVersion) else {
      throw Self.problem(
        name, "\(field.type) cannot become \(type)\(reason(against: field.type, to: type))",
        field.id)
    }
    for spec in partitionSpecs {
      for part in spec.fields where part.sourceIDs.contains(field.id) && part.transform != .void {
        guard part.transform.isUnchanged(byPromoting: field.type, to: type) else {
          throw Self.problem(
            name,
            """
            \(field.type) cannot become \(type): partition field '\(part.name)' \
            (\(part.transform)) of spec \(spec.id) would have other values
            """, field.id)
        }
      }
    }
    var field = field
    var next = lastColumnID + 1
    let old = field.type
    field.type = type
    if old == .unknown {
      field = field.assigningFreshIDs(inside: &next)
      lastColumnID = next - 1
    }
    field.initialDefault = try Self.value(field.initialDefault, of: type, name)
    field.writeDefault = try Self.value(field.writeDefault, of: type, name)
    changed[field.id] = field
  }

  private func reason(against type: FieldType, to other: FieldType) -> String {
    if formatVersion < 3, type.canBePromoted(to: other, formatVersion: 3) {
      return " before format version 3; the table has \(formatVersion)"
    }
    if other.canBePromoted(to: type, formatVersion: 3) {
      return ": types are only widened, never narrowed"
    }
    if case (.decimal, .decimal) = (type, other) {
      return ": the digits after the point stay as they are"
    }
    return """
      : allowed are int to long, float to double and more digits of a decimal; for anything else add \
      a column and write the values anew
      """
  }

  mutating func makeOptional(_ field: Field, _ name: String) throws(IcebergError) {
    guard field.isRequired else { return }
    try checkNotInKey(field.id, name)
    var field = field
    field.isRequired = false
    changed[field.id] = field
  }

  mutating func require(
    _ name: String, _ consent: SchemaChange.Consent
  ) throws(IcebergError) {
    let found = try existing(name)
    guard let id = found?.id ?? addedID(name), let field = changed[id] ?? found else {
      throw missing(name)
    }
    if field.isRequired { return }
    let isNewWithDefault = found == nil && field.initialDefault != nil
    guard isNewWithDefault || consent == .incompatible else {
      throw Self.problem(
        name,
        """
        optional cannot become required: rows that are there may be null; look at them first, then \
        consent to the incompatible change
        """, id)
    }
    guard !deleted.contains(id) else {
      throw Self.problem(name, "it is deleted by the same change", id)
    }
    try checkNotInKey(id, name)
    var new = field
    new.isRequired = true
    changed[id] = new
  }

  mutating func setDoc(
    of field: Field, _ name: String, _ doc: String?
  ) throws(IcebergError) {
    if field.doc == doc { return }
    try checkNotInKey(field.id, name)
    guard !isPartOfCollection(field.id) else {
      throw Self.problem(name, "elements of a list and values of a map have no comment", field.id)
    }
    var field = field
    field.doc = doc
    changed[field.id] = field
  }

  mutating func setWriteDefault(
    of field: Field, _ name: String, _ literal: Literal?
  ) throws(IcebergError) {
    let value = try Self.value(literal, of: field.type, name)
    if field.writeDefault == value { return }
    guard formatVersion >= 3 else {
      throw Self.problem(
        name, "a default needs format version 3; the table has \(formatVersion)", field.id)
    }
    try checkNotInKey(field.id, name)
    guard !isPartOfCollection(field.id) else {
      throw Self.problem(name, "elements of a list and values of a map have no default", field.id)
    }
    var field = field
    field.writeDefault = value
    changed[field.id] = field
  }

  // MARK: Moving

  mutating func move(
    _ name: String, _ position: SchemaChange.Position
  ) throws(IcebergError) {
    let id = try idToMove(name)
    let parent = parent(of: id)
    if let parent, index.field(id: parent)?.type.isStruct != true {
      throw Self.problem(name, "only the fields of a struct have an order", id)
    }
    try checkNotInKey(id, name)
    let place: Move.Place
    switch position {
    case .first: place = .first
    case .before(let other): place = .before(try sibling(other, of: id, parent, name))
    case .after(let other): place = .after(try sibling(other, of: id, parent, name))
    }
    moves[parent, default: []].append(Move(fieldID: id, place: place))
  }

  private func idToMove(_ name: String) throws(IcebergError) -> Int {
    if let id = addedID(name) { return id }
    guard let field = try existing(name) else { throw missing(name) }
    guard !deleted.contains(field.id) else {
      throw Self.problem(name, "it is deleted by the same change", field.id)
    }
    return field.id
  }

  private func sibling(
    _ other: String, of id: Int, _ parent: Int?, _ name: String
  ) throws(IcebergError) -> Int {
    let otherID = try idToMove(other)
    guard otherID != id else { throw Self.problem(name, "it cannot be moved beside itself", id) }
    guard self.parent(of: otherID) == parent else {
      throw Self.problem(
        name, "it cannot be moved beside '\(other)', which is in another struct", id)
    }
    return otherID
  }
}
