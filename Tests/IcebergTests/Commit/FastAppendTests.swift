import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct FastAppendTests {
  static func make(
    version: Int = 2, partitioned: Bool = false, properties: [String: String] = [:]
  ) async throws -> (table: Table, storage: MemoryFileIO) {
    let storage = MemoryFileIO()
    let catalog = MemoryCatalog(
      fileIO: storage, environment: TestEnvironment(seed: 7).environment)
    var properties = properties
    properties["format-version"] = String(version)
    let table = try await catalog.createTable(
      "db.t", SampleTable.creation(partitioned: partitioned, properties: properties))
    return (table, storage)
  }

  static func manifests(of table: Table, _ snapshot: Snapshot? = nil) async throws -> [ManifestFile]
  {
    let snapshot = try #require(snapshot ?? table.metadata.currentSnapshot)
    return try await table.manifests(of: snapshot)
  }

  static func entries(of table: Table) async throws -> [ManifestEntry] {
    var entries: [ManifestEntry] = []
    for manifest in try await manifests(of: table) {
      entries += try await table.entries(of: manifest)
    }
    return entries
  }

  @Test("an append makes a snapshot, a manifest list and a manifest", arguments: 1...3)
  func append(version: Int) async throws {
    let (table, storage) = try await Self.make(version: version)
    let after = try await table.append([
      SampleTable.dataFile("a", of: table, rows: 10, sizeInBytes: 100),
      SampleTable.dataFile("b", of: table, rows: 20, sizeInBytes: 200),
    ])
    let snapshot = try #require(after.metadata.currentSnapshot)
    #expect(after.metadata.snapshots == [snapshot])
    #expect(after.metadata.references["main"]?.snapshotID == snapshot.id)
    #expect(after.metadata.snapshotLog.map(\.snapshotID) == [snapshot.id])
    #expect(snapshot.id > 0)
    #expect(snapshot.parentID == nil)
    #expect(snapshot.sequenceNumber == (version == 1 ? 0 : 1))
    #expect(after.metadata.lastSequenceNumber == (version == 1 ? 0 : 1))
    #expect(snapshot.schemaID == 0)
    #expect(snapshot.firstRowID == (version == 3 ? 0 : nil))
    #expect(snapshot.addedRows == (version == 3 ? 30 : nil))
    #expect(after.metadata.nextRowID == (version == 3 ? 30 : nil))
    let manifest = try #require(try await Self.manifests(of: after).first)
    #expect(manifest.addedFilesCount == 2)
    #expect(manifest.addedRowsCount == 30)
    #expect(manifest.addedSnapshotID == snapshot.id)
    let entries = try await Self.entries(of: after)
    #expect(
      entries.map(\.dataFile.location)
        == ["a", "b"].map { table.metadata.location + "/data/" + $0 })
    #expect(entries.allSatisfy { $0.status == .added && $0.snapshotID == snapshot.id })
    #expect(entries.allSatisfy { $0.sequenceNumber == snapshot.sequenceNumber })
    // Names as other implementations give them.
    guard case .list(let list) = snapshot.manifests else {
      Issue.record("no manifest list")
      return
    }
    let folder = table.metadata.location + "/metadata/"
    #expect(list.hasPrefix(folder + "snap-\(snapshot.id)-1-") && list.hasSuffix(".avro"))
    #expect(manifest.location.hasPrefix(folder) && manifest.location.hasSuffix("-m0.avro"))
    #expect(storage.locations.count == 4)
  }

  @Test("the summary counts what was added, and the totals")
  func summary() async throws {
    let (table, _) = try await Self.make(partitioned: true)
    let first = try await table.commit { transaction in
      transaction.append(
        [
          SampleTable.dataFile(
            "a", of: table, rows: 10, sizeInBytes: 100, partition: StructValue([.string("x")])),
          SampleTable.dataFile(
            "b", of: table, rows: 20, sizeInBytes: 200, partition: StructValue([.string("y")])),
        ], summary: ["job": "nightly"])
    }
    let summary = try #require(first.metadata.currentSnapshot?.summary)
    #expect(summary.operation == .append)
    let expected = [
      "job": "nightly", "added-data-files": "2", "added-records": "30", "added-files-size": "300",
      "changed-partition-count": "2", "total-records": "30", "total-files-size": "300",
      "total-data-files": "2", "total-delete-files": "0", "total-position-deletes": "0",
      "total-equality-deletes": "0", "engine-name": "swift-iceberg", "manifests-created": "1",
      "manifests-kept": "0", "manifests-replaced": "0",
    ]
    for (key, value) in expected { #expect(summary[key] == value, "\(key)") }
    #expect(Set(summary.properties.map(\.key)).subtracting(expected.keys) == ["engine-version"])
    let second = try await first.append([
      SampleTable.dataFile(
        "c", of: table, rows: 1, sizeInBytes: 5, partition: StructValue([nil]))
    ])
    let next = try #require(second.metadata.currentSnapshot?.summary)
    #expect(next["added-records"] == "1")
    #expect(next["total-records"] == "31")
    #expect(next["total-files-size"] == "305")
    #expect(next["total-data-files"] == "3")
    #expect(next["manifests-kept"] == "1")
    #expect(next["job"] == nil)
  }

  @Test("changed partitions are told where the table asks for it")
  func partitionSummaries() async throws {
    let (table, _) = try await Self.make(
      partitioned: true, properties: ["write.summary.partition-limit": "2"])
    func file(_ city: String) -> DataFile {
      SampleTable.dataFile(
        city, of: table, rows: 3, sizeInBytes: 7, partition: StructValue([.string(city)]))
    }
    let two = try await table.append([file("x"), file("y")])
    let summary = try #require(two.metadata.currentSnapshot?.summary)
    #expect(summary["partition-summaries-included"] == "true")
    #expect(summary["partitions.city=x"] == "added-data-files=1,added-records=3,added-files-size=7")
    let three = try await table.append([file("x"), file("y"), file("z")])
    #expect(three.metadata.currentSnapshot?.summary?["partitions.city=x"] == nil)
  }

  @Test("snapshots follow one another, and keep the manifests before", arguments: 1...3)
  func history(version: Int) async throws {
    var (table, _) = try await Self.make(version: version)
    var locations: [String] = []
    for number in Int64(1)...5 {
      let parent = table.metadata.currentSnapshotID
      table = try await table.append([
        SampleTable.dataFile("f\(number)", of: table, rows: number)
      ])
      let snapshot = try #require(table.metadata.currentSnapshot)
      #expect(snapshot.parentID == parent)
      #expect(snapshot.sequenceNumber == (version == 1 ? 0 : number))
      let manifests = try await Self.manifests(of: table)
      locations.insert(manifests[0].location, at: 0)
      #expect(manifests.map(\.location) == locations)
      if version > 1 {
        #expect(manifests.map(\.sequenceNumber) == (1...number).reversed())
      }
    }
    #expect(table.metadata.snapshotLog.count == 5)
    #expect(try await Self.entries(of: table).count == 5)
  }

  @Test("row ids are assigned in the order of commits, on all branches")
  func rowIDs() async throws {
    var (table, _) = try await Self.make(version: 3)
    table = try await table.append([
      SampleTable.dataFile("a", of: table, rows: 125),
      SampleTable.dataFile("b", of: table, rows: 100),
    ])
    #expect(table.metadata.currentSnapshot?.firstRowID == 0)
    table = try await table.append([SampleTable.dataFile("c", of: table, rows: 90)])
    #expect(table.metadata.currentSnapshot?.firstRowID == 225)
    #expect(table.metadata.nextRowID == 315)
    #expect(try await Self.manifests(of: table).map(\.firstRowID) == [225, 0])
    #expect(try await Self.entries(of: table).map(\.dataFile.firstRowID) == [225, 0, 125])
    // An id that the file brings along does not count.
    var file = SampleTable.dataFile("d", of: table, rows: 10)
    file.firstRowID = 1000
    let branched = try await table.append([file], toBranch: "audit")
    #expect(branched.metadata.nextRowID == 325)
    table = try await branched.append([SampleTable.dataFile("e", of: table, rows: 1)])
    #expect(try await Self.manifests(of: table).map(\.firstRowID) == [325, 225, 0])
    let head = try table.metadata.snapshot(referredToBy: "audit")
    #expect(try await Self.manifests(of: table, head).map(\.firstRowID) == [315, 225, 0])
  }

  @Test("tables that are upgraded get row ids with the next commit")
  func upgrade() async throws {
    var (table, _) = try await Self.make(version: 1)
    table = try await table.append([SampleTable.dataFile("a", of: table, rows: 5)])
    let catalog = try #require(table.catalog)
    for version in 2...3 {
      table = try await catalog.commit(
        TableCommit(requirements: [], updates: [.upgradeFormatVersion(version)]), to: "db.t")
      table = try await table.append([SampleTable.dataFile("v\(version)", of: table, rows: 7)])
    }
    #expect(table.metadata.lastSequenceNumber == 2)
    #expect(try await Self.manifests(of: table).map(\.sequenceNumber) == [2, 1, 0])
    #expect(try await Self.manifests(of: table).map(\.firstRowID) == [0, 7, 14])
    #expect(table.metadata.nextRowID == 19)
    #expect(try await Self.entries(of: table).map(\.dataFile.recordCount) == [7, 7, 5])
  }

  @Test("a branch that does not exist begins with the main branch; main stays")
  func branches() async throws {
    var (table, _) = try await Self.make()
    table = try await table.append([SampleTable.dataFile("a", of: table)])
    let main = table.metadata.currentSnapshotID
    table = try await table.append([SampleTable.dataFile("b", of: table)], toBranch: "audit")
    #expect(table.metadata.currentSnapshotID == main)
    let head = try table.metadata.snapshot(referredToBy: "audit")
    #expect(head.parentID == main)
    #expect(head.summary?["total-data-files"] == "2")
    #expect(table.metadata.snapshotLog.count == 1)
    #expect(try await Self.manifests(of: table, head).count == 2)
    table = try await table.append([SampleTable.dataFile("c", of: table)], toBranch: "audit")
    #expect(try table.metadata.snapshot(referredToBy: "audit").parentID == head.id)
  }

  @Test("a branch of an empty table begins with nothing")
  func branchOfEmptyTable() async throws {
    var (table, _) = try await Self.make()
    table = try await table.append([SampleTable.dataFile("b", of: table)], toBranch: "audit")
    #expect(table.metadata.currentSnapshotID == nil)
    #expect(try table.metadata.snapshot(referredToBy: "audit").parentID == nil)
  }

  @Test("files that cannot be appended are refused, and nothing is left behind")
  func refused() async throws {
    let (table, storage) = try await Self.make()
    let before = storage.locations
    var deletes = SampleTable.dataFile("a", of: table)
    deletes.content = .positionDeletes
    var otherSpec = SampleTable.dataFile("a", of: table)
    otherSpec.specID = 7
    let tuple = SampleTable.dataFile("a", of: table, partition: StructValue([.string("x")]))
    let negative = SampleTable.dataFile("a", of: table, rows: -1)
    for file in [deletes, otherSpec, tuple, negative] {
      await expectError(.invalidArgument) { try await table.append([file]) }
    }
    #expect(storage.locations == before)
    let tagged = try await table.append([SampleTable.dataFile("a", of: table)])
      .commit { $0.createTag("v1") }
    await expectError(.invalidArgument) {
      try await tagged.append([SampleTable.dataFile("b", of: table)], toBranch: "v1")
    }
  }

  @Test("a file that is named twice is added once, and no files add no snapshot")
  func duplicates() async throws {
    let (table, _) = try await Self.make()
    let file = SampleTable.dataFile("a", of: table)
    let after = try await table.append([file, file])
    #expect(after.metadata.currentSnapshot?.summary?["added-data-files"] == "1")
    let same = try await after.append([DataFile]())
    #expect(same.metadataLocation == after.metadataLocation)
  }

  @Test("manifests end at the size that the table asks for")
  func manifestSize() async throws {
    let (table, _) = try await Self.make(
      properties: ["commit.manifest.target-size-bytes": "20000"])
    let files = (0..<2000).map { SampleTable.dataFile("part-\($0)", of: table) }
    let after = try await table.append(files)
    let manifests = try await Self.manifests(of: after)
    #expect(manifests.count > 2)
    #expect(manifests.allSatisfy { $0.length < 40_000 })
    #expect(manifests.compactMap(\.addedFilesCount).reduce(0, +) == 2000)
    let names = try await Self.entries(of: after).map(\.dataFile.location)
    #expect(names == files.map(\.location))
  }

  @Test(
    "manifests are compressed as the table asks", arguments: ["gzip", "zstd", "snappy", "none"])
  func codecs(name: String) async throws {
    let (table, _) = try await Self.make(properties: ["write.manifest.compression-codec": name])
    let after = try await table.append([SampleTable.dataFile("a", of: table)])
    #expect(try await Self.entries(of: after).count == 1)
  }

  @Test("an unknown codec of manifests is refused")
  func unknownCodec() async throws {
    let (table, _) = try await Self.make(properties: ["write.manifest.compression-codec": "lzw"])
    await expectError(.unsupported) {
      try await table.append([SampleTable.dataFile("a", of: table)])
    }
  }

  @Test("files of several partition specs get manifests of their own")
  func specs() async throws {
    var (table, _) = try await Self.make(partitioned: true)
    let old = table
    let catalog = try #require(table.catalog)
    table = try await catalog.commit(
      TableCommit(
        requirements: [],
        updates: [
          .addPartitionSpec(PartitionSpec(id: 1, fields: [])), .setDefaultPartitionSpec(id: -1),
        ]),
      to: "db.t")
    let after = try await table.append([
      SampleTable.dataFile("new", of: table),
      SampleTable.dataFile("old", of: old, partition: StructValue([.string("x")])),
      SampleTable.dataFile("new2", of: table),
    ])
    let manifests = try await Self.manifests(of: after)
    #expect(manifests.map(\.partitionSpecID) == [1, 0])
    #expect(manifests.map(\.addedFilesCount) == [2, 1])
  }

  @Test("everything is written below the metadata path of the table")
  func metadataPath() async throws {
    let (table, storage) = try await Self.make(
      properties: ["write.metadata.path": "memory:/elsewhere/"])
    try await table.append([SampleTable.dataFile("a", of: table)])
    #expect(storage.locations.allSatisfy { $0.hasPrefix("memory:/elsewhere/") })
  }

  @Test("a clock that is behind does not turn history around")
  func clocks() async throws {
    let (table, _) = try await Self.make()
    let late = TestEnvironment(millis: 1_000_000_000_000)
    let after = try await table.commit(environment: late.environment) {
      $0.append([SampleTable.dataFile("a", of: table)])
    }
    let snapshot = try #require(after.metadata.currentSnapshot)
    #expect(snapshot.timestampMillis == table.metadata.lastUpdatedMillis)
    #expect(after.metadata.lastUpdatedMillis >= snapshot.timestampMillis)
  }

  @Test("the same commit in the same environment writes the same bytes")
  func deterministic() async throws {
    func run() async throws -> [String: Bytes] {
      let (table, storage) = try await Self.make(version: 3)
      try await table.commit(environment: TestEnvironment(seed: 3).environment) {
        $0.append([SampleTable.dataFile("a", of: table)])
      }
      var files: [String: Bytes] = [:]
      for location in storage.locations {
        files[location] = try await storage.read(location, range: nil)
      }
      return files
    }
    let (first, second) = (try await run(), try await run())
    #expect(first == second)
    #expect(first.count == 4)
  }
}
