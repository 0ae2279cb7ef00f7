import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct NeededElsewhereTests {
  static let name: TableIdentifier = "db.t"

  static func options(
    of scene: WarehouseScene, otherTables: DeleteReachableFilesOptions.OtherTables = .places,
    cleanup: ExpireSnapshotsOptions.Cleanup = .all, memoryLimit: Int = 1 << 20
  ) -> ExpireSnapshotsOptions {
    ExpireSnapshotsOptions(
      olderThanMillis: .max, retainLast: 1, cleanup: cleanup, otherTables: otherTables,
      memoryLimit: memoryLimit, environment: scene.clock.environment)
  }

  /// Makes sure that a table has all its files, with the rows that it should have.
  static func checkIsWhole(
    _ table: Table, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let findings = try await table.refreshed().check(TableCheckOptions(depth: .contents)).findings
    #expect(findings == [], sourceLocation: sourceLocation)
  }

  @Test(
    "of a table that is registered twice, what the other one needs stays", arguments: [1, 2, 3])
  func registeredTwice(version: Int) async throws {
    let scene = WarehouseScene()
    let table = try await scene.table(Self.name, version: version)
    let twin = try await scene.catalog.registerTable(
      "db.twin", metadataLocation: try #require(table.metadataLocation))
    var mine = try await table.append(try WarehouseScene.batch(50..<60))
    mine = try await mine.append(try WarehouseScene.batch(60..<70))
    let theirs = try await twin.append(try WarehouseScene.batch(70..<80))
    let before = Set(scene.storage.locations)
    let needed = try await WarehouseScene.neededFiles(of: theirs)
    let own = try await WarehouseScene.neededFiles(of: mine)
    let told = Locked<Set<String>>([])
    var options = Self.options(of: scene, memoryLimit: version == 2 ? 1 : 1 << 20)
    options.onFile = { file in told.withLock { _ = $0.insert(file.location) } }
    let plan = try await mine.expireSnapshots(options, dryRun: true)
    #expect(Set(scene.storage.locations) == before)
    let report = try await mine.expireSnapshots(options)
    #expect(report.deleted == plan.deleted && report.kept == plan.kept)
    #expect(report.sharingTables == ["db.twin"] && plan.sharingTables == ["db.twin"])
    #expect(report.foreignMetadata == [try #require(theirs.metadataLocation)])
    // What the expired snapshots needed, and the one that stays does not.
    let freed = own.subtracting(try await WarehouseScene.neededFiles(of: report.table))
    let gone = freed.subtracting(needed)
    #expect(!gone.isEmpty && gone.count < freed.count)
    #expect(before.subtracting(scene.storage.locations) == gone && told.value == gone)
    #expect(report.deleted.all.count == gone.count)
    #expect(report.kept.all.count == freed.count - gone.count)
    #expect(report.snapshots.reduce(0) { $0 + $1.files.all.count } == gone.count)
    try await Self.checkIsWhole(theirs)
    // The other one leaves no more than both need.
    let second = try await theirs.expireSnapshots(Self.options(of: scene))
    try await Self.checkIsWhole(report.table)
    try await Self.checkIsWhole(second.table)
    #expect(second.sharingTables == [Self.name])
    let both = try await WarehouseScene.neededFiles(of: report.table)
      .union(try await WarehouseScene.neededFiles(of: second.table))
    #expect(Set(scene.storage.locations) == both)
  }

  @Test("a file of another table's folder, and one that a table around or inside it has, stays")
  func guests() async throws {
    // The guest gives up the files of the owner.
    let scene = WarehouseScene()
    let owner = try await scene.emptyTable("db.owner").append(try WarehouseScene.batch(0..<4))
    let files = try await owner.scan().tasks().map(\.file)
    let guest = try await Self.replacing(
      files, in: try await scene.emptyTable("db.guest").commit { $0.append(files) })
    let report = try await guest.expireSnapshots(Self.options(of: scene))
    #expect(report.kept[.data].count == files.count && report.sharingTables == ["db.owner"])
    #expect(report.deletedDataFilesCount == 0 && report.deletedManifestListsCount == 2)
    try await Self.checkIsWhole(owner)

    // The owner gives up files that a guest has.
    for place in ["/wh/db/giver/inner", "/elsewhere"] {
      for mode in [DeleteReachableFilesOptions.OtherTables.places, .files] {
        let scene = WarehouseScene()
        let giver = try await scene.emptyTable("db.giver").append(try WarehouseScene.batch(0..<4))
        let files = try await giver.scan().tasks().map(\.file)
        let taker = try await scene.emptyTable("db.taker", location: place).commit {
          $0.append(files)
        }
        let report = try await Self.replacing(files, in: giver)
          .expireSnapshots(Self.options(of: scene, otherTables: mode))
        let isKept = mode == .files || place != "/elsewhere"
        #expect(report.kept[.data].count == (isKept ? files.count : 0), "\(place) \(mode)")
        #expect(report.deletedDataFilesCount == (isKept ? 0 : files.count), "\(place) \(mode)")
        #expect(try await (taker.check().errorCount == 0) == isKept, "\(place) \(mode)")
      }
    }
  }

  /// The table with other rows in the place of those of some files.
  private static func replacing(_ files: [DataFile], in table: Table) async throws -> Table {
    try await table.commit { $0.deleteFiles(at: files.map(\.location)) }
      .append(try WarehouseScene.batch(90..<92))
  }

  @Test("a copy of the metadata frees nothing, in whatever catalog it is, and loses nothing")
  func copies() async throws {
    for isElsewhere in [false, true] {
      let scene = WarehouseScene()
      let table = try await scene.table(Self.name)
      let place = "/copy/metadata/1.metadata.json"
      try await scene.storage.write(table.metadata.serialized(), to: place, mode: .createNew)
      let catalog =
        isElsewhere
        ? MemoryCatalog(warehouse: "/other", fileIO: scene.storage) : scene.catalog
      let copy = try await catalog.registerTable("db.copy", metadataLocation: place)
      let before = Set(scene.storage.locations)
      for isDryRun in [true, false] {
        await expectError(.unsupported) {
          try await copy.expireSnapshots(Self.options(of: scene), dryRun: isDryRun)
        }
      }
      #expect(Set(scene.storage.locations) == before)
      #expect(try await copy.refreshed().metadata == copy.metadata)
      let bare = try await copy.expireSnapshots(Self.options(of: scene, cleanup: .none))
      #expect(bare.table.metadata.snapshots.count == 1 && bare.deleted.all.count == 0)
      #expect(before.isSubset(of: scene.storage.locations))
      // The original knows of it by now, from the catalog or by the file in its folder.
      let report = try await table.expireSnapshots(Self.options(of: scene))
      #expect(report.sharingTables == (isElsewhere ? [] : ["db.copy"]))
      #expect(report.foreignMetadata == [try #require(bare.table.metadataLocation)])
      try await Self.checkIsWhole(report.table)
      try await Self.checkIsWhole(bare.table)
    }
    let scene = WarehouseScene()
    let table = try await scene.table(Self.name)
    let place = "/copy/metadata/1.metadata.json"
    try await scene.storage.write(table.metadata.serialized(), to: place, mode: .createNew)
    let copy = try await scene.catalog.registerTable("db.copy", metadataLocation: place)
    let report = try await table.append(try WarehouseScene.batch(50..<52))
      .expireSnapshots(Self.options(of: scene))
    #expect(report.sharingTables == ["db.copy"] && report.kept.all.count > 0)
    try await Self.checkIsWhole(copy)
  }

  @Test("nothing expires where it is not known what another table needs; nobody is asked in vain")
  func unclear() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table(Self.name)
    let inner = try await scene.table("db.inner", location: "/wh/db/t/inner")
    let far = try await scene.table("db.far", location: "/far")
    func damage(_ victim: Table) async throws -> () async throws -> Void {
      let snapshot = try #require(victim.metadata.currentSnapshot)
      let location = try #require(try await victim.manifests(of: snapshot).first).location
      let bytes = try await scene.storage.read(location, range: nil)
      try await scene.storage.write(bytes[0..<bytes.count / 2], to: location, mode: .replace)
      return { try await scene.storage.write(bytes, to: location, mode: .replace) }
    }
    var options = Self.options(of: scene)
    let mend = try await damage(inner)
    let before = scene.storage.locations
    for isDryRun in [true, false] {
      await expectError(.validationFailed) {
        try await table.expireSnapshots(options, dryRun: isDryRun)
      }
    }
    #expect(scene.storage.locations == before)
    #expect(try await table.refreshed().metadata == table.metadata)
    options.retainLast = 100
    #expect(try await table.expireSnapshots(options).snapshots.isEmpty)
    options.retainLast = 3
    options.cleanup = .none
    let bare = try await table.expireSnapshots(options)
    #expect(bare.table.metadata.snapshots.count == 3 && bare.deleted.all.count == 0)
    try await mend()
    // A table whose folders are elsewhere is not read, unless that is asked for.
    _ = try await damage(far)
    await expectError(.validationFailed) {
      try await bare.table.expireSnapshots(Self.options(of: scene, otherTables: .files))
    }
    let report = try await bare.table.expireSnapshots(Self.options(of: scene))
    #expect(report.deletedManifestListsCount == 2 && report.sharingTables == ["db.inner"])
    try await Self.checkIsWhole(inner)
  }
}
