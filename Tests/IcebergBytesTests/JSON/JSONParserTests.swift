import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct JSONParserTests {
  static func parse(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Bytes(utf8: text))
  }

  static let values: [(String, JSONValue)] = [
    ("null", .null), (" true\n", true), ("\tfalse\r", false), ("[]", []), ("{}", [:]),
    ("0", 0), ("-7", -7), ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)), (#""""#, ""), ("[ 1 , 2 ]", [1, 2]),
    (#"{"b":1,"a":[true,null]}"#, ["b": 1, "a": [true, nil]]),
    (#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00""#, "\"\\/\u{8}\u{c}\n\r\tAé€😀"),
    (#"{"":{"":0}}"#, ["": ["": 0]]),
  ]

  @Test("reads every kind of value", arguments: values)
  func kinds(text: String, expected: JSONValue) throws {
    #expect(try Self.parse(text) == expected)
  }

  @Test(
    "keeps numbers exactly: as they are written where they are no 64-bit integer",
    arguments: [
      "1.50", "-0", "0.0", "1e400", "1E+2", "2e-7", "9223372036854775808", "-9223372036854775809",
      "18446744073709551616", "18446744073709551621", "123456789012345678901234567890.000",
    ])
  func numbers(text: String) throws {
    #expect(try Self.parse(text) == .number(text))
    #expect(try Self.parse(text).serialized() == Bytes(utf8: text))
  }

  static let invalid: [(String, Int)] = [
    ("", 0), (" ", 1), ("nul", 3), ("nulL", 3), ("True", 0), ("[1,]", 3), ("[1 2]", 3), ("[", 1),
    ("{", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{"a":1 "b":2}"#, 7),
    ("{1:2}", 1),
    ("01", 0), ("-01", 1), ("+1", 0), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("-", 1),
    ("--1", 1),
    ("1 2", 2), ("NaN", 0), ("Infinity", 0), ("'a'", 0), (#""a"#, 2), (#""a\"#, 2), (#""\x41""#, 2),
    (#""\u12g4""#, 5), (#""\ud800""#, 7), (#""\ud800\n""#, 7), (#""\ud800\u0041""#, 7),
    (#""\udc00""#, 7), ("\"\n\"", 1), ("\"\u{0}\"", 1), ("\u{feff}1", 0), ("//\n1", 0), ("[1]]", 3),
    ("1\u{0}", 1),
  ]

  @Test("refuses what RFC 8259 does not allow, at its place", arguments: invalid)
  func refuses(text: String, offset: Int) {
    let error = #expect(throws: FormatError.self) { try Self.parse(text) }
    #expect(error?.offset == offset)
    #expect(error?.code == .badValue || error?.code == .truncated)
  }

  @Test(
    "refuses text that is not UTF-8",
    arguments: [
      [0xff], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
      [0x5c, 0x6e, 0xff],
    ] as [[UInt8]])
  func encoding(bytes: [UInt8]) {
    for length in [0, 20] {
      let filling = [UInt8](repeating: 0x61, count: length)
      #expect(throws: FormatError.self) {
        try JSONValue(parsing: Bytes([0x22] + filling + bytes + [0x22]))
      }
      #expect(throws: FormatError.self) {
        try JSONValue(parsing: Bytes([0x7b, 0x22] + filling + bytes + [0x22, 0x3a, 0x31, 0x7d]))
      }
    }
  }

  @Test(
    "refuses two members of the same name in one object, however it is written",
    arguments: [
      #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"\u0061":3}"#, #"{"x":{"\n":1,"\u000a":2}}"#,
      "{" + (0..<100).map { #""k\#($0)":0,"# }.joined() + #""k17":1}"#,
    ])
  func duplicates(text: String) {
    let error = #expect(throws: FormatError.self) { try Self.parse(text) }
    #expect(error?.reason.contains("same name") == true)
  }

  @Test("the same name in different objects is no duplicate")
  func nestedNames() throws {
    let text = #"{"a":{"a":{"a":1},"b":[{"a":2},{"a":3}]},"b":4}"#
    #expect(try Self.parse(text).serialized() == Bytes(utf8: text))
  }

  @Test("names that differ only in their Unicode form are different")
  func unicodeForms() throws {
    let text = "{\"e\u{301}\":1,\"\u{e9}\":2}"
    #expect(try Self.parse(text).serialized() == Bytes(utf8: text))
  }

  @Test("nests as deep as it says, and no deeper")
  func depth() throws {
    let most = JSONValue.maximumDepth
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try Self.parse(nested(most)).serialized() == Bytes(utf8: nested(most)))
    let error = #expect(throws: FormatError.self) { try Self.parse(nested(most + 1)) }
    #expect(error?.code == .tooLarge)
    #expect(throws: FormatError.self) {
      try Self.parse(String(repeating: #"{"a":["#, count: 1_000_000))
    }
  }

  static let sample = #"""
    {"format-version":2,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1","n":[-1.5e3,0,true,null],
    "snapshots":[{"snapshot-id":3051729675574597004,"summary":{"operation":"append","é\n":"ü\u00fc€"}}]}
    """#

  @Test("a text cut anywhere is refused")
  func cut() {
    let bytes = Bytes(utf8: Self.sample)
    for end in 0..<bytes.count {
      #expect(throws: FormatError.self) { try JSONValue(parsing: bytes[0..<end]) }
    }
  }

  @Test("with a flipped bit it is refused, or is a value that can be written and read again")
  func flipped() throws {
    let bytes = Array(Self.sample.utf8)
    for bit in 0..<(bytes.count * 8) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      guard let value = try? JSONValue(parsing: Bytes(damaged)) else { continue }
      #expect(try JSONValue(parsing: value.serialized()) == value)
    }
  }

  @Test("many different names and long texts are kept apart")
  func interning() throws {
    var random = SeededRandom()
    var members: [JSONValue] = []
    for _ in 0..<5_000 {
      let name =
        String(repeating: "n", count: Int(random.next() % 20)) + String(random.next() % 3_000)
      let text = String(repeating: "v", count: Int(random.next() % 20)) + String(random.next() % 3)
      members.append([name: .string(text), "same": .string(text + text)])
    }
    // One in some thousands is called "same" twice by chance: none, as names end with digits.
    let value = JSONValue.array(members)
    #expect(try JSONValue(parsing: value.serialized()) == value)
  }

  @Test("reads the shared metadata files and writes them again without loss", .needsSharedFiles)
  func sharedFiles() throws {
    let files = SharedFiles.files(under: "golden", suffix: ".metadata.json")
    #expect(files.count > 10)
    for file in files {
      var bytes = try SharedFiles.bytes(file)
      if bytes.first == 0x1f { bytes = try CompressionCodec.gzip.decompress(bytes, limit: 1 << 24) }
      let value = try JSONValue(parsing: bytes)
      #expect(try JSONValue(parsing: value.serialized()) == value, "\(file)")
      #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value, "\(file)")
    }
  }
}
