import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TableCheckTests {
  static let all = TableCheckOptions(depth: .contents)

  @Test("nothing is found in a table that is whole", arguments: [1, 2, 3])
  func whole(version: Int) async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t", version: version)
    for options in [
      TableCheckOptions(), Self.all, TableCheckOptions(snapshots: .current, depth: .contents),
    ] {
      let report = try await table.check(options)
      #expect(report.findings == [])
      #expect(report.isIntact)
      let isCurrent = options.snapshots == .current
      #expect(report.snapshotCount == (isCurrent ? 1 : table.metadata.snapshots.count))
      #expect(report.manifestCount > 0 && report.fileCount > 0 && report.sizeInBytes > 0)
    }
  }

  @Test(
    "every file that is missing is found, with the snapshots that need it", arguments: [1, 2, 3])
  func missing(version: Int) async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t", version: version)
    for location in try await WarehouseScene.neededFiles(of: table) {
      let bytes = try await scene.storage.read(location, range: nil)
      try await scene.storage.remove([location])
      let report = try await table.check()
      let finding = try #require(report.findings.first { $0.location == location }, "\(location)")
      if location.hasSuffix(".json"), location != table.metadataLocation {
        #expect(finding.code == .missingLogFile)
        #expect(report.isIntact)
      } else {
        #expect(finding.code == .missingFile)
        #expect(!report.isIntact)
        #expect(finding.snapshotIDs.isEmpty == location.hasSuffix(".json"))
      }
      #expect(report.findings.count == 1)
      try await scene.storage.write(bytes, to: location, mode: .createNew)
    }
    #expect(try await table.check().findings == [])
  }

  @Test("files that are longer or shorter than recorded are found", arguments: [2, 3])
  func lengths(version: Int) async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t", version: version)
    for location in try await WarehouseScene.neededFiles(of: table)
    where !location.hasSuffix(".json") && !location.contains("snap-") {
      let bytes = try await scene.storage.read(location, range: nil)
      for changed in [Bytes(bytes.array + [0]), bytes[0..<bytes.count - 1]] {
        try await scene.storage.write(changed, to: location, mode: .replace)
        let report = try await table.check()
        #expect(!report.isIntact, "\(location)")
        #expect(
          report.findings.contains {
            $0.location == location && [.lengthDiffers, .unreadableFile].contains($0.code)
          }, "\(location)")
      }
      try await scene.storage.write(bytes, to: location, mode: .replace)
    }
  }

  @Test("one flipped byte of a deletion vector is found when contents are checked")
  func vectors() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t", version: 3)
    let vector = try #require(scene.storage.locations.first { $0.hasSuffix(".puffin") })
    var bytes = try await scene.storage.read(vector, range: nil).array
    bytes[14] ^= 0x10
    try await scene.storage.write(Bytes(bytes), to: vector, mode: .replace)
    #expect(try await table.check().isIntact)
    let report = try await table.check(Self.all)
    #expect(report.findings.map(\.code) == [.invalidVector])
    #expect(report.findings.first?.snapshotIDs.isEmpty == false)
  }

  @Test("a manifest that says a wrong number of rows of a file is found when contents are checked")
  func recordCounts() async throws {
    let scene = WarehouseScene()
    let table = try await scene.emptyTable("db.t")
    var files = try await table.withWriter { try await $0.write(try WarehouseScene.batch(0..<10)) }
    files[0].recordCount += 1
    let wrong = try await table.commit { $0.append(files) }
    #expect(try await wrong.check().isIntact)
    let report = try await wrong.check(Self.all)
    #expect(report.findings.map(\.code) == [.recordCountDiffers])
    #expect(report.findings.first?.location == files[0].location)
  }

  @Test("Avro files are counted a part at a time, and cut ones are found")
  func avroParts() async throws {
    let storage = CountingFileIO(delay: .zero)
    let text = String(repeating: "x", count: 1 << 20)
    let schema = Schema([.required("id", .long), .required("text", .string)])
    let table = try await MemoryCatalog(fileIO: storage).createTable(
      "db.t", schema: schema,
      properties: [
        "write.format.default": "avro", "write.avro.compression-codec": "uncompressed",
      ])
    let rows = try RecordBatch(
      rows: (0..<4).map { [.long($0), .string($0 == 2 ? text + text + text : text)] },
      schema: table.metadata.currentSchema)
    let files = try await table.withWriter { try await $0.write(rows) }
    var file = try #require(files.count == 1 ? files.first : nil)
    let size = file.fileSizeInBytes
    #expect(size > 6 << 20)
    file.recordCount = 5
    let wrong = try await table.commit { [file] in $0.append([file]) }
    storage.reset()
    let found = try await wrong.check(Self.all).findings
    #expect(found.map(\.code) == [.recordCountDiffers], "\(found)")
    #expect(found.first?.message.contains("has 4 rows") == true, "\(found)")
    #expect(storage.readCount(of: file.location) > 2)
    // Cut within the last block.
    let bytes = try await storage.read(file.location, range: 0..<size - 20)
    try await storage.write(bytes, to: file.location, mode: .replace)
    let report = try await wrong.check(Self.all)
    #expect(report.findings.count == 2, "\(report.findings)")
    #expect(report.findings.contains { $0.code == .lengthDiffers })
    #expect(!report.findings.contains { $0.code == .recordCountDiffers })
  }

  @Test("a file that a snapshot has twice is found")
  func duplicates() async throws {
    let scene = WarehouseScene()
    let table = try await scene.emptyTable("db.t")
    let files = try await table.withWriter {
      try await $0.write(try WarehouseScene.batch(0..<10))
    }
    var twice = try await table.commit { $0.fastAppend(files) }
    twice = try await twice.commit { $0.fastAppend(files) }
    let report = try await twice.check()
    #expect(report.findings.map(\.code) == files.map { _ in .duplicateFile })
    let current = try #require(twice.metadata.currentSnapshotID)
    #expect(report.findings.allSatisfy { $0.snapshotIDs == [current] })
  }

  @Test("wrong values of metadata are found: numbers, row ids, references")
  func metadata() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t", version: 3)
    func findings(_ change: (inout TableMetadata) -> Void) async throws -> Set<
      TableCheckFinding.Code
    > {
      var metadata = table.metadata
      change(&metadata)
      let changed = Table(
        identifier: table.identifier, metadata: metadata, metadataLocation: table.metadataLocation,
        fileIO: scene.storage, catalog: nil)
      return Set(try await changed.check().findingCounts.keys)
    }
    #expect(try await findings { _ in } == [])
    #expect(try await findings { $0.lastSequenceNumber = 1 } == [.sequenceNumber])
    #expect(try await findings { $0.nextRowID = 3 } == [.rowIDs])
    #expect(
      try await findings { $0.references["x"] = SnapshotReference(snapshotID: 17, kind: .tag) }
        .contains(.missingSnapshot))
    #expect(try await findings { $0.currentSnapshotID = 17 }.contains(.missingSnapshot))
    #expect(
      try await findings { $0.snapshots[1].sequenceNumber = 1 }.contains(.sequenceNumber))
    #expect(
      try await findings { $0.snapshots[0].summary?["total-records"] = "7" } == [.summaryDiffers])
    #expect(
      try await findings {
        $0.statistics = [
          StatisticsFile(
            snapshotID: 17, location: "/none", fileSizeInBytes: 1, fileFooterSizeInBytes: 1,
            blobs: [])
        ]
      } == [.statistics])
  }

  @Test("as many findings are kept as are asked for; all are counted and told")
  func limits() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    try await scene.storage.remove(scene.storage.locations.filter { $0.contains("/data/") })
    let told = Locked(0)
    let report = try await table.check(
      TableCheckOptions(findingLimit: 2, onFinding: { _ in told.withLock { $0 += 1 } }))
    #expect(report.findings.count == 2)
    #expect(report.errorCount > 2)
    #expect(report.errorCount == report.findingCounts[.missingFile])
    #expect(told.value == report.errorCount)
  }
}
