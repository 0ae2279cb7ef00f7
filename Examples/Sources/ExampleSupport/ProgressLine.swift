import Synchronization

/// A line on a terminal that tells how far long work is, and that goes when the work is done.
///
/// Nothing is shown of work that is over soon, and the line does not change more often than eyes can
/// follow.
public final class ProgressLine: Sendable {
  private struct State {
    var isVisible = false
    var isEnded = false
    var next: ContinuousClock.Instant
  }

  /// How long work takes before the first line is shown.
  public static let patience = Duration.milliseconds(500)
  private static let pause = Duration.milliseconds(100)

  private let state: Mutex<State>
  private let write: @Sendable (String) -> Void

  /// A line that is not shown yet. `write` puts text on the terminal as it is.
  public init(
    startingAt start: ContinuousClock.Instant = .now, write: @escaping @Sendable (String) -> Void
  ) {
    state = Mutex(State(next: start + Self.patience))
    self.write = write
  }

  /// Shows `text` instead of what was shown before, if it is time for a change.
  public func update(at now: ContinuousClock.Instant = .now, _ text: () -> String) {
    state.withLock { state in
      guard now >= state.next, !state.isEnded else { return }
      state.next = now + Self.pause
      state.isVisible = true
      write("\r\(text())\u{1B}[K")
    }
  }

  /// Takes the line away for good, so that other text can be written where it was.
  public func end() {
    state.withLock { state in
      state.isEnded = true
      if state.isVisible { write("\r\u{1B}[K") }
      state.isVisible = false
    }
  }
}
