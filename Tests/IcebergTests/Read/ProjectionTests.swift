import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct ProjectionTests {
  /// Writes rows of one schema, as Parquet or Avro, and reads them as another.
  static func convert(
    _ fields: [Field], _ rows: RecordBatch, to wanted: [Field], format: String,
    partitionedBy terms: [PartitionTerm] = []
  ) async throws -> [String] {
    let table = try MemoryTable.make(
      fields, partitionedBy: terms, properties: ["write.format.default": format])
    let files = try await table.write(rows)
    return try await table.jsonRows(files, as: Schema(wanted))
  }

  static func ints(_ values: [Int32]) -> Column { Column(.int(values), count: values.count) }

  static let formats = ["parquet", "avro"]

  @Test("columns are found by field id, whatever their names and order", arguments: formats)
  func byID(format: String) async throws {
    let rows = RecordBatch(
      names: ["a", "b", "c"], columns: [Self.ints([1]), Self.ints([2]), Self.ints([3])],
      rowCount: 1)
    let found = try await Self.convert(
      [.required("a", .int, id: 1), .required("b", .int, id: 2), .required("c", .int, id: 3)], rows,
      to: [
        .optional("measurement", .int, id: 3), .optional("a", .int, id: 2),
        .optional("b", .int, id: 4),
      ], format: format)
    #expect(found == [#"{"measurement":3,"a":2,"b":null}"#])
  }

  @Test(
    "a promoted column is read in its new type", arguments: formats,
    [
      (FieldType.int, FieldType.long, Literal.int(.min), "-2147483648"),
      (.float, .double, .float(0.1), "0.10000000149011612"),
      (
        .decimal(precision: 5, scale: 2), .decimal(precision: 30, scale: 2),
        .decimal(unscaled: -12345, scale: 2), "\"-123.45\""
      ),
      (.date, .timestamp, .date(-1), "\"1969-12-31T00:00:00.000000\""),
      (.date, .timestampNanos, .date(19_782), "\"2024-02-29T00:00:00.000000000\""),
    ])
  func promotion(
    format: String, row: (from: FieldType, to: FieldType, value: Literal, text: String)
  ) async throws {
    let (from, to, value, text) = row
    let rows = RecordBatch(names: ["x"], columns: [Column([value], as: from)], rowCount: 1)
    let found = try await Self.convert(
      [.required("x", from, id: 1)], rows, to: [.required("x", to, id: 1)], format: format)
    #expect(found == ["{\"x\":\(text)}"])
  }

  @Test(
    "what is no promotion is refused", arguments: formats,
    [
      (FieldType.long, FieldType.int), (.int, .string), (.string, .int), (.double, .float),
      (.decimal(precision: 5, scale: 2), .decimal(precision: 9, scale: 3)), (.date, .timestamptz),
      (.int, .double), (.list(element: .optional("element", .int, id: 2)), .int),
    ])
  func refusal(format: String, types: (from: FieldType, to: FieldType)) async throws {
    let fields: [Field] = [.optional("x", types.from, id: 1)]
    var random = SeededRandom(seed: 1)
    let rows = random.batch(fields, count: 3)
    await #expect {
      _ = try await Self.convert(
        fields, rows, to: [.optional("x", types.to, id: 1)], format: format)
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == .invalidFile && error?.context.location != nil
        && error?.context.fieldID == 1
    }
  }

  @Test("a date that the finer unit cannot hold is an error", arguments: formats)
  func outOfRange(format: String) async throws {
    let rows = RecordBatch(names: ["x"], columns: [Self.ints([2_000_000])], rowCount: 1)
    await #expect(throws: IcebergError.self) {
      _ = try await Self.convert(
        [.required("x", .date, id: 1)], rows, to: [.required("x", .timestampNanos, id: 1)],
        format: format)
    }
  }

  @Test("a column of type unknown is null in whatever type it was given since", arguments: formats)
  func unknown(format: String) async throws {
    let rows = RecordBatch(names: ["id"], columns: [Self.ints([1])], rowCount: 1)
    let found = try await Self.convert(
      [.required("id", .int, id: 1), .optional("u", .unknown, id: 2)], rows,
      to: [
        .required("id", .int, id: 1), .optional("u", .string, id: 2),
      ], format: format)
    #expect(found == [#"{"id":1,"u":null}"#])
  }

  @Test("a missing column is its initial default, else null", arguments: formats)
  func defaults(format: String) async throws {
    var text = Field.required("t", .string, id: 2)
    text.initialDefault = .string("ä")
    var number = Field.optional("n", .decimal(precision: 9, scale: 2), id: 3)
    number.initialDefault = .decimal(unscaled: 150, scale: 2)
    number.writeDefault = .decimal(unscaled: 999, scale: 2)
    // The defaults of the fields fill a struct whose own default is there but empty.
    var point = Field.optional(
      "p", .struct([.optional("x", .int, id: 5), .optional("y", .int, id: 6)]), id: 4)
    point.initialDefault = .struct(StructValue())
    if case .struct(var fields) = point.type {
      fields[0].initialDefault = .int(7)
      point.type = .struct(fields)
    }
    var absent = point
    absent.initialDefault = nil
    absent.id = 8
    absent.name = "q"
    let found = try await Self.convert(
      [.required("id", .int, id: 1)],
      RecordBatch(names: ["id"], columns: [Self.ints([1, 2])], rowCount: 2),
      to: [.required("id", .int, id: 1), text, number, point, absent], format: format)
    let rest = #""t":"ä","n":"1.50","p":{"x":7,"y":null},"q":null}"#
    #expect(found == [#"{"id":1,"# + rest, #"{"id":2,"# + rest])
  }

  @Test("a missing column that is required and has no default is an error", arguments: formats)
  func missingRequired(format: String) async throws {
    let rows = RecordBatch(names: ["id"], columns: [Self.ints([1])], rowCount: 1)
    await #expect {
      _ = try await Self.convert(
        [.required("id", .int, id: 1)], rows, to: [.required("new", .int, id: 2)], format: format)
    } throws: { error in
      (error as? IcebergError)?.message.contains("required column new") == true
    }
  }

  @Test("a null in a required column is an error, but not under a null struct", arguments: formats)
  func requiredNulls(format: String) async throws {
    let inner = Column(.int([1, 0, 0]), validity: Bitmap([true, false, false]), count: 3)
    func rows(_ validity: [Bool]) -> RecordBatch {
      RecordBatch(
        names: ["s"], columns: [Column(.struct([inner]), validity: Bitmap(validity), count: 3)],
        rowCount: 3)
    }
    let written: [Field] = [.optional("s", .struct([.optional("x", .int, id: 2)]), id: 1)]
    let wanted: [Field] = [.optional("s", .struct([.required("x", .int, id: 2)]), id: 1)]
    let found = try await Self.convert(
      written, rows([true, false, false]), to: wanted, format: format)
    #expect(found == [#"{"s":null}"#, #"{"s":null}"#, #"{"s":{"x":1}}"#])
    await #expect {
      _ = try await Self.convert(written, rows([true, true, false]), to: wanted, format: format)
    } throws: { error in
      (error as? IcebergError)?.message.contains("column s.x") == true
    }
  }

  @Test("structs evolve wherever they are: in structs, lists and maps", arguments: formats)
  func nestedEvolution(format: String) async throws {
    func point(_ first: Int) -> FieldType {
      .struct([.required("x", .int, id: first), .optional("y", .string, id: first + 1)])
    }
    func evolved(_ first: Int) -> FieldType {
      var z = Field.optional("z", .int, id: first + 50)
      z.initialDefault = .int(5)
      return .struct([z, .optional("wide", .long, id: first)])
    }
    let written: [Field] = [
      .optional("s", .struct([.optional("p", point(11), id: 10)]), id: 1),
      .optional("l", .list(element: .optional("element", point(21), id: 20)), id: 2),
      .optional(
        "m",
        .map(
          key: .required("key", point(31), id: 30), value: .optional("value", point(41), id: 40)),
        id: 3),
    ]
    let wanted: [Field] = [
      .optional("s", .struct([.optional("p", evolved(11), id: 10)]), id: 1),
      .optional("l", .list(element: .optional("element", evolved(21), id: 20)), id: 2),
      .optional(
        "m",
        .map(
          key: .required("key", evolved(31), id: 30),
          value: .optional("value", evolved(41), id: 40)), id: 3),
    ]
    func value(_ x: Int32) -> Literal { .struct(StructValue([.int(x), .string("y\(x)")])) }
    let entry = Literal.MapEntry(key: value(4), value: value(5))
    let values: [Literal] = [
      .struct(StructValue([value(1)])), .list([value(2), nil, value(3)]), .map([entry]),
    ]
    let columns = zip(values, written).map { Column([$0, nil], as: $1.type) }
    let rows = RecordBatch(names: ["s", "l", "m"], columns: columns, rowCount: 2)
    let found = try await Self.convert(written, rows, to: wanted, format: format)
    #expect(
      found == [
        #"{"s":null,"l":null,"m":null}"#,
        #"{"s":{"p":{"z":5,"wide":1}},"l":[{"z":5,"wide":2},null,{"z":5,"wide":3}],"#
          + #""m":[[{"z":5,"wide":4},{"z":5,"wide":5}]]}"#,
      ])
  }

  @Test("a struct none of whose fields the file has still has its own nulls", arguments: formats)
  func structPresence(format: String) async throws {
    let written: [Field] = [
      .optional("s", .struct([.optional("x", .int, id: 2)]), id: 1),
      .optional(
        "l",
        .list(
          element: .optional("element", .struct([.optional("x", .int, id: 5)]), id: 4)), id: 3),
    ]
    let wanted: [Field] = [
      .optional("s", .struct([.optional("new", .int, id: 12)]), id: 1),
      .optional(
        "l",
        .list(
          element: .optional("element", .struct([.optional("new", .int, id: 15)]), id: 4)), id: 3),
    ]
    let point = Literal.struct(StructValue([.int(1)]))
    let rows = RecordBatch(
      names: ["s", "l"],
      columns: [
        Column([point, nil], as: written[0].type),
        Column([.list([point, nil]), .list([])], as: written[1].type),
      ], rowCount: 2)
    let found = try await Self.convert(written, rows, to: wanted, format: format)
    #expect(found == [#"{"s":null,"l":[]}"#, #"{"s":{"new":null},"l":[{"new":null},null]}"#])
  }

  @Test("rows are counted even when no column of the file is read", arguments: formats)
  func noColumns(format: String) async throws {
    let found = try await Self.convert(
      [.required("id", .int, id: 1)],
      RecordBatch(names: ["id"], columns: [Self.ints([1, 2, 3])], rowCount: 3),
      to: [.optional("other", .int, id: 9)], format: format)
    #expect(found.count == 3)
  }

  @Test("a column that the file lacks is the identity value of its partition, null included")
  func partitionConstants() async throws {
    let imported: [Field] = [.required("id", .int, id: 1)]
    let table = try MemoryTable.make(
      imported + [.optional("day", .date, id: 2), .optional("n", .int, id: 3)],
      partitionedBy: ["day", .bucket(4, "n")])
    let bare = try MemoryTable.make(imported, fileIO: table.fileIO)
    var files = try await bare.write(
      RecordBatch(names: ["id"], columns: [Self.ints([1])], rowCount: 1))
    files += files
    files[0].partition = StructValue([.date(1), .int(3)])
    files[1].partition = StructValue([nil, .int(3)])
    #expect(
      try await table.jsonRows(files) == [
        #"{"id":1,"day":"1970-01-02","n":null}"#, #"{"id":1,"day":null,"n":null}"#,
      ])
  }
}
