import Iceberg

/// Reads statements.
enum SQLParser {
  /// The statements of a text, which have semicolons between them.
  ///
  /// Throws ``TextError`` that shows the place and says what is wrong with it.
  static func statements(_ text: String) throws(TextError) -> [SQLStatement] {
    var tokens = try tokens(text)
    var statements: [SQLStatement] = []
    while true {
      while tokens.take(";") {}
      if tokens.next.kind == .end { break }
      statements.append(try statement(&tokens))
      guard tokens.next.kind == .end || tokens.next.kind == .sign(";") else {
        throw tokens.problem("'\(text[tokens.next.range])' is too much")
      }
    }
    guard !statements.isEmpty else { throw TextError("there is no statement") }
    return statements
  }

  private static func tokens(_ text: String) throws(TextError) -> QueryTokens {
    do {
      return try QueryTokens(text)
    } catch {
      // Without what queries accept.
      throw TextError(error.description.replacing("\n" + QueryError.accepted, with: ""))
    }
  }

  private static func statement(_ tokens: inout QueryTokens) throws(TextError) -> SQLStatement {
    let start = tokens.next
    guard let keyword = start.keyword else { throw tokens.problem(expecting: "a statement") }
    switch keyword {
    case "SELECT": return .query(takeQuery(&tokens))
    case "CREATE": return try create(&tokens)
    case "ALTER":
      tokens.advance()
      if ["DATABASE", "SCHEMA", "NAMESPACE", "VIEW"].contains(tokens.next.keyword ?? "") {
        throw tokens.problem("only ALTER TABLE is accepted")
      }
      try tokens.expect("TABLE")
      _ = tokens.take(keywords: "IF", "EXISTS")
      return try alter(&tokens)
    case "DROP": return try drop(&tokens)
    case "DESCRIBE", "DESC":
      tokens.advance()
      _ = tokens.take(keyword: "TABLE")
      if !tokens.take(keyword: "EXTENDED") { _ = tokens.take(keyword: "FORMATTED") }
      return .describe(name: try tokens.tableName())
    case "SHOW": return try show(&tokens)
    case "CALL": return try call(&tokens)
    case "OPTIMIZE": return try optimize(&tokens)
    case "VACUUM":
      tokens.advance()
      return .vacuum(name: try tokens.tableName())
    default:
      throw tokens.problem(
        SQLMistakes.reason(against: keyword)
          ?? """
          '\(tokens.query[start.range])' begins no statement: those are CREATE TABLE, ALTER TABLE, \
          DROP TABLE, CREATE and DROP NAMESPACE, DESCRIBE, SHOW, CALL and SELECT
          """)
    }
  }

  /// Takes everything up to a semicolon.
  private static func takeQuery(_ tokens: inout QueryTokens) -> String {
    let start = tokens.next.range.lowerBound
    while tokens.next.kind != .end, tokens.next.kind != .sign(";") { tokens.advance() }
    return String(tokens.query[start..<tokens.next.range.lowerBound])
  }

  // MARK: CREATE

  private static func create(_ tokens: inout QueryTokens) throws(TextError) -> SQLStatement {
    tokens.advance()
    if tokens.next.keyword == "OR" {
      throw tokens.problem(
        "CREATE OR REPLACE TABLE is not accepted: change the table, or drop it first")
    }
    if tokens.next.keyword == "EXTERNAL" {
      throw tokens.problem("Iceberg tables are made without EXTERNAL, in Athena too")
    }
    if isNamespace(tokens.next.keyword) {
      tokens.advance()
      let ifNotExists = tokens.take(keywords: "IF", "NOT", "EXISTS")
      let name = try tokens.path("a namespace").text
      var properties: [String: String] = [:]
      if tokens.take(keyword: "COMMENT") {
        properties["comment"] = try tokens.text("a comment in single quotes")
      }
      if tokens.take(keyword: "LOCATION") {
        properties["location"] = try tokens.text("a location in single quotes")
      }
      if tokens.take(keywords: "WITH", "DBPROPERTIES")
        || tokens.take(keywords: "WITH", "PROPERTIES")
      {
        properties.merge(try Self.properties(&tokens)) { _, new in new }
      }
      return .createNamespace(name: name, ifNotExists: ifNotExists, properties: properties)
    }
    if ["VIEW", "MATERIALIZED", "FUNCTION", "BRANCH", "TAG"].contains(tokens.next.keyword ?? "") {
      throw tokens.problem(
        tokens.next.keyword == "BRANCH" || tokens.next.keyword == "TAG"
          ? "branches and tags are made with ALTER TABLE name CREATE BRANCH ..."
          : "only tables and namespaces are made")
    }
    try tokens.expect("TABLE")
    let ifNotExists = tokens.take(keywords: "IF", "NOT", "EXISTS")
    var table = SQLTableDefinition(name: try tokens.tableName(), ifNotExists: ifNotExists)
    if tokens.next.kind == .sign("(") {
      table.columns = try tokens.list { tokens throws(TextError) in try newColumn(&tokens) }
    }
    while try clause(&tokens, &table) {}
    guard !table.columns.isEmpty else {
      throw tokens.problem(expecting: "the columns in parentheses")
    }
    try SQLLayout.checkTimes(table.partitioning)
    return .createTable(table)
  }

  private static func newColumn(_ tokens: inout QueryTokens) throws(TextError) -> Field {
    let start = tokens.next
    let column = try SQLTypes.column(&tokens)
    guard column.path.parts.count == 1 else {
      throw tokens.problem(
        "a new table has no struct to add '\(column.path.text)' to yet", at: start)
    }
    guard column.position == nil else {
      throw tokens.problem("the columns of a new table stand in their order already", at: start)
    }
    var field = Field(
      name: column.path.name, type: column.type, isRequired: column.isRequired, doc: column.doc)
    do {
      let value = try column.defaultValue?.literal(of: column.type)
      field.initialDefault = value
      field.writeDefault = value
    } catch {
      throw tokens.problem(error.message, at: start)
    }
    return field
  }

