#if SQL
import Iceberg
import IcebergSQL
import IcebergTestSupport
import Testing

/// Changes of a catalog in a database, while storage or the catalog fails, delays, loses replies or stops.
@Suite struct SQLCatalogFaultTests {
  private static func opening(_ directory: TemporaryDirectory) -> CatalogFaultPlay.Opening {
    let count = Locked(0)
    return { storage in
      let number = count.withLock { count in
        count += 1
        return count
      }
      return try await SQLCatalog.open(
        directory.path("c\(number).db"), name: "test", warehouse: "/wh", fileIO: storage,
        environment: CommitScene.environment())
    }
  }

  @Test(
    "whatever goes wrong, the catalog is before the operation or after it",
    arguments: zip(CatalogOperation.allCases, 0..<1000))
  func storage(_ operation: CatalogOperation, place: Int) async throws {
    try await withTemporaryDirectory { directory in
      let play = try await CatalogFaultPlay(operation, opening: Self.opening(directory))
      for fault in StorageFault.some(1, for: place + 2) {
        try await play.play(fault, place)
      }
      for fault in CatalogFault.some(1, for: place + 2) { try await play.play(fault) }
    }
  }
}
#endif
