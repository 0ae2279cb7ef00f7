import Testing

/// What a user can name has a `///` comment.
@Suite struct DocumentationTests {
  /// Members that a protocol of the standard library asks for and documents.
  static let witnesses: Set = [
    "description", "debugDescription", "errorDescription", "hashValue", "hash", "==", "<", "id",
    "startIndex", "endIndex", "index", "next", "makeIterator", "makeAsyncIterator", "encode",
    "arrayLiteral", "dictionaryLiteral", "stringLiteral", "integerLiteral", "floatLiteral",
    "booleanLiteral", "nilLiteral", "from", "rawValue", "codingPath", "userInfo", "count",
    "position", "Element", "Index", "Iterator", "AsyncIterator", "Failure", "RawValue", "allCases",
  ]

  @Test("every public declaration is documented, where it stands or in the protocol it fulfils")
  func publicDeclarations() {
    let inherited = SourceTree.sources.reduce(into: Set<String>()) {
      $0.formUnion(Self.requirements(of: $1))
    }
    for file in SourceTree.sources {
      for (line, name) in Self.undocumented(in: file) where !inherited.contains(name) {
        Issue.record("\(file.path):\(line) \(name) has no documentation")
      }
    }
  }

  /// The public declarations without documentation, with their lines.
  static func undocumented(in file: SwiftSource) -> [(line: Int, name: String)] {
    var found: [(line: Int, name: String)] = []
    var protocolDepth: Int?
    var depth = 0
    for (index, code) in file.codeLines.enumerated() {
      let words = Self.words(code)
      let isPublic = words.contains("public") || words.first == "open"
      if let limit = protocolDepth, depth <= limit, depth == 0 { protocolDepth = nil }
      let isRequirement = protocolDepth == depth
      if isPublic || isRequirement, let name = declared(words, code) {
        if !witnesses.contains(name), !isDocumented(file.lines, index) {
          found.append((index + 1, name))
        }
      }
      if isPublic, words.contains("protocol") { protocolDepth = depth + 1 }
      for character in code.utf8 {
        if character == UInt8(ascii: "{") { depth += 1 }
        if character == UInt8(ascii: "}") { depth -= 1 }
      }
      if let limit = protocolDepth, depth < limit, code.contains("}") { protocolDepth = nil }
    }
    return found
  }

  /// The names that the public protocols of a file require and document.
  private static func requirements(of file: SwiftSource) -> Set<String> {
    var names: Set<String> = []
    var isInside = false
    for (index, code) in file.codeLines.enumerated() {
      let words = Self.words(code)
      if words.contains("public"), words.contains("protocol") { isInside = true }
      if code.hasPrefix("}") { isInside = false }
      guard isInside, !words.contains("public"), let name = declared(words, code) else { continue }
      if isDocumented(file.lines, index) { names.insert(name) }
    }
    return names
  }

  /// The name that a line declares; nil where it declares nothing that is documented.
  private static func declared(_ words: [String], _ code: String) -> String? {
    let kinds: Set = [
      "struct", "class", "enum", "protocol", "actor", "typealias", "associatedtype", "func", "var",
      "let", "init", "subscript", "case", "macro",
    ]
    if words.contains("import") { return nil }
    // `public(set)` and the like stand beside the declaration they belong to.
    guard let at = words.firstIndex(where: { kinds.contains($0) }) else { return nil }
    if words[at] == "init" {
      // A literal or decoding initialiser is known by its label.
      return at + 1 < words.count ? words[at + 1] : "init"
    }
    if words[at] == "subscript" { return at + 1 < words.count ? words[at + 1] : "subscript" }
    if words[at] == "func",
      let name = code.split(separator: " ").drop(while: { $0 != "func" })
        .dropFirst().first
    {
      let head = name.prefix { $0 != "(" && $0 != "<" }
      return head.isEmpty ? String(name.prefix(while: { $0 != "(" })) : String(head)
    }
    return at + 1 < words.count ? words[at + 1] : nil
  }

  private static func isDocumented(_ lines: [String], _ index: Int) -> Bool {
    var above = index - 1
    while above >= 0 {
      let line = lines[above].drop { $0 == " " }
      if line.hasPrefix("///") { return true }
      // Attributes, and conditions around attributes, may stand between.
      guard line.hasPrefix("@") || line.hasPrefix("#if") || line.hasPrefix("// swift-format") else {
        return false
      }
      above -= 1
    }
    return false
  }

  private static func words(_ code: String) -> [String] {
    code.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
  }

  @Test("a declaration without documentation is found, a documented one or a known witness is not")
  func finding() {
    let file = SwiftSource(
      path: "X.swift",
      text: """
        /// Documented.
        public protocol P {
          func one()
          /// Documented.
          @discardableResult
          func two() -> Int
        }
        public struct S {
          public var three: Int { let inner = 1; return inner }
          public static func == (a: S, b: S) -> Bool { true }
          public init(arrayLiteral: Int...) {}
          var four = 4
        }
        extension S { public func five<T>(_ t: T) {} }
        """)
    let found = Self.undocumented(in: file).map(\.name)
    #expect(found.sorted() == ["S", "five", "one", "three"])
  }
}
