import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Writers in random order on storage and catalogs that fail at random: no update is lost, and no
/// writer is told something else than what happened.
@Suite struct InterleavingTests {
  static let name: TableIdentifier = "db.t"

  struct Setting: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var properties: [String: String] = [:]
    /// Whether appends change the compression of metadata too, and with it the names of versions.
    var changesCompression = false
    var make: @Sendable (any FileIO, CommitEnvironment) -> any Catalog
  }

  static let settings: [Setting] = [
    Setting(testDescription: "memory catalog") {
      MemoryCatalog(fileIO: $0, environment: $1)
    },
    Setting(testDescription: "file system catalog") {
      FileSystemCatalog(warehouse: "/wh", fileIO: $0, environment: $1)
    },
    Setting(
      testDescription: "file system catalog, compression changes", changesCompression: true
    ) {
      FileSystemCatalog(warehouse: "/wh", fileIO: $0, environment: $1)
    },
    Setting(
      testDescription: "file system catalog that deletes earlier versions",
      properties: [
        "write.metadata.delete-after-commit.enabled": "true",
        "write.metadata.previous-versions-max": "1", "format-version": "3",
      ]
    ) {
      FileSystemCatalog(warehouse: "/wh", fileIO: $0, environment: $1)
    },
  ]

  /// Faults by chance, one source of chance for all.
  final class Chance: Sendable {
    private let random: Locked<SeededRandom>
    let isOn = Locked(false)

    init(seed: UInt64) { random = Locked(SeededRandom(seed: seed)) }

    func number(below limit: Int) -> Int {
      random.withLock { random in Int.random(in: 0..<limit, using: &random) }
    }

    func fileFault(_ call: FaultyFileIO.Call) -> FaultyFileIO.Fault? {
      guard isOn.value else { return nil }
      switch number(below: 200) {
      case 0: return .fail(IcebergError(.unavailable, "timeout"))
      case 1: return .fail(IcebergError(.storage, "disk"))
      case 2: return .loseReply(IcebergError(.unavailable, "timeout"))
      case 3: return .loseReply(IcebergError(.commitStateUnknown, "lost"))
      case 4..<100: return .yield(number(below: 20))
      default: return nil
      }
    }

    func catalogFaults(_ count: Int) -> [FaultyCatalog.Fault] {
      (0..<count).map { _ in
        switch number(below: 40) {
        case 0: .fail(IcebergError(.unavailable, "503"))
        case 1: .loseReply(IcebergError(.commitStateUnknown, "lost"))
        case 2: .loseReply(CancellationError())
        case 3: .fail(IcebergError(.commitConflict, "not true"))
        default: .none
        }
      }
    }
  }

  @Test("history is linear, and every writer was told the truth", arguments: settings)
  func writers(_ setting: Setting) async throws {
    var seeds = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 15, long: 500) {
      try await Self.round(setting, seed: seeds.next())
    }
  }

  static func round(_ setting: Setting, seed: UInt64) async throws {
    let chance = Chance(seed: seed)
    let memory = MemoryFileIO()
    let environment = TestEnvironment(seed: seed &+ 1).environment
    let faulty = FaultyFileIO(memory) { chance.fileFault($0) }
    let base = setting.make(faulty, environment)
    _ = try await base.createTable(
      name, SampleTable.creation(properties: setting.properties))
    let catalog = FaultyCatalog(base, faults: chance.catalogFaults(60))
    chance.isOn.withLock { $0 = true }
    let told = Locked((committed: Set<String>(), failed: Set<String>(), unknown: Set<String>()))
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for number in 0..<4 {
            let file = "\(writer)-\(number)"
            do {
              let table = try await catalog.loadTable(name)
              for _ in 0..<chance.number(below: 10) { await Task.yield() }
              _ = try await table.commit(
                retry: RetryPolicy(retries: 30), environment: environment
              ) {
                $0.append([SampleTable.dataFile(file, of: table)])
                if setting.changesCompression {
                  $0.setProperty(
                    "write.metadata.compression-codec", number.isMultiple(of: 2) ? "gzip" : "none")
                }
              }
              told.withLock { _ = $0.committed.insert(file) }
            } catch let error as IcebergError where error.code == .commitStateUnknown {
              told.withLock { _ = $0.unknown.insert(file) }
            } catch {
              told.withLock { _ = $0.failed.insert(file) }
            }
          }
        }
      }
    }
    chance.isOn.withLock { $0 = false }
    let table = try await base.loadTable(name)
    let audit = try await TableAudit(table)
    let names = Set(audit.names)
    let outcome = told.value
    #expect(audit.defects.isEmpty, "seed \(seed): \(audit.defects)")
    #expect(outcome.committed.isSubset(of: names), "seed \(seed): an update was lost")
    #expect(outcome.failed.isDisjoint(with: names), "seed \(seed): a failure was none")
    #expect(names.subtracting(outcome.committed).isSubset(of: outcome.unknown), "seed \(seed)")
    // Whatever was deleted, nothing that is referred to was.
    #expect(audit.metadataFiles.isSubset(of: memory.locations), "seed \(seed)")
  }
}
