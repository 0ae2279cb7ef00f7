import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct SchemaFreshIDsTests {
  @Test("columns come first, then what is inside them, column by column")
  func order() {
    let schema = Schema(
      [
        .required("id", .long, id: 50),
        .required(
          "a",
          .struct([
            .required("b", .struct([.required("c", .int), .required("d", .int)])),
            .required("e", .int),
          ])),
        .required(
          "m",
          .map(
            key: .required("key", .struct([.required("k", .int)])),
            value: .optional("value", .list(element: .required("element", .int))))),
        .required("z", .int),
      ], identifierFieldIDs: [50])
    let fresh = schema.assigningFreshIDs()
    let names = [
      "id", "a", "m", "z", "a.b", "a.e", "a.b.c", "a.b.d", "m.key", "m.value", "m.key.k",
      "m.value.element",
    ]
    let index = fresh.index
    for (position, name) in names.enumerated() { #expect(index.id(named: name) == position + 1) }
    #expect(fresh.identifierFieldIDs == [1])
    #expect(throws: Never.self) { try fresh.validate(formatVersion: 1) }
  }

  @Test("fields of a base schema give their ids to those of the same name")
  func reuse() {
    let base = Schema([
      .required("a", .struct([.required("b", .int, id: 7)]), id: 5), .required("gone", .int, id: 6),
    ])
    let schema = Schema([
      .required("new", .int),
      .required("a", .struct([.required("b", .int), .required("c", .int)])),
    ])
    let fresh = schema.assigningFreshIDs(from: 8, reusing: base).index
    #expect(fresh.id(named: "a") == 5)
    #expect(fresh.id(named: "a.b") == 7)
    #expect(fresh.id(named: "new") == 8)
    #expect(fresh.id(named: "a.c") == 9)
  }

  @Test("every field gets an id of its own, from the first on")
  func property() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 200, long: 20_000) {
      let schema = random.schema()
      let fresh = schema.assigningFreshIDs(from: 100)
      let count = schema.index.fields.count
      try #require(fresh.fieldIDs == Set(100..<(100 + count)))
      try #require(fresh.index.fields.map(\.name) == schema.index.fields.map(\.name))
    }
  }
}
