import Testing

@Suite struct SwiftSourceTests {
  @Test("comments and what is in literals are no code; what is interpolated is")
  func blanking() {
    let source = SwiftSource(
      path: "X.swift",
      text: """
        let a = "one \\(two("three")) \\" four" // five
        /* six /* seven */ eight */ let b = #"nine " \\(ten) \\#(eleven)"#
        """)
    #expect(source.words.map(\.text) == ["let", "a", "two", "let", "b", "eleven"])
    #expect(source.uncommentedLines[0].contains("four"))
    #expect(!source.uncommentedLines[0].contains("five"))
  }

  @Test("types are found with the depth they are declared at")
  func types() {
    let source = SwiftSource(
      path: "X.swift",
      text: """
        public final class Outer {
          enum Inner { case one }
          class func make() {}
        }
        extension Outer { struct Late {} }
        typealias Other = Outer
        """)
    #expect(source.topLevelTypes == ["Outer", "Other"])
    #expect(source.nestedTypes == ["Inner", "Late"])
  }

  @Test("the tree holds the modules of the package")
  func tree() {
    #expect(SourceTree.modules.keys.contains("IcebergBytes"))
    #expect(SourceTree.sources.count > 5)
  }
}
