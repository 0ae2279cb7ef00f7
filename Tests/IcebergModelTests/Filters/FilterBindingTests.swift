import IcebergBytes
import IcebergModel
import Testing

@Suite struct FilterBindingTests {
  static let schema = Schema([
    .required("id", .long, id: 1),
    .optional("n", .int, id: 2),
    .optional("f", .float, id: 3),
    .optional("d", .double, id: 4),
    .optional("price", .decimal(precision: 9, scale: 2), id: 5),
    .optional("day", .date, id: 6),
    .optional("at", .timestamp, id: 7),
    .optional("atz", .timestamptz, id: 8),
    .optional("ns", .timestampNanos, id: 9),
    .optional("s", .string, id: 10),
    .optional("u", .uuid, id: 11),
    .optional("fix", .fixed(length: 2), id: 12),
    .optional("bin", .binary, id: 13),
    .optional("none", .unknown, id: 14),
    .optional(
      "place",
      .struct([.required("City", .string, id: 16), .required("zip", .int, id: 17)]), id: 15),
    .optional("tags", .list(element: .required("element", .string, id: 19)), id: 18),
    .optional("clock", .time, id: 20),
    .required("must", .struct([.required("x", .int, id: 22)]), id: 21),
    .optional("yes", .boolean, id: 23),
  ])

  static func test(_ filter: Filter) throws -> BoundPredicate.Test {
    guard case .predicate(let predicate) = try filter.bound(to: schema) else {
      throw IcebergError(.invalidArgument, "constant")
    }
    return predicate.test
  }

