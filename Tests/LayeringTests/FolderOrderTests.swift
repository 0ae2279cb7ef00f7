import Testing

/// Inside a module, a folder names only what is declared in itself or in folders before it.
@Suite struct FolderOrderTests {
  /// The folders of a module in their order; those in one row may name each other. Files that lie in
  /// no folder come first.
  static let orders: [(module: String, folders: [[String]])] = [
    (
      "IcebergModel",
      [
        [""], ["JSON"], ["Types"], ["Schema"], ["Layout"], ["Filters"], ["Manifests"], ["Pruning"],
        ["Snapshots"], ["Deletes"], ["Puffin"], ["Metadata"], ["Changes"],
      ]
    ),
    (
      "Iceberg",
      [
        [""], ["Storage"], ["Files"], ["Catalog", "Table"], ["Scan"], ["Read"], ["Write"],
        ["Commit"], ["Rows"], ["Maintain"], ["Inspect"],
      ]
    ),
  ]

  @Test("every folder has its place", arguments: orders)
  func places(module: String, folders: [[String]]) {
    let found = Set(SourceTree.module(module).map { SourceTree.folder(of: $0) })
    #expect(found.subtracting(folders.flatMap(\.self)).isEmpty)
  }

  @Test("no folder names a type of a later one", arguments: orders)
  func order(module: String, folders: [[String]]) {
    let violations = Self.violations(
      in: SourceTree.module(module).map { (SourceTree.folder(of: $0), $0) }, folders)
    for violation in violations { Issue.record("\(violation)") }
  }

  static func violations(
    in files: [(folder: String, file: SwiftSource)], _ folders: [[String]]
  ) -> [String] {
    func rank(_ folder: String) -> Int {
      folders.firstIndex { $0.contains(folder) } ?? folders.count
    }
    var declared: [String: (rank: Int, path: String)] = [:]
    for (folder, file) in files {
      for type in file.topLevelTypes {
        // A name that is declared twice (a private helper) counts where it comes first.
        if let known = declared[type], known.rank <= rank(folder) { continue }
        declared[type] = (rank(folder), file.path)
      }
    }
    var violations: [String] = []
    for (folder, file) in files {
      let nested = file.nestedTypes
      for word in file.words where !word.isMember && !nested.contains(word.text) {
        guard let home = declared[word.text], home.rank > rank(folder) else { continue }
        violations.append("\(file.path):\(word.line) names \(word.text) of \(home.path)")
      }
    }
    return violations
  }

  @Test("a type of a later folder is found, one of an earlier folder is not")
  func finding() {
    let early = SwiftSource(path: "A/Early.swift", text: "struct Early { var x: Late? }")
    let late = SwiftSource(path: "B/Late.swift", text: "struct Late { var x: Early? }")
    let found = Self.violations(in: [("A", early), ("B", late)], [["A"], ["B"]])
    #expect(found == ["A/Early.swift:1 names Late of B/Late.swift"])
    #expect(Self.violations(in: [("A", early), ("B", late)], [["A", "B"]]).isEmpty)
  }
}
