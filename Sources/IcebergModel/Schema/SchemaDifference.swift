/// What is different about one field in another version of a schema.
///
/// Fields are the same when they have the same id, whatever their names are.
public struct SchemaDifference: Hashable, Sendable {
  /// What happened to a field.
  public enum Change: Hashable, Sendable {
    /// The field is new.
    case added
    /// The field is gone.
    case removed
    /// The full name is another, because the field or one that it is inside of was renamed.
    case renamed(from: String, to: String)
    /// The type is another. Of nested types only the kind is compared: what is inside them are fields
    /// of their own.
    case typeChanged(from: FieldType, to: FieldType)
    /// Null is allowed now.
    case madeOptional
    /// Null is no longer allowed.
    case madeRequired
    /// The comment is another.
    case docChanged(from: String?, to: String?)
    /// The value for rows that were written before the field was added is another.
    case initialDefaultChanged(from: Literal?, to: Literal?)
    /// The value that writers supply is another.
    case writeDefaultChanged(from: Literal?, to: Literal?)
    /// The field stands at another place among those that are in both schemas.
    case moved
  }

  /// The id of the field.
  public var fieldID: Int
  /// The full name, the new one where the field is still there.
  public var name: String
  /// What happened; never empty.
  public var changes: [Change]

  /// A difference of the given parts.
  public init(fieldID: Int, name: String, changes: [Change]) {
    self.fieldID = fieldID
    self.name = name
    self.changes = changes
  }
}

extension Schema {
  /// What is different from an earlier schema of the same table: first what is gone, then the fields
  /// of this schema that are new or changed, in its order.
  public func differences(from earlier: Schema) -> [SchemaDifference] {
    let (old, new) = (earlier.index, index)
    var differences: [SchemaDifference] = []
    for field in old.fields where new.field(id: field.id) == nil {
      differences.append(
        SchemaDifference(
          fieldID: field.id, name: old.name(of: field.id) ?? field.name, changes: [.removed]))
    }
    let moved = Self.moved(old, new)
    for field in new.fields {
      let name = new.name(of: field.id) ?? field.name
      var changes: [SchemaDifference.Change] = []
      if let before = old.field(id: field.id) {
        changes = Self.changes(
          of: before, called: old.name(of: field.id) ?? before.name, to: field, called: name)
        if moved.contains(field.id) { changes.append(.moved) }
      } else {
        changes = [.added]
      }
      if !changes.isEmpty {
        differences.append(SchemaDifference(fieldID: field.id, name: name, changes: changes))
      }
    }
    return differences
  }

  private static func changes(
    of old: Field, called oldName: String, to new: Field, called newName: String
  ) -> [SchemaDifference.Change] {
    var changes: [SchemaDifference.Change] = []
    if oldName != newName { changes.append(.renamed(from: oldName, to: newName)) }
    if !old.type.isSameKind(as: new.type) {
      changes.append(.typeChanged(from: old.type, to: new.type))
    }
    if old.isRequired != new.isRequired {
      changes.append(new.isRequired ? .madeRequired : .madeOptional)
    }
    if old.doc != new.doc { changes.append(.docChanged(from: old.doc, to: new.doc)) }
    if old.initialDefault != new.initialDefault {
      changes.append(.initialDefaultChanged(from: old.initialDefault, to: new.initialDefault))
    }
    if old.writeDefault != new.writeDefault {
      changes.append(.writeDefaultChanged(from: old.writeDefault, to: new.writeDefault))
    }
    return changes
  }

  /// The fields that have to be moved to get from one order to the other: those outside a longest
  /// run of fields whose order stayed.
  private static func moved(_ old: SchemaIndex, _ new: SchemaIndex) -> Set<Int> {
    var moved: Set<Int> = []
    let places = Dictionary(
      old.fields.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let groups = Dictionary(grouping: new.fields) { new.parents(of: $0.id).first?.id ?? -1 }
    for siblings in groups.values {
      let kept = siblings.compactMap { field in places[field.id].map { (field.id, $0) } }
      let stayed = longestRise(kept.map(\.1))
      moved.formUnion(kept.indices.filter { !stayed.contains($0) }.map { kept[$0].0 })
    }
    return moved
  }

  /// The positions of a longest ascending subsequence.
  private static func longestRise(_ values: [Int]) -> Set<Int> {
    // tails[n] is the position of the least value that ends a rise of length n + 1.
    var tails: [Int] = []
    var before = [Int?](repeating: nil, count: values.count)
    for (position, value) in values.enumerated() {
      let length = tails.firstIndex { values[$0] >= value } ?? tails.count
      before[position] = length > 0 ? tails[length - 1] : nil
      if length == tails.count { tails.append(position) } else { tails[length] = position }
    }
    var rise: Set<Int> = []
    var next = tails.last
    while let position = next {
      rise.insert(position)
      next = before[position]
    }
    return rise
  }
}

extension FieldType {
  /// Whether a type is the same, but for what is inside a nested one.
  fileprivate func isSameKind(as other: FieldType) -> Bool {
    switch (self, other) {
    case (.struct, .struct), (.list, .list), (.map, .map): true
    default: self == other
    }
  }
}
