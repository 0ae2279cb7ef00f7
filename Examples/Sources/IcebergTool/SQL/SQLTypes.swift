import Iceberg

/// Types and columns of statements.
enum SQLTypes {
  /// Takes a type.
  static func type(
    _ tokens: inout QueryTokens, depth: Int = 0
  ) throws(TextError) -> FieldType {
    guard depth < 32 else { throw tokens.problem("types cannot be nested deeper than 32") }
    let start = tokens.next
    let name = try tokens.name("a type").lowercased()
    switch name {
    case "array", "list":
      try tokens.expect(sign: "<")
      let element = try type(&tokens, depth: depth + 1)
      let isRequired = try notNull(&tokens)
      try tokens.expect(sign: ">")
      return .list(element: Field(name: "element", type: element, isRequired: isRequired))
    case "map":
      try tokens.expect(sign: "<")
      let key = try type(&tokens, depth: depth + 1)
      try tokens.expect(sign: ",")
      let value = try type(&tokens, depth: depth + 1)
      let isRequired = try notNull(&tokens)
      try tokens.expect(sign: ">")
      return .map(
        key: .required("key", key), value: Field(name: "value", type: value, isRequired: isRequired)
      )
    case "struct", "row":
      let closing: Character = tokens.take("(") ? ")" : ">"
      if closing == ">" { try tokens.expect(sign: "<") }
      let fields = try tokens.elements { tokens throws(TextError) in
        try field(&tokens, depth: depth + 1)
      }
      try tokens.expect(sign: closing)
      return .struct(fields)
    case "timestamp":
      if tokens.take(keywords: "WITH", "TIME", "ZONE") { return .timestamptz }
      _ = tokens.take(keywords: "WITHOUT", "TIME", "ZONE")
      return .timestamp
    case "timestamp_ltz": return .timestamptz
    case "timestamp_ntz": return .timestamp
    case "decimal", "numeric", "fixed", "varchar", "char", "string", "binary", "varbinary":
      // What stands in parentheses or brackets belongs to the type.
      var text = name
      var numbers: [Int64] = []
      let isBracketed = tokens.next.kind == .sign("[")
      if tokens.take("(") || tokens.take("[") {
        numbers = try tokens.elements { tokens throws(TextError) in
          try tokens.number("a whole number")
        }
        try tokens.expect(sign: isBracketed ? "]" : ")")
      }
      switch (name, numbers.count) {
      case ("varchar", _), ("char", _), ("string", _): return .string
      case ("decimal", 1...2), ("numeric", 1...2):
        text = "decimal(\(numbers[0]), \(numbers.count == 2 ? numbers[1] : 0))"
      case ("fixed", 1), ("binary", 1): text = "fixed[\(numbers[0])]"
      default: break
      }
      return try named(text, tokens, start)
    default: return try named(name, tokens, start)
    }
  }

  private static func named(
    _ text: String, _ tokens: QueryTokens, _ token: QueryTokens.Token
  ) throws(TextError) -> FieldType {
    do {
      return try SchemaText.type(text)
    } catch {
      throw tokens.problem("\(error)", at: token)
    }
  }

  private static func field(
    _ tokens: inout QueryTokens, depth: Int
  ) throws(TextError) -> Field {
    let name = try tokens.name("the name of a field")
    _ = tokens.take(":")
    let type = try type(&tokens, depth: depth)
    let isRequired = try notNull(&tokens)
    let doc = tokens.take(keyword: "COMMENT") ? try tokens.text("a comment in single quotes") : nil
    return Field(name: name, type: type, isRequired: isRequired, doc: doc)
  }

  /// Takes `NOT NULL` or `NULL` if it is next; says whether null is not allowed.
  static func notNull(_ tokens: inout QueryTokens) throws(TextError) -> Bool {
    if tokens.take(keyword: "NULL") { return false }
    guard tokens.take(keyword: "NOT") else { return false }
    try tokens.expect("NULL")
    return true
  }

  /// Takes a column: its name and type, and what may follow in any order.
  static func column(_ tokens: inout QueryTokens) throws(TextError) -> SQLNewColumn {
    if tokens.next.keyword == "PRIMARY", tokens.peek(1).keyword == "KEY" {
      throw tokens.problem(
        """
        Iceberg has no keys that are enforced; columns that identify rows are set with \
        ALTER TABLE ... SET IDENTIFIER FIELDS
        """)
    }
    let path = try tokens.path("the name of a column")
    var column = SQLNewColumn(path: path, type: try type(&tokens))
    while true {
      switch tokens.next.keyword {
      case "NOT", "NULL": column.isRequired = try notNull(&tokens)
      case "COMMENT":
        tokens.advance()
        column.doc = try tokens.text("a comment in single quotes")
      case "DEFAULT":
        tokens.advance()
        column.defaultValue = try tokens.value()
      case "FIRST", "AFTER": column.position = try position(&tokens)
      case "GENERATED", "CHECK", "UNIQUE", "REFERENCES", "PRIMARY":
        throw tokens.problem(
          "Iceberg has no computed columns, keys or constraints but NOT NULL")
      default: return column
      }
    }
  }

  /// Takes `FIRST` or `AFTER name` if it is next.
  static func position(_ tokens: inout QueryTokens) throws(TextError) -> SQLPosition? {
    if tokens.take(keyword: "FIRST") { return .first }
    if tokens.take(keyword: "AFTER") { return .after(try tokens.path("a column").text) }
    return nil
  }
}
