import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct SingleValueConformanceTests {
  @Test("values have the bytes of Appendix D")
  func binaryRoundTrip() throws {
    try ExpectedValues("binary-single-value").run("round_trip") { item in
      let type = try CorpusValue.type(CorpusValue.member("type", of: item))
      let bytes = try #require(Bytes(hexText: CorpusValue.string("hex", of: item)))
      let value = try CorpusValue.literal(CorpusValue.member("value", of: item), type)
      try #require(try Literal(singleValue: bytes, type: type) == value)
      if item["decode_only"] == nil { try #require(try value?.singleValueBytes() == bytes) }
    }
  }

  @Test("a number that does not fit a decimal type is refused")
  func binaryErrors() throws {
    try ExpectedValues("binary-single-value").run("encode_errors") { item in
      let type = try CorpusValue.type(CorpusValue.member("type", of: item))
      let text = try CorpusValue.string("value", of: item)
      #expect(throws: IcebergError.self) { try Literal(parsing: text, type: type) }
    }
  }

  @Test("a bound of a promoted column is decoded by its length")
  func promotedBounds() throws {
    try ExpectedValues("binary-single-value").run("promoted_bound_decoding") { item in
      let current = try CorpusValue.type(CorpusValue.member("current_type", of: item))
      let written = try CorpusValue.type(CorpusValue.member("written_type", of: item))
      let value: Literal =
        switch written {
        case .int: .int(-5)
        case .long: .long(-5)
        case .float: .float(-4.5)
        case .date: .date(-5)
        case .timestamp: .timestamp(-5)
        default: .timestampNanos(-5)
        }
      let bytes = try value.singleValueBytes()
      try #require(bytes.count == (try CorpusValue.int("bytes", of: item)))
      try #require(try Literal(singleValue: bytes, type: current) == value.promoted(to: current))
    }
  }

  @Test("types without binary form are refused")
  func unsupported() throws {
    try ExpectedValues("binary-single-value").run("unsupported") { item in
      let type = try CorpusValue.type(CorpusValue.member("type", of: item))
      #expect(throws: FormatError.self) { try Literal(singleValue: [1, 2, 3, 4], type: type) }
    }
  }

  @Test("values have the JSON of Appendix D")
  func jsonRoundTrip() throws {
    try ExpectedValues("json-single-value").run("round_trip") { item in
      let type = try CorpusValue.type(CorpusValue.member("type", of: item))
      let json = try CorpusValue.member("json", of: item)
      let value = try Literal(json: JSONNode(json), type: type)
      if let expected = item["value"] {
        try #require(try CorpusValue.literal(expected, type) == value)
      }
      try #require(Self.folded(try value.json(as: type)) == Self.folded(json))
    }
  }

  @Test("JSON that is no value of its type is refused")
  func jsonErrors() throws {
    try ExpectedValues("json-single-value").run("must_fail") { item in
      let type = try CorpusValue.type(CorpusValue.member("type", of: item))
      let json = try CorpusValue.member("json", of: item)
      #expect(throws: IcebergError.self) { try Literal(json: JSONNode(json), type: type) }
    }
  }

  @Test("the defaults of a column are kept")
  func defaults() throws {
    try ExpectedValues("json-single-value").run("column_defaults_round_trip") { item in
      let json = try CorpusValue.member("json", of: item)
      let field: JSONValue = [
        "id": 1, "name": "f", "required": true, "type": try CorpusValue.member("type", of: item),
        "initial-default": json, "write-default": json,
      ]
      let parsed = try Field(json: JSONNode(field))
      try #require(parsed.initialDefault != nil)
      try #require(parsed.initialDefault == parsed.writeDefault)
      let written = try parsed.json()
      guard case .object(let object) = written else { throw CorpusValue.Malformed(what: "field") }
      try #require(Self.folded(object["initial-default"] ?? .null) == Self.folded(json))
      try #require(try Field(json: JSONNode(written)) == parsed)
    }
  }

  @Test("every group of cases is run")
  func groups() throws {
    #expect(
      try Set(ExpectedValues("binary-single-value").groups.map(\.name)) == [
        "round_trip", "encode_errors", "promoted_bound_decoding", "unsupported",
      ])
    #expect(
      try Set(ExpectedValues("json-single-value").groups.map(\.name)) == [
        "round_trip", "must_fail", "column_defaults_round_trip",
      ])
  }

  /// The case of hexadecimal digits does not count, and numbers compare as numbers.
  static func folded(_ json: JSONValue) -> JSONValue {
    switch json {
    case .string(let text) where text.utf8.allSatisfy(isHexDigit): .string(text.lowercased())
    case .number(let text): .number("\(Double(text) ?? .nan)")
    case .array(let values): .array(values.map(folded))
    case .object(let object):
      .object(JSONObject(object.members.map { JSONObject.Member($0.name, folded($0.value)) }))
    default: json
    }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
