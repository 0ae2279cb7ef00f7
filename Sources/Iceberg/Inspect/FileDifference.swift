internal import IcebergModel

/// The files that belong to one of two snapshots and not to the other.
///
/// A manifest that both have is not read: its files are the same in both.
struct FileDifference: Sendable {
  private(set) var added: [DataFile] = []
  private(set) var removed: [DataFile] = []

  private init() {}

  /// Compares the files of two snapshots; nil is one of an empty table.
  init(of table: Table, from: Snapshot?, to: Snapshot?, concurrency: Int) async throws {
    guard from?.id != to?.id else {
      self.init()
      return
    }
    let manifests = TableManifests(metadata: table.metadata, fileIO: table.fileIO)
    var (old, new): ([ManifestFile], [ManifestFile]) = ([], [])
    if let from { old = try await manifests.list(of: from) }
    if let to { new = try await manifests.list(of: to) }
    try await self.init(old, new, readBy: manifests, concurrency: concurrency)
  }

  /// Compares the live files in two lists of manifests.
  init(
    _ old: [ManifestFile], _ new: [ManifestFile], readBy manifests: TableManifests,
    concurrency: Int
  ) async throws {
    func locations(_ list: [ManifestFile]) -> Set<ExactText> {
      Set(list.map { ExactText($0.location) })
    }
    let shared = locations(old).intersection(locations(new))
    func files(of list: [ManifestFile]) async throws -> [DataFile] {
      let own = list.filter { $0.mayHaveLiveFiles && !shared.contains(ExactText($0.location)) }
      let read = try await own.concurrentMap(limit: concurrency) { manifest in
        try Task.checkCancellation()
        return try await manifests.entries(of: manifest, where: \.isLive).map(\.dataFile)
      }
      return read.flatMap { $0 }
    }
    let (before, after) = (try await files(of: old), try await files(of: new))
    let (had, has) = (Set(before.map(FileKey.init)), Set(after.map(FileKey.init)))
    added = after.filter { !had.contains(FileKey($0)) }
    removed = before.filter { !has.contains(FileKey($0)) }
  }
}
