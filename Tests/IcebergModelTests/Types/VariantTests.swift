import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct VariantTests {
  static let document: JSONValue = [
    "id": 1, "big": 5_000_000_000, "price": .number("14.20"), "ratio": .number("1.5e3"),
    "tags": ["a", "b", nil, true], "nested": ["deep": ["x": -7]], "empty": [:], "none": [],
    "text": .string(String(repeating: "é", count: 100)),
    "long": .number("12345678901234567890.123"),
  ]

  @Test("JSON becomes the narrowest types, and comes back")
  func json() throws {
    let variant = try Variant(json: Self.document)
    #expect(variant["id"] == .int8(1))
    #expect(variant["big"] == .int64(5_000_000_000))
    #expect(variant["price"] == .decimal4(unscaled: 1_420, scale: 2))
    #expect(variant["ratio"] == .double(1_500))
    #expect(variant["long"] == .decimal16(unscaled: 12_345_678_901_234_567_890_123, scale: 3))
    #expect(variant["nested"]?["deep"]?["x"] == .int8(-7))
    let (metadata, value) = try variant.encoded()
    let decoded = try Variant(metadata: metadata, value: value)
    #expect(decoded == variant)
    #expect(decoded["price"]?.json == .number("14.20"))
    let both = try Variant(concatenated: Bytes(metadata.array + value.array))
    #expect(both == variant)
  }

  @Test("every type keeps its value")
  func types() throws {
    let values: [Variant] = [
      .null, .boolean(true), .boolean(false), .int8(.min), .int16(.min), .int32(.min), .int64(.min),
      .float(-0.0), .double(.infinity), .decimal4(unscaled: .min, scale: 38),
      .decimal8(unscaled: .max, scale: 0), .decimal16(unscaled: .min, scale: 1), .date(-1),
      .time(86_399_999_999), .timestamptz(.min), .timestamp(.max), .timestamptzNanos(-1),
      .timestampNanos(1), .binary([0, 255]), .string(""),
      .string(String(repeating: "x", count: 64)),
      .uuid(Bytes([UInt8](0..<16))),
    ]
    let all = Variant.array(values + [.object([.init("v", .array(values))])])
    let (metadata, value) = try all.encoded()
    #expect(try Variant(metadata: metadata, value: value) == all)
  }

  @Test("more than 255 members and offsets of more than 64 KB need wide fields")
  func wide() throws {
    let text = String(repeating: "y", count: 300)
    let members = (0..<400).map { Variant.Member("name\(1_000 + $0)", .string(text)) }
    let variant = Variant.object(members)
    let (metadata, value) = try variant.encoded()
    #expect(try Variant(metadata: metadata, value: value) == variant)
    let list = Variant.array([Variant](repeating: .int8(1), count: 70_000))
    let (none, many) = try list.encoded()
    #expect(try Variant(metadata: none, value: many) == list)
  }

  @Test("members of one name are refused")
  func duplicates() throws {
    let twice = Variant.object([.init("a", .null), .init("a", .null)])
    #expect(throws: IcebergError.self) { try twice.encoded() }
    // Two entries for the one name of the dictionary.
    let metadata: Bytes = [0x01, 1, 0, 1, UInt8(ascii: "a")]
    let value: Bytes = [0x02, 2, 0, 0, 0, 1, 2, 0, 0]
    #expect(throws: FormatError.self) { try Variant(metadata: metadata, value: value) }
  }

  @Test("offsets that make few bytes into many values are refused")
  func bomb() {
    // Arrays whose 30 elements are all the same next array, ten deep.
    var value: [UInt8] = [0]
    for _ in 0..<10 {
      var array: [UInt8] = [0x03 | 1 << 2, 30]
      for _ in 0..<30 { array += [0, 0] }
      array += [UInt8(value.count & 0xff), UInt8(value.count >> 8)]
      value = array + value
    }
    let bytes = Bytes(value)
    #expect(throws: FormatError.self) { try Variant(metadata: [1, 0, 0], value: bytes) }
  }

  @Test("values nested too deep are refused")
  func depth() {
    var value: [UInt8] = [0]
    for _ in 0..<300 {
      value = [0x03 | 1 << 2, 1, 0, 0, UInt8(value.count & 0xff), UInt8(value.count >> 8)] + value
    }
    let bytes = Bytes(value)
    #expect(throws: FormatError.self) { try Variant(metadata: [1, 0, 0], value: bytes) }
  }

  @Test("cut at every byte, and with every bit flipped, a variant is an error or a value")
  func robustness() throws {
    let (metadata, value) = try Variant(json: Self.document).encoded()
    for end in 0..<value.count {
      #expect(throws: FormatError.self) { try Variant(metadata: metadata, value: value[0..<end]) }
    }
    for end in 0..<metadata.count {
      #expect(throws: FormatError.self) { try Variant(metadata: metadata[0..<end], value: value) }
    }
    var decoded = 0
    let whole = metadata.array + value.array
    for bit in 0..<(whole.count * 8) {
      var flipped = whole
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      if (try? Variant(concatenated: Bytes(flipped))) != nil { decoded += 1 }
    }
    #expect(decoded > 0)
  }
}
