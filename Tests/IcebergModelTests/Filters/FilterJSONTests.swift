import IcebergBytes
import IcebergModel
import Testing

@Suite struct FilterJSONTests {
  static let forms: [(json: String, filter: Filter)] = [
    ("true", .all),
    ("false", .none),
    (#"{"type": "true"}"#, .all),
    (#"{"type": "literal", "value": false}"#, .none),
    (#"{"type": "eq", "term": "a", "value": 1}"#, col("a") == 1),
    (#"{"type": "NOT_EQ", "term": "a", "value": "x"}"#, col("a") != "x"),
    (#"{"type": "lt", "term": "a", "value": 1.5}"#, col("a") < 1.5),
    (#"{"type": "gt-eq", "term": "a", "value": true}"#, col("a") >= true),
    (#"{"type": "is-null", "term": "a"}"#, col("a").isNull),
    (#"{"type": "not-null", "child": {"type": "reference", "name": "a"}}"#, !col("a").isNull),
    (#"{"type": "is-nan", "term": {"type": "reference", "term": "a"}}"#, col("a").isNaN),
    (#"{"type": "in", "term": "a", "values": [1, 2]}"#, col("a").isIn([1, 2])),
    (
      #"{"type": "not-in", "term": "a", "values": [{"type": "literal", "value": "x"}]}"#,
      !col("a").isIn(["x"])
    ),
    (#"{"type": "starts-with", "term": "a", "value": "x"}"#, col("a").startsWith("x")),
    (
      #"{"type": "eq", "term": {"type": "transform", "transform": "day", "term": "at"}, "value": "2024-05-01"}"#,
      col("at").day == "2024-05-01"
    ),
    (
      #"{"type": "lt", "left": {"type": "reference", "name": "a"}, "right": 5}"#, col("a") < 5
    ),
    (
      #"{"type": "lt-eq", "left": 5, "right": {"type": "reference", "name": "a"}}"#, col("a") >= 5
    ),
    (
      #"{"type": "eq", "left": {"type": "apply", "function": "bucket", "arguments": [16, {"type": "reference", "name": "a"}]}, "right": 3}"#,
      col("a").bucket(16) == 3
    ),
    (
      #"{"type": "eq", "left": {"type": "apply", "function": {"catalog": "iceberg_functions", "identifier": ["year"]}, "arguments": [{"type": "reference", "name": "a"}]}, "right": 3}"#,
      col("a").year == 3
    ),
    (
      #"{"type": "eq", "term": "a", "value": {"type": "literal", "value": "2024-05-01", "data-type": "date"}}"#,
      col("a") == Literal.date(19_844)
    ),
    (
      #"{"type": "in", "child": {"type": "reference", "name": "a"}, "values": {"type": "literals", "values": ["1.50"], "data-type": "decimal(9, 2)"}}"#,
      col("a").isIn([Literal.decimal(unscaled: 150, scale: 2)])
    ),
  ]

  @Test("both forms of the REST API are read", arguments: forms.indices)
  func reading(index: Int) throws {
    let (json, filter) = Self.forms[index]
    #expect(try Filter(json: JSONValue(parsing: Bytes(utf8: json))) == filter)
  }

  static let written: [(filter: Filter, json: String)] = [
    (.and([]), "true"),
    (.or([]), "false"),
    (col("a") == Int32(1), #"{"type":"eq","term":"a","value":1}"#),
    (col("a") == Double.infinity, #"{"type":"eq","term":"a","value":"Infinity"}"#),
    (
      col("a") == Literal.decimal(unscaled: 150, scale: 2),
      #"{"type":"eq","term":"a","value":"1.50"}"#
    ),
    (
      col("a") <= Literal.timestamptz(0),
      #"{"type":"lt-eq","term":"a","value":"1970-01-01T00:00:00+00:00"}"#
    ),
    (col("a") == Bytes([0x0a, 0xff]), #"{"type":"eq","term":"a","value":"0aff"}"#),
    (
      col("a").isNull || col("b").isNull || col("c").isNull,
      #"{"type":"or","left":{"type":"or","left":{"type":"is-null","term":"a"},"#
        + #""right":{"type":"is-null","term":"b"}},"right":{"type":"is-null","term":"c"}}"#
    ),
    (
      col("id").bucket(16) == 3,
      #"{"type":"eq","term":{"type":"transform","transform":"bucket[16]","term":"id"},"value":3}"#
    ),
  ]

  @Test("the form that all versions understand is written", arguments: written.indices)
  func writing(index: Int) throws {
    let (filter, json) = Self.written[index]
    #expect(try filter.json().serialized().utf8String == json)
  }

  static let failures: [(json: String, code: IcebergError.Code)] = [
    ("null", .invalidMetadata),
    ("1", .invalidMetadata),
    ("{}", .invalidMetadata),
    (#"{"type": "eq", "term": "a", "value": null}"#, .invalidMetadata),
    (#"{"type": "eq", "term": "a", "value": [1]}"#, .invalidMetadata),
    (#"{"type": "eq", "term": "a", "value": 1e999}"#, .invalidMetadata),
    (#"{"type": "starts-with", "term": "a", "value": 1}"#, .invalidMetadata),
    (#"{"type": "in", "term": "a", "values": 1}"#, .invalidMetadata),
    (#"{"type": "count", "term": "a"}"#, .invalidMetadata),
    (#"{"type": "is-null", "child": {"type": "reference", "id": 3}}"#, .unsupported),
    (
      #"{"type": "eq", "left": {"type": "reference", "name": "a"}, "right": {"type": "reference", "name": "b"}}"#,
      .unsupported
    ),
    (#"{"type": "eq", "left": 1, "right": 2}"#, .unsupported),
    (
      #"{"type": "is-null", "child": {"type": "apply", "function": "lower", "arguments": [{"type": "reference", "name": "a"}]}}"#,
      .unsupported
    ),
    (
      #"{"type": "is-null", "child": {"type": "apply", "function": {"catalog": "mine", "identifier": ["year"]}, "arguments": ["a"]}}"#,
      .unsupported
    ),
    (
      #"{"type": "is-null", "term": {"type": "transform", "transform": "bucket[0]", "term": "a"}}"#,
      .invalidMetadata
    ),
  ]

  @Test("other JSON is refused with its place", arguments: failures.indices)
  func failure(index: Int) throws {
    let (json, code) = Self.failures[index]
    let error = try #require(throws: IcebergError.self) {
      try Filter(json: JSONValue(parsing: Bytes(utf8: json)))
    }
    #expect(error.code == code)
    #expect(error.context.jsonPath != nil)
  }

  @Test("nesting is bounded by that of JSON")
  func nesting() throws {
    func nested(_ depth: Int) throws -> Filter {
      let text =
        String(repeating: #"{"type":"not","child":"#, count: depth) + "true"
        + String(repeating: "}", count: depth)
      return try Filter(json: JSONValue(parsing: Bytes(utf8: text)))
    }
    let filter = try nested(500)
    #expect(try filter.bound(to: Schema([.required("id", .int, id: 1)])) == .all)
    #expect(filter.description.hasSuffix("NOT TRUE"))
    #expect(throws: FormatError.self) { try nested(100_000) }
  }
}
