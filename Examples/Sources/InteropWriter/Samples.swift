import Iceberg

/// A type, how it is named in a table, and values of it: ordinary ones, extremes, null.
struct Samples {
  /// The name of the column.
  var name: String
  /// The type of the column.
  var type: FieldType
  /// The values; nil is null.
  var values: [Literal?]

  /// Every primitive type of format versions 1 and 2.
  static let primitives: [Samples] = [
    Samples(name: "boolean", type: .boolean, values: [.boolean(true), .boolean(false), nil]),
    Samples(
      name: "int", type: .int,
      values: [.int(0), .int(-1), .int(34), .int(.min), .int(.max), nil]),
    Samples(
      name: "long", type: .long,
      values: [.long(0), .long(-1), .long(34), .long(.min), .long(.max), nil]),
    Samples(
      name: "float", type: .float,
      values: [
        .float(0), .float(-0.0), .float(1.5), .float(.infinity), .float(-.infinity), .float(.nan),
        .float(.greatestFiniteMagnitude), .float(.leastNonzeroMagnitude), nil,
      ]),
    Samples(
      name: "double", type: .double,
      values: [
        .double(0), .double(-0.0), .double(-2.25), .double(.infinity), .double(-.infinity),
        .double(.nan), .double(.greatestFiniteMagnitude), .double(.leastNonzeroMagnitude), nil,
      ]),
    Samples(
      name: "decimal_9_2", type: .decimal(precision: 9, scale: 2),
      values: decimals([0, 1, -1, 1420, 999_999_999, -999_999_999], scale: 2)),
    Samples(
      name: "decimal_18_0", type: .decimal(precision: 18, scale: 0),
      values: decimals([0, 7, 999_999_999_999_999_999, -999_999_999_999_999_999], scale: 0)),
    Samples(
      name: "decimal_38_10", type: .decimal(precision: 38, scale: 10),
      values: decimals([0, 12_345_678_901, largest, -largest], scale: 10)),
    Samples(
      name: "date", type: .date,
      values: [.date(0), .date(-1), .date(19_737), .date(-25_567), .date(2_932_896), nil]),
    Samples(
      name: "time", type: .time,
      values: [.time(0), .time(1), .time(37_800_123_456), .time(86_399_999_999), nil]),
    Samples(
      name: "timestamp", type: .timestamp, values: micros.map { Literal.timestamp($0) } + [nil]),
    Samples(
      name: "timestamptz", type: .timestamptz,
      values: micros.map { Literal.timestamptz($0) } + [nil]),
    Samples(name: "string", type: .string, values: texts.map { Literal.string($0) } + [nil]),
    Samples(name: "uuid", type: .uuid, values: uuids.map { Literal.uuid($0) } + [nil]),
    Samples(
      name: "fixed_5", type: .fixed(length: 5),
      values: [.fixed([0, 0, 0, 0, 0]), .fixed([255, 1, 128, 7, 34]), nil]),
    Samples(
      name: "binary", type: .binary,
      values: [.binary([]), .binary([0]), .binary([255, 254, 0, 34, 92]), nil]),
  ]

  /// The types of nanoseconds, version 3.
  static let nanoseconds: [Samples] = [
    Samples(
      name: "timestamp_ns", type: .timestampNanos,
      values: nanos.map { Literal.timestampNanos($0) } + [nil]),
    Samples(
      name: "timestamptz_ns", type: .timestamptzNanos,
      values: nanos.map { Literal.timestamptzNanos($0) } + [nil]),
  ]

  /// Row `index` of columns with the given samples, which repeat at different lengths.
  static func row(_ index: Int, _ samples: [Samples]) -> [Literal?] {
    samples.map { $0.values[index % $0.values.count] }
  }

  private static let largest: Int128 = {
    var power: Int128 = 1
    for _ in 0..<38 { power *= 10 }
    return power - 1
  }()

  private static func decimals(_ values: [Int128], scale: Int) -> [Literal?] {
    values.map { Literal.decimal(unscaled: $0, scale: scale) } + [nil]
  }

  /// 1970 and one step before and after, 2024-01-15 10:30:00.123456, the years 1900 and 9999.
  private static let micros: [Int64] = [
    0, -1, 1, 1_705_314_600_123_456, -2_208_988_800_000_000, 253_402_300_799_999_999,
  ]

  private static let nanos: [Int64] = [
    0, -1, 1, 1_705_314_600_123_456_789, -2_208_988_800_000_000_001, 4_102_444_800_000_000_000,
  ]

  private static let texts = [
    "", "a", "iceberg", "Straße", "naïve café", "日本語のテキスト", "🧊🏔️", "tab\tand\nline",
    "\"quoted\" \\ slash",
    "a/b=c&d e%20+f", "longer than sixteen characters, so that bounds are cut", "zażółć gęślą jaźń",
    "\u{10FFFF}",
    "\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}\u{FFFF}",
  ]

  private static let uuids: [Bytes] = [
    Bytes([UInt8](repeating: 0, count: 16)), Bytes([UInt8](repeating: 255, count: 16)),
    [
      0xF7, 0x9C, 0x3E, 0x09, 0x67, 0x7C, 0x4B, 0xBD, 0xA4, 0x79, 0x3F, 0x34, 0x9C, 0xB7, 0x85,
      0xE7,
    ],
  ]
}
