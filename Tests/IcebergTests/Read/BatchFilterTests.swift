import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct BatchFilterTests {
  static let fields: [Field] = [
    .required("id", .long, id: 1), .optional("b", .boolean, id: 2), .optional("i", .int, id: 3),
    .optional("l", .long, id: 4), .optional("f", .float, id: 5), .optional("d", .double, id: 6),
    .optional("n", .decimal(precision: 20, scale: 2), id: 7),
    .optional("m", .decimal(precision: 7, scale: 2), id: 8), .optional("t", .date, id: 9),
    .optional("ts", .timestamp, id: 10), .optional("s", .string, id: 11),
    .optional("u", .uuid, id: 12), .optional("x", .binary, id: 13),
    .optional(
      "p", .struct([.optional("q", .int, id: 15), .optional("r", .string, id: 16)]), id: 14),
  ]

  /// A table of one file of many row groups, whose rows are near others of their kind: `rows` sorted
  /// by the column `key`.
  static func table(
    _ rows: RecordBatch, format: String = "parquet", fileIO: any FileIO = MemoryFileIO()
  ) async throws -> (Table, DataFile) {
    let table = try MemoryTable.make(
      fields,
      properties: [
        "write.parquet.row-group-size-bytes": "3000", "write.format.default": format,
        "write.parquet.page-row-limit": "20", "write.parquet.compression-codec": "uncompressed",
      ], fileIO: fileIO)
    return (table, try await table.write(rows)[0])
  }

  static func task(_ table: Table, _ file: DataFile, _ filter: Filter) throws -> FileScanTask {
    var task = table.task(file, selecting: [fields[0]])
    task.residual = try filter.bound(to: table.metadata.currentSchema, caseSensitive: true)
    return task
  }

  @Test(
    "of random rows exactly those come that satisfy a random filter, and row groups without any are left out",
    arguments: ["parquet", "avro"])
  func random(format: String) async throws {
    var random = SeededRandom("BatchFilterTests.random.\(format)")
    let count = 800
    for round in 0..<(LongTests.isEnabled ? 40 : 2) {
      var batch = random.batch(Self.fields, count: count)
      // Sorted by one column, so that statistics of row groups tell them apart.
      let key = 2 + round % 9
      let order = (0..<count).sorted { left, right in
        "\(batch.columns[key].value(at: left))" < "\(batch.columns[key].value(at: right))"
      }
      var columns = batch.take(order).columns
      columns[0] = Column(.long((0..<Int64(count)).map(\.self)), count: count)
      batch = RecordBatch(names: batch.names, columns: columns, rowCount: count)
      let (table, file) = try await Self.table(batch, format: format)
      let schema = table.metadata.currentSchema
      let rows = try Self.literals(batch, schema)
      for _ in 0..<25 {
        let filter = try random.filter(of: rows)
        let bound = try filter.bound(to: schema, caseSensitive: true)
        let evaluator = RowEvaluator(bound)
        var expected: [Int64] = []
        for (index, row) in rows.enumerated() where try evaluator.matches(row) {
          expected.append(Int64(index))
        }
        let lines = try await table.lines(
          [try Self.task(table, file, filter)], options: ScanOptions(batchRowLimit: 100))
        #expect(PositionDeletesTests.ids(lines) == expected, "\(filter)")
      }
    }
  }

  /// The rows as values.
  static func literals(_ batch: RecordBatch, _ schema: Schema) throws -> [StructValue] {
    try (0..<batch.rowCount).map { row in
      StructValue(
        try zip(batch.columns, schema.fields).map { column, field in
          try literal(column.value(at: row), field.type)
        })
    }
  }

  private static func literal(_ value: Column.Value, _ type: FieldType) throws -> Literal? {
    switch (value, type) {
    case (.null, _): return nil
    case (.boolean(let value), _): return .boolean(value)
    case (.int(let value), .date): return .date(value)
    case (.int(let value), _): return .int(value)
    case (.long(let value), .timestamp): return .timestamp(value)
    case (.long(let value), _): return .long(value)
    case (.float(let value), _): return .float(value)
    case (.double(let value), _): return .double(value)
    case (.decimal(let value), .decimal(_, let scale)):
      return .decimal(unscaled: value, scale: scale)
    case (.bytes(let bytes), .string): return .string(String(decoding: bytes, as: UTF8.self))
    case (.bytes(let bytes), .uuid): return .uuid(Bytes(bytes))
    case (.bytes(let bytes), _): return .binary(Bytes(bytes))
    case (.struct(let values), .struct(let fields)):
      return .struct(StructValue(try zip(values, fields).map { try literal($0, $1.type) }))
    default: throw IcebergError(.invalidArgument, "\(value) is no \(type)")
    }
  }

  @Test("row groups whose statistics exclude every row are not fetched")
  func pruned() async throws {
    let counting = CountingFileIO()
    let (table, files) = try await PositionDeletesTests.table(rows: 40_000, fileIO: counting)
    func read(_ filter: Filter) async throws -> (rows: Int, bytes: Int) {
      counting.reset()
      let lines = try await table.lines([try Self.task(table, files[0], filter)])
      return (lines.count, counting.bytes)
    }
    let all = try await read(col("id") >= 0)
    #expect(all.rows == 40_000)
    let one = try await read(col("id") == 77)
    #expect(one.rows == 1)
    #expect(one.bytes < all.bytes / 2)
    let none = try await read(col("id") < 0)
    #expect(none.rows == 0)
    #expect(none.bytes < one.bytes)
  }

  @Test("the filter and the deletes both apply; with _deleted only the filter leaves rows out")
  func withDeletes() async throws {
    var random = SeededRandom("BatchFilterTests.withDeletes")
    var columns = random.batch(Self.fields, count: 100).columns
    columns[0] = Column(.long((0..<100).map(\.self)), count: 100)
    let batch = RecordBatch(names: Self.fields.map(\.name), columns: columns, rowCount: 100)
    let (table, file) = try await Self.table(batch)
    var task = try Self.task(table, file, col("id") >= 10 && col("id") < 16)
    task.deletes = [
      try await DeleteFiles.vector([11, 50], of: file, fileIO: table.fileIO),
      try await DeleteFiles.equality(Self.fields[0], [.long(14)], fileIO: table.fileIO),
    ]
    task.schema = Schema([ReservedFields.position])
    #expect(
      try await table.lines([task]) == [10, 12, 13, 15].map { #"{"_pos":\#($0)}"# })
    task.schema = Schema([ReservedFields.position, ReservedFields.isDeleted])
    #expect(
      try await table.lines([task])
        == (10..<16).map { #"{"_pos":\#($0),"_deleted":\#($0 == 11 || $0 == 14)}"# })
  }
}

extension SeededRandom {
  /// A filter whose constants are values of the rows, or near them.
  fileprivate mutating func filter(of rows: [StructValue], depth: Int = 2) throws -> Filter {
    if depth > 0 {
      switch Int.random(in: 0..<5, using: &self) {
      case 0: return !(try filter(of: rows, depth: depth - 1))
      case 1: return try filter(of: rows, depth: depth - 1) && filter(of: rows, depth: depth - 1)
      case 2: return try filter(of: rows, depth: depth - 1) || filter(of: rows, depth: depth - 1)
      default: break
      }
    }
    let place = Int.random(in: 1..<BatchFilterTests.fields.count, using: &self)
    var name = BatchFilterTests.fields[place].name
    func value(_ random: inout SeededRandom) -> Literal? {
      let row = Int.random(in: 0..<rows.count, using: &random)
      guard let value = rows[row].values[place] else { return nil }
      guard case .struct(let parts) = value else { return value }
      return parts.values[0]
    }
    if name == "p" { name = "p.q" }
    let term = Filter.Term(name)
    guard let constant = value(&self), !constant.isNaN else {
      let tests: [Filter.Test] = [.isNull, .notNull]
      return .test(term, tests.randomElement(using: &self) ?? .isNull)
    }
    let comparison = Filter.Comparison.allCases.randomElement(using: &self) ?? .equal
    switch Int.random(in: 0..<8, using: &self) {
    case 0:
      let others = [value(&self), value(&self)].compactMap(\.self).filter { !$0.isNaN }
      return .test(term, .isIn([constant] + others))
    case 1:
      let others = [value(&self), value(&self)].compactMap(\.self).filter { !$0.isNaN }
      return .test(term, .notIn([constant] + others))
    case 2:
      guard case .string(let text) = constant else { break }
      return .test(term, .startsWith(String(text.prefix(2))))
    case 3:
      guard case .string(let text) = constant else { break }
      return .test(term, .notStartsWith(String(text.prefix(2))))
    case 4 where ["f", "d"].contains(name):
      return .test(term, Bool.random(using: &self) ? .isNaN : .notNaN)
    default: break
    }
    return .test(term, .comparison(comparison, constant))
  }
}
