import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport

/// Writers that change a table at the same time, on storage and a catalog that fail at random; all of
/// it follows from a seed.
struct Simulation {
  static let name: TableIdentifier = "db.t"

  var seed: UInt64
  var writers: Int
  /// How many changes have to be committed before the writers stop.
  var commits: Int
  var formatVersion = 2
  /// Plants a bug: whoever does not know whether a commit took place says that it did not, and the
  /// files of the commit are deleted.
  var isOverconfident = false

  /// What a simulation found.
  struct Findings {
    var committed = 0
    var refused = 0
    var unknown = 0
    var snapshots = 0
    /// What is wrong; empty when nothing is.
    var defects: [String] = []
  }

  private final class Chance: Sendable {
    private let random: Locked<SeededRandom>
    let isOn = Locked(false)

    init(seed: UInt64) { random = Locked(SeededRandom(seed: seed)) }

    func number(below limit: Int) -> Int {
      random.withLock { random in Int.random(in: 0..<limit, using: &random) }
    }

    func fileFault(_ call: FaultyFileIO.Call) -> FaultyFileIO.Fault? {
      guard isOn.value else { return nil }
      switch number(below: 600) {
      case 0: return .fail(IcebergError(.unavailable, "timeout"))
      case 1: return .fail(IcebergError(.storage, "disk"))
      case 2: return .loseReply(IcebergError(.unavailable, "timeout"))
      case 3..<200: return .yield(number(below: 6))
      default: return nil
      }
    }

    func catalogFaults(_ count: Int, isOverconfident: Bool) -> [FaultyCatalog.Fault] {
      (0..<count).map { _ in
        switch number(below: 60) {
        case 1...2 where isOverconfident: .loseReply(IcebergError(.storage, "not done, it seems"))
        case 0: .fail(IcebergError(.unavailable, "503"))
        case 1: .loseReply(IcebergError(.commitStateUnknown, "lost"))
        case 2: .loseReply(CancellationError())
        case 3: .fail(IcebergError(.commitConflict, "not true"))
        case 4: .fail(IcebergError(.commitStateUnknown, "lost, and not done either"))
        default: .none
        }
      }
    }
  }

  private struct Told {
    var committed: Set<String> = []
    var failed: Set<String> = []
    var unknown: Set<String> = []
  }

  /// Lets the writers write, then checks what came of it.
  func run() async throws -> Findings {
    let chance = Chance(seed: seed)
    let memory = MemoryFileIO()
    let environment = TestEnvironment(seed: seed &+ 1).environment
    let base = MemoryCatalog(
      fileIO: FaultyFileIO(memory) { chance.fileFault($0) }, environment: environment)
    _ = try await base.createTable(Self.name, creation)
    let faults = chance.catalogFaults(
      commits * 4, isOverconfident: isOverconfident)
    let catalog = FaultyCatalog(base, faults: faults)
    chance.isOn.withLock { $0 = true }
    let told = Locked(Told())
    let commits = commits
    let executor = SeededExecutor(seed: seed &+ 2)
    await withTaskExecutorPreference(executor) {
      await withTaskGroup(of: Void.self) { group in
        for writer in 0..<writers {
          group.addTask {
            var number = 0
            while told.withLock({ $0.committed.count < commits }), number < commits {
              await Self.step("w\(writer)n\(number)", catalog, environment, chance, told)
              number += 1
            }
          }
        }
      }
    }
    executor.end()
    chance.isOn.withLock { $0 = false }
    return try await check(try await base.loadTable(Self.name), told.value, memory)
  }

  private var creation: TableCreation {
    TableCreation(
      schema: Schema([
        Field(id: 1, name: "id", type: .long, isRequired: true),
        Field(id: 2, name: "part", type: .int, isRequired: false),
      ]),
      partitionSpec: PartitionSpec(fields: [
        PartitionField(sourceIDs: [2], fieldID: 1000, name: "part", transform: .identity)
      ]),
      properties: [
        "format-version": "\(formatVersion)", "commit.manifest.min-count-to-merge": "8",
        "write.metadata.previous-versions-max": "5",
        "write.metadata.delete-after-commit.enabled": "true",
      ])
  }

  private static func step(
    _ id: String, _ catalog: any Catalog, _ environment: CommitEnvironment, _ chance: Chance,
    _ told: Locked<Told>
  ) async {
    do {
      let table = try await catalog.loadTable(name)
      var files: [String: DataFile] = [:]
      if let snapshot = table.metadata.currentSnapshot {
        for manifest in try await table.manifests(of: snapshot) {
          for entry in try await table.entries(of: manifest) where entry.isLive {
            files[Simulation.fileName(entry)] = entry.dataFile
          }
        }
      }
      // Every schema is in all metadata that follows: so many that the history is what is long.
      let mayAddColumn = table.metadata.schemas.count < 15 + table.metadata.snapshots.count / 100
      let change = draw(id, among: files, mayAddColumn: mayAddColumn, chance)
      try await table.commit(retry: RetryPolicy(retries: 40), environment: environment) {
        try change.apply(to: &$0, files: files)
      }
      told.withLock { _ = $0.committed.insert(id) }
    } catch let error as IcebergError where error.code == .commitStateUnknown {
      told.withLock { _ = $0.unknown.insert(id) }
    } catch {
      told.withLock { _ = $0.failed.insert(id) }
    }
  }

