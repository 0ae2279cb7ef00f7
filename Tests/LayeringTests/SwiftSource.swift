/// A Swift file as the rules see it: its code without comments and text, its words, its declarations.
///
/// A scanner of this size is enough because the code base is formatted by one tool and uses neither
/// regular-expression literals nor macros.
struct SwiftSource: Sendable {
  /// A word of the code.
  struct Word: Sendable {
    var text: String
    var line: Int
    /// How many braces are open around it.
    var depth: Int
    /// Whether a dot comes right before it.
    var isMember: Bool
  }

  /// The path from the root of the package.
  let path: String
  /// The lines as they stand in the file.
  let lines: [String]
  /// The lines with comments, and what is in string literals, made blank.
  let codeLines: [String]
  /// The lines with comments made blank.
  let uncommentedLines: [String]
  /// The words of the code, in order.
  let words: [Word]

  init(path: String, text: String) {
    self.path = path
    lines = Self.split(Array(text.utf8))
    let blanked = Blanking(text)
    codeLines = Self.split(blanked.code)
    uncommentedLines = Self.split(blanked.uncommented)
    words = Self.words(of: blanked.code)
  }

  /// The names of the types that the file declares outside any other declaration.
  var topLevelTypes: Set<String> { declaredTypes { $0.depth == 0 } }

  /// The names of the types that the file declares inside others.
  var nestedTypes: Set<String> { declaredTypes { $0.depth > 0 } }

  private func declaredTypes(where condition: (Word) -> Bool) -> Set<String> {
    let keywords: Set = ["struct", "class", "enum", "protocol", "actor", "typealias"]
    var found: Set<String> = []
    for (word, next) in zip(words, words.dropFirst())
    where keywords.contains(word.text) && !word.isMember && condition(word) {
      if next.text != "func" && next.text != "var" { found.insert(next.text) }
    }
    return found
  }

  private static func split(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func words(of code: [UInt8]) -> [Word] {
    var words: [Word] = []
    var line = 1
    var depth = 0
    var index = 0
    while index < code.count {
      let byte = code[index]
      if byte.isIdentifier {
        let start = index
        while index < code.count, code[index].isIdentifier { index += 1 }
        let text = String(decoding: code[start..<index], as: UTF8.self)
        let isMember = start > 0 && code[start - 1] == UInt8(ascii: ".")
        words.append(Word(text: text, line: line, depth: depth, isMember: isMember))
        continue
      }
      switch byte {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      default: break
      }
      index += 1
    }
    return words
  }
}

/// Makes comments and literals of a file blank; line breaks stay.
private struct Blanking {
  private(set) var code: [UInt8] = []
  private(set) var uncommented: [UInt8] = []
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
    code.reserveCapacity(bytes.count)
    uncommented.reserveCapacity(bytes.count)
    while index < bytes.count { step() }
  }

  private mutating func step() {
    let byte = bytes[index]
    if byte != UInt8(ascii: "/"), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "#") {
      keep()
    } else if has("//") {
      while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { blank(inBoth: true) }
    } else if has("/*") {
      comment()
    } else if bytes[index] == UInt8(ascii: "\"") || has("#\"") || has("##\"") {
      literal()
    } else {
      keep()
    }
  }

  private mutating func comment() {
    var depth = 0
    repeat {
      if has("/*") {
        depth += 1
        blank(inBoth: true)
      } else if has("*/") {
        depth -= 1
        blank(inBoth: true)
      }
      blank(inBoth: true)
    } while depth > 0 && index < bytes.count
  }

  private mutating func literal() {
    var hashes = 0
    while bytes[index] == UInt8(ascii: "#") {
      hashes += 1
      keep()
    }
    let marks = String(repeating: "#", count: hashes)
    let quotes = has("\"\"\"") ? "\"\"\"" : "\""
    for _ in quotes.utf8 { keep() }
    let ending = quotes + marks
    while index < bytes.count {
      let byte = bytes[index]
      if byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "\"") {
        blank(inBoth: false)
      } else if has(ending) {
        break
      } else if has("\\" + marks + "(") {
        interpolation(hashes)
      } else if has("\\" + marks) {
        for _ in 0...(hashes + 1) where index < bytes.count { blank(inBoth: false) }
      } else {
        blank(inBoth: false)
      }
    }
    for _ in (quotes + marks).utf8 where index < bytes.count { keep() }
  }

  private mutating func interpolation(_ hashes: Int) {
    for _ in 0..<(hashes + 1) { blank(inBoth: false) }
    var depth = 0
    repeat {
      if bytes[index] == UInt8(ascii: "(") { depth += 1 }
      if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
      step()
    } while depth > 0 && index < bytes.count
  }

  private func has(_ text: String) -> Bool {
    bytes.count - index >= text.utf8.count
      && zip(text.utf8, bytes[index...]).allSatisfy { $0 == $1 }
  }

  private mutating func keep() {
    code.append(bytes[index])
    uncommented.append(bytes[index])
    index += 1
  }

  private mutating func blank(inBoth: Bool) {
    guard index < bytes.count else { return }
    let byte = bytes[index]
    let space = byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " ")
    code.append(space)
    uncommented.append(inBoth ? space : byte)
    index += 1
  }
}

extension UInt8 {
  fileprivate var isIdentifier: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      return true
    default:
      return false
    }
  }
}
