import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Every operation, while storage fails or others write.
@Suite struct FileOperationFaultTests {
  /// The operations, on a table with the files `A`, `B`, `C`, and deletes of rows of `A`.
  enum Operation: String, CaseIterable, Sendable {
    case append, fastAppend, mergingAppend, overwrite, overwriteByFilter, deleteByLocation
    case deleteByFilter, replacePartitions, rowDelta, rewrite, rewriteManifests, severalOperations
    case staged

    /// Adds the operation to a transaction.
    func add(to transaction: inout Transaction, _ scene: CommitScene) {
      let (a, b, c) = (scene.file("A"), scene.file("B"), scene.file("C"))
      let (d, e) = (scene.file("D"), scene.file("E"))
      let old = scene.deletes("d0", about: "A")
      switch self {
      case .append: transaction.append([d])
      case .fastAppend: transaction.fastAppend([d])
      case .mergingAppend: transaction.append([d, e])
      case .overwrite: transaction.overwrite(removing: [b], adding: [d])
      case .overwriteByFilter:
        transaction.overwrite(where: col("data").bucket(16) == 1, with: [scene.file("B2")])
      case .deleteByLocation: transaction.deleteFiles(at: [c.location])
      case .deleteByFilter: transaction.deleteFiles(where: col("data").bucket(16) == 0)
      case .replacePartitions: transaction.replacePartitions(with: [scene.file("C2"), d])
      case .rowDelta:
        transaction.rowDelta(
          RowDelta(
            addedFiles: [d], addedDeletes: [scene.deletes("d1", about: "A")], removedFiles: [b],
            removedDeletes: [old]))
      case .rewrite: transaction.rewriteFiles(RewriteFiles(removed: [a, b], added: [d]))
      case .rewriteManifests: transaction.rewriteManifests()
      case .severalOperations:
        transaction.append([d])
        transaction.overwrite(removing: [a, d], adding: [e])
        transaction.deleteFiles(at: [e.location])
      case .staged:
        transaction.stage(wapID: "w")
        transaction.deleteFiles(at: [a.location])
      }
    }

    /// The data files of main, and all delete files, once it is done.
    var result: (data: [String], deletes: [String]) {
      switch self {
      case .append, .fastAppend: (["A", "B", "C", "D"], ["d0"])
      case .mergingAppend: (["A", "B", "C", "D", "E"], ["d0"])
      case .overwrite: (["A", "C", "D"], ["d0"])
      case .overwriteByFilter: (["A", "B2", "C"], ["d0"])
      case .deleteByLocation: (["A", "B"], ["d0"])
      case .deleteByFilter: (["B", "C"], [])
      case .replacePartitions: (["A", "B", "C2", "D"], ["d0"])
      case .rowDelta: (["A", "C", "D"], ["d1"])
      case .rewrite: (["C", "D"], [])
      case .rewriteManifests, .staged: (["A", "B", "C"], ["d0"])
      case .severalOperations: (["B", "C"], [])
      }
    }

    /// The delete files once it is done: position deletes of version 2 outlive their data file.
    func deletes(version: Int) -> [String] {
      switch (self, version) {
      case (.rewrite, 2), (.severalOperations, 2): ["d0"]
      default: result.deletes
      }
    }

    /// The number of snapshots that it makes.
    var snapshotCount: Int { self == .severalOperations ? 3 : 1 }
  }

  /// A table in memory, and a second way to it through storage that may fail.
  private struct Setting {
    var plain: CommitScene
    var faulty: CommitScene
    var storage: FaultyFileIO
  }

  private static func make(_ operation: Operation, version: Int = 3) async throws -> Setting {
    let merges = operation == .mergingAppend
    var plain = try await CommitScene(
      version: version, properties: merges ? ["commit.manifest.min-count-to-merge": "2"] : [:])
    try await plain.append("A", "B")
    try await plain.append("C")
    let deletes = plain.deletes("d0", about: "A")
    try await plain.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    return setting(plain) { _ in nil }
  }

  private static func setting(
    _ plain: CommitScene,
    fault: @escaping @Sendable (FaultyFileIO.Call) -> FaultyFileIO.Fault?
  ) -> Setting {
    let storage = FaultyFileIO(plain.storage, fault: fault)
    let catalog = FileSystemCatalog(
      warehouse: CommitScene.warehouse, fileIO: storage, environment: CommitScene.environment())
    return Setting(
      plain: plain, faulty: CommitScene(of: plain.table, plain, catalog: catalog),
      storage: storage)
  }

