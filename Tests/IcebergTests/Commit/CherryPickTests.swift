import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct CherryPickTests {
  /// A table partitioned by `city`, with the file `a` in it.
  static func make() async throws -> Table {
    let table = try await MemoryCatalog().createTable(
      "db.t", SampleTable.creation(partitioned: true))
    return try await table.append([file("a", of: table)])
  }

  static func file(_ name: String, of table: Table, city: String = "Ulm") -> DataFile {
    SampleTable.dataFile(name, of: table, partition: StructValue([.string(city)]))
  }

  /// Stages an append of one file. Returns the table and the staged snapshot.
  static func staged(
    _ table: Table, _ name: String, wapID: String
  ) async throws -> (table: Table, snapshot: Snapshot) {
    let after = try await table.commit { transaction in
      transaction.append([file(name, of: table)])
      transaction.stage(wapID: wapID)
    }
    let snapshot = try #require(after.metadata.snapshots.last)
    #expect(snapshot.summary?["wap.id"] == wapID)
    #expect(after.metadata.currentSnapshotID == table.metadata.currentSnapshotID)
    return (after, snapshot)
  }

  static func names(of table: Table) async throws -> [String] {
    try await table.scan().tasks().map { String($0.file.location.split(separator: "/").last ?? "") }
      .sorted()
  }

  @Test("what follows the last snapshot is not repeated: the branch moves to it")
  func fastForward() async throws {
    let (table, snapshot) = try await Self.staged(try await Self.make(), "b", wapID: "w")
    let after = try await table.commit { $0.cherryPick(snapshot.id) }
    #expect(after.metadata.currentSnapshotID == snapshot.id)
    #expect(after.metadata.snapshots.count == 2)
    #expect(try await Self.names(of: after) == ["a", "b"])
    await expectError(.validationFailed) { try await after.commit { $0.cherryPick(snapshot.id) } }
    await expectError(.notFound) { try await after.commit { $0.cherryPick(5) } }
  }

  @Test("an append beside the branch is repeated on it, once")
  func append() async throws {
    let (made, snapshot) = try await Self.staged(try await Self.make(), "b", wapID: "w")
    var table = made
    table = try await table.append([Self.file("c", of: table)])
    let picked = snapshot
    table = try await table.commit { $0.cherryPick(picked.id) }
    let new = try #require(table.metadata.currentSnapshot)
    #expect(try await Self.names(of: table) == ["a", "b", "c"])
    #expect(new.summary?.operation == .append)
    #expect(new.summary?["source-snapshot-id"] == "\(picked.id)")
    #expect(new.summary?["published-wap-id"] == "w")
    #expect(new.summary?["wap.id"] == nil)
    #expect(new.summary?["added-data-files"] == "1")
    #expect(new.summary?["total-data-files"] == "3")
    let version = table
    await expectError(.validationFailed) { try await version.commit { $0.cherryPick(picked.id) } }
    // Another snapshot of the same id is one that was published.
    let (twice, other) = try await Self.staged(table, "d", wapID: "w")
    await expectError(.validationFailed) { try await twice.commit { $0.cherryPick(other.id) } }
  }

  @Test("rows that are picked get row ids of their own")
  func lineage() async throws {
    let catalog = MemoryCatalog()
    var table = try await catalog.createTable(
      "db.t", SampleTable.creation(properties: ["format-version": "3"]))
    table = try await table.append([SampleTable.dataFile("a", of: table)])
    let staged = try await table.commit { transaction in
      transaction.append([SampleTable.dataFile("b", of: table)])
      transaction.stage(wapID: "w")
    }
    table = try await staged.append([SampleTable.dataFile("c", of: staged)])
    table = try await table.commit { $0.publish(wapID: "w") }
    #expect(table.metadata.currentSnapshot?.firstRowID == 30)
    #expect(table.metadata.nextRowID == 40)
    let ids = try await table.scan().tasks().map(\.file.firstRowID)
    #expect(Set(ids) == [0, 20, 30])
  }

  @Test("what was staged is published by its id")
  func publish() async throws {
    let made = try await Self.staged(try await Self.make(), "b", wapID: "w").table
    var table = made
    let before = table
    await expectError(.notFound) { try await before.commit { $0.publish(wapID: "x") } }
    table = try await table.commit { $0.publish(wapID: "w") }
    #expect(try await Self.names(of: table) == ["a", "b"])
    let published = table
    await expectError(.validationFailed) { try await published.commit { $0.publish(wapID: "w") } }
    (table, _) = try await Self.staged(table, "c", wapID: "v")
    (table, _) = try await Self.staged(table, "d", wapID: "v")
    let twice = table
    await expectError(.invalidArgument) { try await twice.commit { $0.publish(wapID: "v") } }
  }

  @Test("a replacement of partitions is repeated unless they got new files since")
  func replacement() async throws {
    let table = try await Self.make()
    let staged = try await table.commit { transaction in
      transaction.replacePartitions(with: [Self.file("b", of: table)])
      transaction.stage(wapID: "w")
    }
    // Another partition does not matter.
    var other = try await staged.append([Self.file("x", of: table, city: "Bonn")])
    other = try await other.commit { $0.publish(wapID: "w") }
    #expect(try await Self.names(of: other) == ["b", "x"])
    let new = try #require(other.metadata.currentSnapshot)
    #expect(new.summary?.operation == .overwrite)
    #expect(new.summary?["deleted-data-files"] == "1")
    #expect(new.summary?["published-wap-id"] == "w")
  }

  @Test("a replacement of a partition that got new files, or lost its own, is refused")
  func changedPartition() async throws {
    let table = try await Self.make()
    let staged = try await table.commit { transaction in
      transaction.replacePartitions(with: [Self.file("b", of: table)])
      transaction.stage(wapID: "w")
    }
    let added = try await staged.append([Self.file("c", of: table)])
    var error = await #expect(throws: IcebergError.self) {
      try await added.commit { $0.publish(wapID: "w") }
    }
    let picked = try #require(staged.metadata.snapshots.last?.id)
    let append = try #require(added.metadata.currentSnapshotID)
    #expect(error?.code == .validationFailed)
    #expect(
      error?.message == """
        snapshot \(picked) cannot be picked for 'main': its overwrite replaced what was there, and \
        since then the append of snapshot \(append) has added \(Self.file("c", of: table).location) \
        to partition 'city=Ulm'
        """)
    let removed = try await added.commit { transaction in
      transaction.rollback(to: table.metadata.currentSnapshotID ?? 0)
      transaction.deleteFiles([Self.file("a", of: table)])
    }
    let delete = try #require(removed.metadata.currentSnapshotID)
    error = await #expect(throws: IcebergError.self) {
      try await removed.commit { $0.publish(wapID: "w") }
    }
    #expect(error?.code == .validationFailed)
    #expect(
      error?.message == """
        the cherry-pick of branch 'main' conflicts with what was committed since: the delete of \
        snapshot \(delete) removed \(Self.file("a", of: table).location), which matters for any rows; \
        read the table again and make the change anew
        """)
  }

  @Test("other operations are picked only where they follow the last snapshot")
  func otherOperation() async throws {
    let table = try await Self.make()
    let staged = try await table.commit { transaction in
      transaction.deleteFiles([Self.file("a", of: table)])
      transaction.stage(wapID: "w")
    }
    let moved = try await staged.append([Self.file("c", of: table)])
    await expectError(.validationFailed) { try await moved.commit { $0.publish(wapID: "w") } }
    let back = try await moved.commit { transaction in
      transaction.rollback(to: table.metadata.currentSnapshotID ?? 0)
      transaction.publish(wapID: "w")
    }
    #expect(try await Self.names(of: back).isEmpty)
  }

  @Test("a snapshot can be picked for another branch, and beside another writer")
  func branches() async throws {
    let (made, snapshot) = try await Self.staged(try await Self.make(), "b", wapID: "w")
    var table = made
    let picked = snapshot
    table = try await table.commit { $0.createBranch("dev") }
    table = try await table.append([Self.file("c", of: table)], toBranch: "dev")
    let old = table
    _ = try await table.append([Self.file("e", of: table)], toBranch: "dev")
    // The old version does not know of the last append.
    table = try await old.commit { $0.cherryPick(picked.id, toBranch: "dev") }
    let head = try table.metadata.snapshot(referredToBy: "dev")
    #expect(head.summary?["total-data-files"] == "4")
    #expect(table.metadata.currentSnapshotID != head.id)
    let last = table
    await expectError(.notFound) {
      try await last.commit { $0.cherryPick(picked.id, toBranch: "none") }
    }
  }
}
