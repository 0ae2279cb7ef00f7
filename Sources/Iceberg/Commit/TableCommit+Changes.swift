internal import IcebergModel

extension TableCommit {
  /// The commit of changes that are carried out one after the other, each on what the one before made.
  /// It has no updates when nothing is changed.
  init(
    of changes: [any TableChange], on base: TableMetadata, in work: inout CommitWork
  ) async throws {
    var metadata = base
    var updates: [TableUpdate] = []
    if base.tableUUID == nil {
      // Old tables have none; the first commit gives one.
      updates.append(.assignUUID(work.uuid))
    }
    let unchanged = updates.count
    for (index, change) in changes.enumerated() {
      work.begin(change: index)
      let new = try await change.updates(on: metadata, in: &work)
      if new.isEmpty { continue }
      updates += new
      if index + 1 < changes.count {
        let time = max(work.environment.now(), metadata.lastUpdatedMillis)
        metadata = try metadata.applying(new, timestampMillis: time)
      }
    }
    if updates.count == unchanged {
      self.init(requirements: [], updates: [])
      return
    }
    self.init(
      requirements: TableRequirement.requirements(for: updates, changing: base)
        + Self.requirements(forRemovalsIn: updates, on: base), updates: updates)
  }

  /// That branches and tags which are removed have not moved: what another writer put on a branch
  /// meanwhile would go unseen.
  private static func requirements(
    forRemovalsIn updates: [TableUpdate], on base: TableMetadata
  ) -> [TableRequirement] {
    updates.compactMap { update in
      guard case .removeSnapshotReference(let name) = update,
        let reference = base.references[name]
      else { return nil }
      return .assertReferenceSnapshotID(reference: name, snapshotID: reference.snapshotID)
    }
  }
}
