import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TransactionTests {
  static func make() async throws -> Table {
    try await MemoryCatalog().createTable("db.t", SampleTable.creation())
  }

  @Test("several changes are one version")
  func together() async throws {
    let table = try await Self.make()
    let after = try await table.commit { transaction in
      transaction.append([SampleTable.dataFile("a", of: table)])
      transaction.setProperty("owner", "ops")
      transaction.append([SampleTable.dataFile("b", of: table)])
      transaction.createTag("first")
      transaction.setProperties(["x": "1", "y": "2"])
      transaction.removeProperties(["x", "not there"])
    }
    #expect(after.metadata.metadataLog.count == 1)
    #expect(after.metadata.snapshots.count == 1)
    #expect(after.metadata.currentSnapshot?.summary?["added-data-files"] == "2")
    #expect(after.metadata.properties["owner"] == "ops")
    #expect(after.metadata.properties["x"] == nil)
    #expect(after.metadata.properties["y"] == "2")
    // The tag sees what the changes before it made.
    #expect(after.metadata.references["first"]?.snapshotID == after.metadata.currentSnapshotID)
    #expect(after.metadata.references["first"]?.kind == .tag)
    #expect(try await table.refreshed().metadata == after.metadata)
  }

  @Test("appends to two branches are two snapshots of one version")
  func twoBranches() async throws {
    let table = try await Self.make()
    let after = try await table.commit { transaction in
      transaction.append([SampleTable.dataFile("a", of: table)])
      transaction.append([SampleTable.dataFile("b", of: table)], toBranch: "audit")
    }
    #expect(after.metadata.metadataLog.count == 1)
    #expect(after.metadata.snapshots.map(\.sequenceNumber) == [1, 2])
    let head = try after.metadata.snapshot(referredToBy: "audit")
    #expect(head.parentID == after.metadata.currentSnapshotID)
  }

  @Test("branches and tags are made, moved and removed")
  func references() async throws {
    var table = try await Self.make()
    await expectError(.invalidArgument) { try await table.commit { $0.createTag("early") } }
    table = try await table.append([SampleTable.dataFile("a", of: table)])
    let first = try #require(table.metadata.currentSnapshotID)
    table = try await table.append([SampleTable.dataFile("b", of: table)])
    table = try await table.commit { transaction in
      transaction.createBranch("dev")
      transaction.createTag("v1", at: first)
    }
    #expect(table.metadata.references["dev"]?.snapshotID == table.metadata.currentSnapshotID)
    #expect(table.metadata.references["v1"]?.snapshotID == first)
    let version = table
    await expectError(.alreadyExists) { try await version.commit { $0.createTag("dev") } }
    await expectError(.validationFailed) { try await version.commit { $0.createTag("t", at: 5) } }
    await expectError(.notFound) { try await version.commit { $0.removeReference("none") } }
    await expectError(.invalidArgument) { try await version.commit { $0.removeReference("main") } }
    await expectError(.invalidArgument) { try await version.commit { $0.createTag("") } }
    table = try await table.commit { transaction in
      transaction.setReference(
        "dev", SnapshotReference(snapshotID: first, kind: .branch, minSnapshotsToKeep: 3))
      transaction.removeReference("v1")
    }
    #expect(table.metadata.references["dev"]?.snapshotID == first)
    #expect(table.metadata.references["dev"]?.minSnapshotsToKeep == 3)
    #expect(table.metadata.references["v1"] == nil)
    // Writing to a branch keeps how long it is kept.
    table = try await table.append([SampleTable.dataFile("c", of: table)], toBranch: "dev")
    #expect(table.metadata.references["dev"]?.minSnapshotsToKeep == 3)
  }

  @Test("a location is changed where the catalog allows it; new files are written there")
  func location() async throws {
    var table = try await Self.make()
    table = try await table.commit { $0.setLocation("memory:/moved/") }
    #expect(table.metadata.location == "memory:/moved")
    table = try await table.append([SampleTable.dataFile("a", of: table)])
    #expect(table.metadataLocation?.hasPrefix("memory:/moved/metadata/") == true)
  }

  @Test("facts are no properties")
  func reserved() async throws {
    let table = try await Self.make()
    await expectError(.invalidArgument) {
      try await table.commit { $0.setProperty("current-snapshot-id", "1") }
    }
  }

  @Test("no changes commit nothing")
  func empty() async throws {
    let table = try await Self.make()
    #expect(try await table.commit { _ in }.metadataLocation == table.metadataLocation)
    let same = try await table.commit { $0.removeProperties(["not there"]) }
    #expect(same.metadataLocation == table.metadataLocation)
  }

  @Test("what the closure throws is thrown, and nothing is committed")
  func throwing() async throws {
    struct Failure: Error {}
    let table = try await Self.make()
    await #expect(throws: Failure.self) {
      try await table.commit { transaction in
        transaction.setProperty("a", "b")
        throw Failure()
      }
    }
    #expect(try await table.refreshed().metadata == table.metadata)
  }

  @Test("a table that was opened from its files is not changed")
  func readOnly() async throws {
    let table = try await Self.make()
    let opened = try await Table.open(
      at: #require(table.metadataLocation), fileIO: table.fileIO)
    await expectError(.unsupported) { try await opened.commit { $0.setProperty("a", "b") } }
  }

  @Test("an old table without UUID gets one")
  func uuid() async throws {
    let storage = MemoryFileIO()
    let old = """
      {"format-version": 1, "location": "memory:/t", "last-updated-ms": 5, "last-column-id": 1,
       "schema": {"type": "struct", "fields": [
         {"id": 1, "name": "x", "required": false, "type": "long"}]},
       "partition-spec": [], "properties": {}, "current-snapshot-id": -1, "snapshots": []}
      """
    let location = "memory:/t/metadata/00000-x.metadata.json"
    try await storage.write(Bytes(utf8: old), to: location, mode: .createNew)
    let catalog = MemoryCatalog(fileIO: storage)
    let table = try await catalog.registerTable("db.t", metadataLocation: location)
    #expect(table.metadata.tableUUID == nil)
    let after = try await table.append([SampleTable.dataFile("a", of: table)])
    #expect(after.metadata.tableUUID?.count == 36)
    #expect(after.metadata.formatVersion == 1)
    let third = try await after.commit { $0.setProperty("a", "b") }
    #expect(third.metadata.tableUUID == after.metadata.tableUUID)
  }
}
