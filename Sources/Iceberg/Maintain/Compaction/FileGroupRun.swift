internal import IcebergModel
internal import Synchronization

/// Works off groups of files, some at a time, and has them committed: each as soon as enough are
/// written, or all together at the end.
struct FileGroupRun: Sendable {
  /// A part of the work on a group that can be done beside the others.
  struct Unit: Sendable {
    /// The place of the group in the reports.
    var group: Int
    /// The size of the files that are read, in bytes: those of a group add up to its size.
    var byteCount: Int64
    /// Writes the new files. When that fails, nothing is left of them.
    var write: @Sendable () async throws -> Output
  }

  /// What a unit wrote.
  struct Output: Sendable {
    var added: [DataFile] = []
    var removedDeletes: [DataFile] = []
  }

  /// What came of units, noted by tasks that run at the same time.
  ///
  /// Handed over here: a task that returned it beside its place trapped in release builds.
  private final class Outcomes: Sendable {
    private let results: Mutex<[Result<Output, any Error>?]>

    init(count: Int) { results = Mutex([Result<Output, any Error>?](repeating: nil, count: count)) }

    func note(_ result: Result<Output, any Error>, at index: Int) {
      results.withLock { $0[index] = result }
    }

    /// What came of a unit, which is kept no longer.
    func take(_ index: Int) -> Result<Output, any Error>? {
      results.withLock { results in
        defer { results[index] = nil }
        return results[index]
      }
    }
  }

  /// Commits groups, and returns the id of the snapshot. What it notes of the groups is reported.
  typealias Commit = (inout [FileGroupReport]) async throws -> Int64?

  private let table: Table
  private let options: FileGroupOptions
  private let progress: (@Sendable (RewriteProgress) -> Void)?
  /// The groups in the order in which they are worked off.
  private(set) var reports: [FileGroupReport]
  /// The snapshots that were committed, oldest first.
  private(set) var snapshotIDs: [Int64] = []

  /// How many units of each group are not done.
  private var unitsLeft: [Int]
  private var failures: [(any Error)?]
  /// Groups that are written and not committed.
  private var waiting: [Int] = []
  private var bytesDone: Int64 = 0
  private var groupsDone = 0

  /// A run over groups of which nothing is done.
  init(
    _ reports: [FileGroupReport], of table: Table, options: FileGroupOptions,
    progress: (@Sendable (RewriteProgress) -> Void)?
  ) {
    self.table = table
    self.options = options
    self.progress = progress
    self.reports = reports
    unitsLeft = [Int](repeating: 0, count: reports.count)
    failures = [(any Error)?](repeating: nil, count: reports.count)
  }

  /// Does all of it. Units are begun in their order.
  ///
  /// Throws what the first failure threw, when everything is committed together; otherwise only when
  /// too many commits failed, or the task was cancelled. What was written and is not committed is
  /// removed, unless the outcome of its commit is not known.
  mutating func run(_ units: [Unit], commit: Commit) async throws {
    for unit in units { unitsLeft[unit.group] += 1 }
    tell(.rewriting)
    do {
      try await write(units, commit)
      try Task.checkCancellation()
      try await commitWaiting(commit)
    } catch {
      await removeWaiting()
      throw error
    }
    try checkFailedCommits()
  }

  /// How many groups make a commit.
  private var groupsPerCommit: Int {
    guard let partial = options.partialProgress else { return .max }
    return max(0, reports.count - 1) / max(1, partial.maxCommits) + 1
  }

