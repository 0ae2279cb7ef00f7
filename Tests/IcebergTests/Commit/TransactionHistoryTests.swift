import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TransactionHistoryTests {
  @Test("a rollback goes to an ancestor; the snapshot log tells of it, and nothing is lost")
  func rollback() async throws {
    let (table, ids) = try await TransactionReferencesTests.make()
    let after = try await table.commit { $0.rollback(to: ids[0]) }
    #expect(after.metadata.currentSnapshotID == ids[0])
    #expect(after.metadata.snapshots.map(\.id) == ids)
    #expect(after.metadata.snapshotLog.map(\.snapshotID) == ids + [ids[0]])
    let last = try #require(after.metadata.snapshotLog.last)
    #expect(last.timestampMillis >= table.metadata.lastUpdatedMillis)
    // From the first, the third cannot be rolled back to: it is no ancestor.
    await expectError(.validationFailed) { try await after.commit { $0.rollback(to: ids[2]) } }
    await expectError(.notFound) { try await after.commit { $0.rollback(to: 5) } }
    let back = try await after.commit { $0.setCurrentSnapshot(ids[2]) }
    #expect(back.metadata.currentSnapshotID == ids[2])
  }

  @Test("a rollback to a time goes to the last snapshot before it")
  func rollbackToTime() async throws {
    let test = TestEnvironment()
    let (table, ids) = try await TransactionReferencesTests.make(environment: test.environment)
    let times = table.metadata.snapshots.map(\.timestampMillis)
    let second = try await table.commit { $0.rollback(toBefore: times[2]) }
    #expect(second.metadata.currentSnapshotID == ids[1])
    let first = try await second.commit { $0.rollback(toBefore: times[0] + 1) }
    #expect(first.metadata.currentSnapshotID == ids[0])
    await expectError(.notFound) { try await first.commit { $0.rollback(toBefore: times[0]) } }
    // What was rolled back is not on the branch any more, however young.
    let same = try await first.commit { $0.rollback(toBefore: .max) }
    #expect(same.metadata.currentSnapshotID == ids[0])
  }

  @Test("branches are rolled back alone")
  func branch() async throws {
    let (made, ids) = try await TransactionReferencesTests.make()
    var table = made
    let first = ids[0]
    table = try await table.commit { $0.createBranch("dev") }
    table = try await table.commit { $0.rollback(to: first, branch: "dev") }
    #expect(table.metadata.references["dev"]?.snapshotID == first)
    #expect(table.metadata.currentSnapshotID == ids[2])
    #expect(table.metadata.snapshotLog.map(\.snapshotID) == ids)
    let version = try await table.commit { $0.createTag("v1") }
    await expectError(.invalidArgument) {
      try await version.commit { $0.rollback(to: first, branch: "v1") }
    }
    await expectError(.notFound) {
      try await version.commit { $0.rollback(to: first, branch: "none") }
    }
  }

  @Test("any snapshot, branch or tag can be made current")
  func setCurrent() async throws {
    let (made, ids) = try await TransactionReferencesTests.make()
    var table = made
    let first = ids[0]
    let file = SampleTable.dataFile("d", of: table)
    table = try await table.append([file], toBranch: "audit")
    let audited = try #require(table.metadata.references["audit"]?.snapshotID)
    table = try await table.commit { $0.setCurrentSnapshot(to: "audit") }
    #expect(table.metadata.currentSnapshotID == audited)
    table = try await table.commit { transaction in
      transaction.createTag("v1", at: first)
      transaction.setCurrentSnapshot(to: "v1")
    }
    #expect(table.metadata.currentSnapshotID == first)
    let version = table
    await expectError(.notFound) { try await version.commit { $0.setCurrentSnapshot(5) } }
    await expectError(.notFound) { try await version.commit { $0.setCurrentSnapshot(to: "x") } }
    let same = try await version.commit { $0.setCurrentSnapshot(first) }
    #expect(same.metadataLocation == version.metadataLocation)
  }

  @Test("a table without snapshots has nothing to go back to")
  func empty() async throws {
    let table = try await MemoryCatalog().createTable("db.t", SampleTable.creation())
    await expectError(.notFound) { try await table.commit { $0.rollback(to: 1) } }
    await expectError(.notFound) { try await table.commit { $0.rollback(toBefore: .max) } }
  }
}
