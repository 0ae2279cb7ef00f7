import Iceberg
import IcebergBytes
import IcebergColumns
import IcebergModel
import IcebergTestSupport
import Testing

/// Scans with filters of random tables, beside reading everything.
@Suite struct FilteredScanTests {
  @Test("a scan with a filter has exactly the rows that satisfy it, whatever is left out unread")
  func randomTables() async throws {
    var random = SeededRandom()
    var (scans, wanted, skipped) = (0, 0, 0)
    for _ in 0..<LongTests.rounds(quick: 12, long: 400) {
      let (table, pools) = try await Self.table(&random)
      let schema = table.metadata.currentSchema
      let everything = try await Self.rows(of: table.scan())
      let fileCount = try await table.scan().tasks().count
      for _ in 0..<8 {
        let filter = random.filter(over: schema, depth: 2, values: pools)
        let kept = try await Self.check(filter, of: table, everything, "\(filter)")
        scans += 1
        wanted += kept.rows
        skipped += fileCount - kept.files
      }
    }
    print("filtered scans: \(scans), \(wanted) rows, \(skipped) files left out")
    #expect(wanted > 0 && skipped > 0)
  }

  @Test("filters find the live rows of histories with all kinds of deletes and several specs")
  func randomHistories() async throws {
    var random = SeededRandom("FilteredScanTests.randomHistories")
    let schema = Schema([
      .required("id", .long, id: 1), .optional("level", .string, id: 2),
      .optional("value", .int, id: 3),
    ])
    let pools: [Int: [Literal]] = [
      1: (0..<6).map { .long($0) }, 2: [.string("INFO"), .string("WARN")], 3: [.int(0), .int(1)],
    ]
    var (wanted, skipped, withDeletes, specs) = (0, 0, 0, 0)
    for _ in 0..<LongTests.rounds(quick: 30, long: 400) {
      var history = try await RandomChanges(schema, &random)
      for _ in 0..<Int.random(in: 2...8, using: &random) { try await history.step(&random) }
      let table = history.made.table
      let everything = try await Self.rows(of: table.scan())
      let all = try await table.scan().tasks()
      withDeletes += all.filter { !$0.deletes.isEmpty }.count
      specs += max(0, Set(all.map(\.file.specID)).count - 1)
      for _ in 0..<6 {
        let filter = random.filter(over: schema, depth: 2, values: pools)
        let kept = try await Self.check(filter, of: table, everything, "\(history.log) \(filter)")
        wanted += kept.rows
        skipped += all.count - kept.files
      }
    }
    print(
      "filtered histories: \(wanted) rows, \(skipped) files left out, \(withDeletes) with deletes")
    #expect(wanted > 0 && skipped > 0 && withDeletes > 0 && specs > 0)
  }

  /// Expects a scan with a filter to find those of all rows that satisfy it. Returns how many these are,
  /// and how many files are read for them.
  private static func check(
    _ filter: Filter, of table: Table, _ everything: [StructValue], _ what: Comment
  ) async throws -> (rows: Int, files: Int) {
    let evaluator = RowEvaluator(try filter.bound(to: table.metadata.currentSchema))
    let expected = try everything.filter { try evaluator.matches($0) }
    let scan = table.scan().filter(filter)
    let found = try await rows(of: scan)
    #expect(counts(found) == counts(expected), what)
    #expect(try await scan.count() == Int64(expected.count), what)
    return (expected.count, try await scan.tasks().count)
  }

  /// How often each row is there.
  private static func counts(_ rows: [StructValue]) -> [StructValue: Int] {
    rows.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// The rows of a scan of primitive columns.
  private static func rows(of scan: TableScan) async throws -> [StructValue] {
    let fields = try scan.schema.fields
    var rows: [StructValue] = []
    for try await batch in scan.batches() {
      for row in 0..<batch.rowCount {
        rows.append(
          StructValue(
            zip(fields, batch.columns).map { field, column in
              column.isNull(at: row) ? nil : Literal(column.value(at: row), type: field.type)
            }))
      }
    }
    return rows
  }

  /// A table of a few columns of random types, partitioned at random, with a few files; and values
  /// that are in it, by field id.
  private static func table(
    _ random: inout SeededRandom
  ) async throws -> (table: Table, pools: [Int: [Literal]]) {
    let fields = (0..<Int.random(in: 1...4, using: &random)).map { number in
      Field(
        id: number + 1, name: "c\(number)", type: random.primitiveType(),
        isRequired: Int.random(in: 0..<4, using: &random) == 0)
    }
    let pools = Dictionary(
      uniqueKeysWithValues: fields.map { field in
        let count = Int.random(in: 1...6, using: &random)
        return (field.id, (0..<count).map { _ in random.literal(of: field.type) })
      })
    let catalog = MemoryCatalog()
    var table = try await catalog.createTable(
      "random.t", schema: Schema(fields), partitionedBy: terms(fields, &random),
      properties: ["format-version": "3", "write.metadata.metrics.default": "truncate(3)"])
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let count = Int.random(in: 1...30, using: &random)
      let columns = fields.map { field in
        var builder = ColumnBuilder(field.type.columnKind)
        for _ in 0..<count {
          let isNull = !field.isRequired && Int.random(in: 0..<4, using: &random) == 0
          let value = isNull ? nil : pools[field.id]?.randomElement(using: &random)
          let isOfType = builder.append(value, as: field.type)
          #expect(isOfType)
        }
        return builder.finish()
      }
      table = try await table.append(
        RecordBatch(names: fields.map(\.name), columns: columns, rowCount: count))
    }
    return (table, pools)
  }

  private static func terms(
    _ fields: [Field], _ random: inout SeededRandom
  ) -> [PartitionTerm] {
    var terms: [PartitionTerm] = []
    for field in fields where Int.random(in: 0..<2, using: &random) == 0 {
      let transforms: [Transform] = [
        .identity, .bucket(count: 3), .truncate(width: 2), .year, .day, .hour,
      ]
      // A column of values without bytes does not tell how many there are.
      if field.type == .fixed(length: 0) { continue }
      let usable = transforms.filter { $0.canBeApplied(to: field.type) }
      guard let transform = usable.randomElement(using: &random) else { continue }
      terms.append(PartitionTerm(transform, field.name))
    }
    return terms
  }
}
