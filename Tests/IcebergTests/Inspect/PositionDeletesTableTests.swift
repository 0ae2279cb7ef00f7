import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// The table `position_deletes` of tables that other engines wrote.
@Suite(.needsSharedFiles) struct PositionDeletesTableTests {
  static func open(_ name: String) async throws -> Table {
    let storage = MappedFileIO(
      LocalFileIO(),
      mappings: [
        LocationMapping(from: "/warehouse/java", to: SharedFiles.path("golden-java")),
        LocationMapping(from: "/warehouse/golden", to: SharedFiles.path("golden")),
      ])
    return try await Table.open(at: SharedFiles.path(name), fileIO: storage)
  }

  @Test(
    "there is a row for each deleted position, as many as the delete files record",
    arguments: [
      "golden-java/v3_dv", "golden-java/v2_posdel_with_row", "golden-java/v2_posdel_large",
      "golden/spark_v2_mor", "golden/spark_v3_dv", "golden/duckdb_v3_mor",
    ])
  func counts(name: String) async throws {
    let table = try await Self.open(name)
    var expected: [String: Int64] = [:]
    for manifest in try await table.manifests(of: try #require(table.metadata.currentSnapshot)) {
      for entry in try await table.entries(of: manifest)
      where entry.isLive && entry.dataFile.content == .positionDeletes {
        let file = entry.dataFile
        expected[file.location + "@\(file.contentOffset ?? -1)", default: 0] += file.recordCount
      }
    }
    var found: [String: Int64] = [:]
    let hasVectors = table.metadata.formatVersion >= 3
    let scan = table.metadataTable(.positionDeletes)
      .with(ScanOptions(readConcurrency: 2, batchRowLimit: 7))
    for try await batch in scan.batches() {
      try batch.validate()
      let files = try #require(batch.column("delete_file_path"))
      for row in 0..<batch.rowCount {
        guard case .bytes(let path) = files.value(at: row) else { continue }
        var offset: Int64 = -1
        if hasVectors, case .long(let value)? = batch.column("content_offset")?.value(at: row) {
          offset = value
        }
        found[String(decoding: path, as: UTF8.self) + "@\(offset)", default: 0] += 1
      }
    }
    #expect(found == expected)
    #expect(!found.isEmpty)
  }

  @Test("rows that are stored with the positions are shown, others are null")
  func rows() async throws {
    let table = try await Self.open("golden-java/v2_posdel_with_row")
    let (rows, _) = try await MetadataTableScanTests.read(
      table.metadataTable(.positionDeletes).select("pos", "row"))
    #expect(rows.contains { !$0.hasSuffix(#""row":null}"#) })
    let plain = try await Self.open("golden/spark_v2_mor")
    let (others, _) = try await MetadataTableScanTests.read(
      plain.metadataTable(.positionDeletes).select("row"))
    #expect(!others.isEmpty)
    for row in others { #expect(row == #"{"row":null}"#) }
  }

  @Test("what is known of a delete file is there without any column of its own")
  func constants() async throws {
    let table = try await Self.open("golden-java/v3_dv")
    let all = try await MetadataTableScanTests.read(table.metadataTable(.positionDeletes)).rows
    let (rows, _) = try await MetadataTableScanTests.read(
      table.metadataTable(.positionDeletes).select("spec_id", "content_size_in_bytes"))
    #expect(rows.count == all.count)
    let (filtered, _) = try await MetadataTableScanTests.read(
      table.metadataTable(.positionDeletes).filter(col("pos") == 0).select("spec_id"))
    #expect(filtered.count == all.filter { $0.contains(#""pos":0,"#) }.count)
  }
}
