import Iceberg
import Testing

@Suite struct TableIdentifierTests {
  @Test(
    "a name is split at its dots",
    arguments: [("t", [], "t"), ("db.t", ["db"], "t"), ("a.b.c", ["a", "b"], "c")])
  func parsing(text: String, namespace: [String], name: String) throws {
    let identifier = try TableIdentifier(parsing: text)
    #expect(identifier == TableIdentifier(namespace: namespace, name: name))
    #expect(identifier.description == text)
  }

  @Test(
    "odd text is refused, and no literal traps", arguments: ["", ".", "a.", ".a", "a..b", "..."])
  func odd(text: String) {
    #expect(throws: IcebergError.self) { try TableIdentifier(parsing: text) }
    #expect(TableIdentifier(stringLiteral: text).description == text)
  }
}
