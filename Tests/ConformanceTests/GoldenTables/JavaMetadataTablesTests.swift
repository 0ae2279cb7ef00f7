import Foundation
import Iceberg
import IcebergTestSupport
import Testing

/// The metadata tables of the golden tables, beside those that Iceberg Java shows of them.
@Suite(.needsSharedFiles, .needsJava, .serialized) struct JavaMetadataTablesTests {
  /// Tables of all versions, with every kind of deletes, and with specs, columns and branches that
  /// changed.
  private static let some = [
    "golden/spark_upgrade_v1_v2_v3", "golden/java_v2_eq_and_pos",
    "golden-java/v2_partition_evolution", "golden-java/v2_branches_tags",
    "golden-java/v3_dv_and_eqdel", "golden-java/spark/v2_ctas_rtas",
  ]
  private static let all = GoldenTablesTests.engines + GoldenTablesTests.java

  @Test("columns, ids and rows are those that Java shows, now and at every snapshot")
  func tables() async throws {
    let names = MetadataTable.allCases.filter { $0 != .positionDeletes }
    let tally = try await compare(LongTests.isEnabled ? Self.all : Self.some, names)
    #expect(tally.same > (LongTests.isEnabled ? 4000 : 100) && tally.refused == 0)
  }

  @Test("deleted positions are those that Spark shows, now and at every snapshot", .long)
  func positionDeletes() async throws {
    let tally = try await compare(Self.all, [.positionDeletes])
    #expect(tally.rows > 1000)
  }

  /// What came of a comparison.
  private struct Tally {
    /// The metadata tables that are the same, and the rows in them.
    var (same, rows) = (0, 0)
    /// Those that Java cannot show, and those that this library refuses to show.
    var (unknown, refused) = (0, 0)
  }

  /// Compares some metadata tables of some tables: all for the current snapshot, those of one snapshot
  /// for the others too.
  private func compare(_ paths: [String], _ names: [MetadataTable]) async throws -> Tally {
    try await withTemporaryDirectory { directory in
      let java = try await JavaProcess(
        "MetadataTables", in: directory.path("classes"),
        arguments: GoldenTable.places.map { "\($0.from)=\($0.to)" },
        options: JavaProcess.sparkOptions)
      var tally = Tally()
      for path in paths {
        let table = try await GoldenTable(path).table
        guard let location = table.metadataLocation else { continue }
        var snapshots: [Int64?] = [nil]
        snapshots += table.metadata.snapshots.map(\.id).prefix(LongTests.isEnabled ? .max : 1)
        for snapshot in snapshots {
          let wanted = names.filter { snapshot == nil || $0.isOfOneSnapshot }
          if wanted.isEmpty { continue }
          let file = directory.path("answer.tsv")
          let answer = try await java.ask(
            words: [location, snapshot.map { "\($0)" } ?? "", file] + wanted.map(\.rawValue))
          try #require(answer == ["ok"])
          let answers = try MetadataTableAnswers(
            parsing: try String(contentsOfFile: file, encoding: .utf8))
          for name in wanted {
            try await compare(
              table, .init(snapshotID: snapshot, name: name), with: answers, &tally)
          }
        }
      }
      print(
        "metadata tables: \(tally.same) the same as Java's, with \(tally.rows) rows; "
          + "\(tally.unknown) that Java does not show, \(tally.refused) that are refused")
      return tally
    }
  }

  private func compare(
    _ table: Table, _ item: MetadataTableAnswers.Case, with answers: MetadataTableAnswers,
    _ tally: inout Tally
  ) async throws {
    let place = "\(table.identifier) \(item.name.rawValue) at \(item.snapshotID ?? -1)"
    do {
      let schema = try MetadataTableAnswers.schema(of: item.name, in: table)
      let error = answers.errors[item]
      // Java may know the columns and not the rows.
      #expect(
        schema == answers.schemas[item] || error != nil && answers.schemas[item] == nil, "\(place)")
      if let error {
        tally.unknown += 1
        print("\(place): \(error.prefix(200))")
        return
      }
      let forgotten = table.specsOfForgottenColumns.map { "partition_spec_id:\($0)," }
      let rows = try await MetadataTableAnswers.rows(of: item, in: table).map { row in
        forgotten.contains { row.contains($0) } ? Self.withoutBounds(row) : row
      }.sorted()
      #expect(rows == answers.rows[item] ?? [], "\(place)")
      tally.same += 1
      tally.rows += rows.count
    } catch let error as IcebergError where error.code == .unsupported {
      tally.refused += 1
      print("\(place): \(error)")
    }
  }

  /// The row without the bounds of partitions, which Java does not show where the column is gone.
  private static func withoutBounds(_ row: String) -> String {
    row.replacing(/(lower|upper)_bound:"[^"]*"/) { "\($0.1)_bound:null" }
  }
}

extension Table {
  /// The ids of the specs with a field that is made of a column which the current schema does not have.
  fileprivate var specsOfForgottenColumns: [Int] {
    metadata.partitionSpecs.filter { spec in
      spec.fields.contains { field in
        field.sourceIDs.contains { metadata.currentSchema.field(id: $0) == nil }
      }
    }.map(\.id)
  }
}
