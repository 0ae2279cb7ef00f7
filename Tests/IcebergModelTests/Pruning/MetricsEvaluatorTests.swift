import IcebergBytes
import IcebergModel
import Testing

@Suite struct MetricsEvaluatorTests {
  static let schema = Schema([
    .required("id", .long, id: 1), .optional("name", .string, id: 2),
    .optional("f", .double, id: 3), .optional("ts", .timestamp, id: 4),
    .optional("d", .decimal(precision: 20, scale: 2), id: 5),
    .optional("s", .struct([.required("x", .int, id: 7), .required("y", .double, id: 10)]), id: 6),
    .optional("u", .uuid, id: 8), .optional("shape", .geometry(crs: nil), id: 9),
  ])

  static func evaluator(_ filter: Filter) throws -> MetricsEvaluator {
    MetricsEvaluator(try filter.bound(to: schema))
  }

  /// A file of ten rows whose column has the given metrics.
  static func file(
    _ id: Int, _ lower: Literal?, _ upper: Literal?, nulls: Int64? = 0, nans: Int64? = nil
  ) throws -> DataFile {
    var file = DataFile(location: "f", format: .parquet, recordCount: 10, fileSizeInBytes: 1)
    file.valueCounts = [id: 10]
    file.nullValueCounts = nulls.map { [id: $0] }
    file.nanValueCounts = nans.map { [id: $0] }
    file.lowerBounds = try lower.map { [id: try $0.singleValueBytes()] }
    file.upperBounds = try upper.map { [id: try $0.singleValueBytes()] }
    return file
  }

  /// Whether some row may match, and whether all rows do.
  static func answers(_ filter: Filter, _ file: DataFile) throws -> [Bool] {
    let evaluator = try evaluator(filter)
    return [evaluator.mayMatch(file), evaluator.mustMatch(file)]
  }

