internal import IcebergModel

/// Expires the snapshots of a table.
///
/// First it is found out which files nothing needs any more, and that all others are there; then the
/// snapshots are removed from the metadata; then, if that is certain, the files are.
struct ExpireSnapshots: Sendable {
  let table: Table
  let options: ExpireSnapshotsOptions

  /// What would expire.
  func dryRun() async throws -> ExpireSnapshotsReport {
    let decision = try await ExpiryChange(table: table.identifier, options: options)
      .decision(on: table.metadata, fileIO: table.fileIO)
    var report = self.report(of: decision, isDryRun: true)
    try await ScratchFolder.with { scratch in
      let freed = try await freedFiles(by: decision, in: table.metadata, scratch)
      try await tell(of: freed, in: &report)
    }
    return report
  }

  /// Expires them.
  func run() async throws -> ExpireSnapshotsReport {
    let change = ExpiryChange(table: table.identifier, options: options)
    let first = try await change.decision(on: table.metadata, fileIO: table.fileIO)
    if first.updates.isEmpty { return report(of: first, isDryRun: false) }
    return try await ScratchFolder.with { scratch in
      // Before anything is changed: a table that lacks files is left as it is.
      let expected = try await freedFiles(by: first, in: table.metadata, scratch)
      options.progress?(
        ExpireSnapshotsProgress(step: .committing, filesDone: 0, filesTotal: nil))
      var transaction = Transaction(base: table.metadata)
      transaction.add(change)
      let committed = try await table.commit(
        transaction, retry: options.retry, environment: options.environment)
      let decision = change.log.last ?? first
      var report = self.report(of: decision, isDryRun: false)
      report.table = committed
      if options.cleanup == .none || decision.retention.expiredSnapshotIDs.isEmpty {
        return report
      }
      // What others have committed since may need files of snapshots that are gone.
      let newest = try await committed.refreshed()
      try Self.checkMayStillDeleteFiles(of: newest)
      let freed =
        Set(expected.expired.map(\.id)) == Set(decision.retention.expiredSnapshotIDs)
          && Set(newest.metadata.snapshots.map(\.id)) == expected.keptIDs
        ? expected : try await freedFiles(by: decision, in: newest.metadata, scratch)
      try await remove(freed, &report)
      return report
    }
  }

  private static func checkMayStillDeleteFiles(of newest: Table) throws {
    guard try newest.metadata.property(TableProperties.garbageCollectionEnabled) else {
      throw IcebergError(
        .invalidArgument,
        """
        'gc.enabled' has become false: the snapshots were removed from the metadata, but their files, \
        which other tables may use, were left
        """, context: .init(table: newest.identifier.description))
    }
  }

  private func report(
    of decision: ExpiryChange.Decision, isDryRun: Bool
  ) -> ExpireSnapshotsReport {
    var report = ExpireSnapshotsReport(table, decision.retention, isDryRun: isDryRun)
    report.removedSchemaIDs = decision.removedSchemaIDs
    report.removedSpecIDs = decision.removedSpecIDs
    let expired = Set(decision.retention.expiredSnapshotIDs)
    report.snapshots = decision.base.snapshots.filter { expired.contains($0.id) }.map {
      ExpireSnapshotsReport.ExpiredSnapshot(
        id: $0.id, timestampMillis: $0.timestampMillis, operation: $0.summary?.operation?.rawValue)
    }
    return report
  }

  private func freedFiles(
    by decision: ExpiryChange.Decision, in metadata: TableMetadata, _ scratch: ScratchFolder
  ) async throws -> FreedFiles {
    try await FreedFiles(
      FreedFiles.Question(
        table: table.identifier, before: decision.base,
        expiredIDs: Set(decision.retention.expiredSnapshotIDs), after: metadata),
      fileIO: table.fileIO, options: options, scratch: scratch)
  }
}

// Removing.
extension ExpireSnapshots {
  private func tell(of freed: FreedFiles, in report: inout ExpireSnapshotsReport) async throws {
    var files = try await freed.files.sorted()
    while let file = try await files.next()?.file { count(file, of: freed, in: &report) }
  }

  private func remove(_ freed: FreedFiles, _ report: inout ExpireSnapshotsReport) async throws {
    var files = try await freed.files.sorted()
    let done = FileCounter(.deleting, of: nil, options.progress)
    let fileIO = table.fileIO
    var isAtEnd = false
    while !isAtEnd {
      var some: [FoundFile] = []
      while some.count < 1024, !isAtEnd {
        guard let file = try await files.next()?.file else {
          isAtEnd = true
          break
        }
        some.append(file)
      }
      try Task.checkCancellation()
      let failures = try await some.concurrentMap(limit: options.maxConcurrentDeletes) {
        file -> IcebergError? in
        do {
          try await fileIO.remove([file.location])
          return nil
        } catch let error as IcebergError {
          return error
        }
      }
      for (file, failure) in zip(some, failures) {
        if let failure {
          report.failedCount += 1
          report.firstFailure = report.firstFailure ?? failure
        } else {
          count(file, of: freed, in: &report)
        }
      }
      done.advance(some.count)
    }
  }

  private func count(
    _ file: FoundFile, of freed: FreedFiles, in report: inout ExpireSnapshotsReport
  ) {
    report.deleted.add(file.kind, sizeInBytes: file.sizeInBytes)
    let place = Int(file.number)
    guard report.snapshots.indices.contains(place) else { return }
    report.snapshots[place].files.add(file.kind, sizeInBytes: file.sizeInBytes)
    options.onFile?(
      ExpiredFile(
        location: file.location, kind: file.kind, sizeInBytes: file.sizeInBytes,
        snapshotID: report.snapshots[place].id))
  }
}
