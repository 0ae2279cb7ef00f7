import Iceberg
import IcebergTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct BlockingExecutorTests {
  @Test("blocking calls run side by side, up to the limit and no more")
  func bounded() async throws {
    let executor = BlockingExecutor(threadLimit: 4)
    let running = Locked((now: 0, most: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask {
          try await executor.run {
            running.withLock {
              $0.now += 1
              $0.most = max($0.most, $0.now)
            }
            usleep(20_000)
            running.withLock { $0.now -= 1 }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(running.value.most == 4)
  }

  @Test("tasks go on while calls block")
  func poolIsFree() async throws {
    let executor = BlockingExecutor(threadLimit: 16)
    let gate = Locked(false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask {
          try await executor.run { while !gate.value { usleep(1000) } }
        }
      }
      // Were the calls made on the pool, this would never run.
      group.addTask { gate.withLock { $0 = true } }
      try await group.waitForAll()
    }
  }

  @Test("results and errors come back")
  func results() async throws {
    struct Failure: Error {}
    let executor = BlockingExecutor()
    #expect(try await executor.run { 42 } == 42)
    await #expect(throws: Failure.self) { try await executor.run { throw Failure() } }
  }

  @Test("a call that waits for a thread when its task is cancelled does not run")
  func cancellation() async throws {
    let executor = BlockingExecutor(threadLimit: 1)
    let gate = Locked(false)
    let ran = Locked(false)
    let first = Task {
      try await executor.run { while !gate.value { usleep(1000) } }
    }
    try await Task.sleep(for: .milliseconds(20))
    let second = Task { try await executor.run { ran.withLock { $0 = true } } }
    try await Task.sleep(for: .milliseconds(20))
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    gate.withLock { $0 = true }
    try await first.value
    try await executor.run {}
    #expect(!ran.value)
  }

  @Test("an executor that is let go of in the middle finishes what it has")
  func release() async throws {
    let total = Locked(0)
    for _ in 0..<50 {
      let executor = BlockingExecutor(threadLimit: 2)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask { try await executor.run { total.withLock { $0 += 1 } } }
        }
        try await group.waitForAll()
      }
    }
    #expect(total.value == 400)
  }
}
