import Iceberg

extension SQLParser {
  /// Takes what stands behind `ALTER TABLE`.
  static func alter(_ tokens: inout QueryTokens) throws(TextError) -> SQLStatement {
    let name = try tokens.tableName()
    if tokens.take(keywords: "RENAME", "TO") {
      return .renameTable(name: name, newName: try tokens.tableName())
    }
    if tokens.next.keyword == "EXECUTE" { return try execute(on: name, &tokens) }
    return .alterTable(name: name, try alteration(&tokens))
  }

  private static func alteration(
    _ tokens: inout QueryTokens
  ) throws(TextError) -> SQLAlteration {
    let keyword = tokens.next.keyword
    switch keyword {
    case "ADD": return try add(&tokens)
    case "DROP": return try drop(from: &tokens)
    case "RENAME":
      tokens.advance()
      _ = tokens.take(keyword: "COLUMN")
      let path = try tokens.path("a column")
      try tokens.expect("TO")
      return .renameColumn(path, to: try newName(&tokens, of: path))
    case "ALTER", "MODIFY":
      tokens.advance()
      _ = tokens.take(keyword: "COLUMN")
      let path = try tokens.path("a column")
      return .alterColumn(path, try columnAlteration(&tokens))
    case "CHANGE": return try change(&tokens)
    case "REPLACE": return try replace(&tokens)
    case "CREATE":
      tokens.advance()
      let isReplaced = tokens.take(keywords: "OR", "REPLACE")
      return .makeReference(try reference(&tokens, isCreated: true, isReplaced: isReplaced))
    case "WRITE":
      tokens.advance()
      return .writeOrder(try writeOrder(&tokens))
    case "SET": return try set(&tokens)
    case "UNSET":
      tokens.advance()
      try tokens.expect("TBLPROPERTIES")
      _ = tokens.take(keywords: "IF", "EXISTS")
      return .unsetProperties(
        try tokens.list { tokens throws(TextError) in try propertyKey(&tokens) })
    default:
      throw tokens.problem(
        expecting:
          "ADD, DROP, RENAME, ALTER, REPLACE, CREATE, WRITE, SET, UNSET or EXECUTE behind the name of the table"
      )
    }
  }

  private static func newName(
    _ tokens: inout QueryTokens, of path: SQLPath
  ) throws(TextError) -> String {
    let start = tokens.next
    let new = try tokens.path("a new name")
    if new.parts.count == 1 { return new.name }
    guard new.parts.dropLast() == path.parts.dropLast() else {
      throw tokens.problem("a rename does not move a field into another struct", at: start)
    }
    return new.name
  }

  // MARK: Columns

  private static func add(_ tokens: inout QueryTokens) throws(TextError) -> SQLAlteration {
    tokens.advance()
    if tokens.take(keyword: "PARTITION") {
      if tokens.next.kind == .sign("(") { throw tokens.problem(SQLMistakes.hivePartition) }
      try tokens.expect("FIELD")
      return .addPartitionField(try namedTerm(&tokens))
    }
    if tokens.next.keyword == "IF" { throw tokens.problem(SQLMistakes.hivePartition) }
    if !tokens.take(keyword: "COLUMNS") { _ = tokens.take(keyword: "COLUMN") }
    let ifNotExists = tokens.take(keywords: "IF", "NOT", "EXISTS")
    let columns =
      tokens.next.kind == .sign("(")
      ? try tokens.list { tokens throws(TextError) in try SQLTypes.column(&tokens) }
      : try tokens.elements { tokens throws(TextError) in try SQLTypes.column(&tokens) }
    return .addColumns(columns, ifNotExists: ifNotExists)
  }

