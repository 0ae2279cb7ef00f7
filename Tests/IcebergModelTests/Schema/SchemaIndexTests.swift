import IcebergModel
import Testing

@Suite struct SchemaIndexTests {
  static let schema = Schema([
    .required("id", .long, id: 1),
    .optional(
      "place",
      .struct([.required("City", .string, id: 3), .optional("zip.code", .int, id: 4)]), id: 2),
    .optional(
      "points",
      .list(element: .required("element", .struct([.required("x", .long, id: 7)]), id: 6)), id: 5),
    .required(
      "props",
      .map(
        key: .required("key", .string, id: 9),
        value: .optional("value", .struct([.optional("at", .date, id: 11)]), id: 10)), id: 8),
    .optional("tags", .list(element: .required("element", .string, id: 13)), id: 12),
  ])

  static let names: [(name: String, id: Int)] = [
    ("id", 1), ("place", 2), ("place.City", 3), ("place.zip.code", 4), ("points", 5),
    ("points.element", 6), ("points.element.x", 7), ("props", 8), ("props.key", 9),
    ("props.value", 10), ("props.value.at", 11), ("tags.element", 13),
  ]

  @Test("a field is found by its full name, and named by it", arguments: names)
  func lookup(name: String, id: Int) {
    let index = Self.schema.index
    #expect(index.id(named: name) == id)
    #expect(index.name(of: id) == name)
    #expect(index.field(id: id)?.id == id)
    #expect(Self.schema.field(id: id) == index.field(id: id))
    #expect(Self.schema.field(named: name)?.id == id)
  }

  @Test("element and value may be left out before the fields of a struct")
  func shortNames() {
    let index = Self.schema.index
    #expect(index.id(named: "points.x") == 7)
    #expect(index.id(named: "props.at") == 11)
    #expect(index.id(named: "tags") == 12)
    #expect(index.id(named: "x") == nil)
    // A field that has the name itself comes first.
    let both = Schema([
      .required(
        "l", .list(element: .required("element", .struct([.required("x", .int, id: 3)]), id: 2)),
        id: 1),
      .required("l.x", .int, id: 4),
    ])
    #expect(both.index.id(named: "l.x") == 4)
  }

  @Test("without regard to case a name must be one field's only")
  func anyCase() throws {
    let index = Self.schema.index
    #expect(try index.field(namedAnyCase: "PLACE.city")?.id == 3)
    #expect(try index.field(namedAnyCase: "Points.X")?.id == 7)
    #expect(try index.field(namedAnyCase: "nothing") == nil)
    let twins = Schema([.required("data", .int, id: 1), .required("DATA", .int, id: 2)]).index
    #expect(try twins.field(namedAnyCase: "DATA")?.id == 2)
    let error = #expect(throws: IcebergError.self) { try twins.field(namedAnyCase: "Data") }
    #expect(error?.message == "'Data' may be any of these columns: DATA, data")
  }

  @Test("names that look alike but differ in their bytes are different fields")
  func exactNames() {
    let schema = Schema([.required("\u{e9}", .int, id: 1), .required("e\u{301}", .int, id: 2)])
    #expect(schema.index.id(named: "\u{e9}") == 1)
    #expect(schema.index.id(named: "e\u{301}") == 2)
    #expect(throws: Never.self) { try schema.checkStructure() }
  }

  @Test("a field knows what it is inside of, and the way through structs")
  func parents() {
    let index = Self.schema.index
    #expect(index.parents(of: 7).map(\.id) == [6, 5])
    #expect(index.parents(of: 1).isEmpty)
    #expect(index.path(to: 4) == [1, 1])
    #expect(index.path(to: 8) == [3])
    #expect(index.path(to: 7) == nil)
    #expect(index.path(to: 99) == nil)
    #expect(Self.schema.highestFieldID == 13)
    #expect(Self.schema.fieldIDs == Set(1...13))
  }
}