  /// Takes one clause behind the columns; false when there is none.
  private static func clause(
    _ tokens: inout QueryTokens, _ table: inout SQLTableDefinition
  ) throws(TextError) -> Bool {
    switch tokens.next.keyword {
    case "USING":
      tokens.advance()
      let start = tokens.next
      guard try tokens.name("iceberg").lowercased() == "iceberg" else {
        throw tokens.problem("only Iceberg tables are made: USING iceberg", at: start)
      }
    case "PARTITIONED":
      tokens.advance()
      try tokens.expect("BY")
      table.partitioning += try tokens.list { tokens throws(TextError) in
        let term = try SQLLayout.term(&tokens)
        if case .word = tokens.next.kind {
          throw tokens.problem(
            """
            partition columns with types are Hive's; Iceberg divides by columns of the table, \
            '\(term.column)' must be one, and by transforms of them such as days(\(term.column))
            """)
        }
        return term
      }
    case "TBLPROPERTIES":
      tokens.advance()
      table.properties.merge(try properties(&tokens)) { _, new in new }
    case "LOCATION":
      tokens.advance()
      table.location = try tokens.text("a location in single quotes")
    case "COMMENT":
      tokens.advance()
      table.comment = try tokens.text("a comment in single quotes")
    case "STORED", "ROW":
      throw tokens.problem(
        "STORED AS and ROW FORMAT are Hive's; the format of files is the table property 'write.format.default'"
      )
    case "CLUSTERED", "SORTED":
      throw tokens.problem(
        "buckets are a partition field, PARTITIONED BY (bucket(16, column)), and an order is set with ALTER TABLE ... WRITE ORDERED BY"
      )
    case "AS":
      throw tokens.problem(
        "CREATE TABLE AS SELECT is not accepted: make the table, then append to it")
    default: return false
    }
    return true
  }

  // MARK: DROP and SHOW

  private static func drop(_ tokens: inout QueryTokens) throws(TextError) -> SQLStatement {
    tokens.advance()
    if isNamespace(tokens.next.keyword) {
      tokens.advance()
      let ifExists = tokens.take(keywords: "IF", "EXISTS")
      let name = try tokens.path("a namespace").text
      if tokens.next.keyword == "CASCADE" {
        throw tokens.problem("only empty namespaces are dropped: drop their tables first")
      }
      _ = tokens.take(keyword: "RESTRICT")
      return .dropNamespace(name: name, ifExists: ifExists)
    }
    try tokens.expect("TABLE")
    let ifExists = tokens.take(keywords: "IF", "EXISTS")
    let name = try tokens.tableName()
    return .dropTable(name: name, ifExists: ifExists, purge: tokens.take(keyword: "PURGE"))
  }

  private static func show(_ tokens: inout QueryTokens) throws(TextError) -> SQLStatement {
    tokens.advance()
    switch tokens.next.keyword {
    case "TABLES":
      tokens.advance()
      guard tokens.take(keyword: "IN") || tokens.take(keyword: "FROM") else {
        return .showTables(namespace: nil)
      }
      return .showTables(namespace: try tokens.path("a namespace").text)
    case "NAMESPACES", "DATABASES", "SCHEMAS":
      tokens.advance()
      return .showNamespaces
    case "CREATE":
      tokens.advance()
      try tokens.expect("TABLE")
      return .showCreateTable(name: try tokens.tableName())
    case "TBLPROPERTIES":
      tokens.advance()
      return .showProperties(name: try tokens.tableName())
    case "COLUMNS":
      tokens.advance()
      guard tokens.take(keyword: "IN") || tokens.take(keyword: "FROM") else {
        throw tokens.problem(expecting: "IN")
      }
      return .describe(name: try tokens.tableName())
    case "PARTITIONS":
      throw tokens.problem("the partitions are a metadata table: SELECT * FROM name.partitions")
    default:
      throw tokens.problem(
        expecting: "TABLES, NAMESPACES, COLUMNS, CREATE TABLE or TBLPROPERTIES")
    }
  }

  private static func isNamespace(_ keyword: String?) -> Bool {
    ["NAMESPACE", "DATABASE", "SCHEMA"].contains(keyword ?? "")
  }

  // MARK: Properties

  /// Takes `('key' = 'value', ...)`.
  static func properties(_ tokens: inout QueryTokens) throws(TextError) -> [String: String] {
    var properties: [String: String] = [:]
    let pairs = try tokens.list { tokens throws(TextError) in
      let start = tokens.next
      let key = try propertyKey(&tokens)
      if let reason = PropertyAdvice.refusal(of: key) { throw tokens.problem(reason, at: start) }
      try tokens.expect(sign: "=")
      guard case .text(let value) = try tokens.value() else {
        throw tokens.problem("a property has a value: UNSET TBLPROPERTIES removes one", at: start)
      }
      return (key, value)
    }
    for (key, value) in pairs { properties[key] = value }
    return properties
  }

  /// Takes a key, in quotes or as words with dots and dashes.
  static func propertyKey(_ tokens: inout QueryTokens) throws(TextError) -> String {
    if case .text(let key) = tokens.next.kind {
      tokens.advance()
      return key
    }
    var key = try tokens.path("the name of a property").text
    while tokens.take("-") { key += "-" + (try tokens.path("the rest of the name").text) }
    return key
  }
}
