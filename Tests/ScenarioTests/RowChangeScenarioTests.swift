import Iceberg
import IcebergBytes
import IcebergColumns
import IcebergModel
import IcebergTestSupport
import Testing

/// Rows of random tables deleted and replaced by random filters, beside doing the same to the rows in
/// memory.
@Suite struct RowChangeScenarioTests {
  /// A row with its id and the number of the commit that changed it last, where there are such.
  private struct LineageRow: Hashable {
    var row: StructValue
    var rowID: Literal?
    var lastUpdated: Literal?
  }

  @Test(
    "deleting by filters leaves exactly the other rows, with their ids, in every mode and version",
    arguments: [1, 2, 3])
  func deletes(version: Int) async throws {
    var random = SeededRandom("RowChangeScenarioTests.deletes \(version)")
    var (changes, deleted, dropped, rewritten, withDeletes) = (0, 0, 0, 0, 0)
    for _ in 0..<LongTests.rounds(quick: 10, long: 300) {
      let fields = Self.fields(&random)
      let pools = Self.pools(fields, &random)
      var table = try await Self.table(fields, version: version, &random)
      table = try await Self.append(to: table, fields, pools, &random)
      for _ in 0..<5 {
        table = try await Self.developed(table, fields, pools, &random)
        let before = try await Self.rows(of: table)
        let schema = table.metadata.currentSchema
        let filter = random.filter(over: schema, depth: 2, values: pools)
        let evaluator = RowEvaluator(try filter.bound(to: schema))
        let expected = try before.filter { try !evaluator.matches($0.row) }
        let options = Self.options(&random)

        let plan = try await table.delete(where: filter, dryRun: true, options: options)
        #expect(plan.snapshotID == nil && plan.isDryRun)
        #expect(plan.deletedRowCount == Int64(before.count - expected.count), "\(filter)")
        let report = try await table.delete(where: filter, options: options)
        #expect(report.deletedRowCount == plan.deletedRowCount)
        #expect(report.isEmpty == (before.count == expected.count), "\(filter)")
        #expect(report.isEmpty == (report.snapshotID == nil))
        if report.isEmpty {
          #expect(report.table.metadata.snapshots == table.metadata.snapshots)
        }
        table = report.table
        let after = try await Self.rows(of: table)
        #expect(Self.counts(after) == Self.counts(expected), "\(filter) \(report.mode)")
        changes += 1
        deleted += before.count - expected.count
        dropped += report.removedFiles.count
        rewritten += report.rewrittenFiles.count
        withDeletes += report.filesWithDeletes.count
      }
    }
    print(
      """
      version \(version): \(changes) deletes of \(deleted) rows, \(dropped) files dropped, \
      \(rewritten) rewritten, \(withDeletes) with delete files
      """)
    #expect(deleted > 0 && dropped > 0 && rewritten > 0)
    #expect(version == 1 || withDeletes > 0)
  }

  @Test("equality deletes, vectors, position deletes and rewritten files add up")
  func mixedDeletes() async throws {
    var random = SeededRandom("RowChangeScenarioTests.mixedDeletes")
    var deleted = 0
    for round in 0..<LongTests.rounds(quick: 10, long: 200) {
      let fields = Self.fields(&random)
      let pools = Self.pools(fields, &random)
      var table = try await Self.table(
        fields, version: round % 2 + 2, divided: false, &random)
      table = try await Self.append(to: table, fields, pools, &random)
      for _ in 0..<4 {
        var expected = try await Self.rows(of: table)
        let schema = table.metadata.currentSchema
        let key = Int.random(in: 0..<fields.count, using: &random)
        let isNull = !fields[key].isRequired && Int.random(in: 0..<4, using: &random) == 0
        let value = isNull ? nil : pools[fields[key].id]?.randomElement(using: &random)
        let name = fields[key].name
        let keys = try RecordBatch(rows: [[value]], schema: schema.selecting([name]))
        let files = try await table.withEqualityDeleteWriter([name]) { try await $0.write(keys) }
        table = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: files)) }
        deleted += expected.count
        expected.removeAll { $0.row.values[key] == value }
        deleted -= expected.count
        #expect(try await Self.counts(Self.rows(of: table)) == Self.counts(expected))

