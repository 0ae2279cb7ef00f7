internal import IcebergModel
internal import Synchronization

/// Removes expired snapshots and references from the metadata of a table.
struct ExpiryChange: TableChange {
  /// What was decided on the version that the last attempt began with.
  struct Decision: Sendable {
    var base: TableMetadata
    var retention: SnapshotRetention
    var removedSchemaIDs: [Int] = []
    var removedSpecIDs: [Int] = []

    /// What carries the decision out.
    var updates: [TableUpdate] {
      var updates = retention.expiredReferences.map {
        TableUpdate.removeSnapshotReference(name: $0)
      }
      if !retention.expiredSnapshotIDs.isEmpty {
        updates.append(.removeSnapshots(ids: retention.expiredSnapshotIDs))
      }
      if !removedSpecIDs.isEmpty { updates.append(.removePartitionSpecs(ids: removedSpecIDs)) }
      if !removedSchemaIDs.isEmpty { updates.append(.removeSchemas(ids: removedSchemaIDs)) }
      return updates
    }
  }

  /// The decision of the last attempt.
  final class Log: Sendable {
    private let decision = Mutex<Decision?>(nil)

    /// The decision of the last attempt; nil before there is one.
    var last: Decision? {
      get { decision.withLock { $0 } }
      set { decision.withLock { $0 = newValue } }
    }
  }

  let table: TableIdentifier
  let options: ExpireSnapshotsOptions
  let log = Log()

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let decision = try await decision(on: base, fileIO: work.fileIO)
    log.last = decision
    return decision.updates
  }

  /// What expires of a version.
  ///
  /// Throws `invalidArgument` when the table forbids to delete files, though others may have forbidden it
  /// only now.
  func decision(on base: TableMetadata, fileIO: any FileIO) async throws -> Decision {
    try base.checkMayDeleteFiles(of: table)
    let retention = try SnapshotRetention(
      of: base, olderThanMillis: options.olderThanMillis, retainLast: options.retainLast,
      snapshotIDs: options.snapshotIDs, nowMillis: options.environment.now())
    var decision = Decision(base: base, retention: retention)
    if options.unusedLayouts == .removed {
      try await findUnusedLayouts(&decision, fileIO: fileIO)
    }
    return decision
  }

  private func findUnusedLayouts(_ decision: inout Decision, fileIO: any FileIO) async throws {
    let base = decision.base
    let expired = Set(decision.retention.expiredSnapshotIDs)
    let kept = base.snapshots.filter { !expired.contains($0.id) }
    let schemaIDs = Set(kept.compactMap(\.schemaID) + [base.currentSchemaID])
    decision.removedSchemaIDs = base.schemas.map(\.id).filter { !schemaIDs.contains($0) }
    guard base.partitionSpecs.count > 1 else { return }
    let manifests = TableManifests(metadata: base, fileIO: fileIO)
    var specIDs: Set<Int> = [base.defaultSpecID]
    for used in try await kept.concurrentMap(
      limit: options.concurrency,
      { Set(try await manifests.list(of: $0).map(\.partitionSpecID)) })
    {
      specIDs.formUnion(used)
    }
    decision.removedSpecIDs = base.partitionSpecs.map(\.id).filter { !specIDs.contains($0) }
  }
}
