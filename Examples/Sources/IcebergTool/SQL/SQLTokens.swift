import Iceberg

/// What the parser of statements needs of tokens beside what queries need.
extension QueryTokens {
  /// The error that `message` is wrong with the next token.
  func problem(_ message: String) -> TextError { problem(message, at: next) }

  /// The error that `message` is wrong with a token, and where that stands.
  func problem(_ message: String, at token: Token) -> TextError {
    let index = token.range.lowerBound
    let place = query.distance(from: query.startIndex, to: index) + 1
    return TextError("at character \(place), \(message)\n\(QueryError.mark(query, index))")
  }

  /// The error that something else was expected.
  func problem(expecting what: String) -> TextError {
    switch next.kind {
    case .end: problem("the statement ends where \(what) was expected")
    default: problem("'\(query[next.range])' stands where \(what) was expected")
    }
  }

  /// Takes keywords if they are next, all or none of them.
  mutating func take(keywords: String...) -> Bool {
    for (distance, keyword) in keywords.enumerated()
    where peek(distance).keyword != keyword { return false }
    for _ in keywords { advance() }
    return true
  }

  /// Takes a keyword that has to be next.
  mutating func expect(_ keyword: String) throws(TextError) {
    guard take(keyword: keyword) else { throw problem(expecting: keyword) }
  }

  /// Takes a sign that has to be next.
  mutating func expect(sign: Character) throws(TextError) {
    guard take(sign) else { throw problem(expecting: "'\(sign)'") }
  }

  /// Takes a name, plain or in quotes.
  mutating func name(_ what: String) throws(TextError) -> String {
    switch next.kind {
    case .word(let name), .quotedName(let name):
      advance()
      return name
    case .text, .number, .sign, .end: throw problem(expecting: what)
    }
  }

  /// Takes a name with dots.
  mutating func path(_ what: String) throws(TextError) -> SQLPath {
    var parts = [try name(what)]
    while take(".") { parts.append(try name("a name behind the dot")) }
    return SQLPath(parts: parts)
  }

  /// Takes the name of a table: with dots, or the path of its folder in quotes.
  mutating func tableName() throws(TextError) -> String {
    if case .text(let path) = next.kind {
      advance()
      return path
    }
    return try path("a table").text
  }

  /// Takes a text in quotes.
  mutating func text(_ what: String) throws(TextError) -> String {
    guard case .text(let text) = next.kind else { throw problem(expecting: what) }
    advance()
    return text
  }

  /// Takes a whole number.
  mutating func number(_ what: String) throws(TextError) -> Int64 {
    guard case .number(let digits) = next.kind, let number = Int64(digits) else {
      throw problem(expecting: what)
    }
    advance()
    return number
  }

  /// Takes what stands in parentheses, with commas between.
  mutating func list<Element>(
    _ element: (inout QueryTokens) throws(TextError) -> Element
  ) throws(TextError) -> [Element] {
    try expect(sign: "(")
    let elements = try elements(element)
    try expect(sign: ")")
    return elements
  }

  /// Takes what has commas between.
  mutating func elements<Element>(
    _ element: (inout QueryTokens) throws(TextError) -> Element
  ) throws(TextError) -> [Element] {
    var elements: [Element] = []
    repeat { elements.append(try element(&self)) } while take(",")
    return elements
  }

  /// Takes a constant.
  mutating func value() throws(TextError) -> SQLValue {
    // A word that says of what type the text behind it is.
    if ["DATE", "TIMESTAMP", "TIME"].contains(next.keyword ?? ""), case .text = peek(1).kind {
      advance()
    }
    switch next.kind {
    case .text(let text):
      advance()
      return .text(text)
    case .number(var digits):
      advance()
      if next.kind == .sign("."), case .number(let fraction) = peek(1).kind {
        digits += "." + fraction
        advance()
        advance()
      }
      return .text(digits)
    case .word(let word) where ["true", "false"].contains(word.lowercased()):
      advance()
      return .text(word.lowercased())
    case .word(let word) where word.lowercased() == "null":
      advance()
      return .null
    case .word, .quotedName, .sign, .end:
      throw problem(expecting: "a constant: a number, TRUE, FALSE, NULL or a text in single quotes")
    }
  }
}
