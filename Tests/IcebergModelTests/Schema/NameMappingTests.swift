import IcebergBytes
import IcebergModel
import Testing

@Suite struct NameMappingTests {
  @Test("a rename adds a name, and a name moves to its new owner")
  func updates() throws {
    let before = Schema([.required("a", .int, id: 1), .required("b", .int, id: 2)])
    let renamed = Schema([.required("c", .int, id: 1), .required("a", .int, id: 2)])
    let mapping = NameMapping(before).updated(for: renamed)
    #expect(mapping.field(id: 1)?.names == ["c"])
    #expect(mapping.field(id: 2)?.names == ["b", "a"])
  }

  @Test("unknown members of a mapping are kept")
  func unknown() throws {
    let text = #"[{"field-id":1,"names":["a"],"x":{"y":1}}]"#
    let mapping = try NameMapping(parsing: text)
    #expect(mapping.json.serialized().utf8String == text)
  }

  @Test(
    "a mapping that is not to be understood is refused",
    arguments: [
      "", "{}", "[1]", #"[{"field-id":1}]"#, #"[{"field-id":"1","names":[]}]"#,
      #"[{"field-id":1,"names":["a"]},{"field-id":1,"names":["b"]}]"#,
      #"[{"field-id":1,"names":["a","a"]}]"#,
    ])
  func invalid(text: String) {
    #expect(throws: IcebergError.self) { try NameMapping(parsing: text) }
  }
}