  private mutating func write(_ units: [Unit], _ commit: Commit) async throws {
    let outcomes = Outcomes(count: units.count)
    let stop = await withTaskGroup(of: Int.self, returning: (any Error)?.self) { tasks in
      var next = 0
      var running = 0
      var stop: (any Error)?
      while true {
        while stop == nil, next < units.count, running < options.concurrency {
          let (index, unit) = (next, units[next])
          next += 1
          guard failures[unit.group] == nil else {
            await finish(unit, nil)
            continue
          }
          running += 1
          tasks.addTask {
            do {
              outcomes.note(.success(try await unit.write()), at: index)
            } catch {
              outcomes.note(.failure(error), at: index)
            }
            return index
          }
        }
        guard let index = await tasks.next() else { return stop }
        running -= 1
        switch outcomes.take(index) {
        case nil: break
        case .success(let output)?: await finish(units[index], output)
        case .failure(let error)?:
          let group = units[index].group
          failures[group] = failures[group] ?? error
          await finish(units[index], nil)
          if options.partialProgress == nil || error is CancellationError || Task.isCancelled {
            stop = stop ?? error
          }
        }
        if stop == nil, waiting.count >= groupsPerCommit {
          do {
            try await commitWaiting(commit)
          } catch {
            stop = error
          }
        }
        // The others are let go of; what they wrote is removed.
        if stop != nil { tasks.cancelAll() }
      }
    }
    if let stop { throw stop }
  }

  /// Notes that a unit is done; nil when it wrote nothing.
  private mutating func finish(_ unit: Unit, _ output: Output?) async {
    let group = unit.group
    unitsLeft[group] -= 1
    if let output {
      reports[group].addedFiles += output.added
      reports[group].removedDeletes += output.removedDeletes
    }
    bytesDone = FileGroupSizes.sum([bytesDone, unit.byteCount])
    if unitsLeft[group] == 0 {
      groupsDone += 1
      if let error = failures[group] {
        await fail(group, error)
      } else {
        reports[group].addedFiles.sort { $0.location < $1.location }
        waiting.append(group)
      }
    }
    tell(.rewriting)
  }

  private mutating func fail(_ group: Int, _ error: any Error) async {
    await table.removeUncommitted(reports[group].addedFiles)
    reports[group].addedFiles = []
    reports[group].outcome = .failed(error)
  }

  /// Commits what waits, in commits of no more groups than there may be.
  private mutating func commitWaiting(_ commit: Commit) async throws {
    while !waiting.isEmpty {
      let batch = Array(waiting.prefix(groupsPerCommit)).sorted()
      tell(.committing)
      do {
        var groups = batch.map { reports[$0] }
        let id = try await commit(&groups)
        waiting.removeAll(where: batch.contains)
        for (group, report) in zip(batch, groups) {
          reports[group] = report
          reports[group].outcome = .committed(snapshotID: id ?? 0)
        }
        if let id { snapshotIDs.append(id) }
      } catch {
        waiting.removeAll(where: batch.contains)
        let isUnknown = (error as? IcebergError)?.code == .commitStateUnknown
        for group in batch {
          if isUnknown {
            reports[group].outcome = .unknown(error)
          } else {
            await fail(group, error)
          }
        }
        if options.partialProgress == nil || error is CancellationError { throw error }
      }
    }
  }

  private mutating func removeWaiting() async {
    for group in waiting { await fail(group, CancellationError()) }
    waiting = []
    for group in reports.indices where unitsLeft[group] > 0 {
      await fail(group, CancellationError())
    }
  }

  private func checkFailedCommits() throws(IcebergError) {
    guard let partial = options.partialProgress, !reports.isEmpty else { return }
    let planned = (reports.count - 1) / groupsPerCommit + 1
    let failed = planned - snapshotIDs.count
    let limit = partial.maxFailedCommits ?? partial.maxCommits
    guard failed > limit else { return }
    let first = reports.lazy.compactMap(\.error).first
    throw IcebergError(
      (first as? IcebergError)?.code ?? .validationFailed,
      """
      \(failed) of \(planned) commits of the rewrite failed, more than the \(limit) that may \
      (partial-progress.max-failed-commits); \(snapshotIDs.count) were made and stay. Run the rewrite \
      again for the rest
      """, context: .init(table: table.identifier.description), cause: first)
  }

  private func tell(_ step: RewriteProgress.Step) {
    guard let progress else { return }
    progress(
      RewriteProgress(
        step: step, groupsDone: groupsDone, groupsTotal: reports.count, bytesDone: bytesDone,
        bytesTotal: FileGroupSizes.sum(reports.lazy.map(\.byteCount))))
  }
}
