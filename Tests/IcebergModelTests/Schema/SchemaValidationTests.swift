import IcebergBytes
import IcebergModel
import Testing

@Suite struct SchemaValidationTests {
  static let invalid: [(problem: String, version: Int, schema: Schema)] = [
    (
      "the id 1 is used more than once", 2,
      Schema([.required("a", .int, id: 1), .required("b", .int, id: 1)])
    ),
    (
      "the field with id 1 has the same name", 2,
      Schema([.required("a", .int, id: 1), .required("a", .int, id: 2)])
    ),
    (
      "the field with id 2 has the same name", 2,
      Schema([
        .required("a", .struct([.required("b", .int, id: 2)]), id: 1),
        .required("a.b", .int, id: 3),
      ])
    ),
    ("an id must be 0 to 2147483447", 2, Schema([.required("a", .int)])),
    ("an id must be 0 to 2147483447", 2, Schema([.required("a", .int, id: 2_147_483_448)])),
    ("must be optional", 3, Schema([.required("a", .unknown, id: 1)])),
    (
      "the key of a map must be required", 2,
      Schema([
        .required(
          "a", .map(key: .optional("key", .int, id: 2), value: .optional("value", .int, id: 3)),
          id: 1)
      ])
    ),
    ("needs format version 3", 2, Schema([.required("a", .timestampNanos, id: 1)])),
    (
      "needs format version 3", 1,
      Schema([
        .required("a", .list(element: .optional("element", .variant, id: 2)), id: 1)
      ])
    ),
    (
      "a default value needs format version 3", 2,
      Schema([Field(id: 1, name: "a", type: .int, isRequired: true, initialDefault: .int(1))])
    ),
    (
      "is no value of type int", 3,
      Schema([Field(id: 1, name: "a", type: .int, isRequired: true, writeDefault: .long(1))])
    ),
    (
      "must be null", 3,
      Schema([
        Field(
          id: 1, name: "a", type: .variant, isRequired: false,
          writeDefault: .variant(metadata: [1, 0, 0], value: [0]))
      ])
    ),
    (
      "the default of a struct must be empty", 3,
      Schema([
        Field(
          id: 1, name: "a", type: .struct([.optional("b", .int, id: 2)]), isRequired: false,
          initialDefault: .struct(StructValue([.int(1)])))
      ])
    ),
    ("there is no such field", 2, Schema([], identifierFieldIDs: [4])),
    ("it is optional", 2, Schema([.optional("a", .int, id: 1)], identifierFieldIDs: [1])),
    (
      "a floating-point number cannot identify", 2,
      Schema([.required("a", .double, id: 1)], identifierFieldIDs: [1])
    ),
    (
      "it is inside an optional struct", 2,
      Schema(
        [.optional("a", .struct([.required("b", .int, id: 2)]), id: 1)], identifierFieldIDs: [2])
    ),
    (
      "it is inside a list or map", 2,
      Schema(
        [.required("a", .list(element: .required("element", .int, id: 2)), id: 1)],
        identifierFieldIDs: [2])
    ),
  ]

  @Test("a schema that breaks a rule is refused for it", arguments: invalid)
  func refusal(problem: String, version: Int, schema: Schema) {
    let error = #expect(throws: IcebergError.self) { try schema.validate(formatVersion: version) }
    #expect(error?.code == .validationFailed)
    #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
  }

  @Test("a schema that keeps the rules is accepted")
  func accepted() throws {
    let place = FieldType.struct([.required("zip", .int, id: 3)])
    let schema = Schema(
      [
        Field(
          id: 1, name: "id", type: .decimal(precision: 9, scale: 2), isRequired: true,
          initialDefault: .decimal(unscaled: 1, scale: 2)),
        .required("place", place, id: 2), .optional("nothing", .unknown, id: 4),
        .optional("any", .variant, id: 5),
      ], identifierFieldIDs: [1, 3])
    try schema.validate(formatVersion: 3)
    try SchemaIndexTests.schema.validate(formatVersion: 1)
  }
}
