internal import IcebergModel

/// Repeats on a branch what a snapshot beside it did, or moves the branch to that snapshot where it
/// follows the last one.
struct CherryPick: TableChange {
  /// Which snapshot is picked.
  enum Source: Sendable {
    case snapshot(Int64)
    /// The one that was staged under an id.
    case wapID(String)
  }

  let source: Source
  let branch: String

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let picked = try snapshot(in: base)
    let head = try base.head(of: branch)
    let chain = head.map { base.ancestors(of: $0.id) } ?? []
    let operation = picked.summary?.operation
    let replaces =
      operation == .overwrite
      && picked.summary?[SnapshotSummary.Key.replacePartitions]?.lowercased() == "true"
    let isRepeatable = operation == .append || replaces
    if isRepeatable { try refusePublished(picked, in: chain) }
    if picked.parentID == head?.id { return try base.moving(branch, to: picked.id) }
    guard isRepeatable else {
      throw failed(
        picked,
        """
        it is no append and no replacement of partitions, which can be repeated, and does not follow \
        the last snapshot
        """)
    }
    try refusePicked(picked, in: chain)
    let manifests = TableManifests(metadata: base, fileIO: work.fileIO)
    let files = try await Self.files(of: picked, manifests)
    if replaces {
      try await refuseChanged(
        Set(files.added.map { PartitionKey($0) }), picked, chain, manifests, base)
    }
    var summary = [SnapshotSummary.Key.sourceSnapshotID: String(picked.id)]
    summary[SnapshotSummary.Key.publishedWAPID] = picked.stagedWAPID
    let repeated = FileOperation(
      kind: .cherryPick(replaces ? .overwrite : .append), branch: branch, summary: summary,
      changes: FileChanges(
        addedFiles: files.added, removedFiles: replaces ? files.removed : []),
      check: replaces ? ConflictCheck(startingSnapshotID: picked.parentID) : nil,
      refusesMissingFiles: replaces)
    return try await repeated.updates(on: base, in: &work)
  }

  private func snapshot(in base: TableMetadata) throws(IcebergError) -> Snapshot {
    switch source {
    case .snapshot(let id): return try base.keptSnapshot(id: id)
    case .wapID(let wapID):
      let found = base.snapshots.filter { $0.stagedWAPID == wapID }
      guard let first = found.first else {
        throw IcebergError(.notFound, "no snapshot is staged under the id '\(wapID)'")
      }
      guard found.count == 1 else {
        let ids = found.map { String($0.id) }.joined(separator: ", ")
        throw IcebergError(
          .invalidArgument,
          "several snapshots are staged under the id '\(wapID)': pick one of \(ids) by its own id")
      }
      return first
    }
  }

  /// The data files that a snapshot added and removed.
  private static func files(
    of snapshot: Snapshot, _ manifests: TableManifests
  ) async throws -> (added: [DataFile], removed: [DataFile]) {
    let own = try await manifests.list(of: snapshot).filter {
      $0.content == .data && $0.addedSnapshotID == snapshot.id
    }
    let id = snapshot.id
    let entries = try await own.concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
      try Task.checkCancellation()
      return try await manifests.entries(of: manifest, metrics: .all) {
        $0.snapshotID == id && $0.status != .existing
      }
    }
    let all = entries.flatMap { $0 }
    return (
      all.filter { $0.status == .added }.map(\.dataFile),
      all.filter { $0.status == .deleted }.map(\.dataFile)
    )
  }
}

// What stands against it.
extension CherryPick {
  /// Throws when what was staged under the id of the snapshot was published already.
  private func refusePublished(_ picked: Snapshot, in chain: [Snapshot]) throws(IcebergError) {
    guard let wapID = picked.stagedWAPID, !wapID.isEmpty else { return }
    let other = chain.first { snapshot in
      snapshot.stagedWAPID == wapID
        || snapshot.summary?[SnapshotSummary.Key.publishedWAPID] == wapID
    }
    guard let other else { return }
    throw failed(picked, "'\(wapID)' was published by snapshot \(other.id) already")
  }

  /// Throws when the snapshot, or one that repeats it, is on the branch.
  private func refusePicked(_ picked: Snapshot, in chain: [Snapshot]) throws(IcebergError) {
    if chain.contains(where: { $0.id == picked.id }) {
      throw failed(picked, "it is an ancestor of the last snapshot already")
    }
    let id = String(picked.id)
    let other = chain.first { $0.summary?[SnapshotSummary.Key.sourceSnapshotID] == id }
    if let other { throw failed(picked, "it was picked by snapshot \(other.id) already") }
  }

  /// Throws when others added files to partitions that the snapshot replaced, since it did.
  private func refuseChanged(
    _ partitions: Set<PartitionKey>, _ picked: Snapshot, _ chain: [Snapshot],
    _ manifests: TableManifests, _ base: TableMetadata
  ) async throws {
    if let parent = picked.parentID, !chain.contains(where: { $0.id == parent }) {
      throw failed(
        picked, "it replaced partitions of snapshot \(parent), which is no ancestor of the last one"
      )
    }
    let others = chain.prefix { $0.id != picked.parentID }
    let found = try await Array(others).concurrentMap(limit: CommitWork.manifestConcurrency) {
      snapshot in
      try Task.checkCancellation()
      return try await Self.files(of: snapshot, manifests).added.first {
        partitions.contains(PartitionKey($0))
      }
    }
    var texts: [String] = []
    var location: String?
    for (snapshot, file) in zip(others, found) {
      guard let file else { continue }
      location = location ?? file.location
      let path = base.partitionSpec(id: file.specID)?.path(of: file.partition) ?? ""
      texts.append(
        """
        the \(snapshot.operationText) has added \(file.location) to \
        \(path.isEmpty ? "the table" : "partition '\(path)'")
        """)
    }
    if texts.isEmpty { return }
    throw failed(
      picked,
      """
      its \(picked.summary?.operation?.rawValue ?? "operation") replaced what was there, and since \
      then \(texts.joined(separator: "; "))
      """, location: location)
  }

  private func failed(
    _ picked: Snapshot, _ reason: String, location: String? = nil
  ) -> IcebergError {
    IcebergError(
      .validationFailed, "snapshot \(picked.id) cannot be picked for '\(branch)': \(reason)",
      context: .init(location: location))
  }
}
