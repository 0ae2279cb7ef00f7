import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// What pruning says must agree with what the rows say, whatever they are.
@Suite struct PruningPropertyTests {
  static let rounds = LongTests.isEnabled ? 60_000 : 1_500

  /// Runs `body` on random tables with a filter, and with a number that names the round.
  private static func run(
    _ name: String, _ body: (RandomPartitions, BoundFilter, inout SeededRandom) throws -> Void
  ) throws {
    var random = SeededRandom(name)
    var count = 0
    for _ in 0..<rounds {
      let table = RandomPartitions(&random)
      for _ in 0..<4 {
        // Filters that ask for NaN of an int, or the like, are refused.
        guard let filter = try? table.filter(&random).bound(to: table.schema) else { continue }
        count += 1
        try body(table, filter, &random)
      }
    }
    print("\(name): \(count) filters")
    #expect(count > rounds)
  }

  private static func matching(
    _ rows: [StructValue], _ filter: BoundFilter
  ) throws -> [StructValue] {
    let evaluator = RowEvaluator(filter)
    return try rows.filter { try evaluator.matches($0) }
  }

  @Test("a row that matches is in a partition that the inclusive projection matches")
  func inclusive() throws {
    var pruned = 0
    try Self.run("inclusive") { table, filter, _ in
      let projected = PartitionProjection(table.spec, schema: table.schema).inclusive(filter)
      let evaluator = PartitionEvaluator(partitionFilter: projected)
      for (tuple, rows) in try table.partitions() {
        let mayMatch = evaluator.mayMatch(tuple)
        #expect((evaluator.explain(tuple) == nil) == mayMatch)
        guard !mayMatch else { continue }
        pruned += 1
        let lost = try Self.matching(rows, filter)
        try #require(lost.isEmpty, "\(filter) as \(projected) loses \(lost) of \(tuple) \(table)")
      }
    }
    print("inclusive: \(pruned) partitions pruned")
    #expect(pruned > Self.rounds / 2)
  }

  @Test("where the strict projection matches a partition, every row of it matches")
  func strict() throws {
    var whole = 0
    try Self.run("strict") { table, filter, _ in
      let projected = PartitionProjection(table.spec, schema: table.schema).strict(filter)
      guard projected != .all else { return }
      for (tuple, rows) in try table.partitions()
      where PartitionFilter(projected).matches(tuple) == true {
        whole += 1
        let count = try Self.matching(rows, filter).count
        try #require(count == rows.count, "\(filter) as \(projected) of \(tuple) \(table)")
      }
    }
    print("strict: \(whole) partitions match as a whole")
    #expect(whole > Self.rounds / 4)
  }

  @Test("a residual matches the rows of its partition that the filter matches")
  func residual() throws {
    var changed = 0
    try Self.run("residual") { table, filter, _ in
      let residuals = ResidualFilter(filter, table.spec, schema: table.schema)
      for (tuple, rows) in try table.partitions() {
        let residual = residuals.residual(for: tuple)
        if residual == filter { continue }
        changed += 1
        #expect(!residuals.isConstant)
        try #require(
          try Self.matching(rows, filter) == Self.matching(rows, residual),
          "\(filter) became \(residual) in \(tuple) \(table)")
      }
    }
    print("residual: \(changed) residuals differ from their filters")
    #expect(changed > Self.rounds / 2)
  }

  @Test("a manifest that has a file with a row that matches is kept", arguments: [false, true])
  func manifests(inJavaOrder: Bool) throws {
    var pruned = 0
    try Self.run("manifests \(inJavaOrder)") { table, filter, random in
      let projected = PartitionProjection(table.spec, schema: table.schema).inclusive(filter)
      let evaluator = ManifestEvaluator(partitionFilter: projected)
      let partitions = try table.partitions().filter { _ in
        Int.random(in: 0..<3, using: &random) > 0
      }
      var manifest = ManifestFile(location: "m", length: 1, partitionSpecID: 0, addedSnapshotID: 1)
      manifest.partitions = table.spec.fields.indices.map { index in
        RandomMetrics.summary(
          partitions.map { $0.tuple.values[index] }, inJavaOrder: inJavaOrder, &random)
      }
      let mayMatch = evaluator.mayMatch(manifest)
      #expect((evaluator.explain(manifest) == nil) == mayMatch)
      guard !mayMatch else { return }
      pruned += 1
      let lost = try partitions.flatMap { try Self.matching($0.rows, filter) }
      try #require(lost.isEmpty, "\(filter) as \(projected) loses \(lost) of \(manifest) \(table)")
    }
    print("manifests: \(pruned) pruned")
    #expect(pruned > Self.rounds / 4)
  }

  @Test("a file that has a row that matches is kept, and one that is said to match as a whole does")
  func metrics() throws {
    var (pruned, whole) = (0, 0)
    try Self.run("metrics") { table, filter, random in
      let evaluator = MetricsEvaluator(filter)
      let file = RandomMetrics.file(of: table, &random)
      let mayMatch = evaluator.mayMatch(file)
      #expect((evaluator.explain(file) == nil) == mayMatch)
      let matching = try Self.matching(table.rows, filter)
      if !mayMatch {
        pruned += 1
        try #require(matching.isEmpty, "\(filter) loses \(matching) of \(file) \(table)")
      }
      if evaluator.mustMatch(file) {
        whole += 1
        try #require(
          matching.count == table.rows.count, "\(filter) is not true of \(file) \(table)")
      }
    }
    print("metrics: \(pruned) files pruned, \(whole) match as a whole")
    #expect(pruned > Self.rounds / 4)
    #expect(whole > Self.rounds / 10)
  }
}
