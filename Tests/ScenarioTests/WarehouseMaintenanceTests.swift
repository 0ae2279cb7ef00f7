import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Every procedure, on tables that share folders and files with others.
@Suite struct WarehouseMaintenanceTests {
  /// What is done to a table.
  enum Procedure: CaseIterable {
    case expire, dataFiles, manifests, positionDeletes, dangling, orphans, maintain, purge
  }

  /// What became of a procedure.
  struct Tally {
    var done: [Procedure: Int] = [:]
    var refused: [Procedure: Int] = [:]
    var deleted: [Procedure: Int] = [:]
    /// Files that expiries kept for others.
    var kept = 0
  }

  @Test("no procedure ever deletes a file that is needed, whatever tables there are beside")
  func randomWarehouses() async throws {
    var random = SeededRandom()
    var tally = Tally()
    for round in 0..<LongTests.rounds(quick: 16, long: 400) {
      var warehouse = try await RandomWarehouse(using: &random)
      for _ in 0..<4 where !warehouse.names.isEmpty {
        let name = try #require(warehouse.names.randomElement(using: &random))
        let procedure = try #require(Procedure.allCases.randomElement(using: &random))
        try await check(procedure, on: name, in: &warehouse, &random, &tally, round)
      }
      try await warehouse.commitWaiting()
      for name in warehouse.names {
        let report = try await warehouse.scene.catalog.loadTable(name).check(
          TableCheckOptions(depth: .contents))
        #expect(report.findings == [], "round \(round): \(name)")
      }
    }
    print(
      "done \(tally.done), refused \(tally.refused), deleted \(tally.deleted), kept \(tally.kept)")
    #expect(tally.deleted.values.reduce(0, +) > 0)
    for procedure in [Procedure.expire, .orphans, .maintain, .purge] where LongTests.isEnabled {
      #expect(tally.deleted[procedure, default: 0] > 0, "\(procedure)")
    }
    #expect(tally.kept > 0 || !LongTests.isEnabled)
    #expect(tally.refused[.orphans, default: 0] + tally.refused[.maintain, default: 0] > 0)
  }

  private func check(
    _ procedure: Procedure, on name: TableIdentifier, in warehouse: inout RandomWarehouse,
    _ random: inout SeededRandom, _ tally: inout Tally, _ round: Int
  ) async throws {
    let scene = warehouse.scene
    let what: Comment = "round \(round): \(procedure) of \(name)"
    let table = try await scene.catalog.loadTable(name)
    // Files that nothing may touch: those of the other tables, and of their writers.
    var others: Set<String> = []
    for other in warehouse.names where other != name {
      others.formUnion(
        try await WarehouseScene.neededFiles(of: try await scene.catalog.loadTable(other)))
    }
    let young = scene.clock.millis - 3 * WarehouseScene.day
    for (owner, files) in warehouse.waiting where owner != name || procedure != .purge {
      for file in files {
        guard let status = try? await scene.storage.status(of: file.location) else { continue }
        if status.modifiedMillis >= young { others.insert(file.location) }
      }
    }
    let rows = try await self.rows(of: table)
    let before = Set(scene.storage.locations)
    var isRefused = false
    do {
      try await run(procedure, on: table, in: warehouse, &random, &tally)
      tally.done[procedure, default: 0] += 1
    } catch let error as IcebergError where error.code == .invalidArgument {
      // Of what removes orphans, and only where others have files.
      #expect([.orphans, .maintain].contains(procedure), "\(what): \(error)")
      isRefused = true
    } catch let error as IcebergError where error.code == .unsupported {
      // Of what deletes files, and only for a copy.
      #expect([.expire, .maintain, .purge].contains(procedure), "\(what): \(error)")
      #expect(try table.otherMetadataFolder() != nil, "\(what): \(error)")
      isRefused = true
    }
    if isRefused { tally.refused[procedure, default: 0] += 1 }
    let after = Set(scene.storage.locations)
    tally.deleted[procedure, default: 0] += before.subtracting(after).count
    #expect(others.isSubset(of: after), "\(what): \(others.subtracting(after))")
    if procedure == .purge, !isRefused {
      warehouse.forget(name)
      #expect(try await scene.catalog.tableExists(name) == false, what)
      return
    }
    let newest = try await scene.catalog.loadTable(name)
    #expect(try await WarehouseScene.neededFiles(of: newest).isSubset(of: after), what)
    let found = try await self.rows(of: newest)
    for (id, ids) in found {
      #expect(ids == rows[id] ?? rows[table.metadata.currentSnapshotID ?? 0], what)
    }
    // Rows of snapshots that are kept.
    if ![.expire, .maintain].contains(procedure) {
      #expect(Set(rows.keys).isSubset(of: found.keys), what)
    }
  }

