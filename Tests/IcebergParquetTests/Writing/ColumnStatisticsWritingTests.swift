import IcebergBytes
import IcebergColumns
import IcebergParquet
import Testing

@Suite struct ColumnStatisticsWritingTests {
  private func schema(
    _ type: PhysicalType, _ logical: LogicalType? = nil, length: Int32? = nil
  ) throws -> ParquetSchema {
    try ParquetSchema(elements: [
      SchemaElement(name: "table", repetition: nil, childCount: 1),
      SchemaElement(
        name: "a", repetition: .optional, physicalType: type, typeLength: length,
        logicalType: logical, fieldID: 7),
    ])
  }

  private func write(
    _ column: Column, _ schema: ParquetSchema, length: Int = 64, rowGroups: Int = 1
  ) throws -> (statistics: ColumnStatistics, summary: ColumnSummary) {
    var trip = ParquetRoundTrip()
    trip.options.statisticsLength = length
    trip.options.rowGroupRowLimit = max(1, column.count / rowGroups)
    let (_, file) = try trip.write([column], schema: schema)
    let statistics = try #require(file.metadata.rowGroups[0].columns[0].statistics)
    return (statistics, file.columns[0])
  }

  private func text(_ values: [String?]) -> Column {
    var builder = ColumnBuilder(.bytes)
    for value in values {
      if let value { builder.append(utf8: value) } else { builder.appendNull() }
    }
    return builder.finish()
  }

  @Test("integers are bounded by their value, nulls left out")
  func integers() throws {
    let column = Column(
      .int([5, 0, -3]), validity: Bitmap([true, false, true]), count: 3)
    let (statistics, summary) = try write(column, schema(.int32))
    #expect(statistics.minimum == [0xfd, 0xff, 0xff, 0xff])
    #expect(statistics.maximum == [5, 0, 0, 0])
    #expect(statistics.nullCount == 1)
    #expect(statistics.isMinimumExact == true)
    #expect(summary.bounds == ColumnBounds(minimum: .int(-3), maximum: .int(5)))
    #expect(summary.leaf.fieldID == 7)
    #expect(summary.valueCount == 3)
    #expect(summary.nullCount == 1)
    #expect(summary.nanCount == nil)
  }

  @Test("NaN is counted, and no bound")
  func nan() throws {
    let column = Column(.double([.nan, 2.5, -1, .nan]), count: 4)
    let (statistics, summary) = try write(column, schema(.double))
    #expect(summary.bounds == ColumnBounds(minimum: .double(-1), maximum: .double(2.5)))
    #expect(summary.nanCount == 2)
    #expect(statistics.nullCount == 0)
    let only = Column(.float([.nan, .nan]), count: 2)
    let (empty, all) = try write(only, schema(.float))
    #expect(empty.minimum == nil)
    #expect(empty.maximum == nil)
    #expect(all.bounds == nil)
    #expect(all.nanCount == 2)
  }

  @Test("a zero bound is negative below and positive above in the footer, and as it is outside")
  func zeros() throws {
    let (statistics, summary) = try write(Column(.float([0.0]), count: 1), schema(.float))
    #expect(statistics.minimum == [0, 0, 0, 0x80])
    #expect(statistics.maximum == [0, 0, 0, 0])
    #expect(summary.bounds == ColumnBounds(minimum: .float(0.0), maximum: .float(0.0)))
    let both = try write(Column(.double([0.0, -0.0]), count: 2), schema(.double)).summary
    guard case .double(let low)? = both.bounds?.minimum,
      case .double(let high)? = both.bounds?.maximum
    else { return #expect(both.bounds != nil) }
    #expect(low.sign == .minus)
    #expect(high.sign == .plus)
  }

  @Test("infinities are bounds")
  func infinities() throws {
    let column = Column(.float([-.infinity, .infinity, .nan, 1]), count: 4)
    #expect(
      try write(column, schema(.float)).summary.bounds
        == ColumnBounds(minimum: .float(-.infinity), maximum: .float(.infinity)))
  }

