import Foundation
import Synchronization

/// Runs tasks one step at a time on a thread of its own, and takes the next step by chance: writers
/// that hardly ever meet on a few processors meet at every turn.
///
/// Steps of unstructured tasks, and calls that block, still run where they like.
package final class SeededExecutor: TaskExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var random: SeededRandom
    var isEnded = false
  }

  private let state: Mutex<State>
  private let wake = DispatchSemaphore(value: 0)

  /// An executor whose steps follow from the seed.
  package init(seed: UInt64) {
    state = Mutex(State(random: SeededRandom(seed: seed)))
    let thread = Thread { [self] in run() }
    thread.stackSize = 4 << 20
    thread.start()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    wake.signal()
  }

  /// Ends the thread once there is nothing left to do.
  package func end() {
    state.withLock { $0.isEnded = true }
    wake.signal()
  }

  private func run() {
    while true {
      wake.wait()
      let (job, isEnded) = state.withLock { state -> (UnownedJob?, Bool) in
        if state.jobs.isEmpty { return (nil, state.isEnded) }
        let next = Int.random(in: 0..<state.jobs.count, using: &state.random)
        return (state.jobs.remove(at: next), false)
      }
      if let job { job.runSynchronously(on: asUnownedTaskExecutor()) }
      if isEnded { return }
    }
  }
}
