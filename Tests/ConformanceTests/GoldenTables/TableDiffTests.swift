import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Differences between all pairs of snapshots of the golden tables.
@Suite(.needsSharedFiles) struct GoldenDiffTests {
  @Test("the rows that differ between two snapshots are the difference of two full reads")
  func rows() async throws {
    var (compared, differing, refused) = (0, 0, 0)
    for path in GoldenTablesTests.engines + GoldenTablesTests.java {
      let golden = try await GoldenTable(path)
      let table = golden.table
      for (number, to) in table.metadata.snapshots.enumerated() {
        // Some neighbours; in long runs, every pair in both directions.
        for (other, from) in table.metadata.snapshots.enumerated()
        where from.id != to.id
          && (LongTests.isEnabled || number == other + 1 && number % 4 == 1)
        {
          do {
            let diff = try await table.diff(from: .snapshot(from.id), to: .snapshot(to.id))
            let found = try await differences(diff)
            let expected = try await fullDifference(diff)
            #expect(found.removed == expected.removed, "\(path) \(from.id) to \(to.id)")
            #expect(found.added == expected.added, "\(path) \(from.id) to \(to.id)")
            compared += 1
            if !(found.removed + found.added).isEmpty { differing += 1 }
          } catch let error as IcebergError
            where [.unsupported, .invalidFile, .invalidMetadata, .notFound].contains(error.code)
          {
            // Whether that is right is what the tests of the tables themselves decide.
            refused += 1
          }
        }
      }
    }
    print("diff: \(compared) pairs of snapshots compared, \(differing) differ, \(refused) refused")
    #expect(differing > 50)
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
  private func fullDifference(_ diff: TableDiff) async throws -> Lines {
    var counts: [String: Int] = [:]
    for (side, sign) in [(diff.from, 1), (diff.to, -1)] {
      guard let snapshot = side.snapshot else { continue }
      var tasks = try await diff.table.scan().at(.snapshot(snapshot.id)).tasks()
      for index in tasks.indices { tasks[index].schema = diff.to.schema }
      for try await batch in BatchSequence(of: tasks, fileIO: diff.table.fileIO) {
        for line in try text(batch, diff.to.schema) { counts[line, default: 0] += sign }
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