  private static func drop(from tokens: inout QueryTokens) throws(TextError) -> SQLAlteration {
    tokens.advance()
    switch tokens.next.keyword {
    case "PARTITION":
      tokens.advance()
      if tokens.next.kind == .sign("(") { throw tokens.problem(SQLMistakes.hivePartition) }
      try tokens.expect("FIELD")
      return .dropPartitionField(try SQLLayout.term(&tokens))
    case "BRANCH", "TAG":
      let kind: SnapshotReference.Kind = tokens.next.keyword == "TAG" ? .tag : .branch
      tokens.advance()
      let ifExists = tokens.take(keywords: "IF", "EXISTS")
      return .dropReference(kind, try tokens.name("the name of a \(kind)"), ifExists: ifExists)
    case "IDENTIFIER":
      tokens.advance()
      try tokens.expect("FIELDS")
      return .dropIdentifierFields(
        try tokens.elements { tokens throws(TextError) in try tokens.path("a column") })
    default:
      if !tokens.take(keyword: "COLUMNS") { _ = tokens.take(keyword: "COLUMN") }
      let ifExists = tokens.take(keywords: "IF", "EXISTS")
      let columns =
        tokens.next.kind == .sign("(")
        ? try tokens.list { tokens throws(TextError) in try tokens.path("a column") }
        : try tokens.elements { tokens throws(TextError) in try tokens.path("a column") }
      return .dropColumns(columns, ifExists: ifExists)
    }
  }

  private static func columnAlteration(
    _ tokens: inout QueryTokens
  ) throws(TextError) -> SQLColumnAlteration {
    switch tokens.next.keyword {
    case "TYPE":
      tokens.advance()
      return .type(try SQLTypes.type(&tokens))
    case "COMMENT":
      tokens.advance()
      return .comment(try tokens.text("a comment in single quotes"))
    case "FIRST", "AFTER":
      if let position = try SQLTypes.position(&tokens) { return .position(position) }
    case "SET":
      tokens.advance()
      if tokens.take(keywords: "NOT", "NULL") { return .required }
      if tokens.take(keyword: "DEFAULT") { return .setDefault(try tokens.value()) }
      if tokens.take(keywords: "DATA", "TYPE") { return .type(try SQLTypes.type(&tokens)) }
      throw tokens.problem(expecting: "NOT NULL, DEFAULT or DATA TYPE")
    case "DROP":
      tokens.advance()
      if tokens.take(keywords: "NOT", "NULL") { return .optional }
      if tokens.take(keyword: "DEFAULT") { return .setDefault(.null) }
      throw tokens.problem(expecting: "NOT NULL or DEFAULT")
    default: break
    }
    throw tokens.problem(expecting: "TYPE, COMMENT, FIRST, AFTER, SET or DROP")
  }

  private static func change(_ tokens: inout QueryTokens) throws(TextError) -> SQLAlteration {
    tokens.advance()
    _ = tokens.take(keyword: "COLUMN")
    let path = try tokens.path("a column")
    let column = try SQLTypes.column(&tokens)
    return .changeColumn(
      path, name: column.path.name, type: column.type, doc: column.doc, column.position)
  }

  // MARK: Partitions and order

  private static func namedTerm(_ tokens: inout QueryTokens) throws(TextError) -> PartitionTerm {
    let term = try SQLLayout.term(&tokens)
    guard tokens.take(keyword: "AS") else { return term }
    return term.named(try tokens.name("a name behind AS"))
  }

  private static func replace(_ tokens: inout QueryTokens) throws(TextError) -> SQLAlteration {
    tokens.advance()
    if tokens.take(keyword: "PARTITION") {
      try tokens.expect("FIELD")
      let start = tokens.next
      let old = try SQLLayout.term(&tokens)
      try tokens.expect("WITH")
      let new = try namedTerm(&tokens)
      if old == new {
        throw tokens.problem(
          """
          the field would be replaced by itself, which changes nothing: name the transform that new \
          files are to be divided by, such as WITH hours(\(old.column))
          """, at: start)
      }
      return .replacePartitionField(old, with: new)
    }
    if tokens.next.keyword == "COLUMNS" {
      throw tokens.problem(
        """
        REPLACE COLUMNS is Hive's, and would drop every column and add others: use ADD, DROP, RENAME \
        and ALTER COLUMN, which keep the values of the columns that stay
        """)
    }
    return .makeReference(try reference(&tokens, isCreated: false, isReplaced: true))
  }

  private static func writeOrder(_ tokens: inout QueryTokens) throws(TextError) -> SQLWriteOrder {
    var order = SQLWriteOrder()
    if tokens.take(keyword: "UNORDERED") { return SQLWriteOrder(terms: [], distribution: "none") }
    if tokens.take(keywords: "DISTRIBUTED", "BY") {
      try tokens.expect("PARTITION")
      order.distribution = "hash"
      order.terms = []
    }
    let isLocal = tokens.take(keyword: "LOCALLY")
    if tokens.take(keywords: "ORDERED", "BY") {
      order.terms =
        tokens.next.kind == .sign("(")
        ? try tokens.list { tokens throws(TextError) in try SQLLayout.sortTerm(&tokens) }
        : try tokens.elements { tokens throws(TextError) in try SQLLayout.sortTerm(&tokens) }
      if order.distribution == nil, !isLocal { order.distribution = "range" }
    } else if order.distribution == nil || isLocal {
      throw tokens.problem(
        expecting: "ORDERED BY, LOCALLY ORDERED BY, UNORDERED or DISTRIBUTED BY PARTITION")
    }
    return order
  }

