internal import IcebergBytes
internal import IcebergModel

/// The manifests of a snapshot, and the entries in them.
struct SnapshotManifests: Sendable {
  let snapshot: Snapshot
  let metadata: TableMetadata
  let fileIO: any FileIO

  func list() async throws -> [ManifestFile] { [] }
  func entries(of manifest: ManifestFile) async throws -> [ManifestEntry] { [] }
}
