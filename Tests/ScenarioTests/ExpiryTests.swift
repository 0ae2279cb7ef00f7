import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Snapshots expire after random histories with branches, tags, staged snapshots and all kinds of deletes.
@Suite struct ExpiryTests {
  /// A table, and the storage that it lies in.
  struct Play {
    let storage = MemoryFileIO()
    var table: Table
    var random: SeededRandom

    init(version: Int, seed: UInt64) async throws {
      random = SeededRandom(seed: seed)
      let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: storage)
      table = try await catalog.createTable(
        "db.t",
        RandomHistory.creation(
          isPartitioned: seed.isMultiple(of: 2),
          properties: [
            "format-version": "\(version)", "commit.manifest.min-count-to-merge": "3",
          ]))
      var history = RandomHistory(seed: seed)
      for _ in 0..<30 {
        let step = try history.next(in: try await RandomHistory.Situation(of: table))
        do {
          table = try await table.commit(step.change)
        } catch is IcebergError {
          // Not everything that is drawn can be done.
          continue
        }
        try await addFiles()
      }
    }

    /// Makes the data and delete files that the table names.
    func addFiles() async throws {
      for file in try await reachable() where try await !storage.exists(file) {
        try await storage.write(Bytes([1]), to: file, mode: .createNew)
      }
    }

    /// The files that the snapshots of the table need.
    func reachable() async throws -> Set<String> {
      var found: Set<String> = []
      for snapshot in table.metadata.snapshots {
        if case .list(let location) = snapshot.manifests { found.insert(location) }
        for manifest in try await table.manifests(of: snapshot) {
          found.insert(manifest.location)
          for entry in try await table.entries(of: manifest) where entry.isLive {
            found.insert(entry.dataFile.location)
          }
        }
      }
      return found
    }

    /// All files that are there, but for versions of the metadata.
    func files() async throws -> Set<String> {
      Set(
        try await storage.list(under: "/wh").map(\.location).filter {
          !$0.hasSuffix(".json") && !$0.hasSuffix("version-hint.text")
        })
    }

    mutating func options() -> ExpireSnapshotsOptions {
      let heads = Set(table.metadata.references.values.map(\.snapshotID))
      let ids = table.metadata.snapshots.map(\.id).filter { !heads.contains($0) }
      let chosen = Int.random(in: 0...3, using: &random)
      return ExpireSnapshotsOptions(
        olderThanMillis: Bool.random(using: &random) ? .max : 0,
        retainLast: Int.random(in: 1...4, using: &random),
        snapshotIDs: Set(ids.shuffled(using: &random).prefix(chosen)),
        unusedLayouts: Bool.random(using: &random) ? .removed : .kept,
        memoryLimit: Bool.random(using: &random) ? 1 : 1 << 20)
    }
  }

  @Test("after any history those files go that only expired snapshots need", arguments: 1...3)
  func histories(version: Int) async throws {
    var random = SeededRandom("ExpiryTests.\(version)")
    for _ in 0..<LongTests.rounds(quick: 1, long: 100) {
      let seed = random.next()
      var play = try await Play(version: version, seed: seed)
      for _ in 0..<3 {
        let (before, needed) = (try await play.files(), try await play.reachable())
        let report = try await play.table.expireSnapshots(play.options())
        play.table = report.table
        let rest = try await play.reachable()
        #expect(
          try await play.files() == before.subtracting(needed.subtracting(rest)), "seed \(seed)")
        #expect(report.failedCount == 0)
        #expect(report.deleted.all.count == needed.subtracting(rest).count, "seed \(seed)")
      }
    }
  }

  @Test("an expiry that stops anywhere leaves every file that is needed, and can be run again")
  func stops() async throws {
    var random = SeededRandom("ExpiryTests.stops")
    for _ in 0..<LongTests.rounds(quick: 1, long: 10) {
      let seed = random.next()
      let whole = try await Play(version: 2, seed: seed)
      let options = ExpireSnapshotsOptions(olderThanMillis: .max, retainLast: 1)
      for number in stride(from: 0, to: 5000, by: LongTests.isEnabled ? 1 : 25) {
        // Every file as it was.
        var play = whole
        let storage = MemoryFileIO()
        for file in try await whole.storage.list(under: "/wh") {
          try await storage.write(
            try await whole.storage.read(file.location, range: nil), to: file.location,
            mode: .createNew)
        }
        let faulty = FaultyFileIO(storage) { $0.number >= number ? .stop : nil }
        let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: faulty)
        let isDone: Bool
        do {
          let report = try await catalog.loadTable("db.t").expireSnapshots(options)
          isDone = report.failedCount == 0
        } catch {
          isDone = false
        }
        play.table = try await FileSystemCatalog(warehouse: "/wh", fileIO: storage)
          .loadTable("db.t")
        for round in 0..<2 {
          for file in try await play.reachable() {
            #expect(try await storage.exists(file), "seed \(seed), stop \(number), \(round)")
          }
          play.table = try await play.table.expireSnapshots(options).table
        }
        if isDone { break }
      }
    }
  }
}
