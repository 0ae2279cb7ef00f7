import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct LiteralBytesTests {
  @Test("every value is decoded from its bytes, and has an order that is kept")
  func roundTrip() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 3_000, long: 300_000) {
      let type = random.primitiveType()
      let value = random.literal(of: type)
      let bytes = try value.singleValueBytes()
      try #require(try Literal(singleValue: bytes, type: type) == value, "\(type) \(value)")
    }
  }

  @Test("bytes of the wrong length are an error, and never more")
  func lengths() {
    let types: [FieldType] = [
      .boolean, .int, .long, .float, .double, .decimal(precision: 38, scale: 2), .date, .time,
      .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos, .uuid, .fixed(length: 5),
    ]
    for type in types {
      for count in 0..<40 {
        let bytes = Bytes([UInt8](repeating: 0xa5, count: count))
        if let value = try? Literal(singleValue: bytes, type: type) {
          #expect(value.isValue(of: type) || type == .decimal(precision: 38, scale: 2))
        }
      }
    }
    #expect(throws: FormatError.self) { try Literal(singleValue: [], type: .int) }
    #expect(throws: FormatError.self) { try Literal(singleValue: [0, 0, 0, 0], type: .time) }
    #expect(throws: FormatError.self) { try Literal(singleValue: [0xff, 0xfe], type: .string) }
  }

  @Test("a decimal may repeat its sign, but not exceed 128 bits")
  func decimals() throws {
    let type = FieldType.decimal(precision: 38, scale: 0)
    let long = Bytes([UInt8](repeating: 0xff, count: 30) + [0x85])
    #expect(try Literal(singleValue: long, type: type) == .decimal(unscaled: -123, scale: 0))
    let tooLong = Bytes([0x01] + [UInt8](repeating: 0, count: 16))
    #expect(throws: FormatError.self) { try Literal(singleValue: tooLong, type: type) }
    let signLost = Bytes([0x00, 0x80] + [UInt8](repeating: 0, count: 15))
    #expect(throws: FormatError.self) { try Literal(singleValue: signLost, type: type) }
  }

  @Test("a date that was promoted to nanoseconds beyond their range is an error")
  func promotedDate() throws {
    let bytes = try Literal.date(.max).singleValueBytes()
    #expect(throws: FormatError.self) { try Literal(singleValue: bytes, type: .timestampNanos) }
  }
}
