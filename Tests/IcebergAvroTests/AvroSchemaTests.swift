import IcebergAvro
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct AvroSchemaTests {
  static func parse(_ text: String) throws -> AvroSchema {
    try AvroSchema(parsing: Bytes(utf8: text))
  }

  @Test("keeps every attribute, known or not, and its order")
  func attributes() throws {
    let text = #"""
      {"type":"record","name":"r","namespace":"a.b","fields":[{"name":"x","type":{"type":"long",\#
      "logicalType":"timestamp-micros","adjust-to-utc":true},"doc":"d","default":0,"field-id":7,\#
      "iceberg-field-name":"x y","aliases":["old"],"order":"ignore","other":[1,{"k":null}]},\#
      {"name":"m","type":{"type":"map","values":"int","key-id":8,"value-id":9}},\#
      {"name":"l","type":["null",{"type":"array","items":"int","element-id":10}],"default":null}],\#
      "doc":"a record","aliases":["q"]}
      """#
    let schema = try Self.parse(text)
    #expect(schema.json.serialized().utf8String == text)
    #expect(schema.attributes["doc"] == "a record")
    let field = schema.fields[0]
    #expect(field.fieldID == 7 && field.aliases == ["old"] && field.defaultValue == 0)
    #expect(field.schema.logicalType == "timestamp-micros" && field.schema.adjustsToUTC == true)
    #expect(schema.fields[1].schema.keyID == 8 && schema.fields[1].schema.valueID == 9)
    #expect(schema.fields[2].schema.nonNull.elementID == 10)
    #expect(schema.fields[1].defaultValue == nil && schema.fields[2].defaultValue == .null)
    #expect(schema.hasFieldIDs && !schema.fields[2].schema.nonNull.nonNull.logicalType.isSome)
  }

  @Test("a name without namespace is in that of its surroundings; a reference gives the definition")
  func namespaces() throws {
    let schema = try Self.parse(
      #"""
      {"type":"record","name":"a.b.outer","fields":[
      {"name":"one","type":{"type":"fixed","name":"f","size":2}},
      {"name":"two","type":{"type":"record","name":"c.inner","fields":[
        {"name":"x","type":"a.b.f"},{"name":"y","type":{"type":"fixed","name":"f","size":3}},
        {"name":"z","type":"f"}]}},
      {"name":"three","type":"f"},{"name":"four","type":"c.inner"}]}
      """#)
    let two = AvroSchema.fixed("a.b.f", size: 2)
    let three = AvroSchema.fixed("c.f", size: 3)
    #expect(schema.fields[0].schema == two && schema.fields[2].schema == two)
    let inner = schema.fields[1].schema
    #expect(inner.fields.map(\.schema) == [two, three, three])
    #expect(schema.fields[3].schema == inner)
    #expect(try AvroSchema(json: schema.json) == schema)
  }

  @Test("makes the schemas that Iceberg's writers make")
  func writing() throws {
    let schema = AvroSchema.record(
      "r102",
      [
        AvroField("id", .int, id: 1, doc: "the id"),
        AvroField("when", .optional(.long.with("logicalType", "timestamp-micros")), id: 2),
        AvroField("sizes", .map(from: .int, to: .long, keyID: 4, valueID: 5), id: 3),
        AvroField("tags", .map(of: .string, keyID: 7, valueID: 8), id: 6),
        AvroField("list", .array(of: .fixed("f", size: 3), elementID: 10), id: 9),
      ])
    #expect(
      schema.json.serialized().utf8String == #"""
        {"type":"record","name":"r102","fields":[{"name":"id","type":"int","doc":"the id","field-id":1},\#
        {"name":"when","type":["null",{"type":"long","logicalType":"timestamp-micros"}],"default":null,"field-id":2},\#
        {"name":"sizes","type":{"type":"array","items":{"type":"record","name":"k4_v5","fields":[\#
        {"name":"key","type":"int","field-id":4},{"name":"value","type":"long","field-id":5}]},"logicalType":"map"},"field-id":3},\#
        {"name":"tags","type":{"type":"map","values":"string","key-id":7,"value-id":8},"field-id":6},\#
        {"name":"list","type":{"type":"array","items":{"type":"fixed","name":"f","size":3},"element-id":10},"field-id":9}]}
        """#)
    #expect(schema.fields[2].schema.pair?.value.fieldID == 5)
    #expect(try AvroSchema(json: schema.json) == schema)
  }

  static let invalid = [
    "1", "null", "{}", #""unknown""#, #"{"type":"array"}"#, #"{"type":"map"}"#,
    #"{"type":"record"}"#,
    #"{"type":"record","name":"r"}"#, #"{"type":"record","name":"r","fields":[{"type":"int"}]}"#,
    #"{"type":"record","name":"r","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
    #"{"type":"fixed","name":"f","size":-1}"#, #"{"type":"fixed","name":"f","size":1.5}"#,
    #"{"type":"enum","name":"e","symbols":["A","A"]}"#,
    #"{"type":"enum","name":"e","symbols":[1]}"#,
    #"[["null"]]"#, #"[{"type":"fixed","name":"f","size":1},{"type":"fixed","name":"f","size":2}]"#,
  ]

  @Test("refuses what is no schema", arguments: invalid)
  func refuses(text: String) {
    let error = #expect(throws: FormatError.self) { try Self.parse(text) }
    #expect(error?.code == .badValue)
  }

  @Test("refuses a type that refers to itself, by name")
  func recursion() {
    let error = #expect(throws: FormatError.self) {
      try Self.parse(
        #"{"type":"record","name":"list","fields":[{"name":"next","type":["null","list"]}]}"#)
    }
    #expect(error?.code == .unsupported)
    #expect(error?.reason.contains("list") == true)
  }

  @Test("refuses schemas that are too deep or grow too large by their references")
  func hostile() {
    let deep =
      String(repeating: #"{"type":"array","items":"#, count: 200) + #""int""#
      + String(repeating: "}", count: 200)
    var types = [#"{"type":"fixed","name":"t0","size":1}"#]
    var chain = types
    for index in 1...60 {
      let fields = ["a", "b"].map { #"{"name":"\#($0)","type":"t\#(index - 1)"}"# }
      types.append(
        #"{"type":"record","name":"t\#(index)","fields":[\#(fields.joined(separator: ","))]}"#)
    }
    for index in 1...300 {
      chain.append(
        #"{"type":"record","name":"t\#(index)","fields":[{"name":"a","type":"t\#(index - 1)"}]}"#)
    }
    for text in [deep, "[\(types.joined(separator: ","))]", "[\(chain.joined(separator: ","))]"] {
      let error = #expect(throws: FormatError.self) { try Self.parse(text) }
      #expect(error?.code == .tooLarge)
    }
  }

  @Test("the schema of every shared Avro file can be written and read again", .needsSharedFiles)
  func sharedFiles() throws {
    let files = ["golden", "golden-java"].flatMap { SharedFiles.files(under: $0, suffix: ".avro") }
    var seen: Set<Int> = []
    for file in files {
      let bytes = try SharedFiles.bytes(file)
      // Most files of a folder differ in nothing but their records; this skips many of them.
      guard seen.insert(bytes.count).inserted else { continue }
      let schema = try AvroFileHeader(parsing: bytes).schema
      #expect(try AvroSchema(json: schema.json) == schema, "\(file)")
    }
  }
}

extension Optional {
  fileprivate var isSome: Bool { self != nil }
}
