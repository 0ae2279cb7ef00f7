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
}
