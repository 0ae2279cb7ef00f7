import Foundation
import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Processes change the rows and columns of one table on disk at the same time, and some are killed.
@Suite(.serialized) struct KilledWritersTests {
  static let name: TableIdentifier = "db.t"

  /// What processes were told of their steps.
  struct Told {
    var begun: Set<String> = []
    var done: Set<String> = []
    var none: Set<String> = []

    mutating func add(_ output: String) {
      // What comes behind the last line was cut off by a kill.
      for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "begin": begun.insert(words[1])
        case "done": done.insert(words[1])
        case "none": none.insert(words[1])
        case "unknown": break
        default: Issue.record("\(line)")
        }
      }
    }
  }

  /// A table that writers change.
  struct Scene {
    let warehouse: String
    let catalog: FileSystemCatalog
    var told = Told()
    var writerCount = 0
    var killCount = 0
    var orphanCount = 0

    init(_ warehouse: String, version: Int) async throws {
      self.warehouse = warehouse
      catalog = FileSystemCatalog(warehouse: warehouse)
      _ = try await catalog.createTable(
        KilledWritersTests.name,
        SampleTable.creation(
          partitioned: true,
          properties: [
            "format-version": "\(version)", "commit.manifest.min-count-to-merge": "4",
            "commit.retry.num-retries": "1000", "commit.retry.min-wait-ms": "1",
            "commit.retry.max-wait-ms": "50",
          ]))
    }

    private mutating func start(until stop: String) throws -> WorkerProcess {
      writerCount += 1
      return try WorkerProcess(
        "change", warehouse, KilledWritersTests.name.description, "w\(writerCount)",
        String(writerCount * 10_000), stop)
    }

    /// Lets three writers work, kills one at a random moment and starts another, again and again. Those
    /// that are left come to the end of what they do.
    mutating func run(kills: Int, _ random: inout SeededRandom) async throws {
      let stop = "\(warehouse).stop-\(writerCount)"
      var workers: [WorkerProcess] = []
      for _ in 0..<3 { workers.append(try start(until: stop)) }
      for _ in 0..<kills {
        try await Task.sleep(for: .milliseconds(Int.random(in: 20...250, using: &random)))
        let victim = workers.remove(at: Int.random(in: workers.indices, using: &random))
        victim.kill()
        let (output, exitCode) = try victim.result()
        #expect(exitCode == 9, "\(output)")
        told.add(output)
        killCount += 1
        workers.append(try start(until: stop))
      }
      try await Task.sleep(for: .milliseconds(100))
      try Data().write(to: URL(fileURLWithPath: stop))
      for worker in workers {
        let (output, exitCode) = try worker.result()
        #expect(exitCode == 0, "\(output)")
        told.add(output)
      }
    }
  }

  @Test(
    "of writers that are killed every commit is there wholly or not at all, and once if it was told",
    arguments: [2, 3])
  func kills(version: Int) async throws {
    var random = SeededRandom("writers \(version)")
    try await withTemporaryDirectory { directory in
      var scene = try await Scene(directory.path("wh0"), version: version)
      for round in 0..<LongTests.rounds(quick: 2, long: 100) {
        if round > 0, round % 5 == 0 {
          // A table of its own, so that what is looked at stays of one size.
          scene.tell()
          try FileManager.default.removeItem(atPath: scene.warehouse)
          scene = try await Scene(directory.path("wh\(round)"), version: version)
        }
        try await scene.run(kills: 5, &random)
        try await scene.checkSteps()
        try await scene.checkRows(&random)
        try await scene.checkFiles()
      }
      scene.tell()
    }
  }
}

// What is looked at after the writers.
extension KilledWritersTests.Scene {
  private func table() async throws -> Table {
    try await catalog.loadTable(KilledWritersTests.name)
  }

  /// The steps that changed rows, in the order of their commits.
  private static func rowSteps(_ metadata: TableMetadata) -> [String] {
    metadata.snapshots.map { $0.summary?["step"] ?? "" }
  }

  /// The steps that changed columns.
  private static func columnSteps(_ metadata: TableMetadata) -> [String] {
    metadata.properties.keys.filter { $0.hasPrefix("step ") }.map { String($0.dropFirst(5)) }
  }

  func tell() {
    let open = told.begun.count - told.done.count - told.none.count
    print(
      "\(killCount) kills: \(told.done.count) steps told, \(told.none.count) without a commit, "
        + "\(open) open; \(orphanCount) orphans")
  }

