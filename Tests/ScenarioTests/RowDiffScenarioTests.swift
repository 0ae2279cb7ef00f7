import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Differences between snapshots of random histories with all kinds of deletes, beside reading both.
@Suite struct RowDiffScenarioTests {
  private static let schema = Schema([
    .required("id", .long, id: 1), .optional("level", .string, id: 2),
    .optional("value", .int, id: 3),
  ])
  private static let keys: [[String]] = [[], ["id"], ["level"], ["value", "id"]]

  @Test("rows that differ are those of two full reads; with a key, pairs of them are changes")
  func randomHistories() async throws {
    var random = SeededRandom()
    var (rows, changed) = (0, 0)
    for _ in 0..<LongTests.rounds(quick: 12, long: 400) {
      var history = try await RandomChanges(Self.schema, &random)
      for _ in 0..<Int.random(in: 2...7, using: &random) { try await history.step(&random) }
      let table = history.made.table
      // Steps may come to nothing.
      if table.metadata.snapshots.count < 2 { continue }
      var model = ChangelogModel(table, schema: Self.schema)
      for key in Self.keys {
        let snapshots = table.metadata.snapshots.shuffled(using: &random)
        let (from, to) = (snapshots[0], snapshots[1])
        let expected = Lines(from: try await model.rows(from), to: try await model.rows(to))
        let diff = try await table.diff(from: .snapshot(from.id), to: .snapshot(to.id))
        let options = ScanOptions(batchRowLimit: Int.random(in: 1...5, using: &random))
        let found = try await Found(try diff.rows(key: key, options: options), key: key)
        let place = "\(history.log), \(from.sequenceNumber) to \(to.sequenceNumber) by \(key)"
        #expect(found.lines == expected, "\(place)")
        #expect(try found.changed == expected.pairs(by: key), "\(place)")
        #expect(found.changed.isEmpty || !key.isEmpty, "\(place)")
        rows += expected.removed.count + expected.added.count
        changed += found.changed.values.reduce(0, +)
      }
    }
    print("row differences: \(rows) rows, \(changed) pairs with a key")
    #expect(rows > 100 && changed > 3)
  }

  /// The rows that are at one point and not at the other, as text, sorted.
  private struct Lines: Equatable {
    var removed: [String] = []
    var added: [String] = []

    init() {}

    /// What is left of each side when each row of the other has cancelled one like it.
    init(from: [String: Int], to: [String: Int]) {
      for row in Set(from.keys).union(to.keys).sorted() {
        let more = (to[row] ?? 0) - (from[row] ?? 0)
        if more > 0 { added += Array(repeating: row, count: more) }
        if more < 0 { removed += Array(repeating: row, count: -more) }
      }
    }

    /// How many rows of each key are both gone and new.
    func pairs(by key: [String]) throws -> [String: Int] {
      if key.isEmpty { return [:] }
      var counts: [String: (removed: Int, added: Int)] = [:]
      for row in removed { counts[try Self.key(key, of: row), default: (0, 0)].removed += 1 }
      for row in added { counts[try Self.key(key, of: row), default: (0, 0)].added += 1 }
      return counts.mapValues { min($0.removed, $0.added) }.filter { $0.value > 0 }
    }

    /// The values of some columns in the text of a row.
    static func key(_ columns: [String], of row: String) throws -> String {
      guard case .object(let object) = try JSONValue(parsing: Bytes(utf8: row)) else { return row }
      return try columns.map { name in
        String(decoding: try #require(object[name]).serialized(), as: UTF8.self)
      }.joined(separator: ",")
    }
  }

  /// What a comparison tells.
  private struct Found {
    /// All rows, those of pairs too.
    var lines = Lines()
    /// How many pairs there are of each key.
    var changed: [String: Int] = [:]

    init(_ diff: RowDiff, key: [String]) async throws {
      for try await difference in diff {
        switch difference {
        case .removed(let rows): lines.removed += try ChangelogModel.text(rows, diff.schema)
        case .added(let rows): lines.added += try ChangelogModel.text(rows, diff.schema)
        case .changed(let before, let after):
          let old = try ChangelogModel.text(before, diff.schema)
          let new = try ChangelogModel.text(after, diff.schema)
          #expect(old.count == new.count)
          for (old, new) in zip(old, new) {
            let value = try Lines.key(key, of: old)
            #expect(try Lines.key(key, of: new) == value)
            changed[value, default: 0] += 1
          }
          lines.removed += old
          lines.added += new
        }
      }
      lines.removed.sort()
      lines.added.sort()
    }
  }
}
