import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct MetadataTableScanTests {
  /// The rows of a scan as JSON, and the sizes of its batches.
  static func read(_ scan: MetadataTableScan) async throws -> (rows: [String], sizes: [Int]) {
    let encoder = RowJSONEncoder(schema: try scan.schema)
    var rows: [String] = []
    var sizes: [Int] = []
    for try await batch in scan.batches() {
      try batch.validate()
      #expect(batch.names == encoder.schema.fields.map(\.name))
      sizes.append(batch.rowCount)
      for row in 0..<batch.rowCount {
        rows.append(String(decoding: try encoder.encode(row, of: batch), as: UTF8.self))
      }
    }
    return (rows, sizes)
  }

  /// A table in memory with three snapshots, each of which added two files of two cities.
  static func table() async throws -> Table {
    let environment = TestEnvironment(seed: 5).environment
    let catalog = MemoryCatalog(environment: environment)
    var table = try await catalog.createTable("db.t", SampleTable.creation(partitioned: true))
    for (number, city) in ["Rome", "Oslo", "Rome"].enumerated() {
      let files = ["a", "b"].enumerated().map { index, name in
        var file = SampleTable.dataFile(
          "\(number)\(name)", of: table, rows: 10, sizeInBytes: 100,
          partition: StructValue([index == 0 ? .string(city) : nil]))
        file.valueCounts = [1: 10, 2: 10, 3: 10]
        file.nullValueCounts = [1: 0, 2: index == 0 ? 0 : 10]
        file.columnSizes = [1: 40, 3: 50]
        file.lowerBounds = [1: Bytes([UInt8(number), 0, 0, 0, 0, 0, 0, 0])]
        file.upperBounds = [1: Bytes([UInt8(number) + 9, 0, 0, 0, 0, 0, 0, 0])]
        return file
      }
      table = try await table.commit(environment: environment) { $0.append(files) }
    }
    return table
  }

  @Test("an empty table has no rows, in every metadata table but that of its metadata files")
  func empty() async throws {
    let table = try await MemoryCatalog().createTable("db.t", SampleTable.creation())
    for name in MetadataTable.allCases {
      let (rows, _) = try await Self.read(table.metadataTable(name))
      #expect(rows.count == (name == .metadataLogEntries ? 1 : 0), "\(name)")
    }
  }

  @Test("files are those that are live, in the order of the manifests")
  func files() async throws {
    let table = try await Self.table()
    let (rows, sizes) = try await Self.read(
      table.metadataTable(.files).select("partition", "record_count", "content"))
    #expect(
      rows == [
        #"{"partition":{"city":"Rome"},"record_count":10,"content":0}"#,
        #"{"partition":{"city":null},"record_count":10,"content":0}"#,
        #"{"partition":{"city":"Oslo"},"record_count":10,"content":0}"#,
        #"{"partition":{"city":null},"record_count":10,"content":0}"#,
        #"{"partition":{"city":"Rome"},"record_count":10,"content":0}"#,
        #"{"partition":{"city":null},"record_count":10,"content":0}"#,
      ])
    #expect(sizes == [2, 2, 2])
  }

  @Test("readable metrics are those of the columns that are asked for, with bounds as values")
  func readableMetrics() async throws {
    let table = try await Self.table()
    let scan = table.metadataTable(.entries).select(
      "status", "readable_metrics.id.upper_bound", "readable_metrics.city")
    let (rows, _) = try await Self.read(scan.with(ScanOptions(batchRowLimit: 1)))
    #expect(
      rows.first
        == #"{"status":1,"readable_metrics":{"city":{"column_size":null,"value_count":10,"#
        + #""null_value_count":0,"nan_value_count":null,"lower_bound":null,"#
        + #""upper_bound":null},"id":{"upper_bound":11}}}"#)
  }

  @Test("batches have as many rows as is asked for, at most", arguments: [1, 2, 4, 1_000])
  func batches(limit: Int) async throws {
    let table = try await Self.table()
    for name in MetadataTable.allCases {
      let all = try await Self.read(table.metadataTable(name)).rows
      let scan = table.metadataTable(name).with(
        ScanOptions(readConcurrency: 1, batchRowLimit: limit))
      let (rows, sizes) = try await Self.read(scan)
      #expect(rows == all)
      #expect(sizes.allSatisfy { $0 > 0 && $0 <= limit })
    }
  }

  @Test("rows of one snapshot can be those of an earlier one; for others that makes no sense")
  func timeTravel() async throws {
    let table = try await Self.table()
    let first = table.metadata.snapshots[0]
    for name in MetadataTable.allCases {
      for point in [
        TimeTravel.snapshot(first.id), .timestamp(millis: first.timestampMillis), .ref("main"),
      ] {
        let scan = table.metadataTable(name).at(point)
        guard name.isOfOneSnapshot else {
          await #expect {
            _ = try await Self.read(scan)
          } throws: {
            ($0 as? IcebergError)?.code == .invalidArgument
          }
          continue
        }
        let rows = try await Self.read(scan).rows
        switch (name, point) {
        case (.deleteFiles, _), (.positionDeletes, _): #expect(rows.isEmpty)
        case (.manifests, .ref): #expect(rows.count == 3)
        case (.manifests, _): #expect(rows.count == 1)
        case (.partitions, .ref): #expect(rows.count == 3)
        case (_, .ref): #expect(rows.count == 6)
        default: #expect(rows.count == 2, "\(name)")
        }
      }
    }
    await #expect {
      _ = try await Self.read(table.metadataTable(.files).at(.snapshot(1)))
    } throws: {
      ($0 as? IcebergError)?.code == .notFound
    }
  }

  @Test("tables of all snapshots look at each manifest once; all_manifests names every snapshot")
  func allSnapshots() async throws {
    let table = try await Self.table()
    #expect(try await Self.read(table.metadataTable(.allFiles)).rows.count == 6)
    #expect(try await Self.read(table.metadataTable(.allEntries)).rows.count == 6)
    #expect(try await Self.read(table.metadataTable(.allDeleteFiles)).rows.isEmpty)
    let manifests = try await Self.read(
      table.metadataTable(.allManifests).select("reference_snapshot_id")
    ).rows
    #expect(
      manifests
        == zip(table.metadata.snapshots, 1...).flatMap { snapshot, count in
          [String](repeating: #"{"reference_snapshot_id":\#(snapshot.id)}"#, count: count)
        })
  }

  @Test("a filter may name columns that are not selected, also inside structs")
  func filters() async throws {
    let table = try await Self.table()
    let snapshots = table.metadata.snapshots
    let scans: [(MetadataTableScan, Int)] = [
      (table.metadataTable(.files).filter(col("partition.city") == "Rome"), 2),
      (table.metadataTable(.files).filter(col("partition.city").isNull), 3),
      (table.metadataTable(.files).filter(col("readable_metrics.id.upper_bound") > 9), 4),
      (table.metadataTable(.entries).filter(col("data_file.partition.city") != "Rome"), 4),
      (table.metadataTable(.entries).filter(col("data_file.content") == 1), 0),
      (table.metadataTable(.entries).filter(col("snapshot_id") == snapshots[1].id), 2),
      (table.metadataTable(.partitions).filter(col("record_count") >= 20), 2),
      (table.metadataTable(.partitions).filter(col("partition.city") == "Oslo"), 1),
      (table.metadataTable(.snapshots).filter(col("operation") == "append"), 3),
      (
        table.metadataTable(.allManifests)
          .filter(col("reference_snapshot_id") == snapshots[1].id), 2
      ),
      (table.metadataTable(.files).filter(.none), 0),
      (
        table.metadataTable(.files).filter(col("content") == 0)
          .filter(col("partition.city") == "Oslo"), 1
      ),
    ]
    for (scan, count) in scans {
      #expect(try await Self.read(scan).rows.count == count, "\(scan.filter)")
      let column = try #require(scan.schema.fields.first?.name)
      let (rows, _) = try await Self.read(scan.select(column))
      #expect(rows.count == count, "\(scan.filter)")
    }
    await #expect {
      _ = try await Self.read(table.metadataTable(.files).filter(col("size") == 1))
    } throws: {
      ($0 as? IcebergError)?.code == .notFound
    }
  }

  @Test("manifests that cannot have such files are not read")
  func pruning() async throws {
    let table = try await Self.table()
    let lists = try await table.manifests(of: try #require(table.metadata.currentSnapshot))
    let oslo = lists[1].location
    // Only the manifest of Oslo is still there.
    let storage = MemoryFileIO()
    guard case .list(let list)? = table.metadata.currentSnapshot?.manifests else { return }
    for location in [list, oslo] {
      try await storage.write(
        try await table.fileIO.read(location, range: nil), to: location, mode: .createNew)
    }
    let damaged = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: storage, catalog: nil)
    for name in [MetadataTable.files, .partitions] {
      let scan = damaged.metadataTable(name).filter(col("partition.city") == "Oslo")
      #expect(try await Self.read(scan).rows.count == 1)
      await #expect(throws: IcebergError.self) {
        _ = try await Self.read(damaged.metadataTable(name))
      }
    }
    #expect(
      try await Self.read(damaged.metadataTable(.files).filter(col("content") == 2)).rows.isEmpty)
  }

  @Test("no more manifests are read than are asked for and may be read ahead", arguments: [1, 2])
  func readAhead(limit: Int) async throws {
    let table = try await Self.table()
    let storage = FaultyFileIO(table.fileIO)
    let watched = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: storage, catalog: nil)
    let scan = watched.metadataTable(.files).select("file_path")
      .with(ScanOptions(readConcurrency: limit))
    var batches = scan.batches().makeAsyncIterator()
    #expect(storage.calls.isEmpty)
    _ = try await batches.next()
    // The list, and the manifests.
    #expect(storage.calls.count <= 1 + limit)
    _ = try await batches.next()
    #expect(storage.calls.count <= 1 + limit + 1)
    while try await batches.next() != nil {}
    #expect(storage.calls.count == 1 + 3)
  }

  @Test("rows can be had as values of a type")
  func decodable() async throws {
    struct File: Decodable {
      struct Partition: Decodable { var city: String? }
      var partition: Partition
      var recordCount: Int64

      enum CodingKeys: String, CodingKey {
        case partition
        case recordCount = "record_count"
      }
    }
    let table = try await Self.table()
    var cities: [String?] = []
    let scan = table.metadataTable(.files).filter(col("partition.city") != "Oslo")
    for try await file in scan.select("partition", "record_count").rows(as: File.self) {
      #expect(file.recordCount == 10)
      cities.append(file.partition.city)
    }
    #expect(cities == ["Rome", nil, nil, "Rome", nil])
  }

  @Test("partitions are added up, with the commit that changed them last")
  func partitions() async throws {
    let table = try await Self.table()
    let (rows, _) = try await Self.read(
      table.metadataTable(.partitions).select(
        "partition", "spec_id", "record_count", "file_count", "total_data_file_size_in_bytes",
        "last_updated_snapshot_id"))
    let ids = table.metadata.snapshots.map(\.id)
    let expected = [("\"Rome\"", 2, ids[2]), ("null", 3, ids[2]), ("\"Oslo\"", 1, ids[1])].map {
      #"{"partition":{"city":\#($0.0)},"spec_id":0,"record_count":\#($0.1 * 10),"#
        + #""file_count":\#($0.1),"total_data_file_size_in_bytes":\#($0.1 * 100),"#
        + #""last_updated_snapshot_id":\#($0.2)}"#
    }
    #expect(rows == expected)
  }

  @Test("history, references and metadata files are told from the metadata alone")
  func metadataOnly() async throws {
    let table = try TableScanTests.table()
    let history = try await Self.read(
      table.metadataTable(.history).select("snapshot_id", "is_current_ancestor"))
    #expect(
      history.rows == [
        #"{"snapshot_id":1,"is_current_ancestor":true}"#,
        #"{"snapshot_id":2,"is_current_ancestor":false}"#,
        #"{"snapshot_id":1,"is_current_ancestor":true}"#,
        #"{"snapshot_id":3,"is_current_ancestor":true}"#,
      ])
    let references = try await Self.read(table.metadataTable(.refs).select("name", "type"))
    #expect(
      references.rows == [
        #"{"name":"audit","type":"BRANCH"}"#, #"{"name":"main","type":"BRANCH"}"#,
        #"{"name":"v1","type":"TAG"}"#,
      ])
    let snapshots = try await Self.read(table.metadataTable(.snapshots))
    #expect(
      snapshots.rows.first
        == #"{"committed_at":"1970-01-01T00:00:00.100000+00:00","snapshot_id":1,"parent_id":null,"#
        + #""operation":null,"manifest_list":"list-1","summary":null}"#)
  }

  @Test("unknown columns are named; a scan is read again with each iterator")
  func selection() async throws {
    let table = try await Self.table()
    let scan = table.metadataTable(.snapshots).select("snapshot_id", "nothing")
    #expect {
      _ = try scan.schema
    } throws: { error in
      (error as? IcebergError)?.message.contains("nothing") == true
    }
    let batches = table.metadataTable(.files).batches()
    for _ in 0..<2 {
      var count = 0
      for try await batch in batches { count += batch.rowCount }
      #expect(count == 6)
    }
  }
}
