internal import Synchronization

/// Counts the files of a step of an expiry, and tells of them now and then.
final class FileCounter: Sendable {
  private let step: ExpireSnapshotsProgress.Step
  private let total: Int?
  private let report: (@Sendable (ExpireSnapshotsProgress) -> Void)?
  private let count = Mutex(0)

  init(
    _ step: ExpireSnapshotsProgress.Step, of total: Int?,
    _ report: (@Sendable (ExpireSnapshotsProgress) -> Void)?
  ) {
    self.step = step
    self.total = total
    self.report = report
    report?(ExpireSnapshotsProgress(step: step, filesDone: 0, filesTotal: total))
  }

  /// Counts more files.
  func advance(_ more: Int) {
    guard let report else { return }
    let done = count.withLock { count in
      count += more
      return count
    }
    if done / 64 != (done - more) / 64 || done == total {
      report(ExpireSnapshotsProgress(step: step, filesDone: done, filesTotal: total))
    }
  }
}
