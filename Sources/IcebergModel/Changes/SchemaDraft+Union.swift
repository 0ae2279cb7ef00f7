extension SchemaDraft {
  /// Adds what `new` has and a struct lacks, nil being the table, and widens what both have.
  ///
  /// What is inside comes first, so that ids are given out in the order of the reference
  /// implementation.
  mutating func union(
    _ new: [Field], into parent: Int?, existing: [Field]
  ) throws(IcebergError) {
    var matches: [(new: Field, existing: Field?)] = []
    for field in new {
      let wanted = key(field.name)
      matches.append((field, existing.first { key($0.name) == wanted }))
    }
    for case (let field, let known?) in matches { try unionInside(field, known) }
    for (field, known) in matches {
      if let known {
        try unionItself(field, known)
      } else {
        var optional = field
        optional.isRequired = false
        let prefix = parent.flatMap { index.name(of: $0) }.map { $0 + "." } ?? ""
        try add(optional, to: parent, among: existing, called: prefix, consent: .none)
      }
    }
  }

  /// What is inside a nested field.
  private mutating func unionInside(_ new: Field, _ known: Field) throws(IcebergError) {
    switch (known.type, new.type) {
    case (.struct(let existing), .struct(let fields)):
      try union(fields, into: known.id, existing: existing)
    case (.list(let existing), .list(let element)):
      try unionInside(element, existing)
      try unionItself(element, existing)
    case (.map(let oldKey, let oldValue), .map(let newKey, let newValue)):
      try unionInside(newKey, oldKey)
      try unionInside(newValue, oldValue)
      try unionItself(newKey, oldKey)
      try unionItself(newValue, oldValue)
    default: break
    }
  }

  /// A field but for what is inside it.
  private mutating func unionItself(_ new: Field, _ known: Field) throws(IcebergError) {
    let name = index.name(of: known.id) ?? known.name
    if !new.isRequired, known.isRequired, !isKey(known.id) {
      try makeOptional(changed[known.id] ?? known, name)
    }
    switch (known.type, new.type) {
    case (.struct, .struct), (.list, .list), (.map, .map): break
    default:
      // A narrower type fits into the one that is there.
      if !new.type.canBePromoted(to: known.type, formatVersion: formatVersion) {
        try widen(changed[known.id] ?? known, name, to: new.type)
      }
    }
    if let doc = new.doc, doc != known.doc {
      try setDoc(of: changed[known.id] ?? known, name, doc)
    }
    if let value = new.writeDefault, value != known.writeDefault {
      try setWriteDefault(of: changed[known.id] ?? known, name, value)
    }
  }

  private func isKey(_ id: Int) -> Bool {
    guard case .map(let key, _)? = index.parents(of: id).first?.type else { return false }
    return key.id == id
  }
}
