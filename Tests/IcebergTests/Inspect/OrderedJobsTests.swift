import Iceberg
import IcebergTestSupport
import Testing

@Suite struct OrderedJobsTests {
  @Test("results come in the order of the inputs, and no more jobs run than are allowed")
  func order() async throws {
    let running = Locked((now: 0, most: 0))
    var inputs = (0..<20).makeIterator()
    let jobs = OrderedJobs<Int, Int>(limit: 3, { inputs.next() }) { input in
      running.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      for _ in 0..<(20 - input) { await Task.yield() }
      running.withLock { $0.now -= 1 }
      return input
    }
    var results: [Int] = []
    while let result = try await jobs.next() { results.append(result) }
    #expect(results == Array(0..<20))
    #expect(running.value.most <= 3)
  }

  @Test("after an error there is no more")
  func failure() async throws {
    struct Broken: Error {}
    var inputs = (0..<5).makeIterator()
    let jobs = OrderedJobs<Int, Int>(limit: 1, { inputs.next() }) { input in
      if input == 2 { throw Broken() }
      return input
    }
    #expect(try await jobs.next() == 0)
    #expect(try await jobs.next() == 1)
    await #expect(throws: Broken.self) { _ = try await jobs.next() }
    #expect(try await jobs.next() == nil)
  }

  @Test("jobs that nobody waits for any more are cancelled")
  func abandoned() async throws {
    let hasStarted = Locked(false)
    let wasCancelled = Locked(false)
    let reading = Task {
      let jobs = OrderedJobs<Int, Int>(limit: 2, { 1 }) { _ in
        hasStarted.withLock { $0 = true }
        do {
          try await Task.sleep(for: .seconds(60))
        } catch {
          wasCancelled.withLock { $0 = true }
        }
        return 1
      }
      _ = try await jobs.next()
    }
    while !hasStarted.value { try await Task.sleep(for: .milliseconds(1)) }
    reading.cancel()
    _ = try? await reading.value
    for _ in 0..<1_000 where !wasCancelled.value {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(wasCancelled.value)
  }
}
