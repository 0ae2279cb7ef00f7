public import IcebergBytes

extension AvroSchema {
  /// The deepest nesting of a schema that is read.
  public static let maximumDepth = 128
  /// The most parts of a schema that are read, with named types counted wherever they are used.
  public static let maximumParts = 100_000

  /// The schema that `bytes` hold as JSON text.
  ///
  /// - Throws: `badValue` for what is no schema, `unsupported` for a type that refers to itself,
  ///   `tooLarge` beyond ``maximumDepth`` or ``maximumParts``.
  public init(parsing bytes: Bytes) throws(FormatError) {
    try self.init(json: JSONValue(parsing: bytes))
  }

  /// The schema of a JSON value.
  ///
  /// - Throws: as ``init(parsing:)``.
  public init(json: JSONValue) throws(FormatError) {
    var parser = AvroSchemaParser()
    self = try parser.parse(json, in: nil, depth: 0)
  }

  /// The schema as JSON: a named type is written out where it is first used, and by its name later.
  public var json: JSONValue {
    var defined: [AvroName: Kind] = [:]
    return json(in: nil, &defined)
  }

  private func json(in namespace: String?, _ defined: inout [AvroName: Kind]) -> JSONValue {
    switch kind {
    case .null: return plain("null")
    case .boolean: return plain("boolean")
    case .int: return plain("int")
    case .long: return plain("long")
    case .float: return plain("float")
    case .double: return plain("double")
    case .bytes: return plain("bytes")
    case .string: return plain("string")
    case .union(let branches): return .array(branches.map { $0.json(in: namespace, &defined) })
    case .array(let element):
      return object("array", [.init("items", element.json(in: namespace, &defined))])
    case .map(let value):
      return object("map", [.init("values", value.json(in: namespace, &defined))])
    case .fixed(let name, let size):
      return named("fixed", name, in: namespace, &defined) { _ in
        [.init("size", .integer(Int64(size)))]
      }
    case .enumeration(let name, let symbols):
      return named("enum", name, in: namespace, &defined) { _ in
        [.init("symbols", .array(symbols.map { .string($0) }))]
      }
    case .record(let name, let fields):
      return named("record", name, in: namespace, &defined) { defined in
        let members = fields.map { field in
          let schema = field.schema.json(in: name.namespace, &defined)
          return JSONValue.object(
            JSONObject(
              [.init("name", .string(field.name)), .init("type", schema)]
                + field.attributes.members))
        }
        return [.init("fields", .array(members))]
      }
    }
  }

  private func plain(_ type: String) -> JSONValue {
    attributes.isEmpty ? .string(type) : object(type, [])
  }

  private func object(_ type: String, _ parts: [JSONObject.Member]) -> JSONValue {
    .object(JSONObject([.init("type", .string(type))] + parts + attributes.members))
  }

  private func named(
    _ type: String, _ name: AvroName, in namespace: String?, _ defined: inout [AvroName: Kind],
    parts: (inout [AvroName: Kind]) -> [JSONObject.Member]
  ) -> JSONValue {
    if defined[name] == kind {
      return .string(name.namespace == namespace ? name.name : name.description)
    }
    defined[name] = kind
    var members: [JSONObject.Member] = [.init("name", .string(name.name))]
    if name.namespace != namespace {
      members.append(.init("namespace", .string(name.namespace ?? "")))
    }
    return object(type, members + parts(&defined))
  }
}

/// Reads a schema, remembering the named types.
private struct AvroSchemaParser {
  /// A named type with the number of its parts and levels; nil while it is being read.
  private var named: [AvroName: (schema: AvroSchema, parts: Int, height: Int)?] = [:]
  private var parts = 0

  mutating func parse(
    _ json: JSONValue, in namespace: String?, depth: Int
  ) throws(FormatError) -> AvroSchema {
    guard depth < AvroSchema.maximumDepth else {
      throw FormatError(.tooLarge, "Avro schema nested too deeply")
    }
    try count(1)
    switch json {
    case .string(let name): return try lookUp(name, in: namespace, depth: depth)
    case .array(let elements):
      var branches: [AvroSchema] = []
      for element in elements {
        let branch = try parse(element, in: namespace, depth: depth + 1)
        if case .union = branch.kind { throw bad("a union directly in a union") }
        branches.append(branch)
      }
      return AvroSchema(.union(branches))
    case .object(let object): return try parse(object, in: namespace, depth: depth)
    case .null, .bool, .integer, .number: throw bad("a number or a constant as a schema")
    }
  }

  private mutating func parse(
    _ object: JSONObject, in namespace: String?, depth: Int
  ) throws(FormatError) -> AvroSchema {
    guard let type = object["type"] else { throw bad("a schema without type") }
    guard case .string(let type) = type else {
      // A type in a type: the attributes of both count.
      return try parse(type, in: namespace, depth: depth + 1).merging(object.without("type"))
    }
    switch type {
    case "array":
      let element = try parse(part("items", of: object), in: namespace, depth: depth + 1)
      return AvroSchema(.array(element), attributes: object.without("type", "items"))
    case "map":
      let value = try parse(part("values", of: object), in: namespace, depth: depth + 1)
      return AvroSchema(.map(value), attributes: object.without("type", "values"))
    case "fixed", "enum", "record", "error":
      return try parseNamed(object, type, in: namespace, depth: depth)
    default:
      return try lookUp(type, in: namespace, depth: depth).merging(object.without("type"))
    }
  }

