internal import IcebergModel

/// Expires the snapshots of a table.
///
/// First it is found out which files nothing needs any more, and that all others are there, and what
/// other tables need; then the snapshots are removed from the metadata; then, if that is certain, the
/// files are.
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
      let needed = try await NeededElsewhere(of: freed, in: table, options, scratch)
      try await forEachPart(of: freed, without: needed, &report) { files, report in
        for file in files { count(file, of: freed, in: &report) }
      }
    }
    return report
  }

  /// Expires them.
  func run() async throws -> ExpireSnapshotsReport {
    let change = ExpiryChange(table: table.identifier, options: options)
    let first = try await change.decision(on: table.metadata, fileIO: table.fileIO)
    if first.updates.isEmpty { return report(of: first, isDryRun: false) }
    return try await ScratchFolder.with { scratch in
      // Before anything is changed: a table that lacks files is left as it is, and so is one of which it
      // cannot be told what others need.
      let expected = try await freedFiles(by: first, in: table.metadata, scratch)
      let expectedNeeds = try await NeededElsewhere(of: expected, in: table, options, scratch)
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
      let isAsExpected =
        Set(expected.expired.map(\.id)) == Set(decision.retention.expiredSnapshotIDs)
        && Set(newest.metadata.snapshots.map(\.id)) == expected.keptIDs
      let freed =
        isAsExpected
        ? expected : try await freedFiles(by: decision, in: newest.metadata, scratch)
      // Metadata that was none of the table's may have been of a commit that has come to its end.
      let needed =
        isAsExpected && expectedNeeds.foreignMetadata.isEmpty
        ? expectedNeeds : try await NeededElsewhere(of: freed, in: newest, options, scratch)
      try await remove(freed, without: needed, &report)
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
  /// Calls `body` with the files that nobody needs, some at a time; the others are kept.
  private func forEachPart(
    of freed: FreedFiles, without needed: NeededElsewhere, _ report: inout ExpireSnapshotsReport,
    _ body: ([FoundFile], inout ExpireSnapshotsReport) async throws -> Void
  ) async throws {
    report.sharingTables = needed.tables
    report.foreignMetadata = needed.foreignMetadata
    var files = try await freed.files.sorted()
    var others = SortedMembers(try await needed.files.sorted())
    var part: [FoundFile] = []
    while let next = try await files.next() {
      if try await others.contains(next.key) {
        report.kept.add(next.file.kind, sizeInBytes: next.file.sizeInBytes)
        continue
      }
      part.append(next.file)
      if part.count >= 1024 {
        try await body(part, &report)
        part = []
      }
    }
    try await body(part, &report)
  }

  private func remove(
    _ freed: FreedFiles, without needed: NeededElsewhere, _ report: inout ExpireSnapshotsReport
  ) async throws {
    let done = FileCounter(.deleting, of: nil, options.progress)
    let fileIO = table.fileIO
    try await forEachPart(of: freed, without: needed, &report) { files, report in
      let failures = try await fileIO.removeAll(files, concurrency: options.maxConcurrentDeletes)
      report.failedCount += failures.count
      report.firstFailure = report.firstFailure ?? failures.first?.icebergError
      let left = Set(failures.map { ExactText($0.file.location) })
      for file in files where !left.contains(ExactText(file.location)) {
        count(file, of: freed, in: &report)
      }
      done.advance(files.count)
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
