package import Iceberg
import Synchronization

/// An environment of commits in which everything is known: a clock that moves when it is told to, and
/// random numbers from a seed.
package final class TestEnvironment: Sendable {
  private struct State {
    var millis: Int64
    var random: SeededRandom
    var waits: [Duration] = []
  }

  private let state: Mutex<State>

  /// An environment at a time in milliseconds since 1970-01-01 UTC.
  package init(millis: Int64 = 1_700_000_000_000, seed: UInt64 = 1) {
    state = Mutex(State(millis: millis, random: SeededRandom(seed: seed)))
  }

  /// The time, in milliseconds since 1970-01-01 UTC.
  package var millis: Int64 {
    get { state.withLock { $0.millis } }
    set { state.withLock { $0.millis = newValue } }
  }

  /// How long was waited, each time.
  package var waits: [Duration] { state.withLock { $0.waits } }

  /// The environment. The clock advances by one millisecond with every look at it, and by the whole
  /// wait with every wait, which takes no time.
  package var environment: CommitEnvironment {
    CommitEnvironment(
      now: {
        self.state.withLock { state in
          state.millis += 1
          return state.millis
        }
      },
      random: { self.state.withLock { $0.random.next() } },
      sleep: { duration in
        try Task.checkCancellation()
        self.state.withLock { state in
          state.waits.append(duration)
          let (seconds, attoseconds) = duration.components
          state.millis += seconds * 1000 + attoseconds / 1_000_000_000_000_000
        }
        await Task.yield()
      })
  }
}
