import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Every change of a transaction, while the catalog or the storage fails, delays, loses replies or stops.
@Suite struct AnyOperationFaultTests {
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
    ///
    /// - Parameter mayLeaveFiles: whether what failed cannot have cleaned up; asked afterwards.
    func play(
      on scene: CommitScene, through catalog: any Catalog, _ place: String,
      mayLeaveFiles: () -> Bool
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
        if !mayLeaveFiles() { #expect(left.isEmpty, "\(place): \(left)") }
      }
      return false
    }
  }

  @Test(
    "whatever call of the catalog goes wrong, the table is before the operation or after it",
    arguments: zip(AnyOperation.allCases, 0..<1000))
  func catalogs(_ operation: AnyOperation, place: Int) async throws {
    let scenes = try await Scenes(operation)
    for fault in CatalogFault.some(2, for: place) {
      for number in 0..<50 {
        let scene = try await scenes.base.copied()
        let catalog = FaultyCatalog(scene.catalog) { $0 == number ? fault.fault() : .none }
        let isDone = try await scenes.play(
          on: scene, through: catalog, "\(operation), \(fault) at call \(number)"
        ) { fault.isStop }
        if isDone, number >= catalog.calls { break }
        #expect(number < 49)
      }
    }
  }

  // The quick suite has the changes of files in `FileOperationFaultTests` only.
  @Test(
    "whatever call of storage goes wrong, the table is before the operation or after it",
    arguments: zip(
      LongTests.isEnabled
        ? AnyOperation.allCases : AnyOperation.MetadataOperation.allCases.map { .metadata($0) },
      0..<1000))
  func storage(_ operation: AnyOperation, place: Int) async throws {
    let scenes = try await Scenes(operation)
    for fault in StorageFault.some(1, for: place) {
      for number in LongTests.calls(upTo: 200, for: place) {
        let scene = try await scenes.base.copied()
        let storage = FaultyFileIO(scene.storage) { $0.number == number ? fault.fault() : nil }
        let catalog = FileSystemCatalog(
          warehouse: CommitScene.warehouse, fileIO: storage,
          environment: CommitScene.environment())
        let isDone = try await scenes.play(
          on: scene, through: catalog, "\(operation), \(fault) at call \(number)"
        ) {
          fault.isStop || storage.calls.first { $0.number == number }?.operation == .remove
        }
        if isDone, number >= storage.calls.count { break }
        #expect(number < 190)
      }
    }
  }
}
