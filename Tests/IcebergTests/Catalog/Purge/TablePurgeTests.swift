import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TablePurgeTests {
  static let name: TableIdentifier = "db.t"

  @Test(
    "every file that metadata leads to goes, and nothing else; told before", arguments: [1, 2, 3])
  func all(version: Int) async throws {
    let scene = WarehouseScene()
    let other = try await scene.table("db.other")
    var table = try await scene.table(Self.name, version: version)
    let statistics = StatisticsFile(
      snapshotID: table.metadata.currentSnapshotID ?? 0, location: "/wh/db/t/metadata/s.stats",
      fileSizeInBytes: 25, fileFooterSizeInBytes: 0, blobs: [])
    table = try await table.commit { $0.setStatistics(statistics) }
    let needed = try await WarehouseScene.neededFiles(of: table)
    try await scene.litter("/wh/db/t/metadata/s.stats", "/wh/db/t/data/x.parquet", "/wh/x")
    let before = Set(scene.storage.locations)
    let files = Locked<Set<String>>([])
    let options = DeleteReachableFilesOptions(
      memoryLimit: version == 2 ? 1 : 64 << 20,
      onFile: { file in files.withLock { _ = $0.insert(file.location) } })
    var preview = options
    preview.dryRun = true
    let plan = try await scene.catalog.purgeTable(Self.name, preview)
    #expect(plan.isDryRun)
    #expect(Set(scene.storage.locations) == before)
    #expect(files.value == needed)
    #expect(try await table.deleteReachableFiles(preview).deleted == plan.deleted)
    let report = try await scene.catalog.purgeTable(Self.name, options)
    #expect(report.deleted == plan.deleted)
    #expect(!report.isDryRun && report.failedCount == 0 && report.kept.all.count == 0)
    #expect(Set(scene.storage.locations) == before.subtracting(needed))
    #expect(report.deletedDataFilesCount == 5 + (version == 1 ? 1 : 0))
    #expect(report.deletedPositionDeleteFilesCount == (version == 1 ? 0 : 1))
    #expect(report.deletedEqualityDeleteFilesCount == (version == 1 ? 0 : 1))
    #expect(report.deletedManifestListsCount == table.metadata.snapshots.count)
    #expect(report.deletedOtherFilesCount == table.metadata.metadataLog.count + 2)
    #expect(report.deleted.all.count == needed.count)
    #expect(try await scene.catalog.tableExists(Self.name) == false)
    #expect(try await other.check().findings == [])
  }

  @Test(
    "files are told with the snapshot that added them, and counted by it", arguments: [1, 2, 3])
  func snapshots(version: Int) async throws {
    let scene = WarehouseScene()
    var table = try await scene.table(Self.name, version: version)
    // What the first snapshot added is still needed when it is gone.
    let first = try #require(table.metadata.snapshots.first?.id)
    table = try await table.expireSnapshots(ExpireSnapshotsOptions(snapshotIDs: [first])).table
    let kept = try #require(table.metadata.snapshots.first)
    table = try await table.commit {
      $0.setPartitionStatistics(
        PartitionStatisticsFile(
          snapshotID: kept.id, location: "/wh/db/t/metadata/p.stats", fileSizeInBytes: 9))
    }
    var adders: [String: Int64] = ["/wh/db/t/metadata/p.stats": kept.id]
    for snapshot in table.metadata.snapshots {
      if case .list(let location) = snapshot.manifests { adders[location] = snapshot.id }
      for manifest in try await table.manifests(of: snapshot) {
        adders[manifest.location] = manifest.addedSnapshotID
        for entry in try await table.entries(of: manifest) where entry.isLive {
          adders[entry.dataFile.location] = entry.snapshotID
        }
      }
    }
    let told = Locked<[DeletedFile]>([])
    let plan = try await scene.catalog.purgeTable(
      Self.name,
      DeleteReachableFilesOptions(
        dryRun: true, onFile: { file in told.withLock { $0.append(file) } }))
    let files = told.value
    #expect(files.allSatisfy { $0.snapshotID == adders[$0.location] })
    #expect(files.contains { $0.snapshotID == first && $0.kind == .data })
    #expect(files.filter { $0.snapshotID == nil }.allSatisfy { $0.kind == .metadata })
    let ids = table.metadata.snapshots.map(\.id)
    #expect(plan.snapshots.compactMap(\.id) == ids && plan.snapshots.count == ids.count + 1)
    for snapshot in plan.snapshots {
      let own = files.filter { file in
        let id = file.snapshotID.flatMap { ids.contains($0) ? $0 : nil }
        return id == snapshot.id
      }
      #expect(snapshot.files.all.count == own.count)
      #expect(snapshot.files.all.sizeInBytes == own.reduce(0) { $0 + ($1.sizeInBytes ?? 0) })
      let known = snapshot.id.flatMap { table.metadata.snapshot(id: $0) }
      #expect(snapshot.timestampMillis == known?.timestampMillis)
    }
  }

  @Test("files go before those that lead to them")
  func order() async throws {
    let faulty = FaultyFileIO(MemoryFileIO()) { _ in nil }
    let catalog = MemoryCatalog(warehouse: "/wh", fileIO: faulty)
    var table = try await catalog.createTable(Self.name, SampleTable.creation())
    for part in 0..<3 as Range<Int64> {
      table = try await table.append(try WarehouseScene.batch(part..<part + 1))
    }
    let start = faulty.calls.count
    try await catalog.dropTable(Self.name, purge: true)
    let kinds = faulty.calls[start...].filter { $0.operation == .remove }
      .map { FileKind(named: $0.location) }
    #expect(kinds == [.data, .manifest, .manifestList, .metadata, .metadata], "\(kinds)")
  }

  @Test("stopped at any call, a table is whole, or the rest goes by its last metadata")
  func stops() async throws {
    for number in 0..<1000 {
      let storage = MemoryFileIO()
      let start = Locked<Int?>(nil)
      let faulty = FaultyFileIO(storage) { call in
        start.value.map { call.number == $0 + number } == true ? .stop : nil
      }
      let catalog = MemoryCatalog(warehouse: "/wh", fileIO: faulty)
      var table = try await catalog.createTable(
        Self.name, SampleTable.creation(properties: ["write.metadata.previous-versions-max": "2"]))
      for part in 0..<3 as Range<Int64> {
        table = try await table.append(try WarehouseScene.batch(part..<part + 1))
      }
      let last = try #require(table.metadataLocation)
      start.withLock { $0 = faulty.calls.count }
      let plain = MemoryCatalog(warehouse: "/wh", fileIO: storage)
      do {
        try await catalog.dropTable(Self.name, purge: true)
        #expect(storage.locations.isEmpty)
        #expect(number > 10)
        if faulty.calls.count <= (start.value ?? 0) + number { return }
      } catch {
        // Told, or not: what counts is what is left.
      }
      if try await storage.exists(last) {
        let isKept = try await catalog.listTables(in: ["db"]) == [Self.name]
        if isKept {
          let left = try await Table.open(at: last, fileIO: storage)
          #expect(try await left.check().errorCount == 0, "call \(number)")
        }
        try await Table.open(at: last, fileIO: storage).deleteReachableFiles(beside: plain)
      }
      #expect(storage.locations.isEmpty, "call \(number): \(storage.locations)")
    }
    Issue.record("the purge never came to its end")
  }

  @Test("a file that cannot be deleted keeps what leads to it")
  func failures() async throws {
    let storage = MemoryFileIO()
    let isBroken = Locked(true)
    let faulty = FaultyFileIO(storage) { call in
      call.operation == .remove && isBroken.value && call.location.contains("/data/")
        ? .fail(IcebergError(.permissionDenied, "no")) : nil
    }
    let catalog = MemoryCatalog(warehouse: "/wh", fileIO: faulty)
    let table = try await catalog.createTable(Self.name, SampleTable.creation())
      .append(try WarehouseScene.batch(0..<2))
    let before = storage.locations
    await expectError(.permissionDenied) {
      try await catalog.dropTable(Self.name, purge: true)
    }
    #expect(storage.locations == before)
    #expect(try await catalog.tableExists(Self.name) == false)
    isBroken.withLock { $0 = false }
    let report = try await table.deleteReachableFiles()
    #expect(report.deletedDataFilesCount == 1 && report.failedCount == 0)
    #expect(storage.locations.isEmpty)
  }

  @Test("what another table needs stays: registered twice, a file of both, a folder of both")
  func shared() async throws {
    let scene = WarehouseScene()
    var table = try await scene.table(Self.name)
    let twin = try await scene.catalog.registerTable(
      "db.twin", metadataLocation: try #require(table.metadataLocation))
    table = try await table.append(try WarehouseScene.batch(90..<95))
    let own = try await WarehouseScene.neededFiles(of: table)
    let theirs = try await WarehouseScene.neededFiles(of: twin)
    let report = try await scene.catalog.purgeTable(Self.name, .init())
    #expect(Set(scene.storage.locations) == theirs)
    #expect(report.sharingTables == ["db.twin"])
    #expect(report.kept.all.count == theirs.intersection(own).count)
    #expect(report.deleted.all.count == own.subtracting(theirs).count)
    #expect(try await twin.check(TableCheckOptions(depth: .contents)).findings == [])

    // A table that lies elsewhere, into which a file of another was added.
    for place in ["/wh/db/giver", "/elsewhere"] {
      for mode in [DeleteReachableFilesOptions.OtherTables.places, .files] {
        let scene = WarehouseScene()
        let giver = try await scene.emptyTable("db.giver").append(try WarehouseScene.batch(0..<4))
        let files = try await giver.scan().tasks().map(\.file)
        let taker = try await scene.emptyTable(
          "db.taker", location: place == "/elsewhere" ? place : place + "/inner"
        ).commit { $0.append(files) }
        let report = try await scene.catalog.purgeTable("db.giver", .init(otherTables: mode))
        let isKept = mode == .files || place != "/elsewhere"
        #expect(report.kept[.data].count == (isKept ? files.count : 0), "\(place) \(mode)")
        #expect(try await (taker.check().errorCount == 0) == isKept)
      }
    }
    // The file lies in the folder of the other table.
    let two = WarehouseScene()
    let owner = try await two.emptyTable("db.owner").append(try WarehouseScene.batch(0..<4))
    let files = try await owner.scan().tasks().map(\.file)
    _ = try await two.emptyTable("db.guest").commit { $0.append(files) }
    #expect(try await two.catalog.purgeTable("db.guest", .init()).kept[.data].count == files.count)
    #expect(try await owner.check(TableCheckOptions(depth: .contents)).findings == [])
  }

  @Test("nothing goes where it is not known what the table, or one that shares its folder, needs")
  func unclear() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table(Self.name)
    let inner = try await scene.table("db.inner", location: "/wh/db/t/inner")
    for (victim, code) in [(table, IcebergError.Code.invalidFile), (inner, .validationFailed)] {
      let snapshot = try #require(victim.metadata.currentSnapshot)
      let manifest = try #require(try await victim.manifests(of: snapshot).first)
      let bytes = try await scene.storage.read(manifest.location, range: nil)
      try await scene.storage.write(
        bytes[0..<bytes.count / 2], to: manifest.location, mode: .replace)
      let before = scene.storage.locations
      await expectError(code) { try await scene.catalog.dropTable(Self.name, purge: true) }
      #expect(scene.storage.locations == before)
      #expect(try await scene.catalog.tableExists(Self.name))
      try await scene.storage.write(bytes, to: manifest.location, mode: .replace)
    }
    try await scene.catalog.dropTable(Self.name, purge: true)
    #expect(try await inner.check(TableCheckOptions(depth: .contents)).findings == [])
  }

  @Test("a table that is in a catalog, forbids it, is a copy, or of no known catalog is refused")
  func refusals() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table(Self.name)
    let location = try #require(table.metadataLocation)
    let opened = try await Table.open(at: location, fileIO: scene.storage)
    try await scene.storage.write(
      table.metadata.serialized(), to: "/copy/metadata/1.metadata.json", mode: .createNew)
    let copy = try await scene.catalog.registerTable(
      "db.copy", metadataLocation: "/copy/metadata/1.metadata.json")
    let guarded = try await scene.emptyTable("db.guarded", properties: ["gc.enabled": "false"])
    let before = scene.storage.locations
    await expectError(.invalidArgument) { try await table.deleteReachableFiles() }
    await expectError(.invalidArgument) { try await opened.deleteReachableFiles() }
    await expectError(.invalidArgument) {
      try await opened.deleteReachableFiles(beside: scene.catalog)
    }
    await expectError(.invalidArgument) {
      try await scene.catalog.purgeTable("db.guarded", .init(dryRun: true))
    }
    await expectError(.unsupported) { try await scene.catalog.dropTable("db.copy", purge: true) }
    #expect(scene.storage.locations == before)
    try await scene.catalog.dropTable("db.guarded", purge: false)
    await expectError(.invalidArgument) { try await guarded.deleteReachableFiles() }
    try await scene.catalog.dropTable("db.copy", purge: false)
    await expectError(.invalidArgument) { try await copy.deleteReachableFiles() }
    try await scene.catalog.dropTable(Self.name, purge: false)
    await expectError(.unsupported) { try await copy.deleteReachableFiles() }
    #expect(scene.storage.locations == before)
    try await opened.deleteReachableFiles(beside: scene.catalog)
    #expect(scene.storage.locations.filter { $0.hasPrefix("/wh/db/t/") } == [])
  }

  @Test("metadata that has fallen out of the log goes with its table")
  func earlierVersions() async throws {
    let scene = WarehouseScene()
    var table = try await scene.emptyTable(
      Self.name, properties: ["write.metadata.previous-versions-max": "2"])
    for number in 0..<9 { table = try await table.commit { $0.setProperty("a", "\(number)") } }
    #expect(table.metadata.metadataLog.count == 2)
    let report = try await scene.catalog.purgeTable(Self.name, .init())
    #expect(report.deletedOtherFilesCount == 10)
    #expect(scene.storage.locations.isEmpty)
  }

  @Test("a folder of a file system catalog goes with all in it, unless others have files there")
  func folders() async throws {
    for shares in [false, true] {
      let storage = MemoryFileIO()
      let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: storage)
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
        .append(try WarehouseScene.batch(0..<4))
      try await storage.write(Bytes(utf8: "x"), to: "/wh/db/t/data/x.parquet", mode: .createNew)
      let needed = try await WarehouseScene.neededFiles(of: table)
      let others = MemoryCatalog(warehouse: "/wh", fileIO: storage)
      if shares {
        _ = try await others.createTable(
          "db.inner", SampleTable.creation(location: "/wh/db/t/inner"))
      }
      let all = Set(storage.locations)
      let plan = try await catalog.purgeTable(Self.name, .init(dryRun: true))
      #expect(Set(storage.locations) == all)
      let report = try await catalog.purgeTable(Self.name, .init())
      #expect(report.deleted == plan.deleted)
      #expect(report.deleted.all.count == needed.count + (shares ? 0 : 1))
      let left = all.subtracting(needed).subtracting(["/wh/db/t/metadata/version-hint.text"])
      #expect(Set(storage.locations) == (shares ? left : []))
      #expect(try await catalog.tableExists(Self.name) == false)
    }
  }

  @Test("a purge of a file system table that stopped goes on from the copy of its metadata")
  func copyOfMetadata() async throws {
    let storage = MemoryFileIO()
    let plain = FileSystemCatalog(warehouse: "/wh", fileIO: storage)
    let table = try await plain.createTable(Self.name, SampleTable.creation())
      .append(try WarehouseScene.batch(0..<4))
    let files = try await WarehouseScene.neededFiles(of: table)
    let faulty = FaultyFileIO(storage) {
      $0.operation == .remove && $0.location.contains("/data/") ? .stop : nil
    }
    let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: faulty)
    _ = try? await catalog.purgeTable(Self.name, .init())
    #expect(try await plain.tableExists(Self.name) == false)
    let copy = "/wh/db/t/metadata/dropped-v2.json"
    #expect(storage.locations.contains(copy))
    let report = try await Table.open(at: copy, fileIO: storage)
      .deleteReachableFiles(beside: plain)
    #expect(report.deletedDataFilesCount == 1 && files.count > 3)
    #expect(storage.locations.isEmpty, "\(storage.locations)")
  }
}
