import IcebergAvro
import IcebergBytes
import IcebergModel
import Testing

@Suite struct SchemaAvroTests {
  @Test("types have the Avro forms of Appendix A")
  func types() throws {
    let schema = Schema([
      .required("id", .long, id: 1, doc: "key"),
      .optional("price", .decimal(precision: 9, scale: 2), id: 2),
      .optional("at", .timestamptzNanos, id: 3),
      .optional("tags", .list(element: .required("element", .string, id: 5)), id: 4),
      .required(
        "props",
        .map(key: .required("key", .string, id: 7), value: .optional("value", .int, id: 8)), id: 6),
      .required(
        "codes",
        .map(key: .required("key", .int, id: 10), value: .required("value", .uuid, id: 11)), id: 9),
      .optional("place", .struct([.required("a b", .fixed(length: 4), id: 13)]), id: 12),
      .optional("nothing", .unknown, id: 14),
      .optional("any", .variant, id: 15),
    ])
    let avro = try AvroSchema(schema, name: "table")
    let text = """
      {"type":"record","name":"table","fields":[
        {"name":"id","type":"long","doc":"key","field-id":1},
        {"name":"price","type":["null",{"type":"fixed","name":"decimal_9_2","size":4,
          "logicalType":"decimal","precision":9,"scale":2}],"default":null,"field-id":2},
        {"name":"at","type":["null",{"type":"long","logicalType":"timestamp-nanos",
          "adjust-to-utc":true}],"default":null,"field-id":3},
        {"name":"tags","type":["null",{"type":"array","items":"string","element-id":5}],
          "default":null,"field-id":4},
        {"name":"props","type":{"type":"map","values":["null","int"],"key-id":7,"value-id":8},
          "field-id":6},
        {"name":"codes","type":{"type":"array","items":{"type":"record","name":"k10_v11","fields":[
          {"name":"key","type":"int","field-id":10},
          {"name":"value","type":{"type":"fixed","name":"uuid_fixed","size":16,
            "logicalType":"uuid"},"field-id":11}]},"logicalType":"map"},"field-id":9},
        {"name":"place","type":["null",{"type":"record","name":"r12","fields":[
          {"name":"a_x20b","type":{"type":"fixed","name":"fixed_4","size":4},"field-id":13,
            "iceberg-field-name":"a b"}]}],"default":null,"field-id":12},
        {"name":"nothing","type":"null","default":null,"field-id":14},
        {"name":"any","type":["null",{"type":"record","name":"r15","fields":[
          {"name":"metadata","type":"bytes"},{"name":"value","type":"bytes"}],
          "logicalType":"variant"}],"default":null,"field-id":15}]}
      """
    #expect(try AvroSchema(json: JSONValue(parsing: Bytes(utf8: text))) == avro)
  }

  @Test(
    "a decimal is as wide as its precision needs",
    arguments: [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (9, 4), (18, 8), (19, 9), (38, 16)])
  func decimals(precision: Int, size: Int) {
    #expect(AvroSchema.decimalSize(precision: precision) == size)
  }

  @Test(
    "names that Avro does not allow are replaced",
    arguments: [
      ("a_1", "a_1"), ("9x", "_9x"), ("a.b", "a_x2Eb"), ("naïve", "na_xEFve"),
      ("\u{1F600}", "_xD83D_xDE00"), ("", ""),
    ])
  func names(name: String, expected: String) {
    #expect(AvroField.sanitized(name) == expected)
  }
}
