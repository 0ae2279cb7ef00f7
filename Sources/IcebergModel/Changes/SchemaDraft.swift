/// A schema while the steps of a change are applied to it: what they ask for, by the ids of the
/// fields, until all are known.
struct SchemaDraft {
  /// The schema from before.
  let schema: Schema
  let index: SchemaIndex
  let formatVersion: Int
  let partitionSpecs: [PartitionSpec]
  let nameMatching: SchemaChange.NameMatching

  /// The last id that was given out.
  var lastColumnID: Int
  var deleted: Set<Int> = []
  /// Fields as they will be, but for what is inside them: changed ones and new ones.
  var changed: [Int: Field] = [:]
  /// New fields by the struct that they are added to, nil being the table.
  var added: [Int?: [Int]] = [:]
  var addedNames: [ExactText: Int] = [:]
  /// Fields from before by the names that steps gave them.
  var newNames: [ExactText: Int] = [:]
  /// Where new fields are added.
  var parentOfAdded: [Int: Int?] = [:]
  /// Moves by the struct that they take place in, nil being the table.
  var moves: [Int?: [Move]] = [:]
  /// The names of the identifier fields; nil leaves them as they are.
  var identifierNames: [String]?

  /// A field, and where it goes.
  struct Move {
    var fieldID: Int
    var place: Place

    enum Place {
      case first
      case before(Int)
      case after(Int)
    }
  }

  init(
    of schema: Schema, lastColumnID: Int, formatVersion: Int, partitionSpecs: [PartitionSpec],
    nameMatching: SchemaChange.NameMatching
  ) {
    self.schema = schema
    self.lastColumnID = lastColumnID
    self.formatVersion = formatVersion
    self.partitionSpecs = partitionSpecs
    self.nameMatching = nameMatching
    index = schema.index
  }

  /// Applies one step.
  mutating func apply(_ step: SchemaChange.Step) throws(IcebergError) {
    switch step {
    case .add(let addition): try add(addition)
    case .delete(let name): try delete(name)
    case .rename(let name, let newName): try rename(name, to: newName)
    case .widen(let name, let type): try widen(try fieldToChange(name), name, to: type)
    case .makeOptional(let name): try makeOptional(try fieldToChange(name), name)
    case .require(let name, let consent): try require(name, consent)
    case .setDoc(let name, let doc): try setDoc(of: try fieldToChange(name), name, doc)
    case .setWriteDefault(let name, let value):
      try setWriteDefault(of: try fieldToChange(name), name, value)
    case .move(let name, let position): try move(name, position)
    case .setIdentifierFields(let names): identifierNames = names
    case .union(let other): try union(other.fields, into: nil, existing: schema.fields)
    }
  }

  // MARK: Finding

  /// The field from before that has a name, or was given it by an earlier step; nil when there is none.
  func existing(_ name: String) throws(IcebergError) -> Field? {
    let found: Field? =
      switch nameMatching {
      case .exact: index.field(named: name)
      case .anyCase: try index.field(namedAnyCase: name)
      }
    return found ?? newNames[key(name)].flatMap { index.field(id: $0) }
  }

  /// The new field that has a name; nil when there is none.
  func addedID(_ name: String) -> Int? { addedNames[key(name)] }

  /// Names that are equal under ``nameMatching`` have equal keys.
  func key(_ name: String) -> ExactText {
    ExactText(nameMatching == .exact ? name : name.lowercased())
  }

  /// The field with a name as it will be so far: one from before, or a new one.
  private func fieldToChange(_ name: String) throws(IcebergError) -> Field {
    if let field = try existing(name) {
      guard !deleted.contains(field.id) else {
        throw Self.problem(name, "it is deleted by the same change", field.id)
      }
      return changed[field.id] ?? field
    }
    if let id = addedID(name), let field = changed[id] { return field }
    throw missing(name)
  }

  /// The error that there is no column of a name, with those that it may have meant.
  func missing(_ name: String) -> IcebergError {
    let last = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let similar = index.fields.filter { $0.name.lowercased() == last }
      .compactMap { index.name(of: $0.id) }
    let hint = similar.isEmpty ? "" : "; there is '\(similar.joined(separator: "', '"))'"
    return IcebergError(.invalidArgument, "there is no column '\(name)'\(hint)")
  }

  /// The error that something cannot be done with a column.
  static func problem(_ name: String, _ text: String, _ id: Int? = nil) -> IcebergError {
    IcebergError(.invalidArgument, "column '\(name)': \(text)", context: .init(fieldID: id))
  }

  /// What a field is directly inside of; nil when it is a column of the table.
  func parent(of id: Int) -> Int? {
    if let parent = parentOfAdded[id] { return parent }
    return index.parents(of: id).first?.id
  }

  /// Whether a field is deleted, by itself or with what it is inside of.
  func isDeleted(_ id: Int) -> Bool {
    deleted.contains(id) || index.parents(of: id).contains { deleted.contains($0.id) }
  }

  /// Throws when a field is the key of a map or inside one: keys never change.
  func checkNotInKey(_ id: Int, _ name: String) throws(IcebergError) {
    var inner = id
    for outer in index.parents(of: id) {
      if case .map(let key, _) = outer.type, key.id == inner {
        throw Self.problem(name, "the keys of a map cannot change", id)
      }
      inner = outer.id
    }
  }

  /// Whether a field is the element of a list, or the key or value of a map.
  func isPartOfCollection(_ id: Int) -> Bool {
    guard let parent = index.parents(of: id).first else { return false }
    return !parent.type.isStruct
  }
}