  @Test("texts are ordered by unsigned bytes")
  func texts() throws {
    let column = text(["é", "z", nil, "a", "ab"])
    let (statistics, summary) = try write(column, schema(.byteArray, .string))
    #expect(statistics.minimum == Array("a".utf8))
    #expect(statistics.maximum == Array("é".utf8))
    #expect(
      summary.bounds
        == ColumnBounds(minimum: .bytes(Array("a".utf8)), maximum: .bytes(Array("é".utf8))))
  }

  static let truncations: [(value: String, minimum: String, maximum: String)] = [
    ("abcdefgh", "abcd", "abce"), ("abc", "abc", "abc"), ("abc\u{7f}xyz", "abc\u{7f}", "abd"),
    ("aaaéz", "aaa", "aab"), ("😀😀", "😀", "😁"), ("ab\u{7ff}xx", "ab\u{7ff}", "ac"),
    ("a\u{d7ff}xx", "a\u{d7ff}", "a\u{e000}"),
  ]

  @Test("long texts are cut between characters, upwards for the maximum", arguments: truncations)
  func cutTexts(value: String, minimum: String, maximum: String) throws {
    let column = text([value])
    let (statistics, summary) = try write(column, schema(.byteArray, .string), length: 4)
    #expect(statistics.minimum == Array(minimum.utf8))
    #expect(statistics.maximum == Array(maximum.utf8))
    #expect(statistics.isMinimumExact == (minimum == value))
    #expect(statistics.isMaximumExact == (maximum == value))
    #expect(summary.bounds?.minimum == .bytes(Array(value.utf8)))
  }

  @Test("long binaries are cut to bytes; a maximum that nothing short exceeds stays whole")
  func cutBinaries() throws {
    func one(_ bytes: [UInt8]) throws -> ColumnStatistics {
      let column = Column(.bytes(offsets: [0, Int32(bytes.count)], data: bytes), count: 1)
      return try write(column, schema(.byteArray), length: 2).statistics
    }
    let plain = try one([1, 0xff, 3])
    #expect(plain.minimum == [1, 0xff])
    #expect(plain.maximum == [2])
    let high = try one([0xff, 0xff, 0xff])
    #expect(high.minimum == [0xff, 0xff])
    #expect(high.maximum == [0xff, 0xff, 0xff])
    #expect(high.isMaximumExact == true)
    let long = try one([UInt8](repeating: 0xff, count: 5000))
    #expect(long.minimum == nil)
    #expect(long.maximum == nil)
    #expect(long.nullCount == 0)
  }

  static let decimals: [(type: PhysicalType, length: Int32?, minimum: [UInt8], maximum: [UInt8])] =
    [
      (.int32, nil, [0x85, 0xff, 0xff, 0xff], [200, 0, 0, 0]),
      (
        .int64, nil, [0x85, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        [200, 0, 0, 0, 0, 0, 0, 0]
      ),
      (.fixedLengthByteArray, 4, [0xff, 0xff, 0xff, 0x85], [0, 0, 0, 200]),
      (
        .fixedLengthByteArray, 18, [UInt8](repeating: 0xff, count: 17) + [0x85],
        [UInt8](repeating: 0, count: 17) + [200]
      ),
    ]

  @Test("decimals are bounded by value in every form in which they are stored", arguments: decimals)
  func allDecimals(
    type: PhysicalType, length: Int32?, minimum: [UInt8], maximum: [UInt8]
  ) throws {
    let column = Column(.decimal([5, -123, 200, 0]), count: 4)
    let (statistics, summary) = try write(
      column, schema(type, .decimal(precision: 9, scale: 2), length: length))
    #expect(statistics.minimum == minimum)
    #expect(statistics.maximum == maximum)
    #expect(summary.bounds == ColumnBounds(minimum: .decimal(-123), maximum: .decimal(200)))
  }

  @Test("a decimal of more digits than its column has is refused")
  func wideDecimals() throws {
    for (type, length) in [(.int32, nil), (.fixedLengthByteArray, 4)] as [(PhysicalType, Int32?)] {
      let schema = try schema(type, .decimal(precision: 9, scale: 2), length: length)
      for value in [Int128(1) << 31, -(Int128(1) << 31) - 1, .max, .min] {
        #expect(throws: FormatError.self) {
          try write(Column(.decimal([value]), count: 1), schema)
        }
      }
      for value in [(Int128(1) << 31) - 1, -(Int128(1) << 31)] {
        #expect(
          try write(Column(.decimal([value]), count: 1), schema).summary.bounds?.minimum
            == .decimal(value))
      }
    }
  }

  @Test("UUIDs are ordered by unsigned bytes, false before true")
  func others() throws {
    let low = [UInt8](repeating: 1, count: 16)
    let high = [UInt8](repeating: 0xf0, count: 16)
    let uuids = Column(.fixed(width: 16, data: high + low), count: 2)
    #expect(
      try write(uuids, schema(.fixedLengthByteArray, .uuid, length: 16)).summary.bounds
        == ColumnBounds(minimum: .bytes(low), maximum: .bytes(high)))
    let flags = Column(.boolean(Bitmap([true, false])), count: 2)
    let (statistics, _) = try write(flags, schema(.boolean))
    #expect(statistics.minimum == [0])
    #expect(statistics.maximum == [1])
  }

  @Test("what has no defined order has no bounds")
  func unordered() throws {
    let column = text(["a"])
    for logical in [LogicalType.geometry(crs: nil), .geography(crs: nil, algorithm: nil)] {
      let (statistics, summary) = try write(column, schema(.byteArray, logical))
      #expect(statistics.minimum == nil)
      #expect(statistics.nullCount == 0)
      #expect(summary.bounds == nil)
    }
    let variant = try ParquetSchema(elements: [
      SchemaElement(name: "table", repetition: nil, childCount: 1),
      SchemaElement(
        name: "v", repetition: .optional, childCount: 2,
        logicalType: .variant(specificationVersion: 1)),
      SchemaElement(name: "metadata", repetition: .required, physicalType: .byteArray),
      SchemaElement(name: "value", repetition: .required, physicalType: .byteArray),
    ])
    let values = Column(
      .struct([text(["m", nil]), text(["v", nil])]),
      validity: Bitmap([true, false]), count: 2)
    let (bytes, file) = try ParquetRoundTrip().write([values], schema: variant)
    #expect(file.columns.map(\.bounds) == [nil, nil])
    #expect(file.columns.map(\.nullCount) == [1, 1])
    #expect(try ParquetRoundTrip.read(bytes)[0].hasSameRows(as: values))
  }

  @Test("bounds and counts of a file cover all its row groups")
  func rowGroups() throws {
    let column = Column(.long([3, 9, -7, 4, 1, 2]), count: 6)
    let (first, summary) = try write(column, schema(.int64), rowGroups: 3)
    #expect(first.minimum == [3, 0, 0, 0, 0, 0, 0, 0])
    #expect(summary.bounds == ColumnBounds(minimum: .long(-7), maximum: .long(9)))
    #expect(summary.valueCount == 6)
  }

  @Test("nulls of a parent and empty lists count as values that are not there")
  func nestedCounts() throws {
    let schema = try ParquetSchema(kinds: [.list(.int), .struct([.int])])
    let list = Column(
      .list(offsets: [0, 2, 2, 2], element: Column(.int([1, 2]), count: 2)),
      validity: Bitmap([true, true, false]), count: 3)
    let inner = Column(.int([0, 5, 0]), validity: Bitmap([false, true, false]), count: 3)
    let group = Column(.struct([inner]), validity: Bitmap([false, true, true]), count: 3)
    let (_, file) = try ParquetRoundTrip().write([list, group], schema: schema)
    #expect(file.columns.map(\.valueCount) == [4, 3])
    #expect(file.columns.map(\.nullCount) == [2, 2])
  }
}
