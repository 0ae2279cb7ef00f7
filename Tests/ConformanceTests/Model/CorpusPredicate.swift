import Iceberg
import IcebergBytes
import Testing

/// How the files of expected values write schemas and predicates.
enum CorpusPredicate {
  /// A schema: a list of columns with id, name, type and whether they are required.
  static func schema(_ json: JSONValue) throws -> Schema { Schema(try fields(json)) }

  private static func fields(_ json: JSONValue) throws -> [Field] {
    guard case .array(let fields) = json else { throw CorpusValue.Malformed(what: "schema") }
    return try fields.map { field in
      guard case .object(let field) = field else { throw CorpusValue.Malformed(what: "field") }
      return Field(
        id: try CorpusValue.int("id", of: field), name: try CorpusValue.string("name", of: field),
        type: try type(CorpusValue.member("type", of: field)),
        isRequired: try CorpusValue.bool("required", of: field))
    }
  }

  private static func type(_ json: JSONValue) throws -> FieldType {
    guard case .object(let object) = json, let parts = object["struct"] else {
      return try CorpusValue.type(json)
    }
    return .struct(try fields(parts))
  }

  /// A predicate; constants are of the types of the columns they are compared with.
  static func filter(
    _ json: JSONValue, _ schema: Schema, caseSensitive: Bool = true
  ) throws -> Filter {
    guard case .object(let object) = json else { throw CorpusValue.Malformed(what: "predicate") }
    func part(_ name: String) throws -> Filter {
      try filter(CorpusValue.member(name, of: object), schema, caseSensitive: caseSensitive)
    }
    let name = try CorpusValue.string("op", of: object)
    switch name {
    case "true": return .all
    case "false": return .none
    case "not": return .not(try part("child"))
    case "and": return .and([try part("left"), try part("right")])
    case "or": return .or([try part("left"), try part("right")])
    default: break
    }
    let column = try CorpusValue.string("term", of: object)
    let index = schema.index
    let field = try #require(
      caseSensitive ? index.field(named: column) : try index.field(namedAnyCase: column))
    func value(_ json: JSONValue) throws -> Literal {
      try #require(try literal(json, field.type))
    }
    switch name {
    case "in": return .test(col(column), .isIn(try values(object).map(value)))
    case "not-in": return .test(col(column), .notIn(try values(object).map(value)))
    case "starts-with":
      return .test(col(column), .startsWith(try CorpusValue.string("value", of: object)))
    case "not-starts-with":
      return .test(col(column), .notStartsWith(try CorpusValue.string("value", of: object)))
    case "is-null": return .test(col(column), .isNull)
    case "not-null": return .test(col(column), .notNull)
    case "is-nan": return .test(col(column), .isNaN)
    case "not-nan": return .test(col(column), .notNaN)
    default:
      let comparison = try #require(comparisons[name], "an operation called \(name)")
      return .test(
        col(column), .comparison(comparison, try value(CorpusValue.member("value", of: object))))
    }
  }

  static let comparisons: [String: Filter.Comparison] = [
    "lt": .lessThan, "lt-eq": .lessThanOrEqual, "gt": .greaterThan, "gt-eq": .greaterThanOrEqual,
    "eq": .equal, "not-eq": .notEqual,
  ]

  private static func values(_ object: JSONObject) throws -> [JSONValue] {
    try CorpusValue.array("values", of: object)
  }

  /// A value of a type: also `{"utf8": "text"}` for bytes, and NaN by its name.
  static func literal(_ json: JSONValue, _ type: FieldType) throws -> Literal? {
    if case .object(let object) = json, case .string(let text)? = object["utf8"] {
      return .binary(Bytes(utf8: text))
    }
    switch (json, type) {
    case (.integer(let number), .float): return .float(Float(number))
    case (.integer(let number), .double): return .double(Double(number))
    default: return try CorpusValue.literal(json, type)
    }
  }

  /// A bound: its type and value, in the binary form.
  static func bound(_ json: JSONValue) throws -> Bytes? {
    guard case .object(let object) = json else { return nil }
    let type = try CorpusValue.type(CorpusValue.member("type", of: object))
    let value = try #require(try literal(CorpusValue.member("value", of: object), type))
    return try value.singleValueBytes()
  }
}
