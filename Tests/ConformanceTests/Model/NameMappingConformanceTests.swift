import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct NameMappingConformanceTests {
  static let point = FieldType.struct([.required("x", .long, id: 6), .required("y", .long, id: 7)])

  /// What the file says of schemas in words.
  static let schemas: [String: Schema] = [
    "1:id, 2:data, 3:map<4 string,5 double>": base(map(.string, .double)),
    "3:map<4 struct<6:x,7:y>,5 double>": base(map(point, .double)),
    "3:map<4 double,5 struct<6:x,7:y>>": base(map(.double, point)),
    "3:list<4 string>": base(
      .required("list", .list(element: .required("element", .string, id: 4)), id: 3)),
    "1:id long, 2:data variant": Schema([
      .required("id", .long, id: 1), .required("data", .variant, id: 2),
    ]),
    "1:id, 2:data, 3:map<4 double,5 struct<6:x,7:y>>, 8:list<9>, 10:location<11:latitude,12:longitude>":
      Schema(
        base(map(.double, point)).fields + [
          .required("list", .list(element: .required("element", .string, id: 9)), id: 8),
          .required(
            "location",
            .struct([
              .required("latitude", .double, id: 11), .required("longitude", .double, id: 12),
            ]), id: 10),
        ]),
  ]

  static func base(_ last: Field) -> Schema {
    Schema([.required("id", .long, id: 1), .required("data", .string, id: 2), last])
  }

  static func map(_ key: FieldType, _ value: FieldType) -> Field {
    .required(
      "map", .map(key: .required("key", key, id: 4), value: .required("value", value, id: 5)),
      id: 3)
  }

  static func schema(of item: JSONObject) throws -> Schema {
    try #require(schemas[try CorpusValue.string("schema", of: item)])
  }

  @Test("a mapping is made of a schema's names")
  func create() throws {
    try ExpectedValues("name-mapping").run("create") { item in
      let mapping = NameMapping(try Self.schema(of: item))
      let expected = try NameMapping(json: CorpusValue.member("mapping", of: item))
      try #require(mapping == expected)
      try #require(try NameMapping(json: mapping.json) == mapping)
    }
  }

  @Test("fields are found by id and by path")
  func find() throws {
    try ExpectedValues("name-mapping").run("find") { item in
      let mapping = NameMapping(try Self.schema(of: item))
      let result = try CorpusValue.member("result", of: item)
      switch try CorpusValue.member("find", of: item) {
      case .integer(let id):
        let name = mapping.field(id: Int(id))?.names.first
        try #require((name.map(JSONValue.string) ?? .null) == result)
      case .array(let path):
        let names = path.compactMap { if case .string(let name) = $0 { name } else { nil } }
        let id = mapping.field(at: names)?.id
        try #require((id.map { .integer(Int64($0)) } ?? .null) == result)
      default:
        throw CorpusValue.Malformed(what: "find")
      }
    }
  }

  @Test("names are unique in their context only, may be none, and may hold dots")
  func rules() throws {
    let documents: [String: String] = [
      "two fields with name x in one context":
        #"[{"field-id":1,"names":["x"]},{"field-id":2,"names":["x"]}]"#,
      "same name x in separate contexts":
        #"[{"field-id":1,"names":["x"],"fields":[{"field-id":2,"names":["x"]}]}]"#,
      "names may be empty (field absent from files)": #"[{"field-id":1,"names":[]}]"#,
      "field-id may be omitted (file field unknown to the table)": #"[{"names":["x"]}]"#,
      "\"a.b\" is a literal name, not a path": #"[{"field-id":1,"names":["a.b"]}]"#,
    ]
    try ExpectedValues("name-mapping").run("rules") { item in
      let text = try #require(documents[try CorpusValue.string("mapping", of: item)])
      if try CorpusValue.bool("valid", of: item) {
        let mapping = try NameMapping(parsing: text)
        if text.contains("a.b") {
          try #require(mapping.field(at: ["a.b"])?.id == 1)
          try #require(mapping.field(at: ["a", "b"]) == nil)
        }
      } else {
        #expect(throws: IcebergError.self) { try NameMapping(parsing: text) }
      }
    }
  }

  @Test("a changed schema extends the mapping and forgets nothing")
  func updates() throws {
    let before = Schema([.required("id", .long, id: 1), .optional("data", .string, id: 2)])
    let mapping = NameMapping(before)
    try ExpectedValues("name-mapping").run("updates") { item in
      switch try CorpusValue.string("event", of: item) {
      case "add column":
        let after = Schema(before.fields + [.optional("more", .int, id: 3)])
        try #require(mapping.updated(for: after).field(at: ["more"])?.id == 3)
      default:
        let after = Schema([before.fields[0]])
        try #require(mapping.updated(for: after) == mapping)
        let reused = Schema(after.fields + [.optional("data", .int, id: 3)])
        let updated = mapping.updated(for: reused)
        try #require(updated.field(at: ["data"])?.id == 3)
        try #require(updated.field(id: 2)?.names == [])
      }
    }
  }

  @Test("every group of cases is run, but for what readers of files do")
  func groups() throws {
    #expect(
      try ExpectedValues("name-mapping").groups.map(\.name) == [
        "create", "find", "rules", "updates", "missing_field_resolution_order",
      ])
  }
}
