import Iceberg
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
    /// How many changes of each kind made a snapshot.
    var kinds: [String: Int] = [:]
    /// How many changes of each kind were refused, by the code of the error.
    var refusals: [String: Int] = [:]
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
    /// How often each kind of change was refused, by the code of the error.
    var refusals: [String: Int] = [:]
    /// Errors that no writer should meet.
    var unexpected: [String] = []
    /// All snapshots that were seen: the table keeps the last ones only.
    var snapshots: [Int64: Snapshot] = [:]

    mutating func refuse(_ kind: SimulatedChange.Kind?, _ error: any Error) {
      let code = (error as? IcebergError)?.code
      let name = "\(kind?.rawValue ?? "reading") \(code.map { "\($0)" } ?? "other")"
      refusals[name, default: 0] += 1
      switch code {
      case nil, .validationFailed, .commitConflict, .unavailable, .storage: break
      default: unexpected.append("\(name): \(error)")
      }
    }

    mutating func see(_ metadata: TableMetadata) {
      for snapshot in metadata.snapshots.reversed() {
        if snapshots.updateValue(snapshot, forKey: snapshot.id) != nil { break }
      }
    }
  }

  /// Forgets the oldest snapshots, so that metadata does not grow with the history; their files stay, to
  /// be checked in the end.
  private struct Forgetting: MetadataChange {
    static let limit = 160

    func updates(on base: TableMetadata) -> [TableUpdate] {
      let old = base.snapshots.dropLast(Self.limit / 2)
      return old.count < Self.limit / 2 ? [] : [.removeSnapshots(ids: old.map(\.id))]
    }
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
    let table = try await base.loadTable(Self.name)
    told.withLock { $0.see(table.metadata) }
    return await check(table, told.value)
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
    var kind: SimulatedChange.Kind?
    do {
      var table = try await catalog.loadTable(name)
      told.withLock { $0.see(table.metadata) }
      if table.metadata.snapshots.count > Forgetting.limit {
        table = try await table.commit(retry: RetryPolicy(retries: 40), environment: environment) {
          $0.add(Forgetting())
        }
        told.withLock { $0.see(table.metadata) }
      }
      var content = SimulatedContent()
      if let snapshot = table.metadata.currentSnapshot {
        var live: [ManifestEntry] = []
        for manifest in try await table.manifests(of: snapshot) {
          live += try await table.entries(of: manifest).filter(\.isLive)
        }
        content = try SimulatedContent(live, of: table.metadata)
      }
      let change = draw(id, among: content, table.metadata, chance)
      kind = change.kind
      try await table.commit(retry: RetryPolicy(retries: 40), environment: environment) {
        try change.apply(to: &$0, content)
      }
      told.withLock { _ = $0.committed.insert(id) }
    } catch let error as IcebergError where error.code == .commitStateUnknown {
      told.withLock { _ = $0.unknown.insert(id) }
    } catch {
      told.withLock { told in
        told.failed.insert(id)
        told.refuse(kind, error)
      }
    }
  }

  private static func draw(
    _ id: String, among content: SimulatedContent, _ metadata: TableMetadata, _ chance: Chance
  ) -> SimulatedChange {
    let partition = Int32(chance.number(below: 6))
    let inPartition = content.files.filter { SimulatedContent.partition($0.value) == partition }
      .keys.sorted()
    let new = (0..<(1 + chance.number(below: 3))).map {
      (name: "\(id)f\($0)", partition: Int32(chance.number(below: 6)))
    }
    let newInPartition = [(name: "\(id)f", partition: partition)]
    // Every schema is in all metadata that follows: so many that the history is what is long.
    let mayEvolve = metadata.schemas.count < 15 + Int(metadata.lastSequenceNumber / 1000)
    let narrow = metadata.currentSchema.fields.filter { $0.type == .int }.map(\.name)
    var change = SimulatedChange(id: id, kind: .append)
    change.partition = partition
    change.added = new
    func read(_ names: [String]) {
      change.read = Dictionary(
        uniqueKeysWithValues: names.map { ($0, content.applied[$0] ?? []) })
    }
    func deleteRows(of names: [String]) {
      // Before version 3 one file may have deletes of a whole partition.
      let isDivided = metadata.formatVersion >= 3 || chance.number(below: 2) == 0
      change.deletes =
        isDivided
        ? names.enumerated().map { .init(name: "\(id)d\($0)", about: $1) }
        : [.init(name: "\(id)d", about: nil)]
    }
    switch chance.number(below: 28) {
    case 0:
      change.kind = .overwrite
      change.added = newInPartition
    case 1:
      change.kind = .replacePartition
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
      read(inPartition)
    case 8..<12 where !inPartition.isEmpty:
      change.kind = .update
      change.removed = inPartition
      change.added = newInPartition
      read(inPartition)
    case 12 where mayEvolve:
      change.kind = .addColumn
      change.added = []
    case 13 where mayEvolve && !narrow.isEmpty:
      change.kind = .widen
      change.column = narrow[chance.number(below: narrow.count)]
      change.added = []
    case 14..<18 where !inPartition.isEmpty:
      change.kind = .deleteRows
      change.added = []
      let name = inPartition[chance.number(below: inPartition.count)]
      deleteRows(of: [name])
      read([name])
      if change.deletes.allSatisfy({ $0.about == nil }) { change.removed = [name] }
    case 18..<20:
      change.kind = .deleteByKey
      change.added = []
      change.deletes = [.init(name: "\(id)e", about: nil)]
    case 20..<23 where !inPartition.isEmpty:
      change.kind = .updateRows
      change.added = newInPartition
      let names = inPartition.filter { _ in chance.number(below: 2) == 0 }
      let updated = names.isEmpty ? inPartition : names
      deleteRows(of: updated)
      read(inPartition)
      if change.deletes.allSatisfy({ $0.about == nil }) { change.removed = updated }
    default: break
    }
    return change
  }

  // MARK: Checking

  private func check(_ table: Table, _ told: Told) async -> Findings {
    var findings = Findings()
    findings.committed = told.committed.count
    findings.refused = told.failed.count
    findings.unknown = told.unknown.count
    findings.refusals = told.refusals
    findings.defects = told.unexpected
    let prefix = SimulatedChange.widened
    var done: Set<String> = Set(table.metadata.currentSchema.fields.map(\.name))
    done.formUnion(
      table.metadata.properties.keys.filter { $0.hasPrefix(prefix) }.map {
        String($0.dropFirst(prefix.count))
      })
    var model = SimulatedModel(hasVectors: formatVersion >= 3)
    var entries: [String: [ManifestEntry]] = [:]
    let history = told.snapshots.values.sorted { $0.sequenceNumber < $1.sequenceNumber }
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
      findings.kinds[change.kind.rawValue, default: 0] += 1
      if !done.insert(change.id).inserted {
        findings.defects.append("\(change.id) took place twice")
      }
      if let impossible = model.replay(change) {
        findings.defects.append("\(change.text): \(impossible)")
      }
      do {
        let manifests = try await table.manifests(of: snapshot)
        var current: [String: [ManifestEntry]] = [:]
        for manifest in manifests {
          let location = manifest.location
          if let known = entries[location] {
            current[location] = known
          } else {
            current[location] = try await table.entries(of: manifest).filter(\.isLive)
          }
        }
        entries = current
        let content = try SimulatedContent(
          manifests.lazy.flatMap { current[$0.location] ?? [] }, of: table.metadata)
        for name in content.doubles { findings.defects.append("\(name) is there twice") }
        if content.model != model.files {
          findings.defects.append("\(change.text) left other files, or other deletes of them")
        }
        for (key, count) in [
          ("total-data-files", content.files.count), ("total-delete-files", content.deletes.count),
        ] where snapshot.summary?[key] != String(count) {
          findings.defects.append("\(change.text) counted other \(key)")
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
