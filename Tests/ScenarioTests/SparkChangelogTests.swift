import Iceberg
import IcebergBytes
import IcebergColumns
import IcebergModel
import IcebergTestSupport
import Testing

/// Changelogs beside Spark's `create_changelog_view`, of tables that Spark can do that for: those without
/// delete files.
@Suite(.serialized, .needsSpark, .long)
struct SparkChangelogTests {
  private static let schema = Schema([
    .required("id", .long, id: 1), .optional("level", .string, id: 2),
    .optional("value", .int, id: 3),
  ])

  @Test("the changes of tables without delete files are those that Spark finds")
  func histories() async throws {
    try await withTemporaryDirectory { directory in
      let spark = try PeerProcess(
        try #require(SparkProcess.python),
        arguments: [
          PackageRoot.path("Interop/spark_changes.py"), SharedFiles.path("oracles"),
          directory.path,
        ])
      let catalog = FileSystemCatalog(warehouse: directory.path)
      var random = SeededRandom("SparkChangelogTests")
      var compared = 0
      for round in 0..<8 {
        // Rows that come more than once have net changes and pairs of updates that are told otherwise.
        let isUnique = !round.isMultiple(of: 2)
        let table = try await Self.table(
          TableIdentifier(namespace: ["db"], name: "t\(round)"), in: catalog,
          version: 1 + round % 3, isUnique: isUnique, &random)
        let chain = table.metadata.snapshots
        for mode in isUnique ? ["all", "net", "updates"] : ["all"] {
          for first in [-1, 0, chain.count / 2] {
            let start = first < 0 ? nil : chain[first]
            let end = chain[Int.random(in: max(0, first + 1)..<chain.count, using: &random)]
            let answer = try await spark.ask(
              "db.t\(round)", start.map { "\($0.id)" } ?? "-", "\(end.id)", mode)
            try #require(answer.first == "ok", "\(answer)")
            var changes = table.changes(
              after: start.map { .snapshot($0.id) }, through: .snapshot(end.id))
            if mode == "net" { changes = changes.net() }
            if mode == "updates" { changes = changes.pairingUpdates(by: "id") }
            // A row that was only written anew is told of the last of the snapshots by Spark's net
            // changes, of the first one here.
            let isNet = mode == "net"
            let ours = try await ChangelogModel.lines(of: changes).map {
              isNet ? "\($0.type) \($0.row)" : $0.description
            }
            let theirs = try Self.lines(answer[1], isNet: isNet)
            #expect(
              ours.sorted() == theirs.sorted(), "round \(round), \(mode), from \(first): \(end.id)")
            compared += ours.count
          }
        }
      }
      print("changelogs beside Spark: \(compared) changes")
      #expect(compared > 100)
    }
  }

  private static func lines(_ text: String, isNet: Bool) throws -> [String] {
    guard case .array(let rows) = try JSONValue(parsing: Bytes(utf8: text)) else { return [] }
    return rows.compactMap { row in
      guard case .array(let parts) = row, parts.count == 4, case .string(let type) = parts[0],
        case .integer(let ordinal) = parts[1], case .string(let id) = parts[2],
        case .string(let text) = parts[3]
      else { return nil }
      return isNet ? "\(type) \(text)" : "\(ordinal) \(id) \(type) \(text)"
    }
  }

  /// A table changed by appends, and by deletes and replacements of rows that write files anew.
  private static func table(
    _ name: TableIdentifier, in catalog: FileSystemCatalog, version: Int, isUnique: Bool,
    _ random: inout SeededRandom
  ) async throws -> Table {
    var table = try await catalog.createTable(
      name, schema: schema, partitionedBy: Bool.random(using: &random) ? ["level"] : [],
      properties: ["format-version": "\(version)"])
    var nextID: Int64 = 0
    func row(_ id: Int64?, _ random: inout SeededRandom) -> [Literal?] {
      let levels: [Literal?] = [.string("INFO"), .string("WARN"), nil]
      nextID += 1
      return [
        .long(id ?? (isUnique ? nextID : Int64.random(in: 0..<6, using: &random))),
        levels.randomElement(using: &random) ?? nil,
        Bool.random(using: &random) ? .int(Int32.random(in: 0..<3, using: &random)) : nil,
      ]
    }
    func batch(_ rows: [[Literal?]]) throws -> RecordBatch {
      try RecordBatch(rows: rows, schema: schema)
    }
    let options = RowChangeOptions(mode: .copyOnWrite)
    for step in 0..<9 {
      // An id that is yet to come would be there twice then.
      let id = Int64.random(in: 0...(isUnique ? nextID : max(5, nextID)), using: &random)
      switch step == 0 ? 0 : Int.random(in: 0..<4, using: &random) {
      case 0, 1:
        let count = Int.random(in: 1...6, using: &random)
        table = try await table.append(batch((0..<count).map { _ in row(nil, &random) }))
      case 2:
        _ = try await table.delete(where: col("id") == id, options: options)
      default:
        _ = try await table.overwrite(
          where: col("id") == id, with: [batch([row(id, &random)])], options: options)
      }
      table = try await table.refreshed()
    }
    return table
  }
}
