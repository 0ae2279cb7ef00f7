import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct MaintenanceLockTests {
  private static func table(
    _ fileIO: any FileIO = MemoryFileIO(), in warehouse: String = "/wh"
  ) async throws -> Table {
    try await FileSystemCatalog(warehouse: warehouse, fileIO: fileIO)
      .createTable("db.t", SampleTable.creation())
  }

  private static func taken(
    _ table: Table, _ clock: TestEnvironment, _ owner: String = "a",
    lasting: Duration = .seconds(60)
  ) async throws -> MaintenanceLock? {
    let outcome = try await MaintenanceLock.acquire(
      table, owner: owner, lasting: lasting, environment: clock.environment)
    guard case .done(let lock) = outcome else { return nil }
    return lock
  }

  private static func files(_ storage: MemoryFileIO) -> [String] {
    storage.locations.filter { $0.contains("/_maintenance/") }.sorted()
  }

  @Test("a lock says who holds it, keeps others out, and goes when the work is done")
  func lifecycle() async throws {
    let storage = MemoryFileIO()
    let table = try await Self.table(storage)
    let clock = TestEnvironment()
    let lock = try #require(try await Self.taken(table, clock, "ops"))
    #expect(Self.files(storage) == ["/wh/db/t/metadata/_maintenance/lock-1.json"])
    let seen = try #require(
      try await MaintenanceLock.holder(of: table, environment: clock.environment))
    #expect(seen == lock.holder)
    #expect(seen.owner == "ops" && seen.processID > 0)
    #expect(seen.expiresMillis - seen.acquiredMillis == 60_000)
    let other = try await MaintenanceLock.hold(table, environment: clock.environment) { _ in 1 }
    guard case .locked(let holder) = other else {
      Issue.record("two hold the lock")
      return
    }
    #expect(holder == seen)
    try await lock.check()
    try await lock.release()
    #expect(Self.files(storage).isEmpty)
    #expect(try await MaintenanceLock.holder(of: table, environment: clock.environment) == nil)
    #expect(try await Self.taken(table, clock) != nil)
  }

  @Test("a lock that ran out is taken over, and its holder is told")
  func stale() async throws {
    let storage = MemoryFileIO()
    let table = try await Self.table(storage)
    let clock = TestEnvironment()
    let old = try #require(try await Self.taken(table, clock, "old"))
    clock.millis += 60_001
    #expect(try await MaintenanceLock.holder(of: table, environment: clock.environment) == nil)
    let new = try #require(try await Self.taken(table, clock, "new"))
    #expect(Self.files(storage) == ["/wh/db/t/metadata/_maintenance/lock-2.json"])
    for isRenewal in [false, true] {
      let error = await #expect(throws: IcebergError.self) {
        if isRenewal { try await old.renew() } else { try await old.check() }
      }
      #expect(error?.code == .commitConflict)
      #expect(error?.message.contains("new (process") == true)
    }
    // What the old holder does now does not touch the lock of the new one.
    try await old.release()
    try await new.check()
    #expect(Self.files(storage).count == 1)
  }

  @Test("a lock that is renewed does not run out, however long the work takes")
  func renewal() async throws {
    let table = try await Self.table()
    let clock = TestEnvironment()
    let lock = try #require(try await Self.taken(table, clock))
    for _ in 0..<5 {
      clock.millis += 50_000
      try await lock.renew()
      #expect(try await Self.taken(table, clock, "b") == nil)
    }
    // Nobody took it over: it is still that of its holder.
    clock.millis += 100_000
    try await lock.renew()
    #expect(try await Self.taken(table, clock, "b") == nil)
  }

  @Test("work under the lock is renewed for, and the lock goes even when the work fails")
  func holding() async throws {
    struct Failure: Error {}
    let storage = MemoryFileIO()
    let table = try await Self.table(storage)
    let first = try await MaintenanceLock.hold(table, lasting: .milliseconds(60)) { lock in
      let start = lock.holder.expiresMillis
      while lock.holder.expiresMillis == start { try await Task.sleep(for: .milliseconds(5)) }
      try await lock.check()
      return Self.files(storage).count
    }
    guard case .done(1) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(Self.files(storage).isEmpty)
    await #expect(throws: Failure.self) {
      try await MaintenanceLock.hold(table) { _ in throw Failure() }
    }
    #expect(Self.files(storage).isEmpty)
    let task = Task {
      try await MaintenanceLock.hold(table) { _ in try await Task.sleep(for: .seconds(60)) }
    }
    while Self.files(storage).isEmpty { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(Self.files(storage).isEmpty)
  }

  @Test("of many that take a free or a stale lock, one succeeds", arguments: [false, true])
  func race(isStale: Bool) async throws {
    let directory = try TemporaryDirectory()
    let table = try await Self.table(LocalFileIO(), in: directory.path)
    defer { withExtendedLifetime(directory) {} }
    let clock = TestEnvironment()
    for _ in 0..<10 {
      if isStale {
        _ = try #require(try await Self.taken(table, clock, "stale"))
        clock.millis += 60_001
      }
      let winners = try await withThrowingTaskGroup(of: MaintenanceLock?.self) { group in
        for taker in 0..<8 {
          group.addTask { try await Self.taken(table, clock, "\(taker)", lasting: .seconds(3600)) }
        }
        var winners: [MaintenanceLock] = []
        for try await lock in group { if let lock { winners.append(lock) } }
        return winners
      }
      #expect(winners.count == 1)
      for lock in winners {
        try await lock.check()
        try await lock.release()
      }
    }
  }

  @Test("whatever the order of their steps, no two hold the lock at the same time")
  func interleavings() async throws {
    let base = MemoryFileIO()
    let random = Locked(SeededRandom())
    // Tasks pass each other between any two calls.
    let storage = FaultyFileIO(base) { _ in
      .yield(random.withLock { Int.random(in: 0..<6, using: &$0) })
    }
    let table = try await Self.table(storage)
    let held = Locked(0)
    let worst = Locked(0)
    let count = Locked(0)
    let clock = TestEnvironment()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<6 {
        group.addTask {
          for _ in 0..<40 {
            guard
              let lock = try await Self.taken(table, clock, "\(worker)", lasting: .seconds(9999))
            else {
              await Task.yield()
              continue
            }
            let now = held.withLock { held in
              held += 1
              return held
            }
            worst.withLock { $0 = max($0, now) }
            count.withLock { $0 += 1 }
            await Task.yield()
            held.withLock { $0 -= 1 }
            try await lock.release()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(worst.withLock { $0 } == 1)
    #expect(count.withLock { $0 } > 10)
    #expect(Self.files(base).isEmpty)
  }

  @Test("a lock that cannot be written leaves nothing behind")
  func failing() async throws {
    let lost = IcebergError(.unavailable, "no answer")
    for fault in [FaultyFileIO.Fault.fail(lost), .loseReply(lost)] {
      for number in 0..<6 {
        let storage = MemoryFileIO()
        let table = try await Self.table(storage)
        let faulty = FaultyFileIO(storage) { call in call.number == number ? fault : nil }
        let view = Table(
          identifier: table.identifier, metadata: table.metadata,
          metadataLocation: table.metadataLocation, fileIO: faulty, catalog: nil)
        if let lock = try? await Self.taken(view, TestEnvironment()) {
          try? await lock.release()
          try? await lock.release()
        }
        #expect(Self.files(storage).isEmpty, "call \(number)")
      }
    }
  }

  @Test("a file that is no lock is named, with what to do")
  func unreadable() async throws {
    let storage = MemoryFileIO()
    let table = try await Self.table(storage)
    try await storage.write(
      Bytes(Array("{}".utf8)), to: "/wh/db/t/metadata/_maintenance/lock-3.json", mode: .createNew)
    let error = await #expect(throws: IcebergError.self) {
      _ = try await Self.taken(table, TestEnvironment())
    }
    #expect(error?.code == .invalidFile)
    #expect(error?.context.location?.hasSuffix("lock-3.json") == true)
  }
}