  @Test("a file is skipped for a reason that names the test and what is recorded")
  func reasons() throws {
    func reason(_ filter: Filter, _ file: DataFile) throws -> String? {
      try Self.evaluator(filter).explain(file).map { "\($0)" }
    }
    let file = try Self.file(1, .long(30), .long(79))
    #expect(try reason(col("id") == 12 && col("name") == "a", file) == "id = 12: 30 to 79")
    #expect(try reason(col("id") >= 30, file) == nil)
    #expect(
      try reason(col("name") == "a", Self.file(2, nil, nil, nulls: 10))
        == "name = 'a': all 10 values are null")
    #expect(
      try reason(!col("f").isNaN, Self.file(3, nil, nil, nans: 10))
        == "f IS NOT NAN: all 10 values are NaN")
    #expect(
      try reason(col("f") > 1, Self.file(3, nil, nil, nulls: 4, nans: 6))
        == "f > 1.0: all 10 values are null or NaN")
    #expect(
      try reason(col("name") != "it's", Self.file(2, .string("it's"), .string("it's")))
        == "name <> 'it''s': all are 'it''s'")
    #expect(
      try reason(col("id") < 3, Self.file(1, .long(5), nil)) == "id < 3: 5 or more")
    #expect(try reason(.none, file) == "no row")
  }

  @Test("a column without metrics, such as one that was added later, may have any value")
  func missingColumn() throws {
    let file = try Self.file(1, .long(30), .long(79))
    for filter in [
      col("name") == "a", col("name").isNull, !col("name").isNull, col("f").isNaN, !col("f").isNaN,
      col("name") != "a", col("shape").isNull,
    ] {
      #expect(try Self.answers(filter, file) == [true, false])
    }
  }

  @Test("a file without rows matches nothing, one of unknown length may match")
  func rowCounts() throws {
    var file = try Self.file(1, .long(30), .long(79))
    file.recordCount = 0
    #expect(try Self.answers(.all, file) == [false, true])
    #expect(try Self.evaluator(.all).explain(file).map { "\($0)" } == "no row")
    file.recordCount = -1
    #expect(try Self.answers(col("id") > 40, file) == [true, false])
  }

  @Test("NaN in a column passes no comparison, and bounds that are NaN say nothing")
  func nan() throws {
    let some = try Self.file(3, .double(1), .double(2), nans: 3)
    #expect(try Self.answers(col("f") > 2, some) == [false, false])
    #expect(try Self.answers(col("f") >= 1, some) == [true, false])
    #expect(try Self.answers(col("f") != 5, some) == [true, true])
    let unknown = try Self.file(3, .double(1), .double(2))
    #expect(try Self.answers(col("f") >= 1, unknown) == [true, false])
    let bounds = try Self.file(3, .double(.nan), .double(.nan), nans: 0)
    #expect(try Self.answers(col("f") > 2, bounds) == [true, false])
    #expect(try Self.answers(col("f") != 2, bounds) == [true, false])
  }

  @Test("the two zeros are one number, whichever of them the bounds have")
  func zeros() throws {
    for (lower, upper) in [(0.0, 0.0), (-0.0, -0.0), (-0.0, 0.0)] {
      let file = try Self.file(3, .double(lower), .double(upper), nans: 0)
      #expect(try Self.answers(col("f") == 0, file)[0])
      #expect(try !Self.answers(col("f") < 0, file)[0])
      #expect(try !Self.answers(col("f") > 0, file)[0])
      #expect(try Self.answers(col("f") >= 0, file)[0])
      #expect(try Self.answers(col("f") <= -0.0, file)[0])
    }
  }

  @Test("bounds that were written before a promotion are understood")
  func promotion() throws {
    #expect(try Self.answers(col("id") < -5, Self.file(1, .int(-5), .int(7))) == [false, false])
    #expect(try Self.answers(col("id") <= 7, Self.file(1, .int(-5), .int(7))) == [true, true])
    let floats = try Self.file(3, .float(-1.5), .float(2), nans: 0)
    #expect(try Self.answers(col("f") < -1.5, floats) == [false, false])
    let days = try Self.file(4, .date(1), .date(2))
    #expect(try Self.answers(col("ts") < Literal.timestamp(86_400_000_000), days)[0] == false)
    #expect(
      try Self.answers(col("ts") <= Literal.timestamp(172_800_000_000), days) == [true, true])
    let narrow = try Self.file(
      5, .decimal(unscaled: -1, scale: 2), .decimal(unscaled: 300, scale: 2))
    #expect(try Self.answers(col("d") > "3", narrow) == [false, false])
    #expect(try Self.answers(col("d") > "2.99", narrow) == [true, false])
  }

  @Test("cut bounds are bounds")
  func cutBounds() throws {
    let file = try Self.file(2, .string("ab"), .string("ac"))
    #expect(try Self.answers(col("name") == "abzz", file) == [true, false])
    #expect(try Self.answers(col("name") == "aczz", file) == [false, false])
    #expect(try Self.answers(col("name").startsWith("a"), file) == [true, true])
    #expect(try Self.answers(col("name").startsWith("ad"), file) == [false, false])
    #expect(try Self.answers(!col("name").startsWith("a"), file) == [false, false])
    #expect(try Self.answers(!col("name").startsWith("b"), file) == [true, true])
  }

  @Test("a value inside of a struct may always be null, whatever the counts say")
  func nested() throws {
    let file = try Self.file(7, .int(3), .int(5))
    #expect(try Self.answers(col("s.x").isNull, file) == [true, false])
    #expect(try Self.answers(col("s.x") >= 3, file) == [true, false])
    #expect(try Self.answers(col("s.x") > 5, file) == [false, false])
    let nans = try Self.file(10, nil, nil, nans: 10)
    #expect(try Self.answers(!col("s.y").isNaN, nans) == [true, false])
    #expect(try Self.answers(col("s.y") < 5, nans) == [false, false])
  }

  @Test("bounds of results are made from those of the column")
  func transforms() throws {
    let file = try Self.file(4, .timestamp(-1), .timestamp(86_400_000_000))
    func day(_ comparison: Filter.Comparison, _ days: Int32) throws -> [Bool] {
      try Self.answers(.test(col("ts").day, .comparison(comparison, .date(days))), file)
    }
    #expect(try day(.lessThan, -1) == [false, false])
    #expect(try day(.greaterThanOrEqual, -1) == [true, true])
    #expect(try day(.equal, 1) == [true, false])
    #expect(try day(.greaterThan, 1) == [false, false])
    let bucket = Filter.test(
      Filter.Term("id", transform: .bucket(count: 2)), .comparison(.equal, .int(1)))
    #expect(try Self.answers(bucket, Self.file(1, .long(1), .long(1))) == [true, false])
  }

  @Test("bounds of UUIDs count only where they are not put together from several row groups")
  func uuids() throws {
    let bytes = Bytes([UInt8](repeating: 1, count: 16))
    var file = try Self.file(8, .uuid(bytes), .uuid(bytes))
    let other = col("u") == Literal.uuid(Bytes([UInt8](repeating: 2, count: 16)))
    #expect(try Self.answers(other, file) == [true, false])
    file.splitOffsets = [4, 100]
    #expect(try Self.answers(other, file) == [true, false])
    file.splitOffsets = [4]
    #expect(try Self.answers(other, file) == [false, false])
  }
}
