package import IcebergBytes
package import IcebergModel

/// What the attempts of one commit have made so far: files, and the ids of snapshots.
///
/// An attempt that lost its race leaves manifests that the next one uses again.
package struct CommitWork: Sendable {
  /// The storage of the table.
  package let fileIO: any FileIO
  /// The clock and the random numbers.
  package let environment: CommitEnvironment
  /// What names the files of this commit.
  package let uuid: String
  /// The number of the attempt, the first one being 1.
  package private(set) var attempt = 0

  /// The place of the change that is being carried out, among all of the commit.
  private(set) var change = 0
  private var snapshotIDs: [Int: Int64] = [:]
  private var manifests: [Int: WrittenManifests] = [:]
  private var manifestCount = 0
  /// Every manifest that was written.
  private(set) var manifestFiles: Set<String> = []
  /// Every manifest list that was written.
  private(set) var manifestLists: Set<String> = []
  /// Those of them that the last attempt wrote.
  private var lastManifestLists: Set<String> = []

  private struct WrittenManifests {
    var formatVersion: Int
    var files: [ManifestFile]
  }

  init(fileIO: any FileIO, environment: CommitEnvironment) {
    self.fileIO = fileIO
    self.environment = environment
    uuid = environment.uuid()
  }

  /// The ids of the snapshots that the commit adds.
  var addedSnapshotIDs: Set<Int64> { Set(snapshotIDs.values) }

  mutating func beginAttempt() {
    attempt += 1
    change = 0
    lastManifestLists = []
  }

  mutating func begin(change: Int) { self.change = change }

  /// The id of the snapshot that the current change makes: the same on every attempt.
  package mutating func snapshotID(on base: TableMetadata) -> Int64 {
    if let id = snapshotIDs[change], base.snapshot(id: id) == nil { return id }
    let taken = addedSnapshotIDs
    let id = environment.snapshotID { base.snapshot(id: $0) != nil || taken.contains($0) }
    snapshotIDs[change] = id
    manifests[change] = nil
    return id
  }

  /// The manifests that an earlier attempt wrote for the current change; nil when there are none that
  /// fit the format version.
  package func manifests(formatVersion: Int) -> [ManifestFile]? {
    guard let written = manifests[change], written.formatVersion == formatVersion else {
      return nil
    }
    return written.files
  }

  /// Keeps the manifests of the current change for later attempts.
  package mutating func keep(_ files: [ManifestFile], formatVersion: Int) {
    manifests[change] = WrittenManifests(formatVersion: formatVersion, files: files)
  }

  /// The location of the next manifest.
  package mutating func nextManifestLocation(in locations: TableLocations) -> String {
    defer { manifestCount += 1 }
    return locations.metadataFile(named: "\(uuid)-m\(manifestCount).avro")
  }

  /// Writes a manifest.
  package mutating func writeManifest(_ bytes: Bytes, to location: String) async throws {
    // Noted first: a write that fails may still leave a file.
    manifestFiles.insert(location)
    try await fileIO.write(bytes, to: location, mode: .createNew)
  }

  /// Writes the manifest list of a snapshot. Returns its location.
  package mutating func writeManifestList(
    _ bytes: Bytes, ofSnapshot id: Int64, in locations: TableLocations
  ) async throws -> String {
    let location = locations.metadataFile(named: "snap-\(id)-\(attempt)-\(uuid).avro")
    manifestLists.insert(location)
    lastManifestLists.insert(location)
    try await fileIO.write(bytes, to: location, mode: .createNew)
    return location
  }

  /// Removes what nothing refers to any more, after an attempt that surely was committed.
  func removeLeftovers(after metadata: TableMetadata) async {
    // Where the snapshot cannot be found nothing is known, and nothing is removed.
    let saved = snapshotIDs.values.map { metadata.snapshot(id: $0) }
    var used: Set<String> = []
    for snapshot in saved {
      guard let snapshot, case .list(let location) = snapshot.manifests else { return }
      used.insert(location)
    }
    var unused = manifestLists.subtracting(used)
    if used.isSubset(of: lastManifestLists) {
      let kept = Set(manifests.values.flatMap { $0.files.map(\.location) })
      unused.formUnion(manifestFiles.subtracting(kept))
    }
    await remove(unused)
  }

  /// Removes all files, after attempts none of which was committed.
  func removeAll() async { await remove(manifestLists.union(manifestFiles)) }

  private func remove(_ locations: Set<String>) async {
    if locations.isEmpty { return }
    let fileIO = fileIO
    // Not undone by a cancellation; a file that stays is an orphan and harms no one.
    await Task { try? await fileIO.remove(locations.sorted()) }.value
  }
}
