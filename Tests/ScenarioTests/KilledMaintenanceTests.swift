import Foundation
import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Processes that maintain a table on disk are killed at a random moment, and others go on.
@Suite(.serialized) struct KilledMaintenanceTests {
  static let name: TableIdentifier = "db.t"
  static let procedures = [
    "expire", "orphans", "data-files", "manifests", "position-deletes", "sort", "dangling",
    "maintain",
  ]

  /// A table, and what is known of its rows.
  struct Scene {
    let warehouse: String
    let catalog: FileSystemCatalog
    var table: Table
    var nextID: Int64 = 0

    init(_ warehouse: String, version: Int) async throws {
      self.warehouse = warehouse
      catalog = FileSystemCatalog(warehouse: warehouse)
      table = try await catalog.createTable(
        KilledMaintenanceTests.name,
        SampleTable.creation(
          partitioned: true,
          properties: [
            "format-version": "\(version)", "write.delete.mode": "merge-on-read",
            "commit.manifest-merge.enabled": "false",
          ]))
    }

    /// Commits that leave something to do for every procedure, and files of writers that died.
    mutating func write(_ random: inout SeededRandom) async throws {
      for _ in 0..<2 {
        table = try await table.append(try WarehouseScene.batch(nextID..<nextID + 6))
        nextID += 6
      }
      for _ in 0..<2 {
        let id = Int64.random(in: max(0, nextID - 24)..<nextID, using: &random)
        table = try await table.delete(
          where: col("id") == id, options: RowChangeOptions(mode: .mergeOnRead)
        ).table
      }
      if Int.random(in: 0..<3, using: &random) == 0 {
        let id = Int64.random(in: 0..<nextID, using: &random)
        table = try await table.delete(
          where: col("id") == id, options: RowChangeOptions(mode: .copyOnWrite)
        ).table
      }
      if Int.random(in: 0..<4, using: &random) == 0, let id = table.metadata.currentSnapshotID {
        table = try await table.commit { $0.createTag("t\(id)", at: id) }
      }
      for name in ["data/city=a/lost-\(nextID).parquet", "metadata/lost-\(nextID)-m0.avro"] {
        try await table.fileIO.write(
          Bytes(utf8: "lost"), to: FileLocation.child(name, of: table.metadata.location),
          mode: .createNew)
      }
    }

    /// The rows of every snapshot.
    func rows() async throws -> [Int64: [Int64]] {
      var rows: [Int64: [Int64]] = [:]
      for snapshot in table.metadata.snapshots {
        rows[snapshot.id] = try await WarehouseScene.ids(table, at: .snapshot(snapshot.id))
      }
      return rows
    }

    /// Runs a procedure in a process that is killed; tells whether it came to its end before.
    func run(_ procedure: String, killedAfter microseconds: Int) throws -> Bool {
      let worker = try WorkerProcess(
        "maintain", warehouse, KilledMaintenanceTests.name.description, procedure,
        String(microseconds))
      let (output, exitCode) = try worker.result()
      if output == "done\n" { return true }
      #expect(exitCode == 9 && output.isEmpty, "\(procedure): \(output)")
      return false
    }

    /// Looks at the newest version: rows are what they were, and no file is missing.
    mutating func look(
      _ before: Table, _ rows: [Int64: [Int64]], _ what: Comment
    ) async throws {
      table = try await catalog.loadTable(KilledMaintenanceTests.name)
      for snapshot in table.metadata.snapshots {
        let found = try await WarehouseScene.ids(table, at: .snapshot(snapshot.id))
        // A rewrite makes a snapshot that has the rows of the one before it.
        let source = rows[snapshot.id] ?? rows[before.metadata.currentSnapshotID ?? 0]
        #expect(found == source, what)
      }
      for (name, reference) in before.metadata.references where name != SnapshotReference.main {
        #expect(table.metadata.references[name]?.snapshotID == reference.snapshotID, what)
      }
      let report = try await table.check(TableCheckOptions(depth: .contents))
      #expect(report.errorCount == 0, "\(what): \(report.findings)")
    }
  }

