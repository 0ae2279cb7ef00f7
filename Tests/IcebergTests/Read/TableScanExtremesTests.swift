import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite("TableScan+Extremes")
struct TableScanExtremesTests {
  static let types: [FieldType] = [
    .boolean, .int, .long, .float, .double, .decimal(precision: 9, scale: 2),
    .decimal(precision: 30, scale: 3), .date, .time, .timestamp, .timestamptz, .string, .uuid,
    .fixed(length: 4), .binary,
  ]

  @Test("the least and greatest values are those of the rows, whatever the type and the deletes")
  func random() async throws {
    var random = SeededRandom()
    var fields = [Field.required("n", .long)]
    for (number, type) in Self.types.enumerated() {
      fields.append(.optional("column_\(number)", type))
    }
    for _ in 0..<(LongTests.isEnabled ? 100 : 8) {
      var table = try await MemoryCatalog(fileIO: MemoryFileIO()).createTable(
        "db.t", schema: Schema(fields), properties: ["format-version": "2"])
      var count: Int64 = 0
      for _ in 0..<3 {
        let rows = (0..<Int.random(in: 0...6, using: &random)).map { _ -> [Literal?] in
          count += 1
          return [.long(count)]
            + Self.types.map { type in
              Int.random(in: 0..<4, using: &random) == 0 ? nil : random.literal(of: type)
            }
        }
        table = try await table.append(
          RecordBatch(rows: rows, schema: table.metadata.currentSchema))
      }
      let gone = Int64.random(in: 0...count, using: &random)
      table = try await table.delete(
        where: col("n") == gone, options: RowChangeOptions(mode: .mergeOnRead)
      ).table
      let scan = table.scan().filter(col("n") > Int64.random(in: 0...count, using: &random))
      var values: [String: [Literal]] = [:]
      for try await batch in scan.batches() {
        for (place, field) in table.metadata.currentSchema.fields.enumerated() {
          for row in 0..<batch.rowCount {
            let value = batch.columns[place].value(at: row)
            guard let value = Literal(value, type: field.type), !value.isNaN else { continue }
            values[field.name, default: []].append(value)
          }
        }
      }
      for name in table.metadata.currentSchema.fields.map(\.name) {
        let sorted = (values[name] ?? []).sorted { $0.ordering(to: $1) == .less }
        #expect(try await scan.minimum(of: name) == sorted.first, "\(name)")
        #expect(try await scan.maximum(of: name) == sorted.last, "\(name)")
      }
    }
  }

  @Test("deletes that many files share are read few times")
  func sharedDeletes() async throws {
    let storage = CountingFileIO(delay: .zero)
    var table = try await MemoryCatalog(fileIO: storage).createTable(
      "db.t", schema: Schema([.required("n", .long)]), properties: ["format-version": "2"])
    let schema = table.metadata.currentSchema
    for first in 0..<32 as Range<Int64> {
      // All reach as far, so that all may hold the greatest.
      table = try await table.append(
        RecordBatch(rows: [[.long(first)], [.long(100)]], schema: schema))
    }
    let keys = try RecordBatch(rows: [[.long(100)]], schema: schema)
    let deletes = try await table.withEqualityDeleteWriter(["n"]) { try await $0.write(keys) }
    table = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: deletes)) }
    storage.reset()
    #expect(try await table.scan().maximum(of: "n") == .long(31))
    let once = try await Self.reads(of: deletes[0].location, in: storage) {
      for try await _ in table.scan().batches() {}
    }
    // One, two, four, eight, sixteen files and the last one.
    let found = try await Self.reads(of: deletes[0].location, in: storage) {
      _ = try await table.scan().maximum(of: "n")
    }
    #expect(once > 0 && found == 6 * once)
  }

  private static func reads(
    of location: String, in storage: CountingFileIO, _ body: () async throws -> Void
  ) async throws -> Int {
    storage.reset()
    try await body()
    return storage.readCount(of: location)
  }

  @Test("bounds of UUIDs tell nothing: Iceberg Java has an order of its own for them")
  func uuids() async throws {
    func uuid(_ first: UInt8) -> Literal {
      .uuid(Bytes([first] + [UInt8](repeating: 0, count: 15)))
    }
    var table = try await MemoryCatalog(fileIO: MemoryFileIO()).createTable(
      "db.t", schema: Schema([.required("id", .uuid)]))
    // Compared as signed numbers, 0x80 is the least.
    for values in [[uuid(0x10), uuid(0x70)], [uuid(0x80), uuid(0x00), uuid(0x7f)]] {
      let rows = try RecordBatch(
        rows: values.map { [$0] }, schema: table.metadata.currentSchema)
      var files = try await table.withWriter { try await $0.write(rows) }
      if values.count == 3 {
        files[0].lowerBounds = [1: try uuid(0x80).singleValueBytes()]
        files[0].upperBounds = [1: try uuid(0x7f).singleValueBytes()]
      }
      let added = files
      table = try await table.commit { $0.append(added) }
    }
    #expect(try await table.scan().minimum(of: "id") == uuid(0x00))
    #expect(try await table.scan().maximum(of: "id") == uuid(0x80))
  }

  @Test("bounds that are NaN tell nothing")
  func boundsOfOldWriters() async throws {
    var table = try await MemoryCatalog(fileIO: MemoryFileIO()).createTable(
      "db.t", schema: Schema([.optional("x", .double)]))
    let schema = table.metadata.currentSchema
    for rows in [[.nan, 5, 9], [7]] as [[Double]] {
      var files = try await table.withWriter { writer in
        try await writer.write(RecordBatch(rows: rows.map { [.double($0)] }, schema: schema))
      }
      if rows[0].isNaN {
        let bound = try Literal.double(.nan).singleValueBytes()
        files[0].lowerBounds = [1: bound]
        files[0].upperBounds = [1: bound]
      }
      table = try await table.commit { [files] in $0.append(files) }
    }
    #expect(try await table.scan().minimum(of: "x") == .double(5))
    #expect(try await table.scan().maximum(of: "x") == .double(9))
  }
}
