public import IcebergModel

/// Changes of one table that take place together, if the requirements hold.
public struct TableCommit: Hashable, Sendable {
  /// What must hold of the current metadata.
  public var requirements: [TableRequirement]
  /// What is changed, in order.
  public var updates: [TableUpdate]

  /// A commit of the given parts.
  public init(requirements: [TableRequirement], updates: [TableUpdate]) {
    self.requirements = requirements
    self.updates = updates
  }

  /// The snapshots that the commit adds.
  package var addedSnapshots: [Snapshot] {
    updates.compactMap { update in
      if case .addSnapshot(let snapshot) = update { snapshot } else { nil }
    }
  }

  /// The version that follows `current`; `current` itself when nothing is changed. For catalogs that
  /// keep the metadata themselves.
  ///
  /// - Parameters:
  ///   - location: where `current` was read from.
  ///   - nowMillis: the time, in milliseconds since 1970-01-01 UTC. The new version never seems older
  ///     than `current`, whatever the clocks of its writers say.
  /// - Throws: `commitConflict` when a requirement does not hold, or a snapshot was made from a state
  ///   that is no longer the current one; and what an update that cannot be applied throws.
  public func applied(
    to current: TableMetadata, at location: String?, nowMillis: Int64
  ) throws(IcebergError) -> TableMetadata {
    for requirement in requirements { try requirement.check(against: current) }
    var timestamp = max(nowMillis, current.lastUpdatedMillis)
    for update in updates {
      guard case .addSnapshot(let snapshot) = update else { continue }
      timestamp = max(timestamp, snapshot.timestampMillis)
      // The rules of updates let a first snapshot pass; two of one number would confuse deletes.
      if current.formatVersion > 1, snapshot.sequenceNumber <= current.lastSequenceNumber {
        throw IcebergError(
          .commitConflict,
          """
          snapshot \(snapshot.id) has sequence number \(snapshot.sequenceNumber), but \
          \(current.lastSequenceNumber) is taken already
          """)
      }
      // The files of a snapshot that expired meanwhile may be gone.
      if let source = snapshot.summary?[SnapshotSummary.Key.sourceSnapshotID].flatMap({ Int64($0) }
      ),
        current.snapshot(id: source) == nil, !addedSnapshots.contains(where: { $0.id == source })
      {
        throw IcebergError(
          .commitConflict, "snapshot \(source), which was picked, is no longer in the table")
      }
    }
    try checkRemovedSnapshots(of: current)
    return try current.applying(
      updates, timestampMillis: timestamp, previousLocation: location)
  }

  /// Throws `commitConflict` when a branch or tag that the commit leaves as it is stands for a snapshot
  /// that the commit removes: it was made, or moved there, after the commit was prepared.
  private func checkRemovedSnapshots(of current: TableMetadata) throws(IcebergError) {
    var removed: Set<Int64> = []
    var references = current.references
    for update in updates {
      switch update {
      case .removeSnapshots(let ids): removed.formUnion(ids)
      case .removeSnapshotReference(let name): references[name] = nil
      case .setSnapshotReference(let name, let reference): references[name] = reference
      default: break
      }
    }
    guard let (name, reference) = references.first(where: { removed.contains($1.snapshotID) })
    else { return }
    throw IcebergError(
      .commitConflict,
      "\(reference.kind) '\(name)' stands for snapshot \(reference.snapshotID), which was to be removed"
    )
  }
}
