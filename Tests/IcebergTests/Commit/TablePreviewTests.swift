import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TablePreviewTests {
  @Test("a preview is what a commit would make, and writes nothing")
  func preview() async throws {
    let (table, ids) = try await TransactionReferencesTests.make()
    let storage = try #require(table.fileIO as? MemoryFileIO)
    let files = storage.locations
    let after = try await table.preview { transaction in
      transaction.append([SampleTable.dataFile("d", of: table)])
      transaction.createTag("v1")
      transaction.setProperty("a", "b")
    }
    #expect(after.metadata.snapshots.count == 4)
    #expect(after.metadata.references["v1"]?.snapshotID == after.metadata.currentSnapshotID)
    #expect(after.metadata.properties["a"] == "b")
    // What was written to memory can be read there, beside the files of the table.
    let tasks = try await after.scan().tasks()
    #expect(tasks.count == 4)
    #expect(storage.locations == files)
    #expect(try await table.refreshed().metadata == table.metadata)
    #expect(table.metadata.currentSnapshotID == ids[2])
    await expectError(.unsupported) { try await after.commit { $0.setProperty("c", "d") } }
  }

  @Test("a preview throws what the commit would throw")
  func failing() async throws {
    let (table, _) = try await TransactionReferencesTests.make()
    await expectError(.notFound) { _ = try await table.preview { $0.rollback(to: 5) } }
    let same = try await table.preview { _ in }
    #expect(same.metadata == table.metadata)
  }

  @Test("a preview refuses what every catalog would refuse of the changes together")
  func refused() async throws {
    let (table, ids) = try await TransactionReferencesTests.make()
    let file = SampleTable.dataFile("d", of: table)
    func refused(_ changes: (inout Transaction) -> Void) async throws {
      let preview = await #expect(throws: IcebergError.self) {
        _ = try await table.preview(changes)
      }
      let commit = await #expect(throws: IcebergError.self) { _ = try await table.commit(changes) }
      #expect(preview?.code == commit?.code && preview?.message == commit?.message)
    }
    try await refused {
      $0.stage(wapID: "w")
      $0.append([file])
      $0.deleteFiles(where: .all)
    }
    try await refused {
      $0.stage(wapID: "")
      $0.append([file])
    }
    try await refused { $0.stage(wapID: "w") }
    try await refused { $0.rollback(to: 5) }
    let lost = try await table.commit { $0.setProperty("commit.retry.num-retries", "many") }
    await expectError(.invalidArgument) {
      _ = try await lost.preview { $0.setProperty("a", "b") }
    }
    await expectError(.invalidArgument) {
      _ = try await lost.commit { $0.setProperty("a", "b") }
    }
    #expect(try await table.refreshed().metadata.snapshots.map(\.id) == ids)
  }

  @Test("a preview refuses what the catalog of the table refuses")
  func refusedByCatalog() async throws {
    let catalog = FileSystemCatalog(warehouse: "memory:/warehouse", fileIO: MemoryFileIO())
    let table = try await catalog.createTable("db.t", SampleTable.creation())
    await expectError(.unsupported) {
      _ = try await table.preview { $0.setLocation("memory:/elsewhere") }
    }
    await expectError(.unsupported) {
      _ = try await table.preview { $0.setProperty("write.metadata.path", "memory:/elsewhere") }
    }
    #expect(try await table.preview { $0.setProperty("a", "b") }.metadata.properties["a"] == "b")
    // Where names are no places, a location is as good as any other.
    let free = try await MemoryCatalog().createTable("db.t", SampleTable.creation())
    let moved = try await free.preview { $0.setLocation("memory:/elsewhere") }
    #expect(moved.metadata.location == "memory:/elsewhere")
  }

  @Test("a new table is not staged under an id that no snapshot can have")
  func stagedCreation() async throws {
    let staged = try await MemoryCatalog().stageTable("db.t", SampleTable.creation())
    let file = SampleTable.dataFile("d", of: staged.table)
    await expectError(.invalidArgument) {
      _ = try await staged.commit {
        $0.stage(wapID: "")
        $0.append([file])
      }
    }
  }
}
