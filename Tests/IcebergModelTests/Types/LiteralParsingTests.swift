import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct LiteralParsingTests {
  static let texts: [(text: String, type: FieldType, value: Literal)] = [
    ("TRUE", .boolean, .boolean(true)), ("-5", .int, .int(-5)),
    ("9223372036854775807", .long, .long(.max)), ("1e3", .float, .float(1_000)),
    ("-inf", .double, .double(-.infinity)), ("NaN", .double, .double(.nan)),
    ("14.2", .decimal(precision: 9, scale: 2), .decimal(unscaled: 1_420, scale: 2)),
    ("1.40e1", .decimal(precision: 9, scale: 2), .decimal(unscaled: 1_400, scale: 2)),
    ("2024-01-15", .date, .date(19_737)), ("10:15", .time, .time(36_900_000_000)),
    ("2024-01-15", .timestamp, .timestamp(1_705_276_800_000_000)),
    ("2024-01-15 01:00:00", .timestamp, .timestamp(1_705_280_400_000_000)),
    ("2024-01-15T02:00:00+01:00", .timestamptz, .timestamptz(1_705_280_400_000_000)),
    ("2024-01-15", .timestamptz, .timestamptz(1_705_276_800_000_000)),
    ("2024-01-15", .timestamptzNanos, .timestamptzNanos(1_705_276_800_000_000_000)),
    ("", .string, .string("")), ("0x00FF", .binary, .binary([0, 255])),
    ("0a0b", .fixed(length: 2), .fixed([10, 11])),
  ]

  @Test("a text is read as a value of the type", arguments: texts)
  func parse(text: String, type: FieldType, value: Literal) throws {
    #expect(try Literal(parsing: text, type: type) == value)
  }

  @Test(
    "a text that is no value of the type is refused",
    arguments: [
      ("yes", .boolean), ("1.5", .int), ("2147483648", .int), ("nan(0x1)", .double),
      ("0x1p3", .double), ("", .double), ("1.234", .decimal(precision: 9, scale: 2)),
      ("12345678.90", .decimal(precision: 9, scale: 2)), ("2024-02-30", .date),
      ("+5881580-07-12", .date), ("24:00", .time), ("2024-01-15T00:00Z", .timestamp),
      ("abc", .binary), ("0a", .fixed(length: 2)), ("{}", .variant),
    ] as [(String, FieldType)])
  func invalid(text: String, type: FieldType) {
    #expect(throws: IcebergError.self) { try Literal(parsing: text, type: type) }
  }

  @Test("what a value is written as is read as the value")
  func roundTrip() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 2_000, long: 200_000) {
      let type = random.primitiveType()
      let value = random.literal(of: type)
      try #require(try Literal(parsing: value.text, type: type) == value, "\(type) \(value)")
    }
  }
}