        let filter = random.filter(over: schema, depth: 1, values: pools)
        let evaluator = RowEvaluator(try filter.bound(to: schema))
        let left = try expected.filter { try !evaluator.matches($0.row) }
        let report = try await table.delete(where: filter, options: Self.options(&random))
        #expect(report.deletedRowCount >= Int64(expected.count - left.count))
        table = report.table
        #expect(try await Self.counts(Self.rows(of: table)) == Self.counts(left), "\(filter)")
        table = try await Self.append(to: table, fields, pools, &random)
      }
    }
    #expect(deleted > 0)
  }

  @Test("overwriting by filters leaves the other rows and the new ones, in every mode and version")
  func overwrites() async throws {
    var random = SeededRandom("RowChangeScenarioTests.overwrites")
    for round in 0..<LongTests.rounds(quick: 10, long: 200) {
      let fields = Self.fields(&random)
      let pools = Self.pools(fields, &random)
      var table = try await Self.table(fields, version: round % 3 + 1, &random)
      table = try await Self.append(to: table, fields, pools, &random)
      for _ in 0..<3 {
        let before = try await Self.rows(of: table).map(\.row)
        let schema = table.metadata.currentSchema
        let filter = random.filter(over: schema, depth: 1, values: pools)
        let evaluator = RowEvaluator(try filter.bound(to: schema))
        let batch = Self.batch(fields, pools, &random)
        let expected = try before.filter { try !evaluator.matches($0) } + Self.rows(batch, fields)
        let report = try await table.overwrite(
          where: filter, with: [batch], options: Self.options(&random))
        #expect(report.addedRowCount == Int64(batch.rowCount))
        table = report.table
        let after = try await Self.rows(of: table).map(\.row)
        #expect(Self.counts(after) == Self.counts(expected), "\(filter) \(report.mode)")
      }
    }
  }

  // MARK: Random tables

  private static func options(_ random: inout SeededRandom) -> RowChangeOptions {
    var options = RowChangeOptions(
      mode: Bool.random(using: &random) ? .copyOnWrite : .mergeOnRead,
      isolation: Bool.random(using: &random) ? .serializable : .snapshot,
      concurrency: Int.random(in: 1...4, using: &random))
    options.scan.batchRowLimit = Int.random(in: 1...40, using: &random)
    return options
  }

  private static func fields(_ random: inout SeededRandom) -> [Field] {
    (0..<Int.random(in: 1...3, using: &random)).map { number in
      var type = random.primitiveType()
      // What version 1 and 2 do not have, and values without bytes, which have no buckets.
      while [.timestampNanos, .timestamptzNanos, .unknown, .fixed(length: 0)].contains(type) {
        type = random.primitiveType()
      }
      return Field(
        id: number + 1, name: "c\(number)", type: type,
        isRequired: Int.random(in: 0..<4, using: &random) == 0)
    }
  }

  private static func pools(
    _ fields: [Field], _ random: inout SeededRandom
  ) -> [Int: [Literal]] {
    Dictionary(
      uniqueKeysWithValues: fields.map { field in
        let count = Int.random(in: 1...6, using: &random)
        return (field.id, (0..<count).map { _ in random.literal(of: field.type) })
      })
  }

  private static func table(
    _ fields: [Field], version: Int, divided: Bool = true, _ random: inout SeededRandom
  ) async throws -> Table {
    let format = Bool.random(using: &random) ? "parquet" : "avro"
    return try await MemoryCatalog().createTable(
      "random.t", schema: Schema(fields), partitionedBy: divided ? terms(fields, &random) : [],
      sortedBy: Bool.random(using: &random) ? [.descending("c0")] : [],
      properties: [
        "format-version": "\(version)", "write.metadata.metrics.default": "truncate(3)",
        "write.format.default": format,
        "write.delete.granularity": Bool.random(using: &random) ? "file" : "partition",
      ])
  }

  /// The table after more rows, another partition spec, or an upgrade, if chance wants it so.
  private static func developed(
    _ table: Table, _ fields: [Field], _ pools: [Int: [Literal]], _ random: inout SeededRandom
  ) async throws -> Table {
    var table = table
    if Int.random(in: 0..<2, using: &random) == 0 {
      table = try await append(to: table, fields, pools, &random)
    }
    if Int.random(in: 0..<4, using: &random) == 0 {
      let spec = try PartitionSpec(
        terms(fields, &random), schema: table.metadata.currentSchema)
      table = try await table.commit {
        $0.add(Updates(updates: [.addPartitionSpec(spec), .setDefaultPartitionSpec(id: -1)]))
      }
    }
    if table.metadata.formatVersion < 3, Int.random(in: 0..<6, using: &random) == 0 {
      let version = table.metadata.formatVersion + 1
      table = try await table.commit { $0.add(Updates(updates: [.upgradeFormatVersion(version)])) }
      // The next snapshot gives rows their ids.
      if version == 3 { table = try await append(to: table, fields, pools, &random) }
    }
    return table
  }

  private struct Updates: TableChange {
    var updates: [TableUpdate]

    func updates(on base: TableMetadata, in work: inout CommitWork) async throws -> [TableUpdate] {
      updates
    }
  }

  private static func append(
    to table: Table, _ fields: [Field], _ pools: [Int: [Literal]], _ random: inout SeededRandom
  ) async throws -> Table {
    var table = table
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      table = try await table.append(batch(fields, pools, &random))
    }
    return table
  }

  private static func batch(
    _ fields: [Field], _ pools: [Int: [Literal]], _ random: inout SeededRandom
  ) -> RecordBatch {
    let count = Int.random(in: 1...30, using: &random)
    let columns = fields.map { field in
      var builder = ColumnBuilder(field.type.columnKind)
      for _ in 0..<count {
        let isNull = !field.isRequired && Int.random(in: 0..<4, using: &random) == 0
        let isOfType = builder.append(
          isNull ? nil : pools[field.id]?.randomElement(using: &random), as: field.type)
        #expect(isOfType)
      }
      return builder.finish()
    }
    return RecordBatch(names: fields.map(\.name), columns: columns, rowCount: count)
  }

  private static func terms(_ fields: [Field], _ random: inout SeededRandom) -> [PartitionTerm] {
    var terms: [PartitionTerm] = []
    for field in fields where Int.random(in: 0..<3, using: &random) == 0 {
      let transforms: [Transform] = [
        .identity, .bucket(count: 3), .truncate(width: 2), .year, .day, .hour,
      ]
      guard
        let transform = transforms.filter({ $0.canBeApplied(to: field.type) })
          .randomElement(using: &random)
      else { continue }
      terms.append(PartitionTerm(transform, field.name))
    }
    return terms
  }

  // MARK: Rows

  private static func counts<Row: Hashable>(_ rows: [Row]) -> [Row: Int] {
    rows.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  private static func rows(of table: Table) async throws -> [LineageRow] {
    var scan = table.scan()
    let fields = table.metadata.currentSchema.fields
    if table.metadata.formatVersion >= 3 {
      scan = scan.select(fields.map(\.name) + ["_row_id", "_last_updated_sequence_number"])
    }
    var rows: [LineageRow] = []
    for try await batch in scan.batches() {
      let lineage = [ReservedFields.rowID, ReservedFields.lastUpdatedSequenceNumber]
      let numbers = Self.rows(batch, Array(lineage))
      for (row, values) in Self.rows(batch, fields).enumerated() {
        guard fields.count < batch.columns.count else {
          rows.append(LineageRow(row: values))
          continue
        }
        rows.append(
          LineageRow(
            row: values, rowID: numbers[row].values[0], lastUpdated: numbers[row].values[1]))
      }
    }
    return rows
  }

  private static func rows(_ batch: RecordBatch, _ fields: [Field]) -> [StructValue] {
    (0..<batch.rowCount).map { row in
      StructValue(
        fields.map { field in
          guard let column = batch.column(field.name), !column.isNull(at: row) else { return nil }
          return Literal(column.value(at: row), type: field.type)
        })
    }
  }
}