  @Test(
    "after a kill at any moment rows are the same, and a second run leaves no garbage",
    arguments: [2, 3])
  func kills(version: Int) async throws {
    var random = SeededRandom("kills \(version)")
    var kills = 0
    try await withTemporaryDirectory { directory in
      var scene = try await Scene(directory.path("0"), version: version)
      // How long each procedure takes, in microseconds.
      var durations: [String: Int] = [:]
      for round in 0..<LongTests.rounds(quick: Self.procedures.count, long: 160) {
        if round > 0, round % 16 == 0 {
          // A table of its own, so that what is looked at stays of one size.
          try FileManager.default.removeItem(atPath: scene.warehouse)
          scene = try await Scene(directory.path("\(round)"), version: version)
        }
        try await scene.write(&random)
        let procedure = Self.procedures[round % Self.procedures.count]
        let before = scene.table
        let rows = try await scene.rows()
        let delay = Int.random(in: 0..<(durations[procedure] ?? 20_000), using: &random)
        let what: Comment = "round \(round): \(procedure), killed after \(delay) µs"
        if try !scene.run(procedure, killedAfter: delay) { kills += 1 }
        try await scene.look(before, rows, what)
        // Rows of what the killed one has committed.
        let between = try await scene.rows()
        let start = ContinuousClock.now
        #expect(try scene.run(procedure, killedAfter: 600_000_000), what)
        durations[procedure] = Int((ContinuousClock.now - start) / .microseconds(1))
        let middle = scene.table
        try await scene.look(middle, between, what)

        #expect(try scene.run("orphans", killedAfter: 600_000_000), what)
        try await scene.look(middle, between, what)
        let needed = try await WarehouseScene.neededFiles(of: scene.table)
        let files = try await scene.table.fileIO.list(under: scene.table.metadata.location)
          .map(\.location).filter { !$0.contains("/_maintenance/") }
        let hint = FileLocation.child(
          "metadata/version-hint.text", of: scene.table.metadata.location)
        #expect(Set(files) == needed.union([hint]), what)
        #expect(try Self.rowFiles(in: scene.warehouse + ".scratch").isEmpty, what)
      }
    }
    print("version \(version): \(kills) runs were killed before their end")
    #expect(kills > 0)
  }

  /// Killed between the folder and its lock, a process leaves a folder, but no rows.
  private static func rowFiles(in folder: String) throws -> [String] {
    FileListing(root: folder).files().filter { !$0.contains(".lock") }
  }

  private static func names(in folder: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  @Test("what a killed process left of its scratch goes with the next one; while it lives, nothing")
  func scratch() async throws {
    try await withTemporaryDirectory { directory in
      let worker = try WorkerProcess("hold-scratch", directory.path)
      var file: String?
      for _ in 0..<2000 where file == nil {
        try await Task.sleep(for: .milliseconds(10))
        file = directory.listing.files().first { $0.hasSuffix("/0") }
      }
      let left = try #require(file)
      func makeAnother() async throws {
        try await ScratchFolder.with(in: directory.path) { _ = try await $0.newFile() }
      }
      try await makeAnother()
      #expect(directory.listing.has(left) && directory.listing.has(left.dropLast() + ".lock"))
      worker.kill()
      #expect(try worker.result().exitCode == 9)
      #expect(directory.listing.has(left))
      try await makeAnother()
      #expect(try Self.names(in: directory.path).isEmpty)
    }
  }

  @Test("a purge that is killed leaves a table, or what the purge of the rest begins with")
  func purges() async throws {
    var random = SeededRandom()
    var (kept, gone) = (0, 0)
    try await withTemporaryDirectory { directory in
      var delays = 60_000
      for round in 0..<LongTests.rounds(quick: 6, long: 100) {
        var scene = try await Scene(directory.path("wh\(round)"), version: 2)
        try await scene.write(&random)
        let folder = scene.table.metadata.location
        let rows = try await scene.rows()
        let delay = round == 0 ? 600_000_000 : Int.random(in: 0..<delays, using: &random)
        let start = ContinuousClock.now
        let isDone = try scene.run("purge", killedAfter: delay)
        if round == 0 { delays = Int((ContinuousClock.now - start) / .microseconds(1)) }
        let what: Comment = "round \(round), killed after \(delay) µs"
        if try await scene.catalog.tableExists(Self.name) {
          kept += 1
          #expect(!isDone, what)
          try await scene.look(scene.table, rows, what)
          try await scene.catalog.dropTable(Self.name, purge: true)
        } else {
          gone += 1
          let copies = try await scene.table.fileIO.list(under: folder).map(\.location)
            .filter { FileLocation.name(of: $0).hasPrefix("dropped-v") }
          for copy in copies {
            try await Table.open(at: copy, fileIO: scene.table.fileIO)
              .deleteReachableFiles(beside: scene.catalog)
          }
        }
        let left = try await scene.table.fileIO.list(under: folder).map(\.location)
        // What no metadata ever named: the purge of a folder removes it, what goes on from a copy does not.
        #expect(
          left.allSatisfy { $0.contains("lost-") || $0.hasSuffix(".tmp") }, "\(what): \(left)")
        try FileManager.default.removeItem(atPath: directory.path("wh\(round)"))
      }
    }
    #expect(kept + gone > 0 && gone > 0)
  }
}
