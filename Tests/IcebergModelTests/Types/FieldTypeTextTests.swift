import IcebergModel
import Testing

@Suite struct FieldTypeTextTests {
  static let types: [(text: String, type: FieldType)] = [
    ("boolean", .boolean), ("int", .int), ("long", .long), ("float", .float), ("double", .double),
    ("decimal(9, 2)", .decimal(precision: 9, scale: 2)), ("date", .date), ("time", .time),
    ("timestamp", .timestamp), ("timestamptz", .timestamptz), ("timestamp_ns", .timestampNanos),
    ("timestamptz_ns", .timestamptzNanos), ("string", .string), ("uuid", .uuid),
    ("fixed[16]", .fixed(length: 16)), ("binary", .binary), ("unknown", .unknown),
    ("variant", .variant), ("geometry", .geometry(crs: nil)),
    ("geometry(srid:3857)", .geometry(crs: "srid:3857")),
    ("geography", .geography(crs: nil, algorithm: nil)),
    ("geography(srid:4269)", .geography(crs: "srid:4269", algorithm: nil)),
    ("geography(srid:4269, karney)", .geography(crs: "srid:4269", algorithm: .karney)),
  ]

  @Test("a type is written as its text and read from it", arguments: types)
  func canonical(text: String, type: FieldType) throws {
    #expect(type.description == text)
    #expect(try FieldType(text) == type)
    #expect(try FieldType(text.uppercased()).description.lowercased() == text)
  }

  @Test("spaces may stand around parameters")
  func spaces() throws {
    #expect(try FieldType("decimal( 9 ,2 )") == .decimal(precision: 9, scale: 2))
    #expect(try FieldType("fixed[ 8 ]") == .fixed(length: 8))
    #expect(
      try FieldType("geography ( srid:1 ,  thomas )")
        == .geography(crs: "srid:1", algorithm: .thomas))
  }

  @Test("an algorithm without reference system is written with the default one")
  func algorithm() throws {
    let type = FieldType.geography(crs: nil, algorithm: .vincenty)
    #expect(type.description == "geography(OGC:CRS84, vincenty)")
  }

  @Test(
    "what is no type is refused",
    arguments: [
      "", "integer", "decimal", "decimal(9)", "decimal(9,2", "decimal(-1,2)", "decimal(9,+2)",
      "decimal(39,2)", "decimal(5,6)", "fixed", "fixed[]", "fixed[-1]", "fixed(3)",
      "fixed[99999999999]", "geometry()", "geography(a,b,c)", "geography(a, flat)", "list<int>",
    ])
  func invalid(text: String) {
    #expect(throws: IcebergError.self) { try FieldType(text) }
  }
}