  private static func draw(
    _ id: String, among files: [String: DataFile], mayAddColumn: Bool, _ chance: Chance
  ) -> SimulatedChange {
    let partition = Int32(chance.number(below: 6))
    let inPartition = files.filter { $0.value.partition.values.first == .int(partition) }.keys
      .sorted()
    let new = (0..<(1 + chance.number(below: 3))).map {
      (name: "\(id)f\($0)", partition: Int32(chance.number(below: 6)))
    }
    let newInPartition = [(name: "\(id)f", partition: partition)]
    var change = SimulatedChange(id: id, kind: .append)
    change.partition = partition
    change.added = new
    switch chance.number(below: 20) {
    case 0..<2:
      change.kind = .overwrite
      change.added = newInPartition
    case 2:
      change.kind = .deletePartition
      change.added = []
    case 3..<5 where !inPartition.isEmpty:
      change.kind = .deleteFiles
      change.removed = [inPartition[chance.number(below: inPartition.count)]]
      change.added = []
    case 5..<8 where inPartition.count > 1:
      change.kind = .rewrite
      change.removed = inPartition
      change.added = newInPartition
    case 8..<12 where !inPartition.isEmpty:
      change.kind = .update
      change.removed = inPartition
      change.added = newInPartition
    case 12 where mayAddColumn:
      change.kind = .addColumn
      change.added = []
    default: break
    }
    return change
  }

  static func fileName(_ entry: ManifestEntry) -> String {
    String(entry.dataFile.location.split(separator: "/").last ?? "")
  }

  // MARK: Checking

  private func check(_ table: Table, _ told: Told, _ memory: MemoryFileIO) async throws -> Findings
  {
    var findings = Findings()
    findings.committed = told.committed.count
    findings.refused = told.failed.count
    findings.unknown = told.unknown.count
    var done: Set<String> = Set(table.metadata.currentSchema.fields.map(\.name))
    var model: [String: Int32] = [:]
    var entries: [String: [ManifestEntry]] = [:]
    let history = table.metadata.snapshots
    findings.snapshots = history.count
    var parent: Int64?
    var nextRowID: Int64 = 0
    for (index, snapshot) in history.enumerated() {
      if snapshot.parentID != parent {
        findings.defects.append("snapshot \(index) has two parents")
      }
      parent = snapshot.id
      if snapshot.sequenceNumber != Int64(index) + 1 {
        findings.defects.append("snapshot \(index) has number \(snapshot.sequenceNumber)")
      }
      guard
        let change = snapshot.summary?[SimulatedChange.summaryKey].flatMap(
          SimulatedChange.init(text:))
      else {
        findings.defects.append("snapshot \(index) does not tell its change")
        continue
      }
      if !done.insert(change.id).inserted {
        findings.defects.append("\(change.id) took place twice")
      }
      if let impossible = change.replay(on: &model) {
        findings.defects.append("\(change.text): \(impossible)")
      }
      do {
        var live: [String: Int32] = [:]
        for manifest in try await table.manifests(of: snapshot) {
          if entries[manifest.location] == nil {
            entries[manifest.location] = try await table.entries(of: manifest)
          }
          for entry in entries[manifest.location] ?? [] where entry.isLive {
            guard case .int(let partition)? = entry.dataFile.partition.values.first else {
              continue
            }
            if live.updateValue(partition, forKey: Self.fileName(entry)) != nil {
              findings.defects.append("\(Self.fileName(entry)) is there twice")
            }
          }
        }
        if live != model { findings.defects.append("\(change.text) left other files") }
        if snapshot.summary?["total-data-files"] != String(model.count) {
          findings.defects.append("\(change.text) counted other files")
        }
      } catch {
        findings.defects.append("snapshot \(index) cannot be read: \(error)")
      }
      if let first = snapshot.firstRowID {
        if first != nextRowID {
          findings.defects.append("snapshot \(index) begins at row \(first)")
        }
        nextRowID = first + (snapshot.addedRows ?? 0)
      }
    }
    if table.metadata.currentSnapshotID != parent {
      findings.defects.append("the last snapshot is not the current one")
    }
    let lost = told.committed.subtracting(done)
    if !lost.isEmpty { findings.defects.append("lost: \(lost.sorted())") }
    let denied = told.failed.intersection(done)
    if !denied.isEmpty { findings.defects.append("done, but refused: \(denied.sorted())") }
    return findings
  }
}
