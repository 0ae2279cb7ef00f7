import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct RowJSONEncoderTests {
  static let values: [(FieldType, Literal?, String)] = [
    (.boolean, .boolean(true), "true"), (.int, .int(-5), "-5"),
    (.long, .long(.max), "\(Int64.max)"),
    (.float, .float(0.1), "0.10000000149011612"), (.double, .double(0.1), "0.1"),
    (.double, .double(1e300), "1e+300"), (.double, .double(.nan), #""NaN""#),
    (.float, .float(-.infinity), #""-Infinity""#),
    (.decimal(precision: 9, scale: 2), .decimal(unscaled: -5, scale: 2), #""-0.05""#),
    (.decimal(precision: 9, scale: 0), .decimal(unscaled: 7, scale: 0), #""7""#),
    (.date, .date(-719_163), #""0000-12-31""#), (.date, .date(19_782), #""2024-02-29""#),
    (.time, .time(0), #""00:00:00.000000""#),
    (.timestamp, .timestamp(-1), #""1969-12-31T23:59:59.999999""#),
    (.timestamp, .timestamp(.min), #""-290308-12-21T19:59:05.224192""#),
    (.timestamptz, .timestamptz(1), #""1970-01-01T00:00:00.000001+00:00""#),
    (.timestampNanos, .timestampNanos(1), #""1970-01-01T00:00:00.000000001""#),
    (.timestamptzNanos, .timestamptzNanos(.max), #""2262-04-11T23:47:16.854775807+00:00""#),
    (.string, .string("ä\"\\\n\u{1}/"), #""ä\"\\\n\u0001/""#),
    (.uuid, .uuid(Bytes([UInt8](0..<16))), #""00010203-0405-0607-0809-0a0b0c0d0e0f""#),
    (.fixed(length: 2), .fixed([0, 255]), #""00ff""#), (.binary, .binary([]), #""""#),
    (.unknown, nil, "null"), (.int, nil, "null"),
    (.variant, .variant(metadata: [1, 0, 0], value: [12, 34]), "34"),
    (
      .list(element: .optional("element", .int, id: 2)), .list([.int(1), nil]), "[1,null]"
    ),
    (
      .map(key: .required("key", .string, id: 2), value: .optional("value", .int, id: 3)),
      .map([.init(key: .string("b"), value: .int(1)), .init(key: .string("a"), value: nil)]),
      #"[["a",null],["b",1]]"#
    ),
    (
      .struct([.required("y", .int, id: 2), .optional("x", .int, id: 3)]),
      .struct(StructValue([.int(1), nil])), #"{"y":1,"x":null}"#
    ),
  ]

  @Test("every type has one canonical form", arguments: values)
  func forms(type: FieldType, value: Literal?, text: String) throws {
    let schema = Schema([.optional("v", type, id: 1)])
    let batch = RecordBatch(names: ["v"], columns: [Column([value], as: type)], rowCount: 1)
    let line = try RowJSONEncoder(schema: schema).encode(0, of: batch)
    #expect(String(decoding: line, as: UTF8.self) == "{\"v\":\(text)}")
    #expect(throws: Never.self) { _ = try JSONValue(parsing: Bytes(line)) }
  }

  @Test("a text that is not UTF-8 and a variant that is malformed are errors")
  func malformed() {
    let text = Column(.bytes(offsets: [0, 1], data: [0xff]), count: 1)
    let columns: [(FieldType, Column)] = [
      (.string, text), (.variant, Column(.struct([text, text]), count: 1)),
    ]
    for (type, column) in columns {
      let batch = RecordBatch(names: ["v"], columns: [column], rowCount: 1)
      #expect {
        _ = try RowJSONEncoder(schema: Schema([.optional("v", type, id: 1)])).encode(0, of: batch)
      } throws: { error in
        (error as? IcebergError)?.code == .invalidFile
      }
    }
  }

  @Test("rows are appended to what is there already")
  func appending() throws {
    let schema = Schema([.required("v", .int, id: 1)])
    let batch = RecordBatch(names: ["v"], columns: [Column(.int([1, 2]), count: 2)], rowCount: 2)
    var output: [UInt8] = []
    for row in 0..<2 {
      try RowJSONEncoder(schema: schema).append(row, of: batch, to: &output)
      output.append(UInt8(ascii: "\n"))
    }
    #expect(String(decoding: output, as: UTF8.self) == "{\"v\":1}\n{\"v\":2}\n")
  }
}
