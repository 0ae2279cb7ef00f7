import IcebergBytes
import IcebergModel
import Testing

@Suite struct SchemaJSONTests {
  static let text = """
    {"type":"struct","schema-id":3,"identifier-field-ids":[1],"fields":[
      {"id":1,"name":"id","required":true,"type":"long","doc":"key","x-note":[1]},
      {"id":2,"name":"price","required":false,"type":"decimal( 9 ,2 )",
       "initial-default":"14.20","write-default":"-0.01"},
      {"id":3,"name":"tags","required":false,"type":{"type":"list","element-id":4,
       "element":"string","element-required":true,"x-list":1}},
      {"id":5,"name":"props","required":false,"type":{"type":"map","key-id":6,"key":"string",
       "value-id":7,"value":{"type":"struct","x-struct":true,"fields":[
         {"id":8,"name":"at","required":false,"type":"timestamptz_ns"}]},
       "value-required":false,"x-map":{}}},
      {"id":9,"name":"area","required":false,"type":"Geography( srid:4269 , KARNEY )"}
    ],"x-schema":"kept"}
    """

  @Test("a schema keeps everything that its JSON says")
  func parse() throws {
    let schema = try Schema(json: JSONValue(parsing: Bytes(utf8: Self.text)))
    #expect(schema.id == 3)
    #expect(schema.identifierFieldIDs == [1])
    #expect(schema.unknownMembers == ["x-schema": "kept"])
    #expect(schema.fields[0].unknownMembers == ["x-note": [1]])
    #expect(schema.fields[2].unknownTypeMembers == ["x-list": 1])
    #expect(schema.fields[3].unknownTypeMembers == ["x-map": [:]])
    let properties = try #require(schema.index.field(id: 7))
    #expect(properties.unknownTypeMembers == ["x-struct": true])
    #expect(schema.fields[1].type == .decimal(precision: 9, scale: 2))
    #expect(schema.fields[1].initialDefault == .decimal(unscaled: 1_420, scale: 2))
    #expect(schema.fields[1].writeDefault == .decimal(unscaled: -1, scale: 2))
    #expect(schema.fields[4].type == .geography(crs: "srid:4269", algorithm: .karney))
    let again = try Schema(json: schema.json())
    #expect(again == schema)
    let nested = try #require(again.index.field(id: 7))
    #expect(nested.unknownTypeMembers == ["x-struct": true])
  }

  @Test(
    "a defect is named with its place",
    arguments: [
      (#"{"type":"list"}"#, "$.type", "a schema is a struct"),
      (#"{"type":"struct"}"#, "$", "missing 'fields'"),
      (
        #"{"type":"struct","fields":[{"id":1,"name":"a","type":"int"}]}"#, "$.fields[0]",
        "missing 'required'"
      ),
      (
        #"{"type":"struct","fields":[{"id":1,"name":"a","required":true,"type":"money"}]}"#,
        "$.fields[0].type", "'money' is not a type"
      ),
      (
        #"{"type":"struct","fields":[{"id":1,"name":"a","required":true,"type":"decimal(39,2)"}]}"#,
        "$.fields[0].type", "'decimal(39,2)': the precision of a decimal is 1 to 38"
      ),
      (
        #"{"type":"struct","fields":[{"id":1,"name":"a","required":true,"type":"date","initial-default":"2023-02-29"}]}"#,
        "$.fields[0].initial-default", "'2023-02-29' is not a value of type date"
      ),
    ])
  func defects(text: String, path: String, message: String) throws {
    let json = try JSONValue(parsing: Bytes(utf8: text))
    let error = #expect(throws: IcebergError.self) { try Schema(json: json) }
    #expect(error?.context.jsonPath == path)
    #expect(error?.message == message)
  }
}
