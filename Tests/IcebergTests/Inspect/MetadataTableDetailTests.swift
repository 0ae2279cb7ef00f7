import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct MetadataTableDetailTests {
  @Test("the names are those of the reference implementation")
  func names() {
    #expect(
      MetadataTable.allCases.map(\.rawValue) == [
        "entries", "files", "data_files", "delete_files", "history", "metadata_log_entries",
        "snapshots", "refs", "manifests", "partitions", "all_data_files", "all_delete_files",
        "all_files", "all_manifests", "all_entries", "position_deletes",
      ])
  }

  @Test("without partition fields there is no column for partitions")
  func unpartitioned() async throws {
    let table = try await MemoryCatalog().createTable("db.t", SampleTable.creation())
    for name in [MetadataTable.files, .partitions, .positionDeletes] {
      #expect(try table.metadataTable(name).schema.field(named: "partition") == nil)
    }
    let entries = try table.metadataTable(.entries).schema
    #expect(entries.field(named: "data_file.partition") == nil)
    #expect(entries.field(named: "data_file.file_path")?.id == 100)
  }

  @Test("fields of `partition` in position_deletes have ids that no schema of the table uses")
  func positionDeleteIDs() async throws {
    let table = try await MemoryCatalog().createTable(
      "db.t", SampleTable.creation(partitioned: true))
    let schema = try table.metadataTable(.positionDeletes).schema
    #expect(schema.field(named: "partition.city")?.id == 4)
    #expect(schema.field(named: "row.city")?.id == 2)
    #expect(schema.field(named: "content_offset") == nil)
  }

  @Test("a partition transform that is not known stands against tables that show partitions only")
  func unknownTransform() async throws {
    var metadata = try TableScanTests.table().metadata
    metadata.partitionSpecs[0].fields = [
      PartitionField(sourceIDs: [1], fieldID: 1000, name: "z", transform: .unknown("zorder"))
    ]
    let table = Table(
      identifier: "memory.t", metadata: metadata, metadataLocation: nil, fileIO: MemoryFileIO(),
      catalog: nil)
    #expect(try await MetadataTableScanTests.read(table.metadataTable(.snapshots)).rows.count == 4)
    for name in [MetadataTable.files, .entries, .partitions, .positionDeletes] {
      #expect {
        _ = try table.metadataTable(name).schema
      } throws: {
        ($0 as? IcebergError)?.code == .unsupported
      }
    }
  }

  @Test(
    "files that a version 1 snapshot names itself are shown, with counts that nobody recorded",
    .needsSharedFiles)
  func counts() async throws {
    let storage = MappedFileIO(
      LocalFileIO(),
      mappings: [LocationMapping(from: "/warehouse/java", to: SharedFiles.path("golden-java"))])
    let table = try await Table.open(
      at: "/warehouse/java/v1_embedded_manifests", fileIO: storage)
    let manifests = try await MetadataTableScanTests.read(
      table.metadataTable(.manifests).select(
        "added_data_files_count", "existing_data_files_count", "added_delete_files_count"))
    #expect(!manifests.rows.isEmpty)
    for row in manifests.rows { #expect(!row.contains("null")) }
    let files = try await MetadataTableScanTests.read(table.metadataTable(.files)).rows
    let tasks = try await table.scan().tasks()
    #expect(files.count == tasks.count)
    let lists = try await MetadataTableScanTests.read(
      table.metadataTable(.snapshots).select("manifest_list"))
    #expect(lists.rows.contains(#"{"manifest_list":null}"#))
  }
}
