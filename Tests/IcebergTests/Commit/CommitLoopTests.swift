import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct CommitLoopTests {
  static let name: TableIdentifier = "db.t"
  static let conflict = IcebergError(.commitConflict, "too late")

  struct Setting {
    let storage: MemoryFileIO
    let memory: MemoryCatalog
    let catalog: FaultyCatalog
    let table: Table
    let world: TestEnvironment

    /// Appends one file through the catalog that fails.
    func append(_ name: String = "a", retry: RetryPolicy? = nil) async throws -> Table {
      try await table.commit(retry: retry, environment: world.environment) {
        $0.append([SampleTable.dataFile(name, of: table)])
      }
    }

    /// Commits behind the back of the one that is tested.
    func rival(_ name: String = "rival") async throws {
      let table = try await memory.loadTable(CommitLoopTests.name)
      try await table.append([SampleTable.dataFile(name, of: table)])
    }

    /// The Avro files that lie there.
    var avroFiles: Set<String> { Set(storage.locations.filter { $0.hasSuffix(".avro") }) }

    /// The Avro files that the current version refers to.
    func usedFiles() async throws -> Set<String> {
      let table = try await memory.loadTable(CommitLoopTests.name)
      var used: Set<String> = []
      for snapshot in table.metadata.snapshots {
        guard case .list(let list) = snapshot.manifests else { continue }
        used.insert(list)
        used.formUnion(try await FastAppendTests.manifests(of: table, snapshot).map(\.location))
      }
      return used
    }
  }

  static func make(
    _ faults: [FaultyCatalog.Fault] = [], properties: [String: String] = [:]
  ) async throws -> Setting {
    let storage = MemoryFileIO()
    let memory = MemoryCatalog(fileIO: storage)
    let catalog = FaultyCatalog(memory, faults: faults)
    let table = try await catalog.createTable(
      name, SampleTable.creation(properties: properties))
    return Setting(
      storage: storage, memory: memory, catalog: catalog, table: table, world: TestEnvironment())
  }

  @Test("files that were to be added stay when a commit fails, and when nobody knows")
  func dataFiles() async throws {
    for error in [IcebergError(.storage, "no"), IcebergError(.commitStateUnknown, "?")] {
      let setting = try await Self.make(Array(repeating: .fail(error), count: 10))
      let files = try await setting.table.withWriter {
        try await $0.write(WarehouseScene.batch(0..<4))
      }
      await expectError(error.code) {
        _ = try await setting.table.commit(environment: setting.world.environment) {
          $0.append(files)
        }
      }
      #expect(
        !files.isEmpty && files.allSatisfy { setting.storage.locations.contains($0.location) })
      #expect(setting.avroFiles.isEmpty == (error.code == .storage))
    }
  }

  @Test("a lost race is run again on the new version, with the manifests that are there")
  func retry() async throws {
    let setting = try await Self.make([.fail(Self.conflict), .fail(Self.conflict)])
    try await setting.rival()
    let after = try await setting.append()
    #expect(setting.catalog.commits.count == 3)
    // The second attempt follows at once: the first may have started from an old version.
    #expect(setting.world.waits.count == 1)
    #expect(after.metadata.snapshots.count == 2)
    // One snapshot id and one manifest for all attempts, a list for each, of which one is left.
    let ids = Set(setting.catalog.commits.flatMap(\.addedSnapshots).map(\.id))
    #expect(ids.count == 1)
    #expect(try await setting.usedFiles() == setting.avroFiles)
    let manifests = try await FastAppendTests.manifests(of: after)
    #expect(manifests.count == 2)
    #expect(manifests[0].location.hasSuffix("-m0.avro"))
    #expect(after.metadata.currentSnapshot?.summary?["total-data-files"] == "2")
    guard case .list(let list)? = after.metadata.currentSnapshot?.manifests else { return }
    #expect(list.contains("-3-"))
  }

  @Test("a version that another writer made in between is built upon")
  func realConflict() async throws {
    let gate = Locked<[@Sendable () async throws -> Void]>([])
    let setting = try await Self.make([
      .before { for body in gate.value { try await body() } }
    ])
    gate.withLock { $0 = [{ try await setting.rival() }] }
    let after = try await setting.append()
    #expect(after.metadata.snapshots.map(\.sequenceNumber) == [1, 2])
    #expect(setting.catalog.commits.count == 2)
    #expect(try await setting.usedFiles() == setting.avroFiles)
  }

  @Test("when all attempts are lost, nothing is left behind and the error says so")
  func givenUp() async throws {
    let setting = try await Self.make(Array(repeating: .fail(Self.conflict), count: 99))
    await expectError(.commitConflict) { _ = try await setting.append() }
    #expect(setting.catalog.commits.count == 5)
    #expect(setting.world.waits.count == 3)
    #expect(setting.avroFiles.isEmpty)
    let never = try await Self.make([.fail(Self.conflict)])
    await expectError(.commitConflict) { _ = try await never.append(retry: .never) }
    #expect(never.catalog.commits.count == 1)
  }

  @Test("the table says how often and how long")
  func properties() async throws {
    let setting = try await Self.make(
      Array(repeating: .fail(Self.conflict), count: 99),
      properties: [
        "commit.retry.num-retries": "50", "commit.retry.min-wait-ms": "1000",
        "commit.retry.max-wait-ms": "1000", "commit.retry.total-timeout-ms": "4500",
      ])
    await expectError(.commitConflict) { _ = try await setting.append() }
    #expect(setting.world.waits == Array(repeating: .milliseconds(1000), count: 5))
  }

  @Test("a catalog that is not reachable is tried again, other failures are not")
  func otherFailures() async throws {
    let away = try await Self.make([.fail(IcebergError(.unavailable, "503"))])
    #expect(try await away.append().metadata.snapshots.count == 1)
    #expect(away.world.waits.count == 1)
    for code in [IcebergError.Code.permissionDenied, .validationFailed, .storage, .invalidArgument]
    {
      let setting = try await Self.make([.fail(IcebergError(code, "no"))])
      await expectError(code) { _ = try await setting.append() }
      #expect(setting.catalog.commits.count == 1)
      #expect(setting.avroFiles.isEmpty)
    }
  }

  struct Odd: Error {}

  @Test("a lost reply is found out: the commit took place")
  func lostReply() async throws {
    let errors: [any Error] = [
      IcebergError(.commitStateUnknown, "?"), CancellationError(), Odd(),
    ]
    for error in errors {
      let setting = try await Self.make([.loseReply(error)])
      // Others go on meanwhile.
      let after = try await setting.append()
      #expect(after.metadata.snapshots.count == 1)
      #expect(setting.catalog.commits.count == 1)
      #expect(try await setting.usedFiles() == setting.avroFiles)
    }
  }

  @Test("a reply that is lost while the catalog is away is found out later")
  func lostReplyAndAway() async throws {
    let setting = try await Self.make([.loseReply(IcebergError(.commitStateUnknown, "?"))])
    setting.catalog.failLoads(3)
    #expect(try await setting.append().metadata.snapshots.count == 1)
    #expect(setting.world.waits.count == 3)
  }

  @Test("an outcome that cannot be found out is unknown, and nothing is deleted")
  func unknown() async throws {
    let errors: [any Error] = [IcebergError(.commitStateUnknown, "?"), Odd(), CancellationError()]
    for error in errors {
      let setting = try await Self.make([.fail(error)])
      await expectError(.commitStateUnknown) { _ = try await setting.append() }
      #expect(setting.avroFiles.count == 2)
      #expect(setting.catalog.loads == 4)
      #expect(setting.world.waits.count == 3)
    }
    // The same, where the commit did take place.
    let setting = try await Self.make([.loseReply(Odd())])
    setting.catalog.failLoads(100)
    await expectError(.commitStateUnknown) { _ = try await setting.append() }
    #expect(try await setting.usedFiles() == setting.avroFiles)
  }

  @Test("a property that is set is a commit that took place")
  func unknownProperties() async throws {
    let made = try await Self.make([.loseReply(Odd())])
    let after = try await made.table.commit(environment: made.world.environment) {
      $0.setProperty("a", "b")
    }
    #expect(after.metadata.properties["a"] == "b")
    let notMade = try await Self.make([.fail(Odd())])
    await expectError(.commitStateUnknown) {
      try await notMade.table.commit(environment: notMade.world.environment) {
        $0.setProperty("a", "b")
      }
    }
  }

  @Test("a conflict that is reported for a commit that took place is no conflict")
  func falseConflict() async throws {
    let setting = try await Self.make([.loseReply(Self.conflict)])
    let after = try await setting.append()
    #expect(after.metadata.snapshots.count == 1)
    #expect(setting.catalog.commits.count == 1)
    #expect(try await setting.usedFiles() == setting.avroFiles)
  }

  @Test("a table that was dropped and made again is another table")
  func recreated() async throws {
    let setting = try await Self.make([.fail(Self.conflict)])
    try await setting.memory.dropTable(Self.name, purge: false)
    _ = try await setting.memory.createTable(Self.name, SampleTable.creation())
    await expectError(.validationFailed) { _ = try await setting.append() }
    #expect(setting.avroFiles.isEmpty)
    let gone = try await Self.make([.fail(Self.conflict)])
    try await gone.memory.dropTable(Self.name, purge: false)
    await expectError(.notFound) { _ = try await gone.append() }
  }

  @Test("a task that is cancelled while it waits has committed nothing and leaves nothing")
  func cancelledWaiting() async throws {
    let setting = try await Self.make(Array(repeating: .fail(Self.conflict), count: 99))
    let task = Task {
      var environment = setting.world.environment
      environment.sleep = { _ in try await Task.sleep(for: .seconds(60)) }
      return try await setting.table.commit(environment: environment) {
        $0.append([SampleTable.dataFile("a", of: setting.table)])
      }
    }
    while setting.catalog.commits.isEmpty { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(setting.avroFiles.isEmpty)
  }

  @Test("a commit that is cancelled on its way is looked after, without waiting")
  func cancelledCommitting() async throws {
    let lost = try await Self.make([
      .before {
        while !Task.isCancelled { await Task.yield() }
        throw CancellationError()
      }
    ])
    let task = Task { try await lost.append() }
    while lost.catalog.commits.isEmpty { await Task.yield() }
    task.cancel()
    await expectError(.commitStateUnknown) { _ = try await task.value }
    #expect(lost.avroFiles.count == 2)
    #expect(lost.world.waits.isEmpty)
  }

  @Test("manifests are written anew when the format version has changed")
  func upgraded() async throws {
    let setting = try await Self.make([.fail(Self.conflict)], properties: ["format-version": "1"])
    _ = try await setting.memory.commit(
      TableCommit(requirements: [], updates: [.upgradeFormatVersion(2)]), to: Self.name)
    let after = try await setting.append()
    #expect(after.metadata.lastSequenceNumber == 1)
    #expect(try await FastAppendTests.entries(of: after).map(\.sequenceNumber) == [1])
    #expect(try await setting.usedFiles() == setting.avroFiles)
  }

  @Test("a change that becomes impossible on the new version ends the commit")
  func impossible() async throws {
    let setting = try await Self.make([.fail(Self.conflict)])
    try await setting.rival()
    let rival = try await setting.memory.loadTable(Self.name)
    try await rival.commit { $0.createTag("taken") }
    let table = try await setting.catalog.loadTable(Self.name)
    _ = table
    await expectError(.invalidArgument) {
      try await setting.table.commit(environment: setting.world.environment) { transaction in
        transaction.append([SampleTable.dataFile("a", of: setting.table)], toBranch: "taken")
      }
    }
    #expect(try await setting.usedFiles() == setting.avroFiles)
  }

  @Test("what cannot be cleaned up does not fail the commit")
  func cleanupFailure() async throws {
    let memory = MemoryFileIO()
    let faulty = FaultyFileIO(memory) {
      $0.operation == .remove ? .fail(IcebergError(.permissionDenied, "no")) : nil
    }
    let catalog = FaultyCatalog(MemoryCatalog(fileIO: faulty), faults: [.fail(Self.conflict)])
    let table = try await catalog.createTable(Self.name, SampleTable.creation())
    let after = try await table.commit(environment: TestEnvironment().environment) {
      $0.append([SampleTable.dataFile("a", of: table)])
    }
    #expect(after.metadata.snapshots.count == 1)
  }
}
