import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct RemoveOrphanFilesTests {
  static func remove(
    _ table: Table, _ scene: WarehouseScene,
    _ change: (inout RemoveOrphanFilesOptions) -> Void = { _ in }
  ) async throws -> RemoveOrphanFilesReport {
    var options = RemoveOrphanFilesOptions()
    change(&options)
    return try await table.removeOrphanFiles(options, environment: scene.clock.environment)
  }

  @Test("files that no metadata names are removed, and no others", arguments: [1, 2, 3])
  func orphans(version: Int) async throws {
    let scene = WarehouseScene()
    var table = try await scene.table("db.t", version: version)
    table = try await table.commit {
      $0.setStatistics(
        StatisticsFile(
          snapshotID: table.metadata.currentSnapshotID ?? 0, location: "/wh/db/t/metadata/s.stats",
          fileSizeInBytes: 4, fileFooterSizeInBytes: 0, blobs: []))
    }
    try await scene.litter("/wh/db/t/metadata/s.stats")
    let before = Set(scene.storage.locations)
    let rows = try await WarehouseScene.ids(table)
    let garbage = [
      "/wh/db/t/data/city=a/x.parquet", "/wh/db/t/data/x-deletes.puffin",
      "/wh/db/t/metadata/snap-1-1-x.avro", "/wh/db/t/metadata/x-m0.avro", "/wh/db/t/readme.txt",
      "/wh/db/t/data/.iceberg-1-a.tmp",
    ]
    for file in garbage { try await scene.litter(file) }
    scene.pass(days: 4)
    let plan = try await Self.remove(table, scene) { $0.dryRun = true }
    #expect(Set(plan.orphanFiles.map(\.location)) == Set(garbage))
    #expect(plan.deleted.all.count == 0)
    #expect(plan.orphans[.data].count == 1)
    #expect(plan.orphans[.positionDeletes].count == 1)
    #expect(plan.orphans[.manifest].count == 1)
    #expect(plan.orphans[.manifestList].count == 1)
    #expect(plan.orphans.all.sizeInBytes == Int64(garbage.reduce(0) { $0 + $1.utf8.count }))
    #expect(Set(scene.storage.locations) == before.union(garbage))
    let report = try await Self.remove(table, scene)
    #expect(report.orphanFiles == plan.orphanFiles)
    #expect(report.deleted.all == plan.orphans.all)
    #expect(Set(scene.storage.locations) == before)
    #expect(try await WarehouseScene.ids(try await table.refreshed()) == rows)
    #expect(try await Self.remove(table, scene).orphans.all.count == 0)
  }

  @Test("files younger than three days, hidden ones, hints and locks stay")
  func left() async throws {
    let scene = WarehouseScene()
    let table = try await scene.emptyTable("db.t")
    try await scene.litter(
      "/wh/db/t/data/_temporary/x.parquet", "/wh/db/t/data/.x.crc", "/wh/db/t/metadata/_lock/1",
      "/wh/db/t/metadata/version-hint.text", "/wh/db/t/maintain.lock")
    scene.pass(days: 2)
    try await scene.litter("/wh/db/t/data/old.parquet")
    scene.pass(days: 2)
    try await scene.litter("/wh/db/t/data/new.parquet")
    var report = try await Self.remove(table, scene)
    #expect(report.orphans.all.count == 0)
    #expect(report.leftFileCounts == [.hidden: 3, .reserved: 2, .young: 2])
    report = try await Self.remove(table, scene) {
      $0.olderThanMillis = scene.clock.millis - WarehouseScene.day
    }
    #expect(report.orphanFiles.map(\.location) == ["/wh/db/t/data/old.parquet"])
    await expectError(.invalidArgument) {
      _ = try await Self.remove(table, scene) { $0.olderThanMillis = scene.clock.millis }
    }
    report = try await Self.remove(table, scene) {
      $0.olderThanMillis = scene.clock.millis
      $0.shortInterval = .acceptedAsNothingWrites
    }
    #expect(report.orphanFiles.map(\.location) == ["/wh/db/t/data/new.parquet"])
  }

  @Test("partition folders whose names only look hidden are looked through")
  func partitions() async throws {
    let scene = WarehouseScene()
    let schema = Schema([Field(id: 1, name: "_day", type: .int, isRequired: false)])
    let spec = PartitionSpec(fields: [
      PartitionField(sourceIDs: [1], fieldID: 1000, name: "_day", transform: .identity)
    ])
    let table = try await scene.catalog.createTable(
      "db.t", TableCreation(schema: schema, partitionSpec: spec))
    try await scene.litter("/wh/db/t/data/_day=1/x.parquet", "/wh/db/t/data/_other=1/x.parquet")
    scene.pass(days: 4)
    let report = try await Self.remove(table, scene)
    #expect(report.orphanFiles.map(\.location) == ["/wh/db/t/data/_day=1/x.parquet"])
  }

  @Test("a folder that another table uses, holds or lies in is refused")
  func otherTables() async throws {
    for (own, other, properties) in [
      ("/wh/x", "/wh/x", [:]), ("/wh/x", "/wh/x/y", [:]), ("/wh/x/y", "/wh/x", [:]),
      ("/wh/x", "/wh/y", ["write.data.path": "/wh/x/data"]),
      ("/wh/x", "/wh/y", ["write.metadata.path": "/wh/x/meta"]),
      ("/wh/x", "/wh/y", ["write.object-storage.path": "/wh"]),
      ("/wh/x", "/wh/y", ["write.folder-storage.path": "file:/wh//x/z"]),
    ] as [(String, String, [String: String])] {
      let scene = WarehouseScene()
      let table = try await scene.table("db.one", location: own)
      _ = try await scene.emptyTable("db.two", location: other, properties: properties)
      try await scene.litter(own + "/data/x.parquet")
      scene.pass(days: 4)
      let before = scene.storage.locations
      for dryRun in [true, false] {
        await expectError(.invalidArgument) {
          _ = try await Self.remove(table, scene) { $0.dryRun = dryRun }
        }
      }
      #expect(scene.storage.locations == before)
    }
  }

  @Test("metadata of a table that no catalog knows is found, in the folder and above it")
  func foreignMetadata() async throws {
    for other in ["/wh/x", "/wh/x/y", "/wh"] {
      let scene = WarehouseScene()
      let rival = MemoryCatalog(fileIO: scene.storage)
      let table = try await scene.table("db.one", location: "/wh/x")
      var creation = SampleTable.creation()
      creation.location = other
      let foreign = try await rival.createTable("db.two", creation)
      let location = try #require(foreign.metadataLocation)
      scene.pass(days: 4)
      let before = scene.storage.locations
      await expectError(.invalidArgument) { _ = try await Self.remove(table, scene) }
      #expect(scene.storage.locations == before)
      // Named as gone, its files are orphans; where it lies above, nothing of it is here.
      let report = try await Self.remove(table, scene) {
        $0.goneTableUUIDs = [foreign.metadata.tableUUID ?? ""]
      }
      #expect(report.orphanFiles.map(\.location) == (other == "/wh" ? [] : [location]))
    }
  }

  @Test("a table that was renamed keeps its files when another is made under its name")
  func renamed() async throws {
    let scene = WarehouseScene()
    _ = try await scene.table("db.old", location: "/wh/x")
    try await scene.catalog.renameTable("db.old", to: "db.new")
    let table = try await scene.table("db.old", location: "/wh/x")
    scene.pass(days: 4)
    let before = scene.storage.locations
    await expectError(.invalidArgument) { _ = try await Self.remove(table, scene) }
    await expectError(.invalidArgument) {
      let renamed = try await scene.catalog.loadTable("db.new")
      _ = try await Self.remove(renamed, scene) {
        $0.goneTableUUIDs = [table.metadata.tableUUID ?? ""]
      }
    }
    #expect(scene.storage.locations == before)
  }

  @Test("a folder above the table's, a table without a catalog, and gc.enabled=false are refused")
  func refusals() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    try await scene.litter("/wh/db/t/data/x.parquet", "/wh/other/file")
    scene.pass(days: 4)
    await expectError(.invalidArgument) {
      _ = try await Self.remove(table, scene) { $0.location = "/wh" }
    }
    let opened = try await Table.open(
      at: try #require(table.metadataLocation), fileIO: scene.storage)
    await expectError(.invalidArgument) { _ = try await Self.remove(opened, scene) }
    #expect(try await Self.remove(opened, scene) { $0.dryRun = true }.orphans.all.count == 1)
    let kept = try await table.commit { $0.setProperty("gc.enabled", "false") }
    scene.pass(days: 4)
    await expectError(.invalidArgument) { _ = try await Self.remove(kept, scene) }
    // The version that the caller has is not the one that counts.
    await expectError(.invalidArgument) { _ = try await Self.remove(table, scene) }
    #expect(try await scene.storage.exists("/wh/db/t/data/x.parquet"))
  }

  @Test("a copy of a table removes nothing of the original")
  func copies() async throws {
    let scene = WarehouseScene()
    let original = try await scene.table("db.t")
    let copied = "/copy/metadata/" + "00009-x.metadata.json"
    let bytes = try await scene.storage.read(
      try #require(original.metadataLocation), range: nil)
    try await scene.storage.write(bytes, to: copied, mode: .createNew)
    let catalog = MemoryCatalog(fileIO: scene.storage)
    let copy = try await catalog.registerTable("db.copy", metadataLocation: copied)
    _ = try await original.append(try WarehouseScene.batch(30..<40))
    scene.pass(days: 4)
    let before = scene.storage.locations
    await expectError(.invalidArgument) { _ = try await Self.remove(copy, scene) }
    #expect(scene.storage.locations == before)
  }

  @Test("while a file that the table needs is missing, nothing is removed")
  func missing() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t", version: 3)
    try await scene.litter("/wh/db/t/data/x.parquet")
    scene.pass(days: 4)
    for location in try await WarehouseScene.neededFiles(of: table)
    where !location.hasSuffix(".json") {
      let bytes = try await scene.storage.read(location, range: nil)
      try await scene.storage.remove([location])
      await expectError(.notFound) { _ = try await Self.remove(table, scene) }
      #expect(try await scene.storage.exists("/wh/db/t/data/x.parquet"))
      try await scene.storage.write(bytes, to: location, mode: .createNew)
    }
    scene.pass(days: 4)
    #expect(try await Self.remove(table, scene).deleted.all.count == 1)
  }

  @Test("a commit that names old files after they were listed keeps them")
  func rescued() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    // Written by someone slow, committed while orphans are being removed.
    let files = try await table.withWriter { try await $0.write(try WarehouseScene.batch(50..<60)) }
    try await scene.litter("/wh/db/t/data/x.parquet")
    scene.pass(days: 4)
    let committed = Locked(false)
    let slow = FaultyCatalogView(scene.catalog) { loads in
      // The last look comes right before the first request to remove something.
      guard loads == 3, !committed.value else { return }
      committed.withLock { $0 = true }
      _ = try await table.commit { $0.append(files) }
    }
    let view = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: scene.storage, catalog: slow)
    let report = try await Self.remove(view, scene)
    #expect(committed.value)
    #expect(report.orphans.all.count == files.count + 1)
    #expect(report.rescuedFileCount == files.count)
    #expect(report.deleted.all.count == 1)
    let after = try await table.refreshed()
    #expect(try await WarehouseScene.ids(after).suffix(10) == Array(50..<60))
    #expect(try await after.check().isIntact)
  }

  @Test("beside a busy writer each manifest is read once, and what any commit came to name stays")
  func busyWriter() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    // Their names come behind those of four parts of orphans, before each of which one is committed.
    var slow: [[DataFile]] = []
    for number in 0..<4 {
      slow.append(
        try await table.withWriter {
          try await $0.write(try WarehouseScene.batch(Int64(50 + number)..<Int64(51 + number)))
        })
    }
    for number in 0..<3100 { try await scene.litter("/wh/db/t/data/a\(number).parquet") }
    scene.pass(days: 4)
    let counting = CountingFileIO(base: scene.storage, delay: .zero)
    let commits = Locked(0)
    let busy = FaultyCatalogView(scene.catalog, fileIO: counting) { [slow] loads in
      guard slow.indices.contains(loads - 3) else { return }
      commits.withLock { $0 += 1 }
      _ = try await table.refreshed().commit { $0.append(slow[loads - 3]) }
    }
    let view = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: counting, catalog: busy)
    let report = try await Self.remove(view, scene)
    #expect(commits.value == 4)
    #expect(report.rescuedFileCount == 4 && report.deleted.all.count == 3100)
    let after = try await table.refreshed()
    for snapshot in after.metadata.snapshots {
      guard case .list(let list) = snapshot.manifests else { continue }
      #expect(counting.readCount(of: list) == 1, "\(list)")
      for manifest in try await after.manifests(of: snapshot) {
        #expect(counting.readCount(of: manifest.location) == 1, "\(manifest.location)")
      }
    }
    #expect(try await WarehouseScene.ids(after).suffix(4) == [50, 51, 52, 53])
    #expect(try await after.check().isIntact)
  }

  @Test("a version that the newest one has come to name stays, and so do those after it")
  func rescuedVersion() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    var old = table.metadata
    old.lastUpdatedMillis -= 1
    old.snapshots = []
    old.references = [:]
    old.currentSnapshotID = nil
    old.snapshotLog = []
    old.metadataLog = []
    let versions = (1...3).map { "/wh/db/t/metadata/v\($0).metadata.json" }
    for location in versions {
      try await scene.storage.write(try old.serialized(), to: location, mode: .createNew)
    }
    scene.pass(days: 4)
    var newest = table.metadata
    newest.metadataLog.append(
      .init(timestampMillis: old.lastUpdatedMillis, location: versions[1]))
    let bytes = try newest.serialized()
    let changing = FaultyCatalogView(scene.catalog) { loads in
      // The last look before versions are removed; the one before it is before all else.
      guard loads == 4 else { return }
      let location = "/wh/db/t/metadata/00099-x.metadata.json"
      try await scene.storage.write(bytes, to: location, mode: .createNew)
      _ = try await scene.catalog.registerTable(
        "db.t", metadataLocation: location, overwrite: true)
    }
    let view = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: scene.storage, catalog: changing)
    let report = try await Self.remove(view, scene)
    #expect(report.orphans[.metadata].count == 3)
    #expect(report.rescuedFileCount == 1 && report.deleted.all.count == 1)
    var left: [Bool] = []
    for location in versions { left.append(try await scene.storage.exists(location)) }
    #expect(left == [false, true, true])
  }

  @Test("prefixes that differ are an error, are left, or are orphans, as is asked for")
  func prefixes() async throws {
    let scene = WarehouseScene()
    let plain = try await scene.emptyTable("db.t", location: "s3://b/t")
    let file = SampleTable.dataFile(
      "x.parquet", of: plain, partition: StructValue([.string("a")]))
    try await scene.litter("s3://b/t/data/x.parquet", "oss://c/t/data/x.parquet")
    var named = file
    named.location = "oss://c/t/data/x.parquet"
    let table = try await plain.commit { $0.append([named]) }
    scene.pass(days: 4)
    await expectError(.validationFailed) { _ = try await Self.remove(table, scene) }
    var report = try await Self.remove(table, scene) { $0.prefixMismatchMode = .ignore }
    #expect(report.orphans.all.count == 0)
    #expect(report.leftFileCounts[.prefixMismatch] == 1)
    report = try await Self.remove(table, scene) {
      $0.equalSchemes = ["oss": "s3"]
      $0.equalAuthorities = ["c": "b"]
    }
    #expect(report.orphans.all.count == 0)
    report = try await Self.remove(table, scene) { $0.prefixMismatchMode = .delete }
    #expect(report.orphanFiles.map(\.location) == ["s3://b/t/data/x.parquet"])
    #expect(try await scene.storage.exists("oss://c/t/data/x.parquet"))
  }

  @Test("a list of files takes the place of the listing; what lies elsewhere is passed over")
  func fileList() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    try await scene.litter("/wh/db/t/data/x.parquet", "/wh/db/t/data/y.parquet", "/wh/z.parquet")
    scene.pass(days: 4)
    var list = ["/wh/db/t/data/x.parquet", "/wh/z.parquet"].map {
      FileStatus(location: $0, sizeInBytes: 7, modifiedMillis: 0)
    }
    for location in try await WarehouseScene.neededFiles(of: table) {
      list.append(FileStatus(location: location, sizeInBytes: 7, modifiedMillis: 0))
    }
    let report = try await Self.remove(table, scene) { $0.fileList = list }
    #expect(report.orphanFiles.map(\.location) == ["/wh/db/t/data/x.parquet"])
    #expect(report.orphans.all.sizeInBytes == 7)
    #expect(try await scene.storage.exists("/wh/db/t/data/y.parquet"))
    #expect(try await scene.storage.exists("/wh/z.parquet"))
  }

  @Test("versions newer than the current one stay, with all they lead to")
  func newerVersions() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    let newer = try await table.append(try WarehouseScene.batch(70..<80))
    // Another catalog knows of it; this one does not.
    let other = MemoryCatalog(fileIO: scene.storage)
    _ = try await other.registerTable(
      "db.t", metadataLocation: try #require(table.metadataLocation))
    let old = try await other.loadTable("db.t")
    try await scene.litter("/wh/db/t/data/x.parquet")
    scene.pass(days: 4)
    let report = try await Self.remove(old, scene)
    #expect(report.orphanFiles.map(\.location) == ["/wh/db/t/data/x.parquet"])
    #expect(try await newer.check().isIntact)
  }

  @Test("versions whose names are numbers are removed from the oldest on, without a gap")
  func versionFiles() async throws {
    let scene = WarehouseScene()
    let catalog = FileSystemCatalog(
      warehouse: "/wh", fileIO: scene.storage, environment: CommitScene.environment())
    var table = try await catalog.createTable(
      "db.f", SampleTable.creation(properties: ["write.metadata.previous-versions-max": "2"]))
    for number in 0..<6 {
      table = try await table.commit { $0.setProperty("n", "\(number)") }
    }
    scene.pass(days: 4)
    let faulty = FaultyFileIO(scene.storage)
    let seen = FileSystemCatalog(
      warehouse: "/wh", fileIO: faulty, environment: CommitScene.environment())
    let report = try await Self.remove(try await seen.loadTable("db.f"), scene)
    let removed = faulty.calls.filter { $0.operation == .remove }.map(\.location)
    #expect(removed == (1...4).map { "/wh/db/f/metadata/v\($0).metadata.json" })
    #expect(report.deleted[.metadata].count == 4)
    #expect(try await catalog.loadTable("db.f").metadata.properties["n"] == "5")
  }

  @Test("a little memory is enough, and the same files are found with it")
  func memory() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t", version: 3)
    for number in 0..<500 { try await scene.litter("/wh/db/t/data/x\(number).parquet") }
    scene.pass(days: 4)
    let found = Locked<[String]>([])
    let report = try await Self.remove(table, scene) {
      $0.memoryLimit = 4096
      $0.reportedFileLimit = 10
      $0.onOrphan = { orphan in found.withLock { $0.append(orphan.location) } }
    }
    #expect(report.orphanFiles.count == 10)
    #expect(Set(found.value).count == 500)
    #expect(report.deleted[.data].count == 500)
    #expect(try await table.check(TableCheckOptions(memoryLimit: 4096)).isIntact)
  }

  @Test("what cannot be removed is in the report, and the rest is removed")
  func failures() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    for number in 0..<120 { try await scene.litter("/wh/db/t/data/x\(number).parquet") }
    scene.pass(days: 4)
    let storage = FaultyFileIO(scene.storage) { call in
      call.operation == .remove && call.location.contains("x77.parquet")
        ? .fail(IcebergError(.permissionDenied, "no")) : nil
    }
    let view = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: storage,
      catalog: FaultyCatalogView(scene.catalog, fileIO: storage))
    let report = try await Self.remove(view, scene)
    #expect(report.failureCount == 50)
    #expect(report.deleted.all.count == 70)
    #expect(try await Self.remove(table, scene).deleted.all.count == 50)
  }

  @Test("no more requests to remove files run at a time than the options allow", arguments: [1, 3])
  func concurrentDeletes(limit: Int) async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    for number in 0..<220 { try await scene.litter("/wh/db/t/data/x\(number).parquet") }
    scene.pass(days: 4)
    let counting = CountingFileIO(base: scene.storage, delay: .milliseconds(20))
    let view = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: counting,
      catalog: FaultyCatalogView(scene.catalog, fileIO: counting))
    let report = try await Self.remove(view, scene) { $0.maxConcurrentDeletes = limit }
    #expect(report.deleted.all.count == 220)
    // Fifty files with each request.
    #expect(counting.removals == 5)
    #expect(counting.mostRemovals == limit)
  }

  @Test(
    "of a folder in the table's only what lies under it is removed",
    arguments: ["/wh/db/t/data/city=a", "/wh/db/t/data/city=a/"])
  func folder(location: String) async throws {
    let scene = WarehouseScene()
    let table = try await scene.table("db.t")
    let inside = ["/wh/db/t/data/city=a/x.parquet", "/wh/db/t/data/city=a/deep/er/y.parquet"]
    // The name of a folder that begins alike is another one's.
    let outside = [
      "/wh/db/t/data/city=ab/x.parquet", "/wh/db/t/data/city=b/x.parquet",
      "/wh/db/t/data/x.parquet", "/wh/db/t/metadata/x-m0.avro", "/wh/db/t/data/city=a.parquet",
    ]
    for file in inside + outside { try await scene.litter(file) }
    scene.pass(days: 4)
    let before = Set(scene.storage.locations)
    let own = before.filter { $0.hasPrefix("/wh/db/t/data/city=a/") }
    #expect(own.count > inside.count)
    let report = try await Self.remove(table, scene) { $0.location = location }
    #expect(report.location == location)
    #expect(Set(report.orphanFiles.map(\.location)) == Set(inside))
    #expect(report.listedFileCount == own.count)
    #expect(Set(scene.storage.locations) == before.subtracting(inside))
    #expect(try await table.check().isIntact)
    // What is outside is found in the whole folder.
    let rest = try await Self.remove(table, scene) { $0.dryRun = true }
    #expect(Set(rest.orphanFiles.map(\.location)) == Set(outside))
  }
}

