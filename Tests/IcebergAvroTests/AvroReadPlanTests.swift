import IcebergAvro
import IcebergBytes
import Testing

@Suite struct AvroReadPlanTests {
  /// The records of `values`, written as `writer` and read by the plan: every wanted field with its
  /// place in the reader's record.
  static func fields(
    _ writer: AvroSchema, _ reader: AvroSchema, _ matching: AvroReadPlan.Matching
  ) throws -> [String: Int32] {
    let plan = try AvroReadPlan(writer: writer, reader: reader, matching: matching)
    var places: [String: Int32] = [:]
    for (index, field) in zip(plan.children(of: plan.root), writer.fields) {
      #expect(plan[index].isWanted == (plan[index].readerIndex >= 0))
      places[field.name] = plan[index].readerIndex
    }
    return places
  }

  static let writer = AvroSchema.record(
    "r",
    [
      AvroField("a", .int, id: 1), AvroField("b", .optional(.string), id: 2),
      AvroField("c", .double, id: 3),
    ])

  @Test("fields meet by id, whatever they are called")
  func byID() throws {
    let reader = AvroSchema.record(
      "r",
      [
        AvroField("c", .optional(.string), id: 2), AvroField("new", .int, id: 9),
        AvroField("x", .long, id: 1),
      ])
    #expect(try Self.fields(Self.writer, reader, .fieldIDs) == ["a": 2, "b": 0, "c": -1])
    #expect(try Self.fields(Self.writer, reader, .fieldIDsOrNames) == ["a": 2, "b": 0, "c": -1])
    let plan = try AvroReadPlan(writer: Self.writer, reader: reader, matching: .fieldIDs)
    #expect(plan.missing == [0: [1]])
  }

  @Test("fields meet by name and by the reader's aliases where that is asked for")
  func byName() throws {
    let reader = AvroSchema.record(
      "r",
      [
        AvroField("c", .double), AvroField("renamed", .int, attributes: ["aliases": ["x", "a"]]),
      ])
    #expect(try Self.fields(Self.writer, reader, .names) == ["a": 1, "b": -1, "c": 0])
    let plain = AvroSchema.record("r", [AvroField("c", .float), AvroField("a", .int)])
    #expect(try Self.fields(plain, reader, .fieldIDsOrNames) == ["a": 1, "c": 0])
    #expect(try Self.fields(plain, reader, .fieldIDs) == ["a": -1, "c": -1])
  }

  static let pairs: [(AvroSchema, AvroSchema, Bool)] = [
    (.int, .long, true), (.int, .double, true), (.long, .int, true), (.long, .float, true),
    (.float, .double, true), (.double, .float, false), (.double, .long, false),
    (.string, .bytes, true),
    (.bytes, .string, true), (.string, .int, false), (.boolean, .int, false),
    (.int, .boolean, false),
    (.fixed("f", size: 4), .fixed("g", size: 8), true), (.fixed("f", size: 4), .bytes, true),
    (.bytes, .fixed("g", size: 8), true), (.int, .optional(.long), true),
    (.optional(.int), .long, true),
    (.null, .optional(.int), true), (AvroSchema(.union([.int, .string])), .int, false),
    (AvroSchema(.array(.int)), AvroSchema(.array(.long)), true),
    (AvroSchema(.array(.int)), AvroSchema(.array(.string)), false),
    (AvroSchema(.array(.int)), .int, false), (.int, AvroSchema(.array(.int)), false),
    (AvroSchema(.map(.int)), .map(from: .string, to: .long, keyID: 1, valueID: 2), true),
    (.map(from: .string, to: .int, keyID: 1, valueID: 2), AvroSchema(.map(.int)), true),
    (.map(from: .int, to: .int, keyID: 1, valueID: 2), AvroSchema(.map(.int)), false),
    (
      .map(from: .int, to: .int, keyID: 2, valueID: 1),
      .map(from: .int, to: .int, keyID: 1, valueID: 2), false
    ),
    (AvroSchema(.array(.int)), .map(from: .int, to: .int, keyID: 1, valueID: 2), false),
    (.record("r", []), .record("s", []), true), (.record("r", []), .int, false),
  ]

  @Test("a field that cannot be read as the wanted type is refused", arguments: pairs)
  func types(written: AvroSchema, wanted: AvroSchema, isPossible: Bool) throws {
    let writer = AvroSchema.record("r", [AvroField("outer", written, id: 5)])
    let reader = AvroSchema.record("r", [AvroField("outer", wanted, id: 5)])
    if isPossible {
      _ = try AvroReadPlan(writer: writer, reader: reader, matching: .fieldIDs)
    } else {
      let error = #expect(throws: FormatError.self) {
        try AvroReadPlan(writer: writer, reader: reader, matching: .fieldIDs)
      }
      #expect(error?.reason.contains("outer") == true)
      // What nobody wants may be anything.
      _ = try AvroReadPlan(writer: writer, reader: .record("r", []), matching: .fieldIDs)
    }
  }

  @Test("an array of pairs is a map when it says so or when a map is wanted")
  func maps() throws {
    let said = AvroSchema.map(from: .int, to: .string, keyID: 1, valueID: 2)
    var unsaid = said
    unsaid.attributes = JSONObject()
    #expect(try AvroReadPlan(reading: said).root.kind == .map)
    #expect(try AvroReadPlan(reading: unsaid).root.kind == .array)
    #expect(try AvroReadPlan(writer: unsaid, reader: said, matching: .fieldIDs).root.kind == .map)
    #expect(try AvroReadPlan(writer: said, reader: unsaid, matching: .fieldIDs).root.kind == .array)
    let plan = try AvroReadPlan(reading: said)
    #expect(plan.children(of: plan.root).map { plan[$0].fieldID } == [1, 2])
  }

  @Test("two fields of the file with one id are refused")
  func duplicates() {
    let writer = AvroSchema.record("r", [AvroField("a", .int, id: 1), AvroField("b", .int, id: 1)])
    #expect(throws: FormatError.self) {
      try AvroReadPlan(writer: writer, reader: writer, matching: .fieldIDs)
    }
  }

  @Test("a value takes at least the bytes that its node says")
  func minimumSizes() throws {
    let schema = AvroSchema.record(
      "r",
      [
        AvroField("a", .double), AvroField("b", .optional(.double)),
        AvroField("c", .fixed("f", size: 5)),
        AvroField("d", AvroSchema(.array(.double))), AvroField("e", .null), AvroField("f", .float),
      ])
    let plan = try AvroReadPlan(reading: schema)
    #expect(plan.children(of: plan.root).map { plan[$0].minimumSize } == [8, 1, 5, 1, 0, 4])
    #expect(plan.root.minimumSize == 19)
  }
}
