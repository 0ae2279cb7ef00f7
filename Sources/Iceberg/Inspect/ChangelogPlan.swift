internal import IcebergModel

/// The data files in which a snapshot changed rows.
struct ChangelogStep: Sendable {
  /// The place of the snapshot among those with changes, from 0.
  var ordinal: Int
  var snapshotID: Int64
  /// The files with rows that may be gone.
  var removed: [FileScanTask] = []
  /// The files with rows that may be new.
  var added: [FileScanTask] = []

  func tasks(_ side: ChangelogSide) -> [FileScanTask] { side == .delete ? removed : added }
}

/// Rows that are gone, or rows that are new.
enum ChangelogSide: Sendable {
  case delete, insert

  /// What a row of the side adds to the number of times that the table has it.
  var sign: Int { self == .delete ? -1 : 1 }
  var type: ChangeType { self == .delete ? .delete : .insert }
}

/// Finds the data files in which each snapshot of a range changed rows.
struct ChangelogPlan: Sendable {
  private let scan: TableScan
  /// The snapshots that may have changes, oldest first, each with the one before it.
  let snapshots: [(before: Snapshot?, snapshot: Snapshot)]

  /// The snapshots of a range.
  ///
  /// Throws `invalidArgument` and `notFound` as ``SnapshotRange`` does.
  init(of changes: ChangelogScan, reading scan: TableScan) throws {
    self.scan = scan
    let metadata = changes.table.metadata
    guard let end = try scan.snapshot else {
      snapshots = []
      return
    }
    let start = try changes.from.map { try changes.table.scan().at($0).snapshot } ?? nil
    let range = try SnapshotRange(
      after: start?.id, includingStart: false, through: end, in: metadata)
    var pairs: [(before: Snapshot?, snapshot: Snapshot)] = []
    for snapshot in range.snapshots.reversed() where snapshot.summary?.operation != .replace {
      let before = snapshot.parentID.flatMap { metadata.snapshot(id: $0) }
      if let parent = snapshot.parentID, before == nil {
        throw IcebergError(
          .notFound,
          """
          what snapshot \(snapshot.id) changed is not known: the one before it, \(parent), is no \
          longer kept. Begin after snapshot \(snapshot.id)
          """)
      }
      pairs.append((before, snapshot))
    }
    snapshots = pairs
  }

  /// The files in which the snapshot at `ordinal` changed rows.
  func step(_ ordinal: Int) async throws -> ChangelogStep {
    let (before, snapshot) = snapshots[ordinal]
    let unchanged = try await UnchangedManifests(in: scan).between(before, snapshot)
    var step = ChangelogStep(ordinal: ordinal, snapshotID: snapshot.id)
    let (had, has) = (
      try await tasks(of: before, without: unchanged),
      try await tasks(of: snapshot, without: unchanged)
    )
    var places: [ExactText: Int] = [:]
    for (index, task) in has.enumerated() { places[ExactText(task.file.location)] = index }
    var kept: Set<Int> = []
    for task in had {
      // A file that is listed twice, which it should not be, is compared with the whole of itself.
      guard let place = places[ExactText(task.file.location)], kept.insert(place).inserted else {
        step.removed.append(task)
        continue
      }
      Self.compare(task, has[place], &step)
    }
    for (index, task) in has.enumerated() where !kept.contains(index) { step.added.append(task) }
    return step
  }

  /// The rows of a file that is there before and after a snapshot.
  private static func compare(
    _ before: FileScanTask, _ after: FileScanTask, _ step: inout ChangelogStep
  ) {
    let (old, new) = (Set(before.deletes), Set(after.deletes))
    if !new.isSubset(of: old) {
      var task = before
      task.onlyDeletedBy = after.deletes
      step.removed.append(task)
    }
    if !old.isSubset(of: new) {
      var task = after
      task.onlyDeletedBy = before.deletes
      step.added.append(task)
    }
  }

  private func tasks(
    of snapshot: Snapshot?, without skipped: Set<ExactText>
  ) async throws -> [FileScanTask] {
    guard let snapshot else { return [] }
    let planner = ScanPlanner(
      scan.at(.snapshot(snapshot.id)), checksFiles: false, skipping: skipped)
    return try await planner.rest()
  }
}
