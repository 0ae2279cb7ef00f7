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

  /// Whether the manifests that are made are written; else they are only counted, and cannot be read.
  private let writesManifests: Bool

  /// The place of the change that is being carried out, among all of the commit.
  private(set) var change = 0
  private var snapshotIDs: [Int: Int64] = [:]
  private var manifests: [Int: WrittenManifests] = [:]
  private var manifestCount = 0
  /// Every manifest that was written.
  private(set) var manifestFiles: Set<String> = []
  /// The manifest lists that were written, and the manifests of this commit that each one names.
  private var manifestLists: [String: Set<String>] = [:]
  /// The vectors that were merged for changes, by their data files.
  private var vectors: [Int: [ExactText: DataFile]] = [:]
  /// What became of manifests of the table.
  private var rewrites: [ManifestRewrite.Key: ManifestRewrite] = [:]
  private var conditions: [ManifestRewrite.Conditions] = []

  private struct WrittenManifests {
    var formatVersion: Int
    var files: [ManifestFile]
  }

  init(fileIO: any FileIO, environment: CommitEnvironment, writesManifests: Bool = true) {
    self.fileIO = fileIO
    self.environment = environment
    self.writesManifests = writesManifests
    uuid = environment.uuid()
  }

  /// The ids of the snapshots that the commit adds.
  var addedSnapshotIDs: Set<Int64> { Set(snapshotIDs.values) }

  mutating func beginAttempt() {
    attempt += 1
    change = 0
  }

  mutating func begin(change: Int) { self.change = change }

  /// The id of the snapshot that the current change makes: the same on every attempt.
  package mutating func snapshotID(on base: TableMetadata) -> Int64 {
    if let id = snapshotIDs[change], base.snapshot(id: id) == nil { return id }
    let taken = addedSnapshotIDs
    let id = environment.snapshotID { base.snapshot(id: $0) != nil || taken.contains($0) }
    snapshotIDs[change] = id
    // Entries name the snapshot that they were written for.
    manifests[change] = nil
    for key in rewrites.keys where key.change == change { rewrites[key] = nil }
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

  /// The vectors that an earlier attempt merged for the current change, by their data files; nil when
  /// none did.
  var mergedVectors: [ExactText: DataFile]? { vectors[change] }

  /// Keeps the merged vectors of the current change for later attempts.
  mutating func keep(mergedVectors: [ExactText: DataFile]) { vectors[change] = mergedVectors }

  /// What an earlier attempt made of manifests for the current change; nil when nothing, or under
  /// other conditions.
  func rewrite(
    _ purpose: ManifestRewrite.Purpose, of manifests: [ManifestFile],
    under conditions: ManifestRewrite.Conditions
  ) -> ManifestRewrite? {
    guard let index = self.conditions.firstIndex(of: conditions) else { return nil }
    return rewrites[key(purpose, manifests, index)]
  }

  /// Everything that earlier attempts made of manifests for a purpose of the current change.
  func rewrites(
    _ purpose: ManifestRewrite.Purpose, under conditions: ManifestRewrite.Conditions
  ) -> [(sources: [ManifestRewrite.Source], rewrite: ManifestRewrite)] {
    guard let index = self.conditions.firstIndex(of: conditions) else { return [] }
    return rewrites.filter { key, _ in
      key.change == change && key.purpose == purpose && key.conditions == index
    }.map { ($0.key.sources, $0.value) }
  }

  /// Keeps what was made of manifests for later attempts.
  mutating func keep(
    _ rewrite: ManifestRewrite, _ purpose: ManifestRewrite.Purpose, of manifests: [ManifestFile],
    under conditions: ManifestRewrite.Conditions
  ) {
    let index = self.conditions.firstIndex(of: conditions) ?? self.conditions.count
    if index == self.conditions.count { self.conditions.append(conditions) }
    rewrites[key(purpose, manifests, index)] = rewrite
  }

  private func key(
    _ purpose: ManifestRewrite.Purpose, _ manifests: [ManifestFile], _ conditions: Int
  ) -> ManifestRewrite.Key {
    ManifestRewrite.Key(
      change: change, purpose: purpose, sources: manifests.map { ManifestRewrite.Source($0) },
      conditions: conditions)
  }

  /// The location of the next manifest.
  private mutating func nextManifestLocation(in locations: TableLocations) -> String {
    defer { manifestCount += 1 }
    return locations.metadataFile(named: "\(uuid)-m\(manifestCount).avro")
  }

  /// Writes manifests. Returns them with their locations.
  package mutating func store(
    _ drafts: [ManifestDraft], in locations: TableLocations
  ) async throws -> [ManifestFile] {
    var drafts = drafts
    for index in drafts.indices {
      let location = nextManifestLocation(in: locations)
      drafts[index].manifest.location = location
      // Noted first: a write that fails may still leave a file.
      manifestFiles.insert(location)
    }
    if !writesManifests { return drafts.map(\.manifest) }
    let fileIO = fileIO
    return try await drafts.concurrentMap(limit: Self.manifestConcurrency) { draft in
      try await fileIO.write(draft.bytes, to: draft.manifest.location, mode: .createNew)
      return draft.manifest
    }
  }

  /// How many manifests are read or written at a time.
  static let manifestConcurrency = 8

  /// Writes the manifest list of a snapshot, which names the given manifests. Returns its location.
  package mutating func writeManifestList(
    _ bytes: Bytes, naming manifests: [ManifestFile], ofSnapshot id: Int64,
    in locations: TableLocations
  ) async throws -> String {
    let location = locations.metadataFile(named: "snap-\(id)-\(attempt)-\(uuid).avro")
    manifestLists[location] = manifestFiles.intersection(manifests.lazy.map(\.location))
    try await fileIO.write(bytes, to: location, mode: .createNew)
    return location
  }

  /// Removes what nothing refers to any more, after an attempt that surely was committed.
  func removeLeftovers(after metadata: TableMetadata) async {
    // Where the snapshot cannot be found nothing is known, and nothing is removed.
    let saved = snapshotIDs.values.map { metadata.snapshot(id: $0) }
    var unused = manifestFiles.union(manifestLists.keys)
    for snapshot in saved {
      guard let snapshot, case .list(let location) = snapshot.manifests,
        let named = manifestLists[location]
      else { return }
      unused.remove(location)
      unused.subtract(named)
    }
    await remove(unused)
  }

  /// Removes all files, after attempts none of which was committed.
  func removeAll() async {
    let vectorFiles = vectors.values.lazy.flatMap(\.values).map(\.location)
    await remove(manifestFiles.union(manifestLists.keys).union(vectorFiles))
  }

  private func remove(_ locations: Set<String>) async {
    if locations.isEmpty { return }
    let fileIO = fileIO
    // Not undone by a cancellation; a file that stays is an orphan and harms no one.
    await Task { try? await fileIO.remove(locations.sorted()) }.value
  }
}
