import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ForeignMetadataTests {
  private static let name: TableIdentifier = "db.t"

  private static func options(of scene: WarehouseScene) -> ExpireSnapshotsOptions {
    NeededElsewhereTests.options(of: scene)
  }

  @Test(
    "what a table of another catalog needs that has gone on from a version stays, however far it went",
    arguments: [(1, 5), (5, 1)])
  func otherCatalog(mine: Int, theirs: Int) async throws {
    let scene = WarehouseScene()
    var table = try await scene.table(Self.name)
    let other = MemoryCatalog(warehouse: "/wh", fileIO: scene.storage)
    var twin = try await other.registerTable(
      "ns.t", metadataLocation: try #require(table.metadataLocation))
    for _ in 0..<mine { table = try await table.append(try WarehouseScene.batch(50..<52)) }
    for _ in 0..<theirs { twin = try await twin.append(try WarehouseScene.batch(60..<62)) }
    let plan = try await table.expireSnapshots(Self.options(of: scene), dryRun: true)
    let report = try await table.expireSnapshots(Self.options(of: scene))
    #expect(report.foreignMetadata == [try #require(twin.metadataLocation)])
    #expect(report.sharingTables == [])
    #expect(report.kept.all.count > 0 && report.kept == plan.kept)
    #expect(report.deleted == plan.deleted && report.deleted[.manifestList].count == mine - 1)
    try await NeededElsewhereTests.checkIsWhole(twin)
    let second = try await twin.expireSnapshots(Self.options(of: scene))
    #expect(second.foreignMetadata == [try #require(report.table.metadataLocation)])
    try await NeededElsewhereTests.checkIsWhole(report.table)
    try await NeededElsewhereTests.checkIsWhole(second.table)
  }

  @Test(
    "versions of the table itself keep nothing, be they out of its log or newer than the caller's",
    arguments: [12, 80])
  func ownVersions(count: Int) async throws {
    let scene = WarehouseScene()
    var table = try await scene.emptyTable(
      Self.name, properties: ["write.metadata.previous-versions-max": "2"])
    for number in 0..<count {
      table = try await table.commit { $0.setProperty("a", "\(number)") }
      if number % 40 == 10 { table = try await table.append(try WarehouseScene.batch(0..<2)) }
    }
    table = try await table.append(try WarehouseScene.batch(2..<4))
    let stale = table
    table = try await table.append(try WarehouseScene.batch(4..<6))
    #expect(scene.storage.locations.filter { $0.hasSuffix(".metadata.json") }.count > count)
    for isDryRun in [true, false] {
      let report = try await stale.expireSnapshots(Self.options(of: scene), dryRun: isDryRun)
      #expect(report.kept.all.count == 0 && report.foreignMetadata == [])
      #expect(report.deletedManifestListsCount > 0)
    }
    try await NeededElsewhereTests.checkIsWhole(table)
  }

  @Test("a version that another catalog has made is found behind many of the table's own")
  func behind() async throws {
    let scene = WarehouseScene()
    var table = try await scene.emptyTable(
      Self.name, properties: ["write.metadata.previous-versions-max": "2"])
    table = try await table.append(try WarehouseScene.batch(0..<2))
    let other = MemoryCatalog(warehouse: "/wh", fileIO: scene.storage)
    let twin = try await other.registerTable(
      "ns.t", metadataLocation: try #require(table.metadataLocation)
    ).commit { $0.setProperty("mine", "yes") }
    for number in 0..<12 { table = try await table.commit { $0.setProperty("a", "\(number)") } }
    table = try await table.append(try WarehouseScene.batch(2..<4))
    let report = try await table.expireSnapshots(Self.options(of: scene))
    #expect(report.foreignMetadata == [try #require(twin.metadataLocation)])
    #expect(report.kept[.manifestList].count == 1 && report.deleted.all.count == 0)
    try await NeededElsewhereTests.checkIsWhole(twin)
  }

  @Test("where writers kept no log, older files are the table's")
  func withoutLog() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table(Self.name)
    try await scene.catalog.dropTable(Self.name, purge: false)
    var metadata = table.metadata
    metadata.metadataLog = []
    let place = "/wh/db/t/metadata/00020-x.metadata.json"
    try await scene.storage.write(metadata.serialized(), to: place, mode: .createNew)
    let report = try await scene.catalog.registerTable(Self.name, metadataLocation: place)
      .expireSnapshots(Self.options(of: scene))
    #expect(report.foreignMetadata == [] && report.kept.all.count == 0)
    #expect(report.deleted[.manifestList].count == table.metadata.snapshots.count - 1)
    try await NeededElsewhereTests.checkIsWhole(report.table)
  }

  @Test(
    "metadata in the folder that cannot be read, or a folder that cannot be listed, ends it before")
  func unreadable() async throws {
    let scene = WarehouseScene()
    let table = try await scene.table(Self.name)
    let stray = "/wh/db/t/metadata/00099-x.metadata.json"
    for content in ["{", "{\"view-uuid\":\"a\",\"format-version\":1}"] {
      try await scene.storage.write(Bytes(utf8: content), to: stray, mode: .replace)
      await #expect {
        try await table.expireSnapshots(Self.options(of: scene))
      } throws: {
        let error = $0 as? IcebergError
        return error?.code == .validationFailed && error?.context.location == stray
          && error?.message.contains("NONE") == true
      }
    }
    #expect(try await table.refreshed().metadata == table.metadata)
    try await scene.storage.remove([stray])
    // One in a folder below is somebody else's.
    try await scene.litter("/wh/db/t/metadata/x/00099-x.metadata.json")
    let faulty = FaultyFileIO(scene.storage) {
      $0.operation == .list && $0.location.hasSuffix("/metadata")
        ? .fail(IcebergError(.permissionDenied, "no")) : nil
    }
    let view = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: faulty, catalog: scene.catalog)
    await expectError(.validationFailed) {
      try await view.expireSnapshots(Self.options(of: scene))
    }
    #expect(try await table.refreshed().metadata == table.metadata)
    #expect(try await table.expireSnapshots(Self.options(of: scene)).kept.all.count == 0)
  }
}
