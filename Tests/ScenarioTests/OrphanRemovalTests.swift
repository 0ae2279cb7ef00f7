import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Orphans of random warehouses, and removals that stop anywhere.
@Suite struct OrphanRemovalTests {
  @Test("no file that any table needs is ever removed, whatever tables there are beside it")
  func randomWarehouses() async throws {
    var random = SeededRandom()
    var (removals, refusals, removed) = (0, 0, 0)
    for _ in 0..<LongTests.rounds(quick: 16, long: 400) {
      let warehouse = try await RandomWarehouse(using: &random)
      let scene = warehouse.scene
      let needed = try await warehouse.neededFiles()
      for name in warehouse.names.shuffled(using: &random) {
        let table = try await scene.catalog.loadTable(name)
        var options = RemoveOrphanFilesOptions()
        options.memoryLimit = Bool.random(using: &random) ? 1000 : 1 << 20
        options.otherTables =
          warehouse.sharesFiles || Bool.random(using: &random) ? .files : .places
        do {
          removed += try await table.removeOrphanFiles(
            options, environment: scene.clock.environment
          ).deleted.all.count
          removals += 1
        } catch let error as IcebergError where error.code == .invalidArgument {
          refusals += 1
        }
        #expect(needed.isSubset(of: scene.storage.locations), "\(name)")
      }
      try await warehouse.commitWaiting()
      for name in warehouse.names {
        let report = try await scene.catalog.loadTable(name).check(
          TableCheckOptions(depth: .contents))
        #expect(report.findings == [], "\(name)")
      }
    }
    // The rounds were about something.
    #expect(removals > 0 && refusals > 0 && removed > 0, "\(removals) \(refusals) \(removed)")
  }

  @Test(
    "stopped at any call, a removal leaves a whole table, and the next one removes the rest",
    arguments: FaultKind.allCases)
  func stops(stop: FaultKind) async throws {
    let step = LongTests.isEnabled ? 1 : 13
    for number in stride(from: 0, to: 4000, by: step) {
      let memory = TestEnvironment()
      let storage = MemoryFileIO(now: memory.environment.now)
      let plain = FileSystemCatalog(
        warehouse: "/wh", fileIO: storage, environment: TestEnvironment().environment)
      var table = try await plain.createTable(
        "db.t",
        SampleTable.creation(
          partitioned: true,
          properties: ["format-version": "3", "write.metadata.previous-versions-max": "1"]))
      for part in 0..<4 as Range<Int64> {
        table = try await table.append(try WarehouseScene.batch(part * 10..<part * 10 + 10))
      }
      table = try await table.delete(
        where: col("id") == 3, options: RowChangeOptions(mode: .mergeOnRead)
      ).table
      let garbage = (0..<60).map { "/wh/db/t/data/x\($0).parquet" }
      for file in garbage {
        try await storage.write(Bytes(utf8: "garbage"), to: file, mode: .createNew)
      }
      memory.millis += 4 * WarehouseScene.day
      let rows = try await WarehouseScene.ids(table)
      let needed = try await WarehouseScene.neededFiles(of: table)
      let faulty = FaultyFileIO(storage) { $0.number == number ? stop.fault : nil }
      let catalog = FileSystemCatalog(
        warehouse: "/wh", fileIO: faulty, environment: TestEnvironment(seed: 2).environment)
      do {
        _ = try await catalog.loadTable("db.t").removeOrphanFiles(environment: memory.environment)
      } catch {
        // Told, or not: what counts is what is left.
      }
      #expect(needed.isSubset(of: storage.locations), "call \(number)")
      let found = try await plain.loadTable("db.t")
      #expect(found.metadata == table.metadata, "call \(number)")
      let report = try await found.removeOrphanFiles(environment: memory.environment)
      #expect(report.failureCount == 0)
      #expect(Set(storage.locations).isDisjoint(with: garbage), "call \(number)")
      #expect(
        Set(storage.locations) == needed.union(["/wh/db/t/metadata/version-hint.text"]),
        "call \(number)")
      let after = try await plain.loadTable("db.t")
      #expect(try await WarehouseScene.ids(after) == rows, "call \(number)")
      if faulty.calls.count <= number {
        #expect(number > 20)
        return
      }
    }
    Issue.record("the removal never came to its end")
  }
}
