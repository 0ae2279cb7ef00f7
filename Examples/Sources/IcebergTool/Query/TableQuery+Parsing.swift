extension TableQuery {
  /// The query that `text` is.
  ///
  /// Throws ``TextError`` that shows the place and says what is accepted.
  init(parsing text: String) throws(TextError) {
    var tokens = try QueryTokens(text)
    guard tokens.take(keyword: "SELECT") else { throw tokens.refusal(expecting: "SELECT") }
    selection = try Self.selection(&tokens)
    guard tokens.take(keyword: "FROM") else { throw tokens.refusal(expecting: "FROM") }
    name = try Self.name(&tokens)
    point = try Self.point(&tokens)
    if tokens.take(keyword: "WHERE") { condition = try Self.condition(&tokens) }
    if tokens.take(keyword: "LIMIT") {
      guard case .number(let digits) = tokens.next.kind, let limit = Int(digits), limit >= 0 else {
        throw tokens.refusal(expecting: "a number of rows")
      }
      tokens.advance()
      self.limit = limit
    }
    _ = tokens.take(";")
    if tokens.next.kind != .end { throw Self.trailing(tokens, self) }
  }

  private static func selection(_ tokens: inout QueryTokens) throws(TextError) -> Selection {
    if tokens.take("*") {
      if tokens.next.kind == .sign(",") { throw tokens.refusal("* has to stand alone") }
      return .all
    }
    var columns: [[String]] = []
    repeat {
      if case .word(let word) = tokens.next.kind, tokens.peek(1).kind == .sign("(") {
        guard word.uppercased() == "COUNT" else {
          throw tokens.refusal("\(word)(...) is not accepted: COUNT(*) is the only function")
        }
        guard tokens.peek(2).kind == .sign("*"), tokens.peek(3).kind == .sign(")") else {
          throw tokens.refusal("only COUNT(*) counts")
        }
        guard columns.isEmpty, tokens.peek(4).kind != .sign(",") else {
          throw tokens.refusal("COUNT(*) has to stand alone")
        }
        for _ in 0..<4 { tokens.advance() }
        if isOfExpression(tokens.next) {
          throw tokens.refusal("expressions are not accepted: COUNT(*) has to stand alone")
        }
        return .count
      }
      let start = tokens
      let column = try path(&tokens, "a column")
      if let other = columns.first(where: { $0.starts(with: column) || column.starts(with: $0) }) {
        let part = other == column ? "" : ", one as a part of the other"
        throw start.refusal("'\(column.joined(separator: "."))' is selected twice\(part)")
      }
      columns.append(column)
    } while tokens.take(",")
    if isOfExpression(tokens.next) {
      throw tokens.refusal("expressions are not accepted: columns have commas between them")
    }
    return .columns(columns.map { $0.joined(separator: ".") })
  }

  /// Whether the token behind a column makes more of it than a column.
  private static func isOfExpression(_ token: QueryTokens.Token) -> Bool {
    if case .sign = token.kind { return true }
    return ["IS", "IN", "NOT", "LIKE", "BETWEEN", "AND", "OR"].contains(token.keyword)
  }

  /// A name with dots in it.
  private static func path(
    _ tokens: inout QueryTokens, _ what: String
  ) throws(TextError) -> [String] {
    var parts: [String] = []
    repeat {
      switch tokens.next.kind {
      case .quotedName(let name): parts.append(name)
      // Behind a dot any word is a name; elsewhere a word of SQL is that word.
      case .word(let name)
      where !parts.isEmpty || QueryError.reason(against: name.uppercased()) == nil:
        parts.append(name)
      default: throw tokens.refusal(expecting: what)
      }
      tokens.advance()
    } while tokens.take(".")
    return parts
  }

  private static func name(_ tokens: inout QueryTokens) throws(TextError) -> Name {
    if tokens.next.kind == .sign("(") { throw tokens.refusal("a query within is not accepted") }
    let start = tokens.next.range.lowerBound
    var parts: [String] = []
    var isQuoted = false
    switch tokens.next.kind {
    case .text(let path):
      isQuoted = true
      parts = [path]
      tokens.advance()
      if tokens.take(".") { parts += try Self.path(&tokens, "a metadata table") }
    case .quotedName:
      isQuoted = true
      parts = try path(&tokens, "a table")
    default: parts = try path(&tokens, "a table")
    }
    let end = tokens.next.range.lowerBound
    var text = tokens.query[start..<end]
    while text.last?.isWhitespace == true { text.removeLast() }
    if tokens.next.kind == .sign("(") { throw tokens.refusal("functions are not accepted") }
    if tokens.next.kind == .sign(",") {
      throw tokens.refusal("joins are not accepted: a query reads one table")
    }
    return Name(parts: parts, isQuoted: isQuoted, text: String(text))
  }

  private static func point(_ tokens: inout QueryTokens) throws(TextError) -> Point? {
    let hasFor = tokens.take(keyword: "FOR")
    let isTime: Bool
    switch tokens.next.keyword {
    case "SYSTEM_TIME", "TIMESTAMP": isTime = true
    case "SYSTEM_VERSION", "VERSION": isTime = false
    default:
      if !hasFor { return nil }
      throw tokens.refusal(expecting: "SYSTEM_TIME, TIMESTAMP, SYSTEM_VERSION or VERSION")
    }
    tokens.advance()
    guard tokens.take(keyword: "AS"), tokens.take(keyword: "OF") else {
      throw tokens.refusal(expecting: "AS OF")
    }
    if isTime {
      if !tokens.take(keyword: "TIMESTAMP") { _ = tokens.take(keyword: "DATE") }
    }
    defer { tokens.advance() }
    switch tokens.next.kind {
    case .text(let text): return isTime ? .time(text) : .version(text)
    case .quotedName(let name) where !isTime: return .version(name)
    case .number(let digits):
      guard let number = Int64(digits) else { break }
      return isTime ? .time(digits) : .snapshot(number)
    default: break
    }
    throw tokens.refusal(
      expecting: isTime
        ? "a time in quotes, such as '2024-01-15 10:30:00'"
        : "the id of a snapshot, or a branch or tag in quotes")
  }

  /// The text up to LIMIT or the end.
  private static func condition(_ tokens: inout QueryTokens) throws(TextError) -> String {
    let start = tokens.next.range.lowerBound
    var end = start
    var depth = 0
    var isPart = false
    scanning: while true {
      switch tokens.next.kind {
      case .end: break scanning
      case .sign(";") where depth <= 0: break scanning
      case .sign("("): depth += 1
      case .sign(")"): depth -= 1
      // Behind a dot any word is a name.
      case .word where !isPart:
        let keyword = tokens.next.keyword ?? ""
        if keyword == "LIMIT", depth <= 0 { break scanning }
        if keyword == "SELECT" { throw tokens.refusal("a query within is not accepted") }
        if clauses.contains(keyword), let reason = QueryError.reason(against: keyword) {
          throw tokens.refusal("\(reason); a column of that name is written in quotes")
        }
      case .word, .quotedName, .text, .number, .sign: break
      }
      isPart = tokens.next.kind == .sign(".")
      end = tokens.next.range.upperBound
      tokens.advance()
    }
    if start == end { throw tokens.refusal(expecting: "a condition") }
    return String(tokens.query[start..<end])
  }

  /// The words that begin another clause, wherever they stand in a condition.
  private static let clauses: Set = [
    "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "UNION",
    "INTERSECT", "EXCEPT", "MINUS", "JOIN", "OFFSET", "FETCH", "FOR", "WHERE", "FROM",
  ]

  /// The words that begin another table.
  private static let joins: Set = ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL"]

  /// The error that something follows the query.
  private static func trailing(_ tokens: QueryTokens, _ query: TableQuery) -> TextError {
    if let reason = tokens.next.keyword.flatMap(QueryError.reason(against:)) {
      return tokens.refusal(reason)
    }
    let isAlias =
      switch tokens.next.kind {
      case .word, .quotedName: query.condition == nil && query.limit == nil
      case .text, .number, .sign, .end: false
      }
    let following = tokens.peek(1)
    if isAlias, following.kind == .sign(",") || following.keyword.map(joins.contains) == true {
      return tokens.refusal("joins are not accepted: a query reads one table, without an alias")
    }
    return tokens.refusal(
      "'\(tokens.query[tokens.next.range])' is too much\(isAlias ? ": no alias is accepted" : "")")
  }
}
