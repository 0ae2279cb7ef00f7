import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Every change of a transaction, while the catalog or the storage fails, delays, loses replies or stops.
@Suite struct AnyOperationFaultTests {
  enum CatalogFault: CaseIterable, Sendable {
    case fail, unavailable, conflict, otherError, loseReply, loseReplyByCancelling, delay, stop
    case stopAfter

    func fault() -> FaultyCatalog.Fault {
      switch self {
      case .fail: .fail(IcebergError(.storage, "disk full"))
      case .unavailable: .fail(IcebergError(.unavailable, "503"))
      case .conflict: .fail(IcebergError(.commitConflict, "not true"))
      case .otherError: .fail(FaultyCatalog.Stopped())
      case .loseReply: .loseReply(IcebergError(.commitStateUnknown, "lost"))
      case .loseReplyByCancelling: .loseReply(CancellationError())
      case .delay: .before { for _ in 0..<20 { await Task.yield() } }
      case .stop: .stop
      case .stopAfter: .stopAfter
      }
    }

    /// Whether the process is gone, and cannot have cleaned up.
    var isStop: Bool { self == .stop || self == .stopAfter }
  }

  enum StorageFault: CaseIterable, Sendable {
    case fail, unavailable, loseReply, delay, stop, stopAfter

    func fault() -> FaultyFileIO.Fault {
      switch self {
      case .fail: .fail(IcebergError(.storage, "disk full"))
      case .unavailable: .fail(IcebergError(.unavailable, "timeout"))
      case .loseReply: .loseReply(IcebergError(.unavailable, "timeout"))
      case .delay: .yield(20)
      case .stop: .stop
      case .stopAfter: .stopAfter
      }
    }

    var isStop: Bool { self == .stop || self == .stopAfter }
  }

  /// A table before an operation and after it.
  private struct Scenes: Sendable {
    let base: CommitScene
    let before: [String]
    let after: [String]
    private let operation: AnyOperation

    init(_ operation: AnyOperation) async throws {
      self.operation = operation
      base = try await AnyOperation.scene()
      before = try await AnyOperation.state(of: base)
      var done = try await base.copied()
      let plain = done
      try await done.commit { try operation.add(to: &$0, plain) }
      after = try await AnyOperation.state(of: done)
      #expect(before != after, "\(operation) changes nothing")
    }

    /// Does the operation through a catalog, and checks what came of it. Returns whether it was told to
    /// have been done.
    func play(
      on scene: CommitScene, through catalog: any Catalog, isStop: Bool, _ place: String
    ) async throws -> Bool {
      let told: Result<Table, any Error>
      do {
        let table = try await catalog.loadTable("db.t")
        told = .success(
          try await table.commit(environment: CommitScene.environment()) {
            try operation.add(to: &$0, scene)
          })
      } catch {
        told = .failure(error)
      }
      // Reads every manifest of every branch: none that is referred to was deleted.
      var found = scene
      found.table = try await scene.table.refreshed()
      let state = try await AnyOperation.state(of: found)
      #expect(state == before || state == after, "\(place): \(state)")
      let isDone = state == after
      let left = try await found.orphans()
      switch told {
      case .success:
        #expect(isDone, "\(place)")
        return true
      case .failure(let error as IcebergError) where error.code == .commitStateUnknown: break
      case .failure(let error):
        #expect(!isDone, "\(place): \(error)")
        if !isStop { #expect(left.isEmpty, "\(place): \(left)") }
      }
      return false
    }
  }

  @Test(
    "whatever call of the catalog goes wrong, the table is before the operation or after it",
    arguments: AnyOperation.allCases)
  func catalogs(_ operation: AnyOperation) async throws {
    let scenes = try await Scenes(operation)
    let quick: [CatalogFault] = [.loseReply, .stopAfter]
    for fault in LongTests.isEnabled ? CatalogFault.allCases : quick {
      for number in 0..<50 {
        let scene = try await scenes.base.copied()
        let catalog = FaultyCatalog(scene.catalog) { $0 == number ? fault.fault() : .none }
        let isDone = try await scenes.play(
          on: scene, through: catalog, isStop: fault.isStop,
          "\(operation), \(fault) at call \(number)")
        if isDone, number >= catalog.calls { break }
        #expect(number < 49)
      }
    }
  }

  @Test(
    "whatever call of storage goes wrong, the table is before a change of metadata or after it",
    arguments: LongTests.isEnabled
      ? AnyOperation.MetadataOperation.allCases
      : [.addColumn, .cherryPick, .replaceTable, .severalChanges])
  func storage(_ operation: AnyOperation.MetadataOperation) async throws {
    let scenes = try await Scenes(.metadata(operation))
    for fault in LongTests.isEnabled ? StorageFault.allCases : [.stopAfter] {
      for number in 0..<200 {
        let scene = try await scenes.base.copied()
        let storage = FaultyFileIO(scene.storage) { $0.number == number ? fault.fault() : nil }
        let catalog = FileSystemCatalog(
          warehouse: CommitScene.warehouse, fileIO: storage,
          environment: CommitScene.environment())
        let isDone = try await scenes.play(
          on: scene, through: catalog, isStop: true, "\(operation), \(fault) at call \(number)")
        if isDone, number >= storage.calls.count { break }
        #expect(number < 199)
      }
    }
  }
}
