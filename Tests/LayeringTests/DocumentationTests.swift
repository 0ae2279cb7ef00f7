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
    declarations(of: file).filter { !witnesses.contains($0.name) && !$0.isDocumented }
      .map { ($0.line, $0.name) }
  }

  /// The names that the public protocols of a file require and document.
  private static func requirements(of file: SwiftSource) -> Set<String> {
    Set(declarations(of: file).filter { $0.isRequirement && $0.isDocumented }.map(\.name))
  }

  private struct Declaration {
    var line: Int
    var name: String
    var isRequirement: Bool
    var isDocumented: Bool
  }

  /// What a file declares that is public: by its own word, or as a requirement of a public protocol.
  private static func declarations(of file: SwiftSource) -> [Declaration] {
    var found: [Declaration] = []
    var protocolDepth: Int?
    var start = 0
    while start < file.words.count {
      let first = file.words[start]
      var end = start
      while end < file.words.count, file.words[end].line == first.line { end += 1 }
      let words = file.words[start..<end]
      start = end
      if let depth = protocolDepth, first.depth < depth { protocolDepth = nil }
      let isPublic = words.contains { $0.text == "public" }
      let isRequirement = !isPublic && protocolDepth == first.depth
      guard isPublic || isRequirement else { continue }
      let texts = words.map(\.text)
      if let name = declared(texts, file.codeLines[first.line - 1]) {
        found.append(
          Declaration(
            line: first.line, name: name, isRequirement: isRequirement,
            isDocumented: isDocumented(file.lines, first.line - 1)))
      }
      if texts.contains("protocol") { protocolDepth = first.depth + 1 }
    }
    return found
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
