import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Orphans of random warehouses, and removals that stop anywhere.
@Suite struct OrphanRemovalTests {
  /// Places of tables, some of which hold others.
  static let places = ["/wh/a", "/wh/a/b", "/wh/c", "/wh/d/e", "/wh/d", "/wh/f"]

  @Test("no file that any table needs is ever removed, whatever tables there are beside it")
  func randomWarehouses() async throws {
    var random = SeededRandom()
    var (removals, refusals, removed) = (0, 0, 0)
    for _ in 0..<LongTests.rounds(quick: 6, long: 400) {
      let scene = WarehouseScene()
      var names: [TableIdentifier] = []
      var waiting: [(TableIdentifier, [DataFile])] = []
      for step in 0..<Int.random(in: 3...8, using: &random) {
        let name = TableIdentifier(namespace: ["db"], name: "t\(step)")
        switch names.isEmpty ? 0 : Int.random(in: 0..<7, using: &random) {
        case 0, 1:
          let location = Self.places.randomElement(using: &random)
          let shared = Int.random(in: 0..<4, using: &random) == 0
          _ = try await scene.table(
            name, version: Int.random(in: 1...3, using: &random), location: location,
            properties: shared ? ["write.data.path": "/wh/shared/data"] : [:])
          names.append(name)
        case 2:
          let old = try #require(names.randomElement(using: &random))
          try await scene.catalog.renameTable(old, to: name)
          names[names.firstIndex(of: old) ?? 0] = name
          // Its writers are told of the new name.
          waiting = waiting.map { ($0.0 == old ? name : $0.0, $0.1) }
        case 3:
          // A writer who has not committed yet.
          let table = try await scene.catalog.loadTable(
            try #require(names.randomElement(using: &random)))
          let files = try await table.withWriter {
            try await $0.write(try WarehouseScene.batch(500..<510))
          }
          waiting.append((table.identifier, files))
        case 4:
          let old = try #require(names.randomElement(using: &random))
          if names.count > 1 {
            try await scene.catalog.dropTable(old, purge: false)
            names.removeAll { $0 == old }
            waiting.removeAll { $0.0 == old }
          }
        case 5:
          try await scene.litter(
            (Self.places.randomElement(using: &random) ?? "") + "/data/x\(step).parquet")
          scene.pass(days: 4)
        default:
          let table = try await scene.catalog.loadTable(
            try #require(names.randomElement(using: &random)))
          _ = try await table.append(try WarehouseScene.batch(0..<3))
        }
      }
      var needed: Set<String> = []
      for name in names {
        needed.formUnion(
          try await WarehouseScene.neededFiles(of: try await scene.catalog.loadTable(name)))
      }
      for name in names.shuffled(using: &random) {
        let table = try await scene.catalog.loadTable(name)
        var options = RemoveOrphanFilesOptions()
        options.memoryLimit = Bool.random(using: &random) ? 1000 : 1 << 20
        options.otherTables = Bool.random(using: &random) ? .places : .files
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
      for (name, files) in waiting {
        // Files of the last three days only; older ones may be gone.
        var isThere = true
        for file in files where try await !scene.storage.exists(file.location) { isThere = false }
        guard isThere else { continue }
        let table = try await scene.catalog.loadTable(name)
        _ = try await table.commit { $0.append(files) }
      }
      for name in names {
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
    arguments: CommitCrashTests.Stop.allCases)
  func stops(stop: CommitCrashTests.Stop) async throws {
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
      let faulty = FaultyFileIO(storage) { $0.number == number ? stop.fault() : nil }
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
