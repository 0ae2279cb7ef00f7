import Iceberg

/// Columns as people write them: `id long not null, tags list<string>, at timestamptz comment 'UTC'`.
///
/// Types are Iceberg's own names and SQL's common ones (`bigint`, `varchar`, `array<...>`). Names
/// with other signs than letters, digits and `_` stand in double quotes or backticks.
struct SchemaText {
  private var tokens: TextTokens
  private var depth = 0

  /// The columns that `text` lists. Throws ``TextError``.
  static func fields(_ text: String) throws(TextError) -> [Field] {
    var parser = SchemaText(tokens: try TextTokens(text))
    var fields: [Field] = []
    repeat { fields.append(try parser.field(colon: false)) } while parser.tokens.take(",")
    try parser.tokens.expectEnd()
    return fields
  }

  /// The type that `text` names. Throws ``TextError``.
  static func type(_ text: String) throws(TextError) -> FieldType {
    var parser = SchemaText(tokens: try TextTokens(text))
    let type = try parser.type()
    try parser.tokens.expectEnd()
    return type
  }

  private init(tokens: TextTokens) { self.tokens = tokens }

  private mutating func field(colon: Bool) throws(TextError) -> Field {
    let name = try tokens.name("a column name")
    if colon { _ = tokens.take(":") }
    let type = try type()
    let isRequired = try notNull()
    var doc: String?
    if tokens.takeWord("comment") { doc = try tokens.text("a comment in single quotes") }
    return Field(name: name, type: type, isRequired: isRequired, doc: doc)
  }

  private mutating func notNull() throws(TextError) -> Bool {
    if tokens.takeWord("required") { return true }
    if tokens.takeWord("not") {
      guard tokens.takeWord("null") else { throw tokens.expected("NULL after NOT") }
      return true
    }
    _ = tokens.takeWord("null")
    return false
  }

  private mutating func type() throws(TextError) -> FieldType {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 32 else { throw tokens.expected("types nested no deeper than 32") }
    let name = try tokens.name("a type").lowercased()
    switch name {
    case "boolean", "bool": return .boolean
    case "int", "integer", "smallint", "tinyint": return .int
    case "long", "bigint": return .long
    case "float", "real": return .float
    case "double": return .double
    case "date": return .date
    case "time": return .time
    case "timestamp": return .timestamp
    case "timestamptz": return .timestamptz
    case "timestamp_ns": return .timestampNanos
    case "timestamptz_ns": return .timestamptzNanos
    case "string", "text", "varchar":
      if tokens.take("(") {
        _ = try tokens.number("a length")
        try tokens.expect(")")
      }
      return .string
    case "uuid": return .uuid
    case "binary", "varbinary", "bytes": return .binary
    case "unknown": return .unknown
    case "variant": return .variant
    case "decimal", "numeric":
      try tokens.expect("(")
      let precision = try tokens.number("a precision")
      let scale = tokens.take(",") ? try tokens.number("a scale") : 0
      try tokens.expect(")")
      return .decimal(precision: precision, scale: scale)
    case "fixed":
      let closing = tokens.take("[") ? "]" : ")"
      if closing == ")" { try tokens.expect("(") }
      let length = try tokens.number("a length")
      try tokens.expect(closing)
      return .fixed(length: length)
    case "list", "array":
      try tokens.expect("<")
      let element = try type()
      let isRequired = try notNull()
      try tokens.expect(">")
      return .list(element: Field(name: "element", type: element, isRequired: isRequired))
    case "map":
      try tokens.expect("<")
      let key = try type()
      try tokens.expect(",")
      let value = try type()
      let isRequired = try notNull()
      try tokens.expect(">")
      return .map(
        key: .required("key", key), value: Field(name: "value", type: value, isRequired: isRequired)
      )
    case "struct", "row":
      try tokens.expect("<")
      var fields: [Field] = []
      repeat { fields.append(try field(colon: true)) } while tokens.take(",")
      try tokens.expect(">")
      return .struct(fields)
    default:
      throw TextError(
        "'\(name)' is no type; types are boolean, int, long, float, double, "
          + "decimal(P,S), date, time, timestamp, timestamptz, timestamp_ns, timestamptz_ns, string, "
          + "uuid, fixed[L], binary, variant, unknown, list<T>, map<K,V>, struct<name: T, ...>")
    }
  }
}
