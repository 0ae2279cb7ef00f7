/// The words, numbers, quoted texts and signs of a query, each with its place in it.
struct QueryTokens {
  /// One of them.
  struct Token {
    /// What it is.
    var kind: Kind
    /// Where it stands.
    var range: Range<String.Index>
  }

  /// What a token is.
  enum Kind: Equatable {
    /// A keyword, or a name without quotes.
    case word(String)
    /// A name in `"` or in backquotes.
    case quotedName(String)
    /// A text in `'`.
    case text(String)
    /// A whole number, with its minus sign.
    case number(String)
    /// Any other character.
    case sign(Character)
    /// The end of the query.
    case end
  }

  /// The query.
  let query: String
  private var tokens: [Token] = []
  private var position = 0

  /// Splits `query` into tokens. Throws for a quote that is not closed.
  init(_ query: String) throws(TextError) {
    self.query = query
    var index = query.startIndex
    while index < query.endIndex {
      let start = index
      let first = query[start]
      let kind: Kind
      if first.isWhitespace {
        index = query.index(after: index)
        continue
      } else if query[start...].hasPrefix("--") {
        index = query[start...].firstIndex(where: \.isNewline) ?? query.endIndex
        continue
      } else if first == "'" || first == "\"" || first == "`" {
        guard let text = Self.quoted(query, &index, by: first) else {
          throw QueryError.refusal("the quote \(first) is not closed", in: query, at: start)
        }
        kind = first == "'" ? .text(text) : .quotedName(text)
      } else if first.isNumber
        || first == "-" && query[start...].dropFirst().first?.isNumber == true
      {
        let number = query[start...].dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        index = number.endIndex
        kind = .number(String(query[start..<index]))
      } else if Self.isPartOfWord(first) {
        index = query[start...].prefix(while: Self.isPartOfWord).endIndex
        kind = .word(String(query[start..<index]))
      } else {
        index = query.index(after: index)
        kind = .sign(first)
      }
      tokens.append(Token(kind: kind, range: start..<index))
    }
    tokens.append(Token(kind: .end, range: query.endIndex..<query.endIndex))
  }

  /// The token that is next.
  var next: Token { tokens[position] }

  /// The token `distance` behind the next.
  func peek(_ distance: Int) -> Token { tokens[min(position + distance, tokens.count - 1)] }

  /// Goes on behind the next token.
  mutating func advance() { position = min(position + 1, tokens.count - 1) }

  /// Takes a sign if it is next.
  mutating func take(_ sign: Character) -> Bool {
    guard next.kind == .sign(sign) else { return false }
    advance()
    return true
  }

  /// Takes a keyword if it is next, in any case.
  mutating func take(keyword: String) -> Bool {
    guard next.keyword == keyword else { return false }
    advance()
    return true
  }

  private static func isPartOfWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "$"
  }

  /// The text from a quote to the one that closes it; a doubled quote is one. Nil when none does.
  private static func quoted(
    _ query: String, _ index: inout String.Index, by quote: Character
  ) -> String? {
    var text = ""
    var rest = query[index...].dropFirst()
    while let character = rest.popFirst() {
      if character != quote {
        text.append(character)
      } else if rest.first == quote {
        text.append(quote)
        rest.removeFirst()
      } else {
        index = rest.startIndex
        return text
      }
    }
    return nil
  }
}

extension QueryTokens.Token {
  /// A word in capitals; nil for anything else, a quoted name too.
  var keyword: String? {
    guard case .word(let word) = kind else { return nil }
    return word.uppercased()
  }
}