  static let conversions: [(filter: Filter, test: BoundPredicate.Test)] = [
    (col("id") == 5, .comparison(.equal, .long(5))),
    (col("id") == Int32(5), .comparison(.equal, .long(5))),
    (col("n") < 5, .comparison(.lessThan, .int(5))),
    (col("f") >= 2, .comparison(.greaterThanOrEqual, .float(2))),
    (col("f") == 0.1, .comparison(.equal, .float(0.1))),
    (col("d") == Float(0.5), .comparison(.equal, .double(0.5))),
    (col("d") == 16_777_217, .comparison(.equal, .double(16_777_217))),
    (col("price") == 3, .comparison(.equal, .decimal(unscaled: 300, scale: 2))),
    (col("price") == 1.1, .comparison(.equal, .decimal(unscaled: 110, scale: 2))),
    (col("price") == "14.20", .comparison(.equal, .decimal(unscaled: 1_420, scale: 2))),
    (
      col("price") == Literal.decimal(unscaled: 1_234_000, scale: 5),
      .comparison(.equal, .decimal(unscaled: 1_234, scale: 2))
    ),
    (col("day") == "2017-11-16", .comparison(.equal, .date(17_486))),
    (col("day") == 17_486, .comparison(.equal, .date(17_486))),
    (col("at") == "1970-01-01T00:00:01", .comparison(.equal, .timestamp(1_000_000))),
    (col("at") == "1970-01-02", .comparison(.equal, .timestamp(86_400_000_000))),
    (col("at") == Literal.date(1), .comparison(.equal, .timestamp(86_400_000_000))),
    (col("at") == 34, .comparison(.equal, .timestamp(34))),
    (col("atz") == "1970-01-01T01:00:00+01:00", .comparison(.equal, .timestamptz(0))),
    (col("ns") == 34, .comparison(.equal, .timestampNanos(34_000))),
    (col("ns") == "1970-01-01T00:00:00.000000001", .comparison(.equal, .timestampNanos(1))),
    (col("clock") == "00:00:01", .comparison(.equal, .time(1_000_000))),
    (
      col("u") == "f79c3e09-677c-4bbd-a479-3f349cb785e7",
      .comparison(
        .equal,
        .uuid([
          0xf7, 0x9c, 0x3e, 0x09, 0x67, 0x7c, 0x4b, 0xbd, 0xa4, 0x79, 0x3f, 0x34, 0x9c, 0xb7, 0x85,
          0xe7,
        ]))
    ),
    (col("fix") == "0aff", .comparison(.equal, .fixed([0x0a, 0xff]))),
    (col("fix") == Bytes([1, 2]), .comparison(.equal, .fixed([1, 2]))),
    (col("bin") == Literal.fixed([1, 2, 3]), .comparison(.equal, .binary([1, 2, 3]))),
    (col("yes") == true, .comparison(.equal, .boolean(true))),
    // What the type does not have lies between two values that it has.
    (col("n") > 5.5, .comparison(.greaterThan, .int(5))),
    (col("n") >= 5.5, .comparison(.greaterThan, .int(5))),
    (col("n") < -5.5, .comparison(.lessThanOrEqual, .int(-6))),
    (col("price") > 34.567, .comparison(.greaterThan, .decimal(unscaled: 3_456, scale: 2))),
    (col("price") <= -0.001, .comparison(.lessThanOrEqual, .decimal(unscaled: -1, scale: 2))),
    (col("day") < "1970-01-01T12:00", .comparison(.lessThanOrEqual, .date(0))),
    (
      col("at") >= "1970-01-01T00:00:00.000000001", .comparison(.greaterThan, .timestamp(0))
    ),
    (col("f") > 1e300, .comparison(.greaterThan, .float(.greatestFiniteMagnitude))),
    (col("f") == Double.infinity, .comparison(.equal, .float(.infinity))),
    // Beyond the type, every value is on one side, but null is on none.
    (col("n") < 3_000_000_000, .notNull),
    (col("n") > -3_000_000_000, .notNull),
    (col("price") <= 10_000_000, .notNull),
    // Both zeros are one number.
    (col("d") < 0.0, .comparison(.lessThan, .double(-0.0))),
    (col("d") <= -0.0, .comparison(.lessThanOrEqual, .double(0.0))),
    (col("d") == 0, .isIn([.double(-0.0), .double(0.0)])),
    (col("f") != -0.0, .notIn([.float(-0.0), .float(0.0)])),
    // Sets.
    (col("n").isIn([1, 2, 2, 3_000_000_000]), .isIn([.int(1), .int(2)])),
    (col("n").isIn([1, 1]), .comparison(.equal, .int(1))),
    (!col("n").isIn([1]), .comparison(.notEqual, .int(1))),
    (!col("s").isIn(["a", "b"]), .notIn([.string("a"), .string("b")])),
    // Transforms.
    (col("at").day == "2017-11-16", .comparison(.equal, .date(17_486))),
    (col("at").year >= 47, .comparison(.greaterThanOrEqual, .int(47))),
    (col("id").bucket(16) == 3, .comparison(.equal, .int(3))),
    (col("s").truncate(2).startsWith("a"), .startsWith(.string("a"))),
    (!col("s").startsWith("a"), .notStartsWith(.string("a"))),
    // -9999999.99 truncated has a digit more than the column.
    (
      col("price").truncate(1_000) <= -10_000_000,
      .comparison(.lessThanOrEqual, .decimal(unscaled: -1_000_000_000, scale: 2))
    ),
  ]

  @Test("constants become values of the column's type, exactly", arguments: conversions.indices)
  func conversion(index: Int) throws {
    let (filter, test) = Self.conversions[index]
    #expect(try Self.test(filter) == test)
  }

  static let constants: [(filter: Filter, bound: BoundFilter)] = [
    (.all, .all),
    (!Filter.all, .none),
    (.and([]), .all),
    (.or([]), .none),
    (col("id").isNull, .none),
    (!col("id").isNull, .all),
    (col("must.x").isNull, .none),
    (col("none").isNull, .all),
    (!col("none").isNull, .none),
    (col("n") == 3_000_000_000, .none),
    (col("n") != 3_000_000_000, .all),
    (col("n") > 3_000_000_000, .none),
    (col("id") < Double.infinity, .all),
    (col("n") == 5.5, .none),
    (col("n") != 5.5, .all),
    (col("n").isIn([] as [Int]), .none),
    (!col("n").isIn([3_000_000_000]), .all),
    (col("n") == 1 && col("id").isNull, .none),
    (.or([col("n") == 5.5, .not(col("id").isNull)]), .all),
  ]

  @Test("what holds for every row or for none is found out", arguments: constants.indices)
  func constant(index: Int) throws {
    let (filter, bound) = Self.constants[index]
    #expect(try filter.bound(to: Self.schema) == bound)
  }

