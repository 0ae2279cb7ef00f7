import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ManifestFilterTests {
  /// A table with one data file of four rows and a delete of the first two of them for each of Bonn,
  /// Köln and Ulm, and once more for Ulm with a second partition field; each in a manifest of its own.
  static func table(version: Int) async throws -> Table {
    var table = try await MemoryCatalog(fileIO: MemoryFileIO()).createTable(
      "db.t", schema: Schema([.required("id", .long), .optional("town", .string)]),
      partitionedBy: [.identity("town")],
      properties: [
        "format-version": "\(version)", "write.delete.granularity": "file",
        "commit.manifest-merge.enabled": "false",
      ])
    for (number, town) in ["Bonn", "Köln", "Ulm", "Ulm"].enumerated() {
      if number == 3 { table = try await table.commit { $0.partitioning.add(.bucket(1, "id")) } }
      let first = Int64(number) * 10
      table = try await table.append(
        RecordBatch(
          rows: (first..<first + 4).map { [.long($0), .string(town)] },
          schema: table.metadata.currentSchema))
      table = try await table.delete(
        where: col("id") >= first && col("id") <= first + 1,
        options: RowChangeOptions(mode: .mergeOnRead)
      ).table
    }
    return table
  }

  /// What a scan has to read.
  struct Work: Equatable {
    var manifests: Int
    var deleteFiles: Int
    var rows: Int
  }

  /// The rows of a metadata table, and which files of the table were read for them.
  private static func read(
    _ name: MetadataTable, _ filter: String, of table: Table
  ) async throws -> (rows: [String], read: Set<String>) {
    let storage = FaultyFileIO(table.fileIO)
    let watched = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: storage, catalog: nil)
    let scan = watched.metadataTable(name).filter(try Filter(parsing: filter))
    let rows = try await MetadataTableScanTests.read(scan).rows
    return (rows, Set(storage.calls.filter { $0.operation == .read }.map(\.location)))
  }

  @Test(
    "manifests and delete files that cannot have such rows are not read, and no row is lost",
    arguments: [2, 3],
    [
      (.positionDeletes, "partition.town = 'Ulm'", Work(manifests: 2, deleteFiles: 2, rows: 4)),
      (.positionDeletes, "partition.town = 'Bonn'", Work(manifests: 1, deleteFiles: 1, rows: 2)),
      (.positionDeletes, "partition.town > 'Ulm'", Work(manifests: 0, deleteFiles: 0, rows: 0)),
      (.positionDeletes, "partition.id_bucket_1 = 0", Work(manifests: 1, deleteFiles: 1, rows: 2)),
      (
        .positionDeletes, "partition.id_bucket_1 IS NULL",
        Work(manifests: 3, deleteFiles: 3, rows: 6)
      ),
      (.positionDeletes, "spec_id = 1", Work(manifests: 1, deleteFiles: 1, rows: 2)),
      (.positionDeletes, "NOT spec_id = 1", Work(manifests: 3, deleteFiles: 3, rows: 6)),
      (
        .positionDeletes, "partition.town = 'Bonn' AND pos = 1",
        Work(manifests: 1, deleteFiles: 1, rows: 1)
      ),
      (
        .positionDeletes, "partition.town = 'Bonn' OR pos = 1",
        Work(manifests: 4, deleteFiles: 4, rows: 5)
      ),
      (.positionDeletes, "file_path = '{data}'", Work(manifests: 4, deleteFiles: 1, rows: 2)),
      (.positionDeletes, "file_path <> '{data}'", Work(manifests: 4, deleteFiles: 3, rows: 6)),
      (
        .positionDeletes, "delete_file_path = '{delete}'",
        Work(manifests: 4, deleteFiles: 1, rows: 2)
      ),
      (
        .positionDeletes, "delete_file_path = '{delete}' AND partition.town = 'Köln'",
        Work(manifests: 1, deleteFiles: 0, rows: 0)
      ),
      (.partitions, "partition.town = 'Ulm'", Work(manifests: 4, deleteFiles: 0, rows: 2)),
      (.partitions, "partition.town = 'Köln'", Work(manifests: 2, deleteFiles: 0, rows: 1)),
      (.partitions, "partition.id_bucket_1 = 0", Work(manifests: 2, deleteFiles: 0, rows: 1)),
      (.partitions, "partition.town IS NULL", Work(manifests: 0, deleteFiles: 0, rows: 0)),
      // A partition may have files of several specs, all of which are counted.
      (.partitions, "spec_id = 1", Work(manifests: 8, deleteFiles: 0, rows: 1)),
      (
        .partitions, "partition.town = 'Bonn' AND file_count > 1",
        Work(manifests: 2, deleteFiles: 0, rows: 0)
      ),
      (.files, "partition.town = 'Ulm'", Work(manifests: 4, deleteFiles: 0, rows: 4)),
      (.files, "spec_id = 1", Work(manifests: 2, deleteFiles: 0, rows: 2)),
      (
        .files, "content = 1 AND partition.town = 'Bonn'",
        Work(manifests: 1, deleteFiles: 0, rows: 1)
      ),
      (.entries, "data_file.spec_id IN (1, 2)", Work(manifests: 2, deleteFiles: 0, rows: 2)),
    ] as [(MetadataTable, String, Work)])
  func pruning(version: Int, item: (MetadataTable, String, Work)) async throws {
    let (name, filter, work) = item
    let table = try await Self.table(version: version)
    let manifests = try await table.manifests(of: try #require(table.metadata.currentSnapshot))
    #expect(manifests.count == 8)
    var deletes: [DataFile] = []
    for manifest in manifests where manifest.content == .deletes {
      deletes += try await table.entries(of: manifest).map(\.dataFile)
    }
    #expect(deletes.count == 4)
    let bonn = try #require(deletes.first { $0.partition.values.first == .string("Bonn") })
    let condition = filter.replacing("{data}", with: try #require(bonn.referencedDataFile))
      .replacing("{delete}", with: bonn.location)

    let (rows, read) = try await Self.read(name, condition, of: table)
    #expect(read.intersection(manifests.map(\.location)).count == work.manifests)
    #expect(read.intersection(deletes.map(\.location)).count == work.deleteFiles)
    #expect(rows.count == work.rows)

    // No manifest tells that this is never true.
    let never: String
    switch name {
    case .positionDeletes: never = "pos = -1"
    case .entries: never = "data_file.record_count = -1"
    default: never = "record_count = -1"
    }
    let whole = try await Self.read(name, "(\(condition)) OR \(never)", of: table)
    #expect(whole.rows == rows)
    #expect(
      whole.read.intersection(manifests.map(\.location)).count
        == (name == .positionDeletes ? 4 : 8))
  }
}
