import Testing

/// What each module may import: the layers of the package. A module that is not listed may not exist.
@Suite struct ImportTests {
  static let allowed: [(module: String, imports: Set<String>)] = [
    (
      "IcebergBytes",
      ["CZlib", "CSnappy", "CDeflate", "CZstd", "CLZ4", "CBrotli", "Synchronization"]
    ),
    ("IcebergColumns", ["IcebergBytes"]),
    ("IcebergAvro", ["IcebergBytes"]),
    ("IcebergParquet", ["IcebergBytes", "IcebergColumns"]),
    ("IcebergModel", ["IcebergBytes", "IcebergAvro", "FoundationEssentials"]),
    (
      "Iceberg",
      [
        "IcebergBytes", "IcebergColumns", "IcebergAvro", "IcebergParquet", "IcebergModel",
        "FoundationEssentials", "Synchronization", "Glibc", "Musl", "Darwin",
      ]
    ),
    ("IcebergSQL", ["Iceberg", "CSQLite", "Synchronization"]),
    ("IcebergTesting", ["Iceberg", "Testing"]),
  ]

  @Test("every module of Sources has its place among the layers")
  func modules() {
    let swift = SourceTree.modules.filter { !$0.value.isEmpty }.keys
    #expect(Set(swift).subtracting(Self.allowed.map(\.module)).isEmpty)
  }

  @Test("a module imports only what lies below it", arguments: allowed)
  func imports(module: String, allowed: Set<String>) {
    for file in SourceTree.module(module) {
      for (line, name) in Self.imports(of: file) where !allowed.contains(name) {
        // Where there is no FoundationEssentials, Foundation stands in for it.
        let stand = file.codeLines.contains { $0.contains("canImport(FoundationEssentials)") }
        if name == "Foundation", stand, allowed.contains("FoundationEssentials") { continue }
        Issue.record("\(file.path):\(line) imports \(name)")
      }
    }
  }

  /// The imported modules with their lines.
  static func imports(of file: SwiftSource) -> [(line: Int, name: String)] {
    let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    var found: [(line: Int, name: String)] = []
    for (index, word) in file.words.enumerated()
    where word.text == "import" && word.depth == 0 && !word.isMember {
      var next = index + 1
      if next < file.words.count, kinds.contains(file.words[next].text) { next += 1 }
      if next < file.words.count { found.append((word.line, file.words[next].text)) }
    }
    return found
  }

  @Test("imports are found whatever stands before and after them")
  func reading() {
    let file = SwiftSource(
      path: "X.swift",
      text: "@_exported public import A\nimport struct B.C\nprivate import D\n// import E")
    #expect(Self.imports(of: file).map(\.name) == ["A", "B", "D"])
  }
}
