import Iceberg
import IcebergTestSupport
import Testing

/// Tables that are made, replaced, registered, renamed and dropped, and namespaces, while storage or the
/// catalog fails, delays, loses replies or stops.
@Suite struct CatalogFaultTests {
  private static let folders: CatalogFaultPlay.Opening = { storage in
    FileSystemCatalog(
      warehouse: "/wh", fileIO: storage, environment: CommitScene.environment())
  }

  private static let names: CatalogFaultPlay.Opening = { storage in
    MemoryCatalog(
      warehouse: "/wh", fileIO: storage, environment: CommitScene.environment())
  }

  @Test(
    "whatever goes wrong, a catalog of folders is before the operation or after it",
    arguments: zip(CatalogOperation.onFolders, 0..<1000))
  func folders(_ operation: CatalogOperation, place: Int) async throws {
    let play = try await CatalogFaultPlay(operation, opening: Self.folders)
    for fault in StorageFault.some(2, for: place) {
      try await play.play(fault, place)
    }
    for fault in CatalogFault.some(2, for: place) { try await play.play(fault) }
  }

  @Test(
    "whatever goes wrong, a catalog of names is before the operation or after it",
    arguments: zip(CatalogOperation.allCases, 0..<1000))
  func names(_ operation: CatalogOperation, place: Int) async throws {
    let play = try await CatalogFaultPlay(operation, opening: Self.names)
    for fault in StorageFault.some(2, for: place + 1) {
      try await play.play(fault, place)
    }
    for fault in CatalogFault.some(2, for: place + 1) { try await play.play(fault) }
  }
}
