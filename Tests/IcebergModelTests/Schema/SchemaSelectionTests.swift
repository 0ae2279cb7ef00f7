import IcebergModel
import Testing

@Suite struct SchemaSelectionTests {
  let schema = SchemaIndexTests.schema

  @Test(
    "a name stands for all inside, and keeps what is around it",
    arguments: [
      (["id"], [1]), (["place"], [2, 3, 4]), (["place.City"], [2, 3]),
      (["tags", "id"], [1, 12, 13]),
      (["points.x"], [5, 6, 7]), (["props.value.at"], [8, 9, 10, 11]),
      (["props.key"], [8, 9, 10, 11]), ([], []),
    ] as [([String], Set<Int>)])
  func names(names: [String], ids: Set<Int>) throws {
    #expect(try schema.selecting(names).fieldIDs == ids)
  }

  @Test("columns stay in the order of the schema")
  func order() throws {
    #expect(
      try schema.selecting(["tags", "id", "points"]).fields.map(\.name) == ["id", "points", "tags"])
    #expect(try schema.selecting(anyCase: ["TAGS", "PLACE.CITY"]).fieldIDs == [2, 3, 12, 13])
  }

  @Test("identifier fields stay when they are selected")
  func identifiers() throws {
    var schema = schema
    schema.identifierFieldIDs = [1]
    #expect(try schema.selecting(["id"]).identifierFieldIDs == [1])
    #expect(try schema.selecting(["tags"]).identifierFieldIDs == [])
  }

  @Test("a name that is no column's is an error")
  func missing() {
    let error = #expect(throws: IcebergError.self) { try schema.selecting(["id", "nope"]) }
    #expect(error?.code == .notFound)
    #expect(error?.message == "there is no column 'nope'")
  }
}
