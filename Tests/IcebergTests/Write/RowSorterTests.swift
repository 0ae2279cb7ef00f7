import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct RowSorterTests {
  private static func table(
    _ type: FieldType, _ keys: [SortField], properties: [String: String] = [:]
  ) throws -> Table {
    let table = try MemoryTable.make(
      [.required("id", .long, id: 1), .optional("key", type, id: 2)], properties: properties)
    var metadata = table.metadata
    metadata.sortOrders = [.unsorted, TableSortOrder(id: 3, fields: keys)]
    metadata.defaultSortOrderID = 3
    return Table(
      identifier: table.identifier, metadata: metadata, metadataLocation: nil,
      fileIO: table.fileIO, catalog: nil)
  }

  private static func key(
    _ id: Int = 2, _ transform: Transform = .identity,
    _ direction: SortField.Direction = .ascending,
    _ nulls: SortField.NullOrder = .nullsFirst
  ) -> SortField {
    SortField(sourceIDs: [id], transform: transform, direction: direction, nullOrder: nulls)
  }

  /// The ids of the rows of a file, in its order, after rows with the given keys were written.
  private static func order(
    _ table: Table, _ keys: [Literal?], options: WriteOptions = WriteOptions()
  ) async throws -> (ids: [Int64], files: [DataFile]) {
    let batch = try RecordBatch(
      rows: keys.enumerated().map { [.long(Int64($0)), $1] }, schema: table.metadata.currentSchema)
    let files = try await table.withWriter(options: options) { try await $0.write(batch) }
    guard case .long(let ids)? = try await table.read(files).column("id")?.values else {
      return ([], files)
    }
    return (ids, files)
  }

  static let cases: [(FieldType, SortField, [Literal?], [Int64])] = [
    (.int, key(), [.int(3), nil, .int(-1), .int(3), nil], [1, 4, 2, 0, 3]),
    (.int, key(2, .identity, .ascending, .nullsLast), [.int(3), nil, .int(-1)], [2, 0, 1]),
    (.int, key(2, .identity, .descending, .nullsFirst), [.int(3), nil, .int(5)], [1, 2, 0]),
    (.int, key(2, .identity, .descending, .nullsLast), [.int(3), nil, .int(5)], [2, 0, 1]),
    (
      .double, key(),
      [
        .double(.nan), .double(.infinity), .double(0), .double(-0.0), .double(-1),
        .double(-.infinity), .double(-.nan),
      ], [6, 5, 4, 3, 2, 1, 0]
    ),
    (
      .float, key(),
      [.float(.nan), .float(0), .float(-0.0), .float(-3), .float(-.infinity)], [4, 3, 2, 1, 0]
    ),
    (
      .decimal(precision: 38, scale: 2), key(),
      [.decimal(unscaled: 5, scale: 2), .decimal(unscaled: -7, scale: 2)], [1, 0]
    ),
    (.string, key(), [.string("ü"), .string("b"), .string(""), .string("ba")], [2, 1, 3, 0]),
    (.binary, key(), [.binary([255]), .binary([1, 2]), .binary([1])], [2, 1, 0]),
    (.boolean, key(), [.boolean(true), .boolean(false)], [1, 0]),
    (
      .uuid, key(),
      [
        .uuid(Bytes([UInt8](repeating: 0x80, count: 16))),
        .uuid(Bytes([UInt8](repeating: 1, count: 16))),
      ],
      [1, 0]
    ),
    // Rows whose keys are equal stay as they come.
    (.int, key(2, .truncate(width: 10)), [.int(19), .int(11), .int(5), .int(9)], [2, 3, 0, 1]),
    (.date, key(2, .month), [.date(40), .date(31), .date(3)], [2, 0, 1]),
  ]

  @Test("rows are stored in the order of the table, which the files name", arguments: cases)
  func orders(type: FieldType, key: SortField, keys: [Literal?], expected: [Int64]) async throws {
    let (ids, files) = try await Self.order(try Self.table(type, [key]), keys)
    #expect(ids == expected)
    #expect(files.map(\.sortOrderID) == [3])
  }

  @Test(
    "random keys come in order, and equal ones as they were",
    arguments: [
      FieldType.int, .long, .string, .binary, .decimal(precision: 38, scale: 2), .fixed(length: 12),
      .date,
    ])
  func random(type: FieldType) async throws {
    var random = SeededRandom("RowSorterTests.random.\(type)")
    for _ in 0..<LongTests.rounds(quick: 8, long: 400) {
      // Few values are often equal, and what many begin with says nothing.
      let start = String(repeating: "s", count: .random(in: 0...20, using: &random))
      var pool = (0..<Int.random(in: 1...60, using: &random)).map { _ -> Literal? in
        let value = random.literal(type)
        if case .string(let text)? = value { return .string(start + text) }
        return value
      }
      if Bool.random(using: &random) { pool.append(nil) }
      let keys = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        pool.randomElement(using: &random) ?? nil
      }
      let isDescending = Bool.random(using: &random)
      let nullsFirst = Bool.random(using: &random)
      func isBefore(_ left: Int, _ right: Int) -> Bool {
        switch (keys[left], keys[right]) {
        case (nil, nil): return left < right
        case (nil, _): return nullsFirst
        case (_, nil): return !nullsFirst
        case (let a?, let b?):
          switch a.ordering(to: b) {
          case .less: return !isDescending
          case .greater: return isDescending
          case .equal, nil: return left < right
          }
        }
      }
      let key = Self.key(
        2, .identity, isDescending ? .descending : .ascending,
        nullsFirst ? .nullsFirst : .nullsLast)
      let (ids, _) = try await Self.order(try Self.table(type, [key]), keys)
      #expect(ids == keys.indices.sorted(by: isBefore).map { Int64($0) })
    }
  }

  @Test("later keys decide among rows that are equal in the earlier ones")
  func severalKeys() async throws {
    let table = try Self.table(.int, [Self.key(), Self.key(1, .identity, .descending)])
    let (ids, _) = try await Self.order(table, [.int(1), .int(0), .int(1), .int(0)])
    #expect(ids == [3, 1, 2, 0])
  }

  @Test("rows stay as they come when that is asked for, and the files name no order")
  func asGiven() async throws {
    let table = try Self.table(.int, [Self.key()])
    let (ids, files) = try await Self.order(
      table, [.int(3), .int(2)], options: WriteOptions(sorting: .asGiven))
    #expect(ids == [0, 1])
    #expect(files.map(\.sortOrderID) == [nil])
  }

  @Test("rows beyond the memory for sorting go to several files, each sorted for itself")
  func memoryLimit() async throws {
    let table = try Self.table(.int, [Self.key()])
    let schema = table.metadata.currentSchema
    var random = SeededRandom("RowSorterTests.memoryLimit")
    let files = try await table.withWriter(options: WriteOptions(sortMemoryLimit: 5_000)) {
      writer in
      for _ in 0..<20 {
        let rows = (0..<100).map { [Literal.long($0), .int(.random(in: 0...999, using: &random))] }
        try await writer.write(RecordBatch(rows: rows, schema: schema))
      }
    }
    #expect(files.count > 1)
    #expect(files.reduce(0) { $0 + $1.recordCount } == 2_000)
    for file in files {
      guard case .int(let keys)? = try await table.read([file]).column("key")?.values else {
        Issue.record("no keys")
        return
      }
      #expect(keys == keys.sorted())
    }
  }

  @Test("an order that cannot be worked out is refused before a row is written")
  func unknownTransform() async throws {
    let table = try Self.table(.int, [Self.key(2, .unknown("zorder"))])
    await #expect { try await Self.order(table, [.int(1)]) } throws: {
      ($0 as? IcebergError)?.code == .unsupported
    }
    let (ids, _) = try await Self.order(
      table, [.int(1)], options: WriteOptions(sorting: .asGiven))
    #expect(ids == [0])
  }
}
