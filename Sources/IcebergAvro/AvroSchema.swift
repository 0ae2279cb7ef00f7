public import IcebergBytes

/// An Avro schema with everything that stood in it, known or not.
///
/// References to named types are resolved: a schema holds the definition in every place. Types that
/// refer to themselves are not supported.
public struct AvroSchema: Hashable, Sendable {
  /// What a schema describes.
  public indirect enum Kind: Hashable, Sendable {
    case null, boolean, int, long, float, double, bytes, string
    case fixed(AvroName, size: Int)
    case enumeration(AvroName, symbols: [String])
    case array(AvroSchema)
    /// A map from strings to the given schema.
    case map(AvroSchema)
    case union([AvroSchema])
    case record(AvroName, [AvroField])
  }

  /// What the schema describes.
  public var kind: Kind
  /// What else stood in the schema, in its order: `logicalType`, `element-id`, `doc`, `aliases` and
  /// anything of others.
  public var attributes: JSONObject

  /// A schema of the given parts.
  public init(_ kind: Kind, attributes: JSONObject = JSONObject()) {
    self.kind = kind
    self.attributes = attributes
  }
}

/// A field of a record.
public struct AvroField: Hashable, Sendable {
  /// The name of the field.
  public var name: String
  /// What the field holds.
  public var schema: AvroSchema
  /// What else stood in the field, in its order: `default`, `field-id`, `doc`, `aliases`, `order` and
  /// anything of others.
  public var attributes: JSONObject

  /// A field with the given attributes.
  public init(_ name: String, _ schema: AvroSchema, attributes: JSONObject = JSONObject()) {
    self.name = name
    self.schema = schema
    self.attributes = attributes
  }

  /// A field as Iceberg's writers make them; an optional schema gets a null default.
  public init(_ name: String, _ schema: AvroSchema, id: Int, doc: String? = nil) {
    self.init(name, schema)
    attributes["doc"] = doc.map { .string($0) }
    if schema.nullBranch == 0 { attributes["default"] = .null }
    attributes["field-id"] = .integer(Int64(id))
  }

  /// The `field-id`; nil when there is none.
  public var fieldID: Int? { attributes.avroInteger("field-id") }
  /// The default for readers of files without the field; nil when there is none, JSON null when it
  /// is null.
  public var defaultValue: JSONValue? { attributes["default"] }
  /// Other names of the field.
  public var aliases: [String] { attributes.avroStrings("aliases") }
}

/// The name of a record, an enumeration or a fixed type.
public struct AvroName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The name without its namespace.
  public var name: String
  /// The namespace, such as `org.example`; nil for none.
  public var namespace: String?

  /// A name in a namespace; nil for none.
  public init(_ name: String, namespace: String? = nil) {
    self.name = name
    self.namespace = namespace
  }

  /// A name with its namespace in front.
  public init(stringLiteral value: String) { self.init(full: value) }

  init(full: String) {
    guard let dot = full.lastIndex(of: ".") else {
      self.init(full)
      return
    }
    let space = String(full[..<dot])
    self.init(String(full[full.index(after: dot)...]), namespace: space.isEmpty ? nil : space)
  }

  /// The name with its namespace in front.
  public var description: String { namespace.map { "\($0).\(name)" } ?? name }
}

extension AvroSchema {
  /// No value.
  public static let null = AvroSchema(.null)
  /// True or false.
  public static let boolean = AvroSchema(.boolean)
  /// A 32-bit number.
  public static let int = AvroSchema(.int)
  /// A 64-bit number.
  public static let long = AvroSchema(.long)
  /// A 32-bit floating-point number.
  public static let float = AvroSchema(.float)
  /// A 64-bit floating-point number.
  public static let double = AvroSchema(.double)
  /// A run of bytes.
  public static let bytes = AvroSchema(.bytes)
  /// UTF-8 text.
  public static let string = AvroSchema(.string)

  /// A record of the given fields.
  public static func record(_ name: AvroName, _ fields: [AvroField]) -> AvroSchema {
    AvroSchema(.record(name, fields))
  }

  /// A run of `size` bytes.
  public static func fixed(_ name: AvroName, size: Int) -> AvroSchema {
    AvroSchema(.fixed(name, size: size))
  }

  /// A list whose elements have the given field id.
  public static func array(of element: AvroSchema, elementID: Int) -> AvroSchema {
    AvroSchema(.array(element), attributes: ["element-id": .integer(Int64(elementID))])
  }