/// A catalog that lets others go first when a table is loaded.
final class FaultyCatalogView: Catalog {
  private let base: MemoryCatalog
  private let fileIO: (any FileIO)?
  private let onLoad: @Sendable (Int) async throws -> Void
  private let loads = Locked(0)

  init(
    _ base: MemoryCatalog, fileIO: (any FileIO)? = nil,
    onLoad: @escaping @Sendable (Int) async throws -> Void = { _ in }
  ) {
    self.base = base
    self.fileIO = fileIO
    self.onLoad = onLoad
  }

  func loadTable(_ identifier: TableIdentifier) async throws -> Table {
    let number = loads.withLock { count in
      count += 1
      return count
    }
    try await onLoad(number)
    let table = try await base.loadTable(identifier)
    return Table(
      identifier: identifier, metadata: table.metadata, metadataLocation: table.metadataLocation,
      fileIO: fileIO ?? table.fileIO, catalog: self)
  }

  func createTable(_ identifier: TableIdentifier, _ creation: TableCreation) async throws -> Table {
    try await base.createTable(identifier, creation)
  }

  func commit(_ commit: TableCommit, to identifier: TableIdentifier) async throws -> Table {
    try await base.commit(commit, to: identifier)
  }

  func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws {
    try await base.dropTable(identifier, purge: purge)
  }

  func renameTable(_ identifier: TableIdentifier, to name: TableIdentifier) async throws {
    try await base.renameTable(identifier, to: name)
  }

  func listTables(in namespace: [String]) async throws -> [TableIdentifier] {
    try await base.listTables(in: namespace)
  }

  func listNamespaces(in parent: [String]) async throws -> [[String]] {
    try await base.listNamespaces(in: parent)
  }

  func createNamespace(_ namespace: [String], properties: [String: String]) async throws {
    try await base.createNamespace(namespace, properties: properties)
  }

  func dropNamespace(_ namespace: [String]) async throws {
    try await base.dropNamespace(namespace)
  }
}
