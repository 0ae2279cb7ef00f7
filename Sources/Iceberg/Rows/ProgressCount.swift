internal import Synchronization

/// Counts the files that are done, and tells of each.
final class ProgressCount: Sendable {
  private let step: RowChangeProgress.Step
  private let total: Int
  private let report: (@Sendable (RowChangeProgress) -> Void)?
  private let count = Mutex(0)

  init(
    _ step: RowChangeProgress.Step, of total: Int,
    _ report: (@Sendable (RowChangeProgress) -> Void)?
  ) {
    self.step = step
    self.total = total
    self.report = report
    report?(RowChangeProgress(step: step, filesDone: 0, filesTotal: total))
  }

  /// Counts one more file.
  func advance() {
    guard let report else { return }
    let done = count.withLock { count in
      count += 1
      return count
    }
    report(RowChangeProgress(step: step, filesDone: done, filesTotal: total))
  }
}
