import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Every snapshot of the golden tables is read equal to its expected rows, or refused by name.
@Suite(.needsSharedFiles) struct GoldenTablesTests {
  static let engines = SharedFiles.folders(in: "golden")
  static let java =
    (SharedFiles.folders(in: "golden-java") + SharedFiles.folders(in: "golden-java/spark"))
    .filter { SharedFiles.has($0 + "/expected.json") }

  @Test("every snapshot of every engine's tables reads equal to its rows, or is refused by name")
  func engineTables() async throws {
    var (read, refused) = (0, 0)
    for path in Self.engines {
      let golden = try await GoldenTable(path)
      for snapshot in golden.snapshots {
        guard let rows = snapshot["rows"]?.elements else { continue }
        let scan = golden.table.scan()
        let id = snapshot["snapshot-id"]?.integer
        let name = "\(path)/\(id.map { "\($0)" } ?? "current")"
        let isRead = await KnownGaps.read(name) {
          let (schema, batches) = try await (id.map { scan.at(.snapshot($0)) } ?? scan).readAll()
          let canonical = CanonicalRows(schema, .canonical)
          Self.expect(
            try canonical.lines(batches, schema), equal: canonical.lines(rows), name)
        }
        if isRead { read += 1 } else { refused += 1 }
      }
    }
    print("golden: \(Self.engines.count) tables, \(read) snapshots read, \(refused) refused")
    #expect(read > 0)
  }

  @Test(
    "every snapshot of the reference implementation's tables reads equal, or is refused by name")
  func javaTables() async throws {
    var (read, refused, withLineage) = (0, 0, 0)
    for path in Self.java {
      let golden = try await GoldenTable(path)
      var cases: [(name: String, scan: TableScan, expected: JSONObject)] = []
      for snapshot in golden.snapshots {
        guard let id = snapshot["snapshot-id"]?.integer else { continue }
        cases.append(("\(path)/\(id)", golden.table.scan().at(.snapshot(id)), snapshot))
      }
      if let rows = golden.expected["current-rows"] {
        cases.append(("\(path)/current", golden.table.scan(), ["rows": rows]))
      }
      for (name, scan, expected) in cases {
        let isRead = await KnownGaps.read(name) {
          let (schema, batches) = try await scan.readAll()
          let canonical = CanonicalRows(schema, .singleValues)
          if let rows = expected["rows"]?.elements {
            Self.expect(
              try canonical.lines(batches, schema), equal: canonical.lines(rows), name)
          } else if let digest = expected["rows-sha256"]?.text {
            let encoder = RowJSONEncoder(schema: schema)
            var lines: [String] = []
            for batch in batches {
              for row in 0..<batch.rowCount {
                lines.append(String(decoding: try encoder.encode(row, of: batch), as: UTF8.self))
              }
            }
            let text = lines.sorted().map { $0 + "\n" }.joined()
            #expect(try SHA256Sum.hexText(of: Array(text.utf8)) == digest, "\(name)")
          } else if let count = expected["row-count"]?.integer {
            let total = batches.reduce(0) { $0 + $1.rowCount }
            #expect(Int64(total) == count, "\(name)")
          } else {
            Issue.record("\(name) should be refused: \(expected["read-error"]?.text ?? "")")
          }
        }
        if isRead { read += 1 } else { refused += 1 }
        guard isRead, let rows = expected["rows-with-lineage"]?.elements else { continue }
        let columns = try scan.schema.fields.map(\.name)
        let lineage = scan.select(columns + ["_row_id", "_last_updated_sequence_number"])
        let (schema, batches) = try await lineage.readAll()
        let canonical = CanonicalRows(schema, .singleValues)
        Self.expect(
          try canonical.lines(batches, schema), equal: canonical.lines(rows), name + " lineage")
        withLineage += 1
      }
    }
    #expect(withLineage > 0)
    print("golden-java: lineage of \(withLineage) snapshots")
    print("golden-java: \(Self.java.count) tables, \(read) snapshots read, \(refused) refused")
    #expect(read > 0)
  }

  static func expect(_ found: [String], equal expected: [String], _ name: String) {
    guard found != expected else { return }
    let missing = expected.filter { !found.contains($0) }
    let extra = found.filter { !expected.contains($0) }
    Issue.record(
      """
      \(name): \(found.count) rows, expected \(expected.count)
      only expected: \(missing.prefix(3))
      only read: \(extra.prefix(3))
      """)
  }
}
