/// The fields of a schema at any depth, by id and by name.
///
/// A name is a path with dots: `location.city`, `tags.element`, `props.value.at`. Where an element or
/// a map's value is a struct, `element` and `value` may be left out, unless a field has that name
/// already.
///
/// Making an index visits the whole schema; keep it while there is more than one field to look up.
public struct SchemaIndex: Sendable {
  /// Every field, in the order in which a schema is written: each before what is inside it.
  public private(set) var fields: [Field] = []

  private var positionByID: [Int: Int] = [:]
  private var entries: [Entry] = []
  private var idByName: [ExactText: Int] = [:]
  private var idByShortName: [ExactText: Int] = [:]

  private struct Entry {
    var name: String
    // The position of the field that it is inside of; nil at the top.
    var parent: Int?
    // Its place among the fields of the struct that it is directly inside of, nil in lists and maps.
    var ordinal: Int?
  }

  /// An index of the fields and all inside them. Of fields with the same id or name, the first
  /// counts: `validate` refuses such schemas.
  public init(_ fields: [Field]) {
    for (ordinal, field) in fields.enumerated() {
      add(field, parent: nil, ordinal: ordinal, prefix: "", shortPrefix: "", isHidden: false)
    }
  }

  private mutating func add(
    _ field: Field, parent: Int?, ordinal: Int?, prefix: String, shortPrefix: String,
    isHidden: Bool
  ) {
    let name = prefix + field.name
    let position = fields.count
    fields.append(field)
    entries.append(Entry(name: name, parent: parent, ordinal: ordinal))
    if positionByID[field.id] == nil { positionByID[field.id] = position }
    if idByName[ExactText(name)] == nil { idByName[ExactText(name)] = field.id }
    let shortName = shortPrefix + field.name
    if parent != nil, idByShortName[ExactText(shortName)] == nil {
      idByShortName[ExactText(shortName)] = field.id
    }
    let inner = isHidden ? shortPrefix : shortName + "."
    switch field.type {
    case .struct(let parts):
      for (ordinal, part) in parts.enumerated() {
        add(
          part, parent: position, ordinal: ordinal, prefix: name + ".", shortPrefix: inner,
          isHidden: false)
      }
    case .list(let element):
      add(
        element, parent: position, ordinal: nil, prefix: name + ".", shortPrefix: inner,
        isHidden: element.type.isStruct)
    case .map(let key, let value):
      add(
        key, parent: position, ordinal: nil, prefix: name + ".", shortPrefix: inner, isHidden: false
      )
      add(
        value, parent: position, ordinal: nil, prefix: name + ".", shortPrefix: inner,
        isHidden: value.type.isStruct)
    default:
      break
    }
  }

  /// The field with an id, at any depth.
  public func field(id: Int) -> Field? { positionByID[id].map { fields[$0] } }

  /// The field with a name, at any depth.
  public func field(named name: String) -> Field? { id(named: name).flatMap(field(id:)) }

  /// The id of the field with a name, at any depth.
  public func id(named name: String) -> Int? {
    idByName[ExactText(name)] ?? idByShortName[ExactText(name)]
  }

  /// The field with a name in which case does not count; throws when several have it.
  public func field(namedAnyCase name: String) throws(IcebergError) -> Field? {
    if let exact = field(named: name) { return exact }
    let ids = ids(namedAnyCase: name.lowercased())
    guard ids.count > 1 else { return ids.first.flatMap(field(id:)) }
    let names = ids.compactMap(self.name(of:)).sorted().joined(separator: ", ")
    throw IcebergError(.invalidArgument, "'\(name)' may be any of these columns: \(names)")
  }

  private func ids(namedAnyCase lowerCase: String) -> Set<Int> {
    let wanted = ExactText(lowerCase)
    var ids: Set<Int> = []
    for (name, id) in idByName where ExactText(name.string.lowercased()) == wanted {
      ids.insert(id)
    }
    for (name, id) in idByShortName
    where idByName[name] == nil && ExactText(name.string.lowercased()) == wanted {
      ids.insert(id)
    }
    return ids
  }

  /// The full name of a field, with dots; nil when there is none with the id.
  public func name(of id: Int) -> String? { positionByID[id].map { entries[$0].name } }

  /// The fields that a field is inside of, innermost first; empty for columns.
  public func parents(of id: Int) -> [Field] {
    var parents: [Field] = []
    var place = positionByID[id].flatMap { entries[$0].parent }
    while let position = place {
      parents.append(fields[position])
      place = entries[position].parent
    }
    return parents
  }

  /// Where the value of a field is found: its place among the columns, then in each struct on the way.
  /// Nil when there is no such field, or when it is inside a list or map.
  public func path(to id: Int) -> [Int]? {
    guard var position = positionByID[id] else { return nil }
    var path: [Int] = []
    while true {
      guard let ordinal = entries[position].ordinal else { return nil }
      path.append(ordinal)
      guard let parent = entries[position].parent else { return path.reversed() }
      position = parent
    }
  }
}

extension FieldType {
  /// Whether the type is a struct.
  package var isStruct: Bool {
    if case .struct = self { true } else { false }
  }
}

extension Schema {
  /// The fields of the schema at any depth, by id and by name. Made anew at each call.
  public var index: SchemaIndex { SchemaIndex(fields) }

  /// The field with an id, at any depth.
  public func field(id: Int) -> Field? { Self.find(in: fields) { $0.id == id } }

  private static func find(in fields: [Field], _ isWanted: (Field) -> Bool) -> Field? {
    for field in fields {
      if isWanted(field) { return field }
      if let found = find(in: field.type.children, isWanted) { return found }
    }
    return nil
  }

  /// The field with a full name such as `location.city`, at any depth.
  public func field(named name: String) -> Field? { index.field(named: name) }

  /// The highest id of a field at any depth; 0 when there are none.
  public var highestFieldID: Int { Self.highestID(in: fields) }

  private static func highestID(in fields: [Field]) -> Int {
    fields.reduce(0) { max($0, max($1.id, highestID(in: $1.type.children))) }
  }

  /// The ids of all fields at any depth.
  public var fieldIDs: Set<Int> {
    var ids: Set<Int> = []
    func collect(_ fields: [Field]) {
      for field in fields {
        ids.insert(field.id)
        collect(field.type.children)
      }
    }
    collect(fields)
    return ids
  }
}
