internal import IcebergModel

/// The files that belong to one of two snapshots and not to the other.
///
/// A manifest that both have is not read: its files are the same in both.
struct FileDifference: Sendable {
  private(set) var added: [DataFile] = []
  private(set) var removed: [DataFile] = []

  /// What a file is known by: several deletion vectors share one Puffin file.
  private struct Key: Hashable {
    var location: String
    var contentOffset: Int64?

    init(_ file: DataFile) {
      location = file.location
      contentOffset = file.contentOffset
    }
  }

  /// Compares the files of two snapshots; nil is one of an empty table.
  init(of table: Table, from: Snapshot?, to: Snapshot?, concurrency: Int) async throws {
    guard from?.id != to?.id else { return }
    let manifests = TableManifests(metadata: table.metadata, fileIO: table.fileIO)
    var (old, new): ([ManifestFile], [ManifestFile]) = ([], [])
    if let from { old = try await manifests.list(of: from) }
    if let to { new = try await manifests.list(of: to) }
    let shared = Set(old.map(\.location)).intersection(new.map(\.location))
    func files(of list: [ManifestFile]) async throws -> [DataFile] {
      let own = list.filter { !shared.contains($0.location) }
      let read = try await own.concurrentMap(limit: concurrency) { manifest in
        try Task.checkCancellation()
        return try await manifests.entries(of: manifest, where: \.isLive).map(\.dataFile)
      }
      return read.flatMap { $0 }
    }
    let (before, after) = (try await files(of: old), try await files(of: new))
    let (had, has) = (Set(before.map(Key.init)), Set(after.map(Key.init)))
    added = after.filter { !had.contains(Key($0)) }
    removed = before.filter { !has.contains(Key($0)) }
  }
}
