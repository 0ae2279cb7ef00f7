/// A text of the command line that cannot be understood.
struct TextError: Error, CustomStringConvertible {
  /// What is wrong, for the person who typed it.
  let description: String

  init(_ description: String) { self.description = description }
}

/// The words, numbers, quoted texts and signs of a short text, taken one after the other.
struct TextTokens {
  private enum Token: Equatable {
    case word(String)
    case quotedName(String)
    case text(String)
    case sign(Character)
  }

  private var tokens: [Token] = []
  private var position = 0

  /// Splits `text` into tokens.
  init(_ text: String) throws(TextError) {
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "'" || first == "\"" || first == "`" {
        let quoted = try Self.quoted(&rest, by: first)
        tokens.append(first == "'" ? .text(quoted) : .quotedName(quoted))
      } else if Self.isPartOfWord(first) {
        let word = rest.prefix(while: Self.isPartOfWord)
        tokens.append(.word(String(word)))
        rest = rest[word.endIndex...]
      } else {
        tokens.append(.sign(first))
        rest.removeFirst()
      }
    }
  }

  /// Whether everything has been taken.
  var isAtEnd: Bool { position == tokens.count }

  /// Takes a sign if it is next.
  mutating func take(_ sign: Character) -> Bool {
    guard position < tokens.count, tokens[position] == .sign(sign) else { return false }
    position += 1
    return true
  }

  /// Takes a word if it is next, in any case.
  mutating func takeWord(_ word: String) -> Bool {
    guard position < tokens.count, case .word(let found) = tokens[position],
      found.lowercased() == word
    else { return false }
    position += 1
    return true
  }

  /// Takes a sign that has to be next.
  mutating func expect(_ sign: String) throws(TextError) {
    guard let character = sign.first, take(character) else { throw expected("'\(sign)'") }
  }

  /// Fails unless everything has been taken.
  func expectEnd() throws(TextError) {
    if !isAtEnd { throw expected("the end") }
  }

  /// Takes a name, plain or quoted. A plain one may be a path: `a.b`.
  mutating func name(_ what: String) throws(TextError) -> String {
    guard position < tokens.count else { throw expected(what) }
    switch tokens[position] {
    case .word(let name), .quotedName(let name):
      position += 1
      return name
    case .text, .sign: throw expected(what)
    }
  }

  /// Takes a text in single quotes.
  mutating func text(_ what: String) throws(TextError) -> String {
    guard position < tokens.count, case .text(let text) = tokens[position] else {
      throw expected(what)
    }
    position += 1
    return text
  }

  /// Takes a whole number.
  mutating func number(_ what: String) throws(TextError) -> Int {
    guard position < tokens.count, case .word(let word) = tokens[position], let number = Int(word)
    else { throw expected(what) }
    position += 1
    return number
  }

  /// The error that `what` was expected where something else stands.
  func expected(_ what: String) -> TextError {
    guard position < tokens.count else { return TextError("expected \(what) at the end") }
    let found =
      switch tokens[position] {
      case .word(let word): word
      case .quotedName(let name): "\"\(name)\""
      case .text(let text): "'\(text)'"
      case .sign(let sign): String(sign)
      }
    return TextError("expected \(what) before '\(found)'")
  }

  private static func isPartOfWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "."
  }

  /// The text up to the closing quote; a doubled quote is one.
  private static func quoted(
    _ rest: inout Substring, by quote: Character
  ) throws(TextError) -> String {
    rest.removeFirst()
    var text = ""
    while let next = rest.popFirst() {
      if next != quote {
        text.append(next)
      } else if rest.first == quote {
        text.append(quote)
        rest.removeFirst()
      } else {
        return text
      }
    }
    throw TextError("the quote \(quote) is not closed")
  }
}