  /// Every step is there once that was told as done, no other but those that were cut off, and history
  /// has no branches.
  func checkSteps() async throws {
    let metadata = try await table().metadata
    let steps = Self.rowSteps(metadata) + Self.columnSteps(metadata)
    let found = Set(steps)
    #expect(found.count == steps.count)
    let lost = told.done.subtracting(found)
    #expect(lost.isEmpty, "\(lost)")
    let wrong = found.intersection(told.none).union(found.subtracting(told.begun))
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(told.begun.subtracting(told.done).subtracting(told.none).count <= killCount)
    #expect(!told.done.isEmpty)

    let snapshots = metadata.snapshots
    let parents: [Int64?] = [nil] + snapshots.dropLast().map { Optional($0.id) }
    #expect(snapshots.map(\.parentID) == parents)
    #expect(snapshots.map(\.sequenceNumber) == (0..<snapshots.count).map { Int64($0) + 1 })
    #expect(metadata.currentSnapshotID == snapshots.last?.id)

    var columns: Set<String> = []
    var dropped: Set<String> = []
    for step in Self.columnSteps(metadata) {
      let words = step.split(separator: " ").map(String.init)
      if words[1] == "add" { columns.insert(words[2]) } else { dropped.insert(words[2]) }
    }
    #expect(columns.isSuperset(of: dropped))
    #expect(
      metadata.currentSchema.fields.map(\.name).sorted()
        == (columns.subtracting(dropped) + ["id", "city", "amount"]).sorted())
  }

  /// The rows of the current snapshot, and of some others, are what the steps up to it make of them.
  func checkRows(_ random: inout SeededRandom) async throws {
    let table = try await table()
    let snapshots = table.metadata.snapshots
    let places = Set((0..<4).map { _ in Int.random(in: snapshots.indices, using: &random) })
      .union([snapshots.count - 1])
    var rows: Set<Int64> = []
    for (place, step) in Self.rowSteps(table.metadata).enumerated() {
      let words = step.split(separator: " ")
      let ids = words.dropFirst(2).compactMap { Int64($0) }
      switch words[1] {
      case "append": rows.formUnion(ids[0]..<ids[1])
      case "delete": rows.subtract(ids[0]..<ids[1])
      default:
        rows.subtract(ids[0]..<ids[1])
        rows.formUnion(ids[2]..<ids[3])
      }
      guard places.contains(place) else { continue }
      let found = try await Self.ids(table, at: snapshots[place].id)
      #expect(found == rows.sorted(), "behind \(step)")
    }
  }

  /// The ids of the rows of a snapshot, sorted; their other values have to go with them.
  private static func ids(_ table: Table, at snapshot: Int64) async throws -> [Int64] {
    var found: [Int64] = []
    for try await batch in table.scan().at(.snapshot(snapshot)).batches() {
      guard case .long(let ids)? = batch.column("id")?.values,
        case .double(let amounts)? = batch.column("amount")?.values
      else {
        Issue.record("columns of another kind")
        continue
      }
      #expect(amounts == ids.map { Double($0) })
      found += ids
    }
    return found.sorted()
  }

  /// No file is missing or damaged; the removal of orphans finds all that no metadata names, and without
  /// them the table is the same.
  mutating func checkFiles() async throws {
    let table = try await table()
    let report = try await table.check(TableCheckOptions(depth: .contents))
    #expect(report.errorCount == 0, "\(report.findings)")

    let hint = FileLocation.child("metadata/version-hint.text", of: table.metadata.location)
    let needed = try await WarehouseScene.neededFiles(of: table)
    let before = try await files(of: table)
    #expect(before.isSuperset(of: needed))
    var options = RemoveOrphanFilesOptions()
    options.olderThanMillis = .max
    options.shortInterval = .acceptedAsNothingWrites
    let removal = try await table.removeOrphanFiles(options)
    let orphans = Set(removal.orphanFiles.map(\.location))
    #expect(orphans == before.subtracting(needed).subtracting([hint]))
    #expect(removal.deleted.all.count == orphans.count)
    #expect(try await files(of: table) == before.subtracting(orphans))
    #expect(try await self.table().metadata == table.metadata)
    orphanCount += orphans.count
  }

  private func files(of table: Table) async throws -> Set<String> {
    Set(try await table.fileIO.list(under: table.metadata.location).map(\.location))
  }
}
