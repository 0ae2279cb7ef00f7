import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Differences between all pairs of snapshots of the golden tables.
@Suite(.needsSharedFiles) struct GoldenDiffTests {
  @Test("the rows that differ between two snapshots are the difference of two full reads")
  func rows() async throws {
    var (compared, differing, refused) = (0, 0, 0)
    var random = SeededRandom("golden-diff")
    for path in GoldenTablesTests.engines + GoldenTablesTests.java {
      let golden = try await GoldenTable(path)
      let table = golden.table
      let ids = table.metadata.snapshots.map(\.id)
      for (from, to) in Self.pairs(of: ids, &random) {
        let expected: Lines
        do {
          expected = try await fullDifference(of: table, from, to)
        } catch let error as IcebergError
          where [.unsupported, .invalidFile, .invalidMetadata, .notFound].contains(error.code)
        {
          // Whether that is right is what the tests of the tables themselves decide.
          refused += 1
          continue
        }
        // What can be read in full can be compared.
        let diff = try await table.diff(from: .snapshot(from), to: .snapshot(to))
        let found = try await differences(diff)
        #expect(found.removed == expected.removed, "\(path) \(from) to \(to)")
        #expect(found.added == expected.added, "\(path) \(from) to \(to)")
        compared += 1
        if !(found.removed + found.added).isEmpty { differing += 1 }
      }
    }
    print("diff: \(compared) pairs of snapshots compared, \(differing) differ, \(refused) refused")
    #expect(differing > 50)
  }

  /// Every pair of snapshots in both directions; in quick runs two neighbours, and for half of the tables
  /// any other two.
  private static func pairs(
    of ids: [Int64], _ random: inout SeededRandom
  ) -> [(from: Int64, to: Int64)] {
    guard ids.count > 1 else { return [] }
    if LongTests.isEnabled {
      return ids.flatMap { from in ids.filter { $0 != from }.map { (from, $0) } }
    }
    let later = Int.random(in: 1..<ids.count, using: &random)
    var pairs = [(ids[later - 1], ids[later])]
    if Bool.random(using: &random) {
      let two = ids.shuffled(using: &random)
      pairs.append((two[0], two[1]))
    }
    return pairs
  }

  private typealias Lines = (removed: [String], added: [String])

  private func differences(_ diff: TableDiff) async throws -> Lines {
    var lines: Lines = ([], [])
    for try await difference in try diff.rows() {
      switch difference {
      case .removed(let rows): lines.removed += try text(rows, diff.to.schema)
      case .added(let rows): lines.added += try text(rows, diff.to.schema)
      case .changed: Issue.record("a changed row without a key")
      }
    }
    return (lines.removed.sorted(), lines.added.sorted())
  }

  /// What is left of each side when each row of the other has cancelled one like it.
  private func fullDifference(
    of table: Table, _ from: Int64, _ to: Int64
  ) async throws -> Lines {
    var counts: [String: Int] = [:]
    let schema = try table.scan().at(.snapshot(to)).schema
    for (snapshot, sign) in [(from, 1), (to, -1)] {
      var tasks = try await table.scan().at(.snapshot(snapshot)).tasks()
      for index in tasks.indices { tasks[index].schema = schema }
      for try await batch in BatchSequence(of: tasks, fileIO: table.fileIO) {
        for line in try text(batch, schema) { counts[line, default: 0] += sign }
      }
    }
    var lines: Lines = ([], [])
    for (line, count) in counts {
      if count > 0 { lines.removed += Array(repeating: line, count: count) }
      if count < 0 { lines.added += Array(repeating: line, count: -count) }
    }
    return (lines.removed.sorted(), lines.added.sorted())
  }

  private func text(_ batch: RecordBatch, _ schema: Schema) throws -> [String] {
    let encoder = RowJSONEncoder(schema: schema)
    return try (0..<batch.rowCount).map {
      String(decoding: try encoder.encode($0, of: batch), as: UTF8.self)
    }
  }
}