  @Test("`not` turns over what is inside it, for nulls and NaN too")
  func negation() throws {
    let schema = Self.schema
    let less = try (col("n") < 5).bound(to: schema)
    let notLess = try (!(col("n") < 5)).bound(to: schema)
    #expect(less != notLess)
    #expect(
      try notLess
        == .any(of: [(col("n") >= 5).bound(to: schema), col("n").isNull.bound(to: schema)]))
    #expect(
      try (!(col("d") >= 5.0)).bound(to: schema)
        == .any(of: [
          (col("d") < 5.0).bound(to: schema), col("d").isNull.bound(to: schema),
          col("d").isNaN.bound(to: schema),
        ]))
    #expect(try (!(col("id") < 5)).bound(to: schema) == (col("id") >= 5).bound(to: schema))
    #expect(
      try (!(col("id") < 5 && col("s") == "a")).bound(to: schema)
        == (col("id") >= 5 || col("s") != "a").bound(to: schema))
  }

  @Test("nested columns are found by their path, with and without their case")
  func names() throws {
    guard case .predicate(let predicate) = try (col("place.City") == "Bonn").bound(to: Self.schema)
    else { throw IcebergError(.invalidArgument, "constant") }
    #expect(predicate.term.path == [14, 0])
    #expect(predicate.term.fieldID == 16)
    #expect(predicate.term.isOptional)
    #expect(
      try (col("PLACE.city") == "Bonn").bound(to: Self.schema, caseSensitive: false)
        == .predicate(predicate))
    #expect(throws: IcebergError.self) { try (col("PLACE.city") == "Bonn").bound(to: Self.schema) }
  }

  static let refusals: [(filter: Filter, words: [String])] = [
    (col("idd") == 1, ["no column 'idd'", "place.City"]),
    (col("s") == 1, ["'s'", "string", "long '1'"]),
    (col("id") == "1", ["'id'", "long", "string '1'"]),
    (col("yes") == 1, ["boolean", "long"]),
    (col("day") == "yesterday", ["date", "string 'yesterday'"]),
    (col("fix") == Bytes([1]), ["fixed[2]", "binary"]),
    (col("d") == Double.nan, ["'d'", "NaN"]),
    (col("d").isIn([1.0, .nan]), ["'d'", "NaN"]),
    (col("n").isNaN, ["'n'", "int", "NaN"]),
    (col("n").startsWith("1"), ["'n'", "int", "string"]),
    (col("tags.element") == "a", ["'tags.element'", "list"]),
    (col("tags") == "a", ["'tags'", "list<string>"]),
    (col("none") == 1, ["'none'", "unknown"]),
    (col("s").day == 1, ["day", "'s'", "string"]),
    (col("at").year == "x", ["year", "'at'", "int", "string 'x'"]),
    (
      .test(Filter.Term("s", transform: .unknown("zorder")), .isNull), ["zorder", "'s'"]
    ),
  ]

  @Test("what cannot be compared is refused by name and types", arguments: refusals.indices)
  func refusal(index: Int) throws {
    let (filter, words) = Self.refusals[index]
    let error = try #require(throws: IcebergError.self) { try filter.bound(to: Self.schema) }
    for word in words { #expect(error.message.contains(word), "\(error.message)") }
  }

  @Test("a name that several columns have in another case is ambiguous")
  func ambiguous() throws {
    let schema = Schema([.required("a", .int, id: 1), .required("A", .int, id: 2)])
    #expect(throws: IcebergError.self) {
      try (col("á") == 1).bound(to: schema, caseSensitive: false)
    }
    let other = Schema([.required("aB", .int, id: 1), .required("Ab", .int, id: 2)])
    let error = try #require(throws: IcebergError.self) {
      try (col("ab") == 1).bound(to: other, caseSensitive: false)
    }
    #expect(error.message.contains("aB") && error.message.contains("Ab"))
  }

  @Test("any column can be tested for null")
  func nullTests() throws {
    for name in ["tags", "place", "none", "place.zip"] {
      _ = try col(name).isNull.bound(to: Self.schema)
    }
  }
}