  private static func set(_ tokens: inout QueryTokens) throws(TextError) -> SQLAlteration {
    tokens.advance()
    switch tokens.next.keyword {
    case "TBLPROPERTIES":
      tokens.advance()
      return .setProperties(try properties(&tokens))
    case "PROPERTIES":
      throw tokens.problem("the settings of a table are its TBLPROPERTIES")
    case "IDENTIFIER":
      tokens.advance()
      try tokens.expect("FIELDS")
      return .setIdentifierFields(
        try tokens.elements { tokens throws(TextError) in try tokens.path("a column") })
    case "PARTITION":
      tokens.advance()
      try tokens.expect("SPEC")
      let terms = try tokens.list { tokens throws(TextError) in try SQLLayout.term(&tokens) }
      try SQLLayout.checkTimes(terms)
      return .setPartitioning(terms)
    case "LOCATION":
      tokens.advance()
      return .setLocation(try tokens.text("a location in single quotes"))
    default:
      throw tokens.problem(
        expecting: "TBLPROPERTIES, IDENTIFIER FIELDS, PARTITION SPEC or LOCATION")
    }
  }

  // MARK: Branches and tags

  private static func reference(
    _ tokens: inout QueryTokens, isCreated: Bool, isReplaced: Bool
  ) throws(TextError) -> SQLReference {
    let kind: SnapshotReference.Kind
    switch tokens.next.keyword {
    case "BRANCH": kind = .branch
    case "TAG": kind = .tag
    default:
      throw tokens.problem(
        expecting: isCreated ? "BRANCH or TAG" : "PARTITION FIELD, BRANCH or TAG")
    }
    tokens.advance()
    let ifNotExists = !isReplaced && tokens.take(keywords: "IF", "NOT", "EXISTS")
    var reference = SQLReference(
      kind: kind, name: try tokens.name("the name of a \(kind)"), isCreated: isCreated,
      isReplaced: isReplaced, ifNotExists: ifNotExists)
    if tokens.take(keywords: "AS", "OF") {
      try tokens.expect("VERSION")
      reference.snapshotID = try tokens.number("the id of a snapshot")
    }
    if tokens.take(keyword: "RETAIN") {
      reference.retention.maxReferenceAgeMillis = try age(&tokens)
    }
    if tokens.take(keywords: "WITH", "SNAPSHOT", "RETENTION") {
      guard kind == .branch else {
        throw tokens.problem("only branches keep snapshots: a tag has one")
      }
      if tokens.peek(1).keyword == "SNAPSHOTS" {
        reference.retention.minSnapshotsToKeep = Int(try positive(&tokens))
        tokens.advance()
        if case .number = tokens.next.kind {
          reference.retention.maxSnapshotAgeMillis = try age(&tokens)
        }
      } else {
        reference.retention.maxSnapshotAgeMillis = try age(&tokens)
      }
    }
    return reference
  }

  /// Takes `7 DAYS`. The age in milliseconds.
  private static func age(_ tokens: inout QueryTokens) throws(TextError) -> Int64 {
    let start = tokens.next
    let number = try positive(&tokens)
    let unit: Int64
    switch tokens.next.keyword {
    case "DAYS", "DAY": unit = 86_400_000
    case "HOURS", "HOUR": unit = 3_600_000
    case "MINUTES", "MINUTE": unit = 60_000
    default: throw tokens.problem(expecting: "DAYS, HOURS or MINUTES")
    }
    tokens.advance()
    let (millis, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { throw tokens.problem("the age is too long", at: start) }
    return millis
  }

  private static func positive(_ tokens: inout QueryTokens) throws(TextError) -> Int64 {
    let start = tokens.next
    let number = try tokens.number("a number")
    guard number > 0 else { throw tokens.problem("the number must be greater than 0", at: start) }
    return number
  }
}