  /// A map from strings, with the field ids of its keys and values.
  public static func map(of value: AvroSchema, keyID: Int, valueID: Int) -> AvroSchema {
    AvroSchema(
      .map(value),
      attributes: ["key-id": .integer(Int64(keyID)), "value-id": .integer(Int64(valueID))])
  }

  /// A map from keys that are no strings: an array of records of a key and a value.
  ///
  /// Spec: Appendix A, Avro, "Maps with non-string keys must use an array representation".
  public static func map(
    from key: AvroSchema, to value: AvroSchema, keyID: Int, valueID: Int
  ) -> AvroSchema {
    let pair = record(
      AvroName("k\(keyID)_v\(valueID)"),
      [AvroField("key", key, id: keyID), AvroField("value", value, id: valueID)])
    return AvroSchema(.array(pair), attributes: ["logicalType": "map"])
  }

  /// A union of null, first, and the given schema.
  public static func optional(_ schema: AvroSchema) -> AvroSchema {
    AvroSchema(.union([.null, schema]))
  }

  /// The schema with one more attribute, or another value of it.
  public func with(_ attribute: String, _ value: JSONValue) -> AvroSchema {
    var copy = self
    copy.attributes[attribute] = value
    return copy
  }

  /// The `logicalType`, such as `timestamp-micros`; nil when there is none.
  public var logicalType: String? { attributes.avroString("logicalType") }
  /// The `adjust-to-utc` of a timestamp; nil when it is not there.
  public var adjustsToUTC: Bool? {
    guard case .bool(let value)? = attributes["adjust-to-utc"] else { return nil }
    return value
  }
  /// The `precision` of a decimal; nil when it is not there.
  public var precision: Int? { attributes.avroInteger("precision") }
  /// The `scale` of a decimal, which is 0 when it is not there.
  public var scale: Int { attributes.avroInteger("scale") ?? 0 }
  /// The `element-id` of an array; nil when there is none.
  public var elementID: Int? { attributes.avroInteger("element-id") }
  /// The `key-id` of a map; nil when there is none.
  public var keyID: Int? { attributes.avroInteger("key-id") }
  /// The `value-id` of a map; nil when there is none.
  public var valueID: Int? { attributes.avroInteger("value-id") }

  /// The place of null in a union of null and one other schema; nil for any other schema.
  public var nullBranch: Int? {
    guard case .union(let branches) = kind, branches.count == 2 else { return nil }
    switch (branches[0].kind == .null, branches[1].kind == .null) {
    case (true, false): return 0
    case (false, true): return 1
    default: return nil
    }
  }

  /// The other schema of a union with null; any other schema itself.
  public var nonNull: AvroSchema {
    guard let null = nullBranch, case .union(let branches) = kind else { return self }
    return branches[1 - null]
  }

  /// The fields of a record; none for anything else.
  public var fields: [AvroField] {
    guard case .record(_, let fields) = kind else { return [] }
    return fields
  }

  /// The key and value fields of a map that is an array of pairs, as its `logicalType` says; nil for
  /// anything else.
  public var pair: (key: AvroField, value: AvroField)? {
    logicalType == "map" ? elementPair : nil
  }

  /// The two fields of an array's elements, if they are records of two fields.
  var elementPair: (key: AvroField, value: AvroField)? {
    guard case .array(let element) = kind, case .record(_, let fields) = element.kind,
      fields.count == 2
    else { return nil }
    return (fields[0], fields[1])
  }

  /// Whether any field, element, key or value has an id.
  public var hasFieldIDs: Bool {
    switch kind {
    case .null, .boolean, .int, .long, .float, .double, .bytes, .string, .fixed, .enumeration: false
    case .array(let element): elementID != nil || element.hasFieldIDs
    case .map(let value): keyID != nil || valueID != nil || value.hasFieldIDs
    case .union(let branches): branches.contains { $0.hasFieldIDs }
    case .record(_, let fields): fields.contains { $0.fieldID != nil || $0.schema.hasFieldIDs }
    }
  }
}

extension JSONObject {
  func avroString(_ name: String) -> String? {
    guard case .string(let text)? = self[name] else { return nil }
    return text
  }

  func avroInteger(_ name: String) -> Int? {
    switch self[name] {
    case .integer(let value): Int(exactly: value)
    // Some writers quote them.
    case .string(let text): Int(text)
    default: nil
    }
  }

  func avroStrings(_ name: String) -> [String] {
    guard case .array(let elements)? = self[name] else { return [] }
    return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}
