internal import IcebergModel

/// The manifests that a metadata table looks at, list by list.
///
/// A manifest that several snapshots have is handed out once.
final class ManifestQueue {
  private let manifests: TableManifests
  private let isIncluded: (ManifestFile) -> Bool
  private var snapshots: ArraySlice<Snapshot>
  private var list: ArraySlice<ManifestFile> = []
  private var seen: Set<ExactText> = []
  private let mayRepeat: Bool

  /// The manifests of `snapshots` that are included.
  init(
    of snapshots: [Snapshot], _ manifests: TableManifests,
    where isIncluded: @escaping (ManifestFile) -> Bool
  ) {
    self.snapshots = snapshots[...]
    self.manifests = manifests
    self.isIncluded = isIncluded
    mayRepeat = snapshots.count > 1
  }

  /// The next manifest; nil after the last one.
  func next() async throws -> ManifestFile? {
    while true {
      while let manifest = list.popFirst() {
        guard isIncluded(manifest) else { continue }
        if mayRepeat, !seen.insert(ExactText(manifest.location)).inserted { continue }
        return manifest
      }
      guard let snapshot = snapshots.popFirst() else { return nil }
      try Task.checkCancellation()
      list = try await manifests.list(of: snapshot)[...]
    }
  }
}

extension TableManifests {
  /// A reader of the manifests that a scan looks at.
  init(_ scan: MetadataTableScan) {
    self.init(
      metadata: scan.table.metadata, fileIO: scan.table.fileIO, cache: scan.options.manifestCache)
  }
}