  private mutating func parseNamed(
    _ object: JSONObject, _ type: String, in namespace: String?, depth: Int
  ) throws(FormatError) -> AvroSchema {
    guard let text = object.avroString("name"), !text.isEmpty else {
      throw bad("a named type without name")
    }
    var name = AvroName(full: text)
    if !text.contains(".") {
      name.namespace = object["namespace"] == nil ? namespace : object.avroString("namespace")
      if name.namespace == "" { name.namespace = nil }
    }
    guard named[name] == nil else { throw bad("two definitions of the type \(name)") }
    let before = parts
    named[name] = .some(nil)
    let schema: AvroSchema
    switch type {
    case "fixed":
      guard case .integer(let size) = try part("size", of: object), size >= 0, size <= 1 << 31
      else {
        throw bad("the size of the fixed type \(name)")
      }
      schema = AvroSchema(
        .fixed(name, size: Int(size)),
        attributes: object.without("type", "name", "namespace", "size"))
    case "enum":
      guard case .array(let symbols) = try part("symbols", of: object) else {
        throw bad("the symbols of the enum \(name)")
      }
      try count(symbols.count)
      let texts = object.avroStrings("symbols")
      guard texts.count == symbols.count, Set(texts).count == texts.count else {
        throw bad("the symbols of the enum \(name)")
      }
      schema = AvroSchema(
        .enumeration(name, symbols: texts),
        attributes: object.without("type", "name", "namespace", "symbols"))
    default:
      let fields = try parseFields(of: object, name, depth: depth)
      schema = AvroSchema(
        .record(name, fields), attributes: object.without("type", "name", "namespace", "fields"))
    }
    named[name] = (schema, parts - before, schema.height)
    return schema
  }

  private mutating func parseFields(
    of object: JSONObject, _ name: AvroName, depth: Int
  ) throws(FormatError) -> [AvroField] {
    guard case .array(let elements) = try part("fields", of: object) else {
      throw bad("the fields of the record \(name)")
    }
    var fields: [AvroField] = []
    var names: Set<String> = []
    for element in elements {
      guard case .object(let field) = element, let fieldName = field.avroString("name") else {
        throw bad("a field of the record \(name)")
      }
      guard names.insert(fieldName).inserted else {
        throw bad("two fields called \(fieldName) in the record \(name)")
      }
      let schema = try parse(part("type", of: field), in: name.namespace, depth: depth + 1)
      fields.append(AvroField(fieldName, schema, attributes: field.without("name", "type")))
    }
    return fields
  }

  private mutating func lookUp(
    _ text: String, in namespace: String?, depth: Int
  ) throws(FormatError) -> AvroSchema {
    switch text {
    case "null": return .null
    case "boolean": return .boolean
    case "int": return .int
    case "long": return .long
    case "float": return .float
    case "double": return .double
    case "bytes": return .bytes
    case "string": return .string
    default: break
    }
    let name = text.contains(".") ? AvroName(full: text) : AvroName(text, namespace: namespace)
    guard let found = named[name] ?? named[AvroName(full: text)] else {
      throw bad("an unknown type \(text)")
    }
    guard let found else {
      throw FormatError(.unsupported, "Avro schema: the type \(text) refers to itself")
    }
    // A few types that use each other twice each would grow without end.
    try count(found.parts)
    guard depth + found.height <= AvroSchema.maximumDepth else {
      throw FormatError(.tooLarge, "Avro schema nested too deeply")
    }
    return found.schema
  }

  private mutating func count(_ more: Int) throws(FormatError) {
    parts += more
    guard parts <= AvroSchema.maximumParts else {
      throw FormatError(.tooLarge, "Avro schema of too many parts")
    }
  }

  private func part(_ name: String, of object: JSONObject) throws(FormatError) -> JSONValue {
    guard let part = object[name] else { throw bad("a schema without \(name)") }
    return part
  }

  private func bad(_ what: String) -> FormatError {
    FormatError(.badValue, "Avro schema: \(what)")
  }
}

extension AvroSchema {
  /// The schema with the given attributes, which come before its own of the same name.
  fileprivate func merging(_ outer: JSONObject) -> AvroSchema {
    guard !outer.isEmpty else { return self }
    let names = Set(outer.members.map(\.name))
    var merged = self
    merged.attributes.members.removeAll { names.contains($0.name) }
    merged.attributes.members += outer.members
    return merged
  }

  /// The number of levels.
  fileprivate var height: Int {
    switch kind {
    case .null, .boolean, .int, .long, .float, .double, .bytes, .string, .fixed, .enumeration: 1
    case .array(let element): 1 + element.height
    case .map(let value): 1 + value.height
    case .union(let branches): 1 + (branches.map(\.height).max() ?? 0)
    case .record(_, let fields): 1 + (fields.map(\.schema.height).max() ?? 0)
    }
  }
}

extension JSONObject {
  /// The members but those of the given names.
  fileprivate func without(_ names: String...) -> JSONObject {
    JSONObject(members.filter { !names.contains($0.name) })
  }
}
