/// A word, name, value or sign in the text of a filter.
struct FilterToken: Sendable {
  enum Kind: Hashable, Sendable {
    /// A keyword, or a name without quotes.
    case word
    /// A name in double quotes or backquotes.
    case name(String)
    case number
    /// A text in single quotes.
    case text(String)
    case sign(Sign)
    case end
  }

  enum Sign: String, Sendable {
    case equalTwice = "=="
    case notEqual = "!="
    case lessOrGreater = "<>"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case equal = "="
    case less = "<"
    case greater = ">"
    case open = "("
    case close = ")"
    case comma = ","
    case point = "."
    case minus = "-"
    case plus = "+"

    var comparison: Filter.Comparison? {
      switch self {
      case .equalTwice, .equal: .equal
      case .notEqual, .lessOrGreater: .notEqual
      case .lessOrEqual: .lessThanOrEqual
      case .greaterOrEqual: .greaterThanOrEqual
      case .less: .lessThan
      case .greater: .greaterThan
      case .open, .close, .comma, .point, .minus, .plus: nil
      }
    }
  }

  var kind: Kind
  /// The place in the UTF-8 form of the text.
  var range: Range<Int>
}

/// Takes the text of a filter apart.
struct FilterScanner {
  private let bytes: [UInt8]
  private var position = 0

  /// What is wrong, and where.
  struct Failure: Error {
    var offset: Int
    var message: String
  }

  /// A scanner of a text in its UTF-8 form.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// All tokens, with `end` as the last.
  mutating func tokens() throws(Failure) -> [FilterToken] {
    var tokens: [FilterToken] = []
    while true {
      skipSpace()
      let start = position
      let kind = try next()
      tokens.append(FilterToken(kind: kind, range: start..<position))
      if kind == .end { return tokens }
    }
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
      position += 1
    }
  }

  private mutating func next() throws(Failure) -> FilterToken.Kind {
    guard position < bytes.count else { return .end }
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "'"):
      return .text(try quoted(by: byte, "the text that begins here has no closing quote"))
    case UInt8(ascii: "\""), UInt8(ascii: "`"):
      let name = try quoted(by: byte, "the name that begins here has no closing quote")
      return .name(name)
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      skipNumber()
      return .number
    case _ where byte.isWordStart:
      while position < bytes.count, bytes[position].isWordPart { position += 1 }
      return .word
    default:
      if let sign = sign(byte) {
        position += sign.rawValue.utf8.count
        return .sign(sign)
      }
      throw Failure(
        offset: position, message: "'\(Unicode.Scalar(byte))' has no meaning in a filter")
    }
  }

  private func sign(_ byte: UInt8) -> FilterToken.Sign? {
    let second = position + 1 < bytes.count ? bytes[position + 1] : 0
    switch (byte, second) {
    case (UInt8(ascii: "="), UInt8(ascii: "=")): return .equalTwice
    case (UInt8(ascii: "!"), UInt8(ascii: "=")): return .notEqual
    case (UInt8(ascii: "<"), UInt8(ascii: ">")): return .lessOrGreater
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): return .lessOrEqual
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): return .greaterOrEqual
    default: return FilterToken.Sign(rawValue: String(Unicode.Scalar(byte)))
    }
  }

  /// What stands between two quotes, where a quote is written twice.
  private mutating func quoted(by quote: UInt8, _ message: String) throws(Failure) -> String {
    let start = position
    var content: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte != quote {
        content.append(byte)
      } else if position < bytes.count, bytes[position] == quote {
        content.append(quote)
        position += 1
      } else {
        return String(decoding: content, as: UTF8.self)
      }
    }
    throw Failure(offset: start, message: message)
  }

  private mutating func skipNumber() {
    skipDigits()
    if position + 1 < bytes.count, bytes[position] == UInt8(ascii: "."),
      bytes[position + 1].isDigit
    {
      position += 1
      skipDigits()
    }
    guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return }
    var exponent = position + 1
    if exponent < bytes.count, bytes[exponent] == 0x2b || bytes[exponent] == 0x2d { exponent += 1 }
    guard exponent < bytes.count, bytes[exponent].isDigit else { return }
    position = exponent
    skipDigits()
  }

  private mutating func skipDigits() {
    while position < bytes.count, bytes[position].isDigit { position += 1 }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  /// Letters, the underscore, and everything that is not ASCII.
  fileprivate var isWordStart: Bool {
    (self | 0x20 >= 0x61 && self | 0x20 <= 0x7a) || self == 0x5f || self >= 0x80
  }
  fileprivate var isWordPart: Bool { isWordStart || isDigit || self == UInt8(ascii: "$") }
}

extension String {
  /// Whether the text is a name that needs no quotes: a word, or words with points between them, none
  /// of which means something else.
  var isPlainFilterName: Bool {
    split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.utf8.first, first.isWordStart, part.utf8.allSatisfy(\.isWordPart)
      else { return false }
      return !Self.reservedFilterWords.contains(part.lowercased())
    }
  }

  /// The words that are no names unless they are quoted.
  static let reservedFilterWords: Set<String> = [
    "and", "or", "not", "in", "is", "null", "nan", "between", "like", "true", "false",
  ]
}
