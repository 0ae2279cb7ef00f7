import IcebergBytes
import IcebergModel
import Testing

@Suite struct PartitionProjectionTests {
  static let schema = Schema([
    .required("id", .long, id: 1), .optional("name", .string, id: 2),
    .optional("ts", .timestamp, id: 3), .optional("f", .double, id: 4),
    .optional(
      "place", .struct([.optional("city", .string, id: 6)]), id: 5),
  ])

  static func spec(_ fields: (Int, Transform)...) -> PartitionSpec {
    PartitionSpec(
      fields: fields.enumerated().map { index, field in
        PartitionField(
          sourceIDs: [field.0], fieldID: 1_000 + index, name: "p\(index)", transform: field.1)
      })
  }

  static func texts(_ filter: Filter, _ spec: PartitionSpec) throws -> [String] {
    let projection = PartitionProjection(spec, schema: schema)
    let bound = try filter.bound(to: schema)
    return ["\(projection.inclusive(bound))", "\(projection.strict(bound))"]
  }

  @Test(
    "a predicate becomes one of the partition field, inclusive and strict",
    arguments: [
      (col("id") == 5, (1, .identity), "p0 = 5", "p0 = 5"),
      (col("id") != 5, (1, .bucket(count: 4)), "TRUE", "p0 <> 3"),
      (col("name").isNull, (2, .truncate(width: 3)), "p0 IS NULL", "p0 IS NULL"),
      (col("name") >= "abcd", (2, .truncate(width: 3)), "p0 >= 'abc'", "p0 > 'abc'"),
      (col("id") < 20, (1, .void), "TRUE", "FALSE"),
      (col("id") < 20, (1, .unknown("zorder")), "TRUE", "FALSE"),
      (col("f").isNaN, (4, .identity), "p0 IS NAN", "p0 IS NAN"),
      (col("place.city") == "x", (6, .identity), "p0 = 'x'", "p0 = 'x'"),
      // Nothing is less than the least number, and nothing needs to be said of the greatest.
      (
        col("id") < Int64.min, (1, .truncate(width: 8)), "FALSE", "p0 < -9223372036854775808"
      ),
      (
        col("id") <= Int64.max, (1, .truncate(width: 8)), "p0 <= 9223372036854775800",
        "p0 IS NOT NULL"
      ),
      // The least numbers wrap around: they are found at the other end.
      (
        col("id") < 20, (1, .truncate(width: 10)), "p0 <= 10 OR p0 = 9223372036854775806",
        "p0 < 20"
      ),
      (
        col("id") > 20, (1, .truncate(width: 10)), "p0 >= 20",
        "p0 > 20 AND p0 <> 9223372036854775806"
      ),
    ] as [(Filter, (Int, Transform), String, String)])
  func predicates(
    filter: Filter, field: (Int, Transform), inclusive: String, strict: String
  ) throws {
    #expect(try Self.texts(filter, Self.spec(field)) == [inclusive, strict])
  }

  @Test("a predicate on a transform of a column is one on the field with that transform")
  func transforms() throws {
    let day = Filter.test(col("ts").day, .comparison(.equal, .date(10)))
    #expect(
      try Self.texts(day, Self.spec((3, .day))) == ["p0 = '1970-01-11'", "p0 = '1970-01-11'"])
    #expect(try Self.texts(day, Self.spec((3, .hour))) == ["TRUE", "FALSE"])
    // What the field holds is what the transform is made from.
    #expect(
      try Self.texts(day, Self.spec((3, .identity)))
        == ["day(p0) = '1970-01-11'", "day(p0) = '1970-01-11'"])
  }

  @Test("all fields of a column narrow a projection, any of them makes it certain")
  func severalFields() throws {
    let spec = Self.spec((3, .day), (1, .identity), (3, .year))
    let filter = Filter.test(col("ts"), .comparison(.greaterThan, .timestamp(86_400_000_000)))
    #expect(
      try Self.texts(filter, spec)
        == ["p0 >= '1970-01-02' AND p2 >= 0", "p0 > '1970-01-02' OR p2 > 0"])
  }

  @Test("what says nothing about partitions leaves everything to be read, and nothing certain")
  func otherColumns() throws {
    let spec = Self.spec((1, .identity))
    let either = col("id") == 5 || col("name") == "a"
    #expect(try Self.texts(either, spec) == ["TRUE", "p0 = 5"])
    #expect(try Self.texts(col("id") == 5 && col("name") == "a", spec) == ["p0 = 5", "FALSE"])
    #expect(PartitionProjection(.unpartitioned, schema: Self.schema).isTrivial)
  }

  @Test("fields of several columns, of columns that are gone and of other types say nothing")
  func unusableFields() throws {
    let field = PartitionField(
      sourceIDs: [1, 2], fieldID: 1_000, name: "both", transform: .bucket(count: 2))
    #expect(try Self.texts(col("id") == 5, PartitionSpec(fields: [field])) == ["TRUE", "FALSE"])
    #expect(PartitionProjection(Self.spec((99, .identity)), schema: Self.schema).isTrivial)
    #expect(PartitionProjection(Self.spec((2, .day)), schema: Self.schema).isTrivial)
  }
}