  private func rows(of table: Table) async throws -> [Int64: [Int64]] {
    var rows: [Int64: [Int64]] = [:]
    for snapshot in table.metadata.snapshots {
      rows[snapshot.id] = try await WarehouseScene.ids(table, at: .snapshot(snapshot.id))
    }
    return rows
  }

  private func run(
    _ procedure: Procedure, on table: Table, in warehouse: RandomWarehouse,
    _ random: inout SeededRandom, _ tally: inout Tally
  ) async throws {
    let scene = warehouse.scene
    let environment = scene.clock.environment
    let others: DeleteReachableFilesOptions.OtherTables =
      warehouse.sharesFiles || Bool.random(using: &random) ? .files : .places
    let orphans: RemoveOrphanFilesOptions.OtherTables = warehouse.sharesFiles ? .files : .places
    let memoryLimit = Bool.random(using: &random) ? 1000 : 1 << 20
    switch procedure {
    case .expire:
      let report = try await table.expireSnapshots(
        ExpireSnapshotsOptions(
          olderThanMillis: .max, retainLast: Int.random(in: 1...3, using: &random),
          otherTables: others, memoryLimit: memoryLimit, environment: environment))
      tally.kept += report.kept.all.count
    case .dataFiles:
      _ = try await table.rewriteDataFiles(
        RewriteDataFilesOptions(parsing: [
          "rewrite-all": "true", "partial-progress.enabled": "\(Bool.random(using: &random))",
        ]))
    case .manifests:
      try await table.rewriteManifests(RewriteManifestsOptions(memoryLimit: memoryLimit))
    case .positionDeletes:
      guard table.metadata.formatVersion > 1 else { return }
      _ = try await table.rewritePositionDeleteFiles(
        RewritePositionDeletesOptions(parsing: ["rewrite-all": "true"]))
    case .dangling: _ = try await table.removeDanglingDeletes()
    case .orphans:
      var options = RemoveOrphanFilesOptions()
      options.memoryLimit = memoryLimit
      options.otherTables = orphans
      _ = try await table.removeOrphanFiles(options, environment: environment)
    case .maintain:
      let outcome = try await MaintenanceLock.hold(table, environment: environment) { lock in
        var table = try await table.expireSnapshots(
          ExpireSnapshotsOptions(
            olderThanMillis: .max, otherTables: others, environment: environment)
        ).table
        try await lock.check()
        table = try await table.rewriteDataFiles(
          RewriteDataFilesOptions(parsing: ["rewrite-all": "true"])
        ).table
        try await lock.check()
        table = try await table.rewriteManifests().table
        try await lock.check()
        var options = RemoveOrphanFilesOptions()
        options.otherTables = orphans
        _ = try await table.removeOrphanFiles(options, environment: environment)
      }
      if case .locked(let holder) = outcome { Issue.record("\(holder)") }
    case .purge:
      try await scene.catalog.purgeTable(
        table.identifier,
        DeleteReachableFilesOptions(otherTables: others, memoryLimit: memoryLimit))
    }
  }
}