  /// Another table with the same files.
  private static func copy(
    of scene: CommitScene, fault: @escaping @Sendable (FaultyFileIO.Call) -> FaultyFileIO.Fault?
  ) async throws -> Setting {
    setting(try await scene.copied(), fault: fault)
  }

  @Test(
    "whatever call goes wrong, the table is before the operation or after it",
    arguments: Operation.allCases,
    LongTests.isEnabled ? FaultKind.allCases : [.stopAfter, .fail, .loseReplyUnavailable])
  func calls(_ operation: Operation, _ kind: FaultKind) async throws {
    let base = try await Self.make(operation).plain
    for number in 0..<200 {
      let setting = try await Self.copy(of: base) {
        $0.number == number ? kind.fault : nil
      }
      let (plain, faulty, storage) = (setting.plain, setting.faulty, setting.storage)
      var told: Result<Table, any Error>
      do {
        let table = try await faulty.catalog.loadTable("db.t")
        told = .success(
          try await table.commit(environment: CommitScene.environment()) {
            operation.add(to: &$0, plain)
          })
      } catch {
        told = .failure(error)
      }
      // Reads every manifest of every snapshot: none of them was deleted.
      var after = plain
      after.table = try await plain.table.refreshed()
      let orphans = try await after.orphans()
      let isDone = after.table.metadata.snapshots.count > plain.table.metadata.snapshots.count
      let place = "\(operation) \(kind) at call \(number)"
      #expect(
        try await after.names() == (isDone ? operation.result.data : ["A", "B", "C"]), "\(place)")
      #expect(try await after.names(.deletes) == (isDone ? operation.result.deletes : ["d0"]))
      #expect(
        after.table.metadata.snapshots.count - plain.table.metadata.snapshots.count
          == (isDone ? operation.snapshotCount : 0))
      switch told {
      case .success: #expect(isDone, "\(place)")
      case .failure(let error as IcebergError) where error.code != .commitStateUnknown:
        #expect(!isDone, "\(place): \(error)")
      case .failure: break
      }
      if case .success = told, number >= storage.calls.count {
        // Nothing went wrong, and nothing is left over.
        #expect(orphans.isEmpty, "\(place): \(orphans)")
        break
      }
      #expect(number < 199)
    }
  }

  @Test(
    "after a race lost to another writer the operation is carried out on what that writer made",
    arguments: Operation.allCases, 1...3)
  func races(_ operation: Operation, version: Int) async throws {
    // Staged snapshots of version 1 have no numbers to race for.
    if version == 1, operation == .rowDelta || operation == .staged { return }
    var scene = try await CommitScene(
      version: version,
      properties: operation == .mergingAppend ? ["commit.manifest.min-count-to-merge": "2"] : [:])
    try await scene.append("A", "B")
    try await scene.append("C")
    if version > 1 {
      let deletes = scene.deletes("d0", about: "A")
      try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    }
    let (name, other, file) = (scene.table.identifier, scene.catalog, scene.file("F"))
    let before = scene.table.metadata.snapshots.count
    let catalog = FaultyCatalog(
      other,
      faults: (0..<3).map { number in
        .before {
          // Another file each time, so that the winner is not taken for the loser.
          var file = file
          file.location += number == 0 ? "" : "\(number)"
          let files = [file]
          let table = try await other.loadTable(name)
          _ = try await table.commit(environment: CommitScene.environment()) { $0.append(files) }
        }
      })
    let stale = try await catalog.loadTable(name)
    let plain = scene
    scene.table = try await stale.commit(environment: CommitScene.environment()) {
      operation.add(to: &$0, plain)
    }
    #expect(catalog.commits.count == 4)
    let expected = (operation.result.data + ["F", "F1", "F2"]).sorted()
    #expect(try await scene.names() == expected)
    if version > 1 {
      #expect(try await scene.names(.deletes) == operation.deletes(version: version))
    }
    #expect(scene.table.metadata.snapshots.count == before + 3 + operation.snapshotCount)
    #expect(try await scene.orphans().isEmpty)
    let numbers = scene.table.metadata.snapshots.map(\.sequenceNumber)
    #expect(version == 1 || numbers == Array(1...Int64(numbers.count)))
  }

  @Test(
    "a lost race does not make manifests of added files be written again",
    arguments: [
      Operation.append, .overwrite, .rowDelta, .rewrite,
    ])
  func reused(_ operation: Operation) async throws {
    let setting = try await Self.make(operation)
    let (plain, faulty, storage) = (setting.plain, setting.faulty, setting.storage)
    let file = plain.file("F")
    let other = plain.table
    let catalog = FaultyCatalog(
      faulty.catalog,
      faults: [
        .before {
          _ = try await other.commit(environment: CommitScene.environment()) {
            $0.append([file])
          }
        }
      ])
    let table = try await catalog.loadTable("db.t")
    _ = try await table.commit(environment: CommitScene.environment()) {
      operation.add(to: &$0, plain)
    }
    let manifests = storage.calls.filter { $0.operation == .write && $0.location.contains("-m") }
    #expect(Set(manifests.map(\.location)).count == manifests.count)
    let expected: Int
    switch operation {
    case .append: expected = 1
    case .overwrite: expected = 2
    // Added data, added deletes, one data and one delete manifest without what is removed.
    case .rowDelta: expected = 4
    default: expected = 3
    }
    #expect(manifests.count == expected)
  }

  @Test("a change that was prepared for one format version is prepared again for another")
  func upgraded() async throws {
    var scene = try await CommitScene(version: 2)
    try await scene.append("A")
    let (name, other) = (scene.table.identifier, scene.catalog)
    func race(_ changes: (inout Transaction, CommitScene) -> Void) async throws -> Table {
      let catalog = FaultyCatalog(
        other,
        faults: [
          .before {
            let table = try await other.loadTable(name)
            _ = try await table.commit(environment: CommitScene.environment()) {
              $0.upgradeFormat(to: 3)
            }
          }
        ])
      let plain = scene
      return try await catalog.loadTable(name).commit(environment: CommitScene.environment()) {
        changes(&$0, plain)
      }
    }
    await expectError(.invalidArgument) {
      _ = try await race {
        $0.rowDelta(RowDelta(addedDeletes: [$1.positionDeletes("d", about: "A")]))
      }
    }
    scene.table = try await scene.table.refreshed()
    #expect(scene.table.metadata.formatVersion == 3)
    #expect(try await scene.orphans().isEmpty)
    // Once more, with a change that both versions take.
    scene = try await CommitScene(version: 2)
    try await scene.append("A")
    let (second, secondName) = (scene.catalog, scene.table.identifier)
    let catalog = FaultyCatalog(
      second,
      faults: [
        .before {
          let table = try await second.loadTable(secondName)
          _ = try await table.commit(environment: CommitScene.environment()) {
            $0.upgradeFormat(to: 3)
          }
        }
      ])
    let file = scene.file("B", rows: 7)
    scene.table = try await catalog.loadTable(secondName)
      .commit(environment: CommitScene.environment()) { $0.append([file]) }
    #expect(try scene.head().firstRowID == 0)
    #expect(try await scene.names() == ["A", "B"])
    #expect(try await scene.orphans().isEmpty)
  }

  @Test("rows keep the ids that another commit gave them while their manifests were written anew")
  func identified() async throws {
    for merges in [false, true] {
      var scene = try await CommitScene(version: 2)
      try await scene.append("A", "B")
      try await scene.append("C", "D")
      try await scene.commit { $0.upgradeFormat(to: 3) }
      let (name, catalog) = (scene.table.identifier, scene.catalog)
      // The first attempt finds manifests whose rows have no ids yet.
      let racing = FaultyCatalog(
        catalog,
        faults: [
          .before { [file = scene.file("E")] in
            _ = try await catalog.loadTable(name).commit(environment: CommitScene.environment()) {
              $0.fastAppend([file])
            }
          }
        ])
      let (a, stale) = (scene.file("A"), try await racing.loadTable(name))
      scene.table = try await stale.commit(environment: CommitScene.environment()) {
        if merges { $0.rewriteManifests() } else { $0.deleteFiles([a]) }
      }
      let snapshots = scene.table.metadata.snapshots
      let theirs = try #require(snapshots.dropLast().last)
      func ids(_ snapshot: Snapshot) async throws -> [String: Int64?] {
        var ids: [String: Int64?] = [:]
        for manifest in try await scene.table.manifests(of: snapshot) {
          for entry in try await scene.table.entries(of: manifest) where entry.status != .deleted {
            ids[entry.dataFile.location] = entry.dataFile.firstRowID
          }
        }
        return ids
      }
      var expected = try await ids(theirs)
      if !merges { expected[a.location] = nil }
      #expect(expected.count == (merges ? 5 : 4) && expected.values.allSatisfy { $0 != nil })
      #expect(try await ids(try scene.head()) == expected)
    }
  }
}
