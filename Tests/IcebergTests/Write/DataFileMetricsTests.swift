import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct DataFileMetricsTests {
  static func file(
    _ fields: [Field], _ columns: [Column], properties: [String: String] = [:]
  ) async throws -> DataFile {
    let table = try MemoryTable.make(fields, properties: properties)
    let files = try await table.write(
      RecordBatch(names: fields.map(\.name), columns: columns, rowCount: columns[0].count))
    return try #require(files.first)
  }

  @Test("counts of values, nulls and NaNs, sizes and bounds are kept of every column")
  func counts() async throws {
    let file = try await Self.file(
      [.required("id", .int, id: 1), .optional("d", .double, id: 2)],
      [
        Column(.int([3, -1, 2]), count: 3),
        Column([.double(.nan), nil, .double(-0.0)], as: .double),
      ])
    #expect(file.recordCount == 3)
    #expect(file.valueCounts == [1: 3, 2: 3])
    #expect(file.nullValueCounts == [1: 0, 2: 1])
    #expect(file.nanValueCounts == [2: 1])
    #expect(Set((file.columnSizes ?? [:]).keys) == [1, 2])
    #expect(file.lowerBounds?[1] == (try Literal.int(-1).singleValueBytes()))
    #expect(file.upperBounds?[1] == (try Literal.int(3).singleValueBytes()))
    #expect(file.lowerBounds?[2] == (try Literal.double(-0.0).singleValueBytes()))
    #expect(file.splitOffsets == [4])
    let columnBytes = (file.columnSizes ?? [:]).values.reduce(0, +)
    #expect(columnBytes > 0 && columnBytes < file.fileSizeInBytes)
  }

  @Test("a variant has counts of values and nulls, and no bounds")
  func variant() async throws {
    let value = Literal.variant(metadata: [1, 0, 0], value: [12, 34])
    let table = try MemoryTable.make([.optional("v", .variant, id: 1)])
    let files = try await table.write(
      RecordBatch(rows: [[value], [nil], [nil]], schema: table.metadata.currentSchema))
    #expect(files.first?.valueCounts == [1: 3])
    #expect(files.first?.nullValueCounts == [1: 2])
    #expect(files.first?.lowerBounds == [:])
  }

  @Test("every bound is the least or greatest value of its column, in binary form")
  func bounds() async throws {
    let fields = TableWriterTests.everyType.filter { $0.type.isPrimitive && $0.type != .unknown }
    var random = SeededRandom("DataFileMetricsTests.bounds")
    let batch = random.batch(fields, count: 200)
    let file = try await Self.file(
      fields, batch.columns, properties: ["write.metadata.metrics.default": "full"])
    for (field, column) in zip(fields, batch.columns) {
      let bytes = try (0..<200).compactMap { row in
        try RandomLiteral.literal(column, field.type, row)
      }
      let lower = try #require(file.lowerBounds?[field.id], "\(field.name)")
      let upper = try #require(file.upperBounds?[field.id], "\(field.name)")
      let least = try Literal(singleValue: lower, type: field.type)
      let greatest = try Literal(singleValue: upper, type: field.type)
      #expect(bytes.contains(least) && bytes.contains(greatest), "\(field.name)")
      for value in bytes {
        #expect(
          value.ordering(to: least) != .less && value.ordering(to: greatest) != .greater,
          "\(field.name) \(value)")
      }
    }
  }

  @Test(
    "the mode of a column decides what is kept of it",
    arguments: [
      ("none", false, false, nil), ("counts", true, false, nil),
      ("truncate(3)", true, true, "abd"), ("full", true, true, "abcdef"),
    ] as [(String, Bool, Bool, String?)])
  func modes(mode: String, hasCounts: Bool, hasBounds: Bool, upper: String?) async throws {
    let file = try await Self.file(
      [.required("id", .int, id: 1), .required("t", .string, id: 2)],
      [Column(.int([1]), count: 1), Column([.string("abcdef")], as: .string)],
      properties: [
        "write.metadata.metrics.default": "none", "write.metadata.metrics.column.t": mode,
      ])
    #expect(file.valueCounts?[1] == nil && file.columnSizes?[1] == nil)
    #expect((file.columnSizes?[2] != nil) == hasCounts)
    #expect(file.valueCounts?[2] == (hasCounts ? 1 : nil))
    #expect(file.upperBounds?[2]?.utf8String == upper)
    #expect((file.lowerBounds?[2] != nil) == hasBounds)
  }

  @Test("a truncated upper bound that cannot be raised is left out")
  func noUpperBound() async throws {
    let file = try await Self.file(
      [.required("b", .binary, id: 1)],
      [Column([.binary(Bytes([UInt8](repeating: 0xff, count: 20)))], as: .binary)])
    #expect(file.lowerBounds?[1]?.count == 16)
    #expect(file.upperBounds?[1] == nil)
  }

  @Test("columns in structs have metrics; of columns in lists and maps there are only sizes")
  func nested() async throws {
    let fields: [Field] = [
      .required("s", .struct([.required("x", .int, id: 2)]), id: 1),
      .required("l", .list(element: .required("element", .int, id: 4)), id: 3),
    ]
    let file = try await Self.file(
      fields,
      [
        Column([.struct(StructValue([.int(5)]))], as: fields[0].type),
        Column([.list([.int(1), .int(2)])], as: fields[1].type),
      ])
    #expect(file.valueCounts == [2: 1])
    #expect(file.lowerBounds.map { Set($0.keys) } == [2])
    #expect(file.columnSizes.map { Set($0.keys) } == [2, 4])
  }

  @Test("Avro files have the numbers of rows and bytes only")
  func avro() async throws {
    let table = try MemoryTable.make(
      [.required("id", .int, id: 1)], properties: ["write.format.default": "avro"])
    let files = try await table.write(
      RecordBatch(names: ["id"], columns: [Column(.int([1, 2]), count: 2)], rowCount: 2))
    let file = try #require(files.first)
    #expect(file.format == .avro && file.recordCount == 2 && file.valueCounts == nil)
    let size = try await table.fileIO.status(of: file.location).sizeInBytes
    #expect(file.fileSizeInBytes == size)
  }
}

/// Single values of columns as literals.
enum RandomLiteral {
  /// The value of a row; nil for null and NaN, which are not in bounds.
  static func literal(_ column: Column, _ type: FieldType, _ row: Int) throws -> Literal? {
    switch (column.value(at: row), type) {
    case (.null, _): nil
    case (.boolean(let value), _): .boolean(value)
    case (.int(let value), .date): .date(value)
    case (.int(let value), _): .int(value)
    case (.long(let value), .time): .time(value)
    case (.long(let value), .timestamp): .timestamp(value)
    case (.long(let value), .timestamptz): .timestamptz(value)
    case (.long(let value), .timestampNanos): .timestampNanos(value)
    case (.long(let value), .timestamptzNanos): .timestamptzNanos(value)
    case (.long(let value), _): .long(value)
    case (.float(let value), _): value.isNaN ? nil : .float(value)
    case (.double(let value), _): value.isNaN ? nil : .double(value)
    case (.decimal(let unscaled), .decimal(_, let scale)):
      .decimal(unscaled: unscaled, scale: scale)
    case (.bytes(let bytes), .string): .string(String(decoding: bytes, as: UTF8.self))
    case (.bytes(let bytes), .uuid): .uuid(Bytes(bytes))
    case (.bytes(let bytes), .fixed): .fixed(Bytes(bytes))
    case (.bytes(let bytes), _): .binary(Bytes(bytes))
    default: nil
    }
  }
}
