import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Scans with filters beside those of the reference implementation, and beside reading everything.
@Suite(.needsSharedFiles) struct PlanningTests {
  @Test("the files planned for a filter are those that Java plans, and the rows those it reads")
  func plans() async throws {
    let golden = try await GoldenTable("golden-java/v2_filters_pruning")
    let plans = try JSONValue(
      parsing: SharedFiles.bytes("golden-java/v2_filters_pruning/plans.json"))
    var (compared, read) = (0, 0)
    for plan in plans.elements ?? [] {
      guard case .object(let object) = plan, let json = object["filter-json"],
        let text = object["filter"]?.text,
        let lines = object["tasks"]?.elements?.compactMap(\.text),
        let ids = object["ids"]?.elements?.compactMap(\.integer)
      else { throw UnexpectedExpectation(place: "plans.json") }
      let scan = golden.table.scan().filter(try Filter(json: json))
      let expected = Set(lines.map { String($0.prefix { $0 != "\t" }) })
      let files = Set(try await scan.explain().keptFiles.map(\.file.location))
      // Java leaves out fewer files here and there; one that it leaves out may not be read for us.
      #expect(files.isSubset(of: expected), "\(text)")
      if files == expected { compared += 1 }
      if files.contains(where: { $0.hasSuffix(".orc") }) {
        await #expect(throws: IcebergError.self) { _ = try await scan.tasks() }
        continue
      }
      read += 1
      let tasks = Set(try await scan.tasks().map(\.file.location))
      let streamed = try await scan.taskSequence().reduce(into: Set<String>()) {
        $0.insert($1.file.location)
      }
      #expect(tasks == files && streamed == files, "\(text)")
      let rows = try await scan.select("id").readAll().batches
      #expect(rows.flatMap { Self.longs($0.columns[0]) }.sorted() == ids.sorted(), "\(text)")
      #expect(try await scan.count() == Int64(ids.count), "\(text)")
    }
    print(
      "plans: \(compared) of \(plans.elements?.count ?? 0) the same as Java's, "
        + "\(read) read")
    #expect(compared > 20 && read > 3)
  }

  private static func longs(_ column: Column) -> [Int64] {
    switch column.values {
    case .int(let values): values.map { Int64($0) }
    case .long(let values): values
    default: []
    }
  }

  @Test("counts, least and greatest values are those of the rows, in every snapshot")
  func aggregates() async throws {
    var (counted, counts, extremes) = (0, 0, 0)
    for path in GoldenTablesTests.engines + GoldenTablesTests.java {
      let golden = try await GoldenTable(path)
      for snapshot in golden.table.metadata.snapshots.suffix(LongTests.isEnabled ? .max : 2) {
        let scan = golden.table.scan().at(.snapshot(snapshot.id))
        guard let (schema, batches) = try? await scan.readAll() else { continue }
        let count = try await scan.rowCount()
        #expect(
          count.rows == batches.reduce(0) { $0 + Int64($1.rowCount) }, "\(path) \(snapshot.id)")
        counts += 1
        counted += count.filesCounted
        for (place, field) in schema.fields.enumerated() where field.type.isOrderedNumber {
          let values = batches.flatMap { Self.longs($0.columns[place], present: true) }
          let least = try await scan.minimum(of: field.name)
          let greatest = try await scan.maximum(of: field.name)
          #expect(least.flatMap(Self.long) == values.min(), "\(path) \(field.name)")
          #expect(greatest.flatMap(Self.long) == values.max(), "\(path) \(field.name)")
          extremes += 1
        }
      }
    }
    print("aggregates: \(counts) counts, \(counted) files from metadata, \(extremes) columns")
    #expect(counts > 50 && extremes > 50 && counted > 50)
  }

  private static func longs(_ column: Column, present: Bool) -> [Int64] {
    let values = longs(column)
    return values.indices.filter { !column.isNull(at: $0) }.map { values[$0] }
  }

  private static func long(_ literal: Literal) -> Int64? {
    switch literal {
    case .int(let value), .date(let value): Int64(value)
    case .long(let value), .time(let value), .timestamp(let value), .timestamptz(let value),
      .timestampNanos(let value), .timestamptzNanos(let value):
      value
    default: nil
    }
  }

  @Test("an explanation keeps the files that are read, and gives a reason for every other")
  func explanations() async throws {
    let golden = try await GoldenTable("golden-java/v2_filters_pruning")
    let plans = try JSONValue(
      parsing: SharedFiles.bytes("golden-java/v2_filters_pruning/plans.json"))
    let all = try await golden.table.scan().explain().files.count
    #expect(all > 30)
    for plan in plans.elements ?? [] {
      guard case .object(let object) = plan, let json = object["filter-json"] else { continue }
      let scan = golden.table.scan().filter(try Filter(json: json))
      let explanation = try await scan.explain()
      let kept = explanation.keptFiles.map(\.file.location)
      if let tasks = try? await scan.tasks() {
        #expect(kept.sorted() == tasks.map(\.file.location).sorted())
      }
      #expect(explanation.dataFileCount == all)
      let skippedManifests = explanation.manifests.filter { !$0.decision.isKept }
      #expect(
        explanation.files.count + skippedManifests.reduce(0) { $0 + $1.fileCount } == all)
      for decision in explanation.files.map(\.decision) + explanation.manifests.map(\.decision) {
        if case .skipped(_, let reason) = decision { #expect(!reason.isEmpty) }
      }
      #expect(explanation.dataBytesToRead <= explanation.dataBytes)
      if !kept.isEmpty { #expect(explanation.bytesToRead > 0) }
    }
  }

  @Test("groups of tasks have every row once")
  func groups() async throws {
    let golden = try await GoldenTable("golden/spark_v2_mor")
    let table = golden.table
    var metadata = table.metadata
    metadata.properties["read.split.target-size"] = "2000"
    metadata.properties["read.split.open-file-cost"] = "10"
    let small = Table(
      identifier: table.identifier, metadata: metadata, metadataLocation: nil,
      fileIO: table.fileIO, catalog: nil)
    let scan = small.scan().select("id").filter(col("id") != 0)
    let groups = try await scan.taskGroups()
    #expect(groups.count > 3)
    var ids: [Int64] = []
    for group in groups {
      for try await batch in BatchSequence(of: group, fileIO: table.fileIO) {
        ids += Self.longs(batch.columns[0])
      }
    }
    let expected = try await table.scan().select("id").readAll().batches
    let all = expected.flatMap { Self.longs($0.columns[0]) }.filter { $0 != 0 }
    #expect(ids.sorted() == all.sorted() && ids.count > 10)
  }
}

extension FieldType {
  fileprivate var isOrderedNumber: Bool {
    switch self {
    case .int, .long, .date, .time, .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos:
      true
    default: false
    }
  }
}
