import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TransactionReferencesTests {
  /// A table with three snapshots in a row, and their ids.
  static func make(
    environment: CommitEnvironment = .system
  ) async throws -> (table: Table, ids: [Int64]) {
    var table = try await MemoryCatalog(environment: environment)
      .createTable("db.t", SampleTable.creation())
    var ids: [Int64] = []
    for name in ["a", "b", "c"] {
      let file = SampleTable.dataFile(name, of: table)
      table = try await table.commit(environment: environment) { $0.append([file]) }
      ids.append(try #require(table.metadata.currentSnapshotID))
    }
    return (table, ids)
  }

  @Test("branches and tags are made with what says how long they are kept")
  func creation() async throws {
    let (table, ids) = try await Self.make()
    let after = try await table.commit { transaction in
      transaction.createBranch(
        "audit", at: ids[1],
        retention: ReferenceRetention(
          minSnapshotsToKeep: 2, maxSnapshotAgeMillis: 3, maxReferenceAgeMillis: 4))
      transaction.createTag(
        "v1", at: ids[0], retention: ReferenceRetention(maxReferenceAgeMillis: 5))
    }
    #expect(
      after.metadata.references["audit"]
        == SnapshotReference(
          snapshotID: ids[1], kind: .branch, minSnapshotsToKeep: 2, maxSnapshotAgeMillis: 3,
          maxReferenceAgeMillis: 4))
    #expect(
      after.metadata.references["v1"]
        == SnapshotReference(snapshotID: ids[0], kind: .tag, maxReferenceAgeMillis: 5))
    await expectError(.invalidArgument) {
      try await table.commit {
        $0.createTag("t", retention: ReferenceRetention(minSnapshotsToKeep: 1))
      }
    }
    await expectError(.invalidArgument) {
      try await table.commit {
        $0.createBranch("b", retention: ReferenceRetention(minSnapshotsToKeep: 0))
      }
    }
  }

  @Test("a branch of a table without snapshots begins with one that holds nothing")
  func emptyTable() async throws {
    let table = try await MemoryCatalog().createTable("db.t", SampleTable.creation())
    let retention = ReferenceRetention(minSnapshotsToKeep: 7)
    let after = try await table.commit { $0.createBranch("dev", retention: retention) }
    #expect(after.metadata.currentSnapshotID == nil)
    let head = try after.metadata.snapshot(referredToBy: "dev")
    #expect(head.parentID == nil)
    #expect(head.summary?.operation == .append)
    #expect(head.summary?["total-records"] == "0")
    #expect(after.metadata.references["dev"]?.retention == retention)
    #expect(try await after.manifests(of: head).isEmpty)
    await expectError(.invalidArgument) { try await table.commit { $0.createTag("t") } }
    await expectError(.invalidArgument) { try await table.commit { $0.createBranch("main") } }
  }

  @Test("a branch or tag is made to stand for another snapshot and keeps its retention")
  func replacing() async throws {
    let (made, ids) = try await Self.make()
    var table = made
    table = try await table.commit { transaction in
      transaction.createBranch("dev", retention: ReferenceRetention(minSnapshotsToKeep: 2))
      transaction.createTag("v1", retention: ReferenceRetention(maxReferenceAgeMillis: 9))
    }
    let first = ids[0]
    let second = ids[1]
    table = try await table.commit { transaction in
      transaction.replaceBranch("dev", with: first)
      transaction.replaceTag("v1", with: second)
      transaction.replaceBranch("new", with: "v1")
    }
    let references = table.metadata.references
    #expect(
      references["dev"]
        == SnapshotReference(snapshotID: first, kind: .branch, minSnapshotsToKeep: 2))
    #expect(
      references["v1"]
        == SnapshotReference(snapshotID: second, kind: .tag, maxReferenceAgeMillis: 9))
    #expect(references["new"] == SnapshotReference(snapshotID: second, kind: .branch))

    let version = table
    await expectError(.invalidArgument) {
      try await version.commit { $0.replaceBranch("v1", with: first) }
    }
    await expectError(.invalidArgument) {
      try await version.commit { $0.replaceBranch("v1", with: "dev") }
    }
    await expectError(.invalidArgument) {
      try await version.commit { $0.replaceTag("dev", with: first) }
    }
    await expectError(.notFound) {
      try await version.commit { $0.replaceBranch("none", with: first) }
    }
    await expectError(.notFound) { try await version.commit { $0.replaceBranch("dev", with: 5) } }
    await expectError(.notFound) {
      try await version.commit { $0.replaceBranch("dev", with: "none") }
    }
    // What is so already is no change.
    let same = try await version.commit { $0.replaceBranch("dev", with: first) }
    #expect(same.metadataLocation == version.metadataLocation)
  }

  @Test("a branch is moved on only to what was made from its own snapshot")
  func fastForward() async throws {
    let (made, ids) = try await Self.make()
    var table = made
    let first = ids[0]
    table = try await table.commit { transaction in
      transaction.createBranch(
        "dev", at: first, retention: ReferenceRetention(minSnapshotsToKeep: 2))
    }
    let behind = table
    table = try await behind.commit { $0.fastForward("dev", to: "main") }
    #expect(
      table.metadata.references["dev"]
        == SnapshotReference(snapshotID: ids[2], kind: .branch, minSnapshotsToKeep: 2))
    // It stands there already.
    let same = try await table.commit { $0.fastForward("dev", to: "main") }
    #expect(same.metadataLocation == table.metadataLocation)

    let file = SampleTable.dataFile("d", of: table)
    table = try await table.append([file], toBranch: "dev")
    let ahead = table
    await expectError(.validationFailed) {
      try await ahead.commit { $0.fastForward("dev", to: "main") }
    }
    table = try await table.commit { $0.fastForward("main", to: "dev") }
    #expect(table.metadata.currentSnapshotID == table.metadata.references["dev"]?.snapshotID)
    table = try await table.commit { $0.fastForward("made", to: "main") }
    #expect(table.metadata.references["made"]?.snapshotID == table.metadata.currentSnapshotID)
    let last = try await table.commit { $0.createTag("v1", at: first) }
    await expectError(.invalidArgument) {
      try await last.commit { $0.fastForward("v1", to: "main") }
    }
    await expectError(.notFound) { try await last.commit { $0.fastForward("dev", to: "none") } }
  }

  @Test("a renamed branch or tag keeps its snapshot and its retention")
  func renaming() async throws {
    let (made, ids) = try await Self.make()
    var table = made
    let second = ids[1]
    table = try await table.commit { transaction in
      transaction.createBranch(
        "dev", at: second, retention: ReferenceRetention(minSnapshotsToKeep: 2))
      transaction.createTag("v1")
    }
    let before = table
    table = try await table.commit { transaction in
      transaction.renameReference("dev", to: "work")
      transaction.renameReference("v1", to: "v2")
    }
    #expect(table.metadata.references.keys.sorted() == ["main", "v2", "work"])
    #expect(table.metadata.references["work"] == before.metadata.references["dev"])
    #expect(table.metadata.references["v2"] == before.metadata.references["v1"])
    await expectError(.invalidArgument) {
      try await before.commit { $0.renameReference("main", to: "x") }
    }
    let version = table
    await expectError(.alreadyExists) {
      try await version.commit { $0.renameReference("work", to: "v2") }
    }
    await expectError(.notFound) {
      try await version.commit { $0.renameReference("dev", to: "x") }
    }
    await expectError(.invalidArgument) {
      try await version.commit { $0.renameReference("work", to: "") }
    }
  }

  @Test("a branch is removed as a branch, a tag as a tag")
  func removal() async throws {
    let (made, _) = try await Self.make()
    var table = made
    table = try await table.commit { transaction in
      transaction.createBranch("dev")
      transaction.createTag("v1")
    }
    let version = table
    await expectError(.invalidArgument) { try await version.commit { $0.removeBranch("v1") } }
    await expectError(.invalidArgument) { try await version.commit { $0.removeTag("dev") } }
    await expectError(.invalidArgument) { try await version.commit { $0.removeBranch("main") } }
    await expectError(.notFound) { try await version.commit { $0.removeTag("none") } }
    table = try await table.commit { transaction in
      transaction.removeBranch("dev")
      transaction.removeTag("v1")
    }
    #expect(table.metadata.references.keys.sorted() == ["main"])
    #expect(table.metadata.snapshots.count == 3)
  }

  @Test("retention is changed part by part")
  func retention() async throws {
    let (made, _) = try await Self.make()
    var table = made
    table = try await table.commit { transaction in
      transaction.createBranch("dev", retention: ReferenceRetention(minSnapshotsToKeep: 2))
      transaction.createTag("v1")
    }
    table = try await table.commit { transaction in
      transaction.changeRetention(of: "dev") { $0.maxSnapshotAgeMillis = 100 }
      transaction.changeRetention(of: "main") { $0.minSnapshotsToKeep = 3 }
      transaction.changeRetention(of: "v1") { $0.maxReferenceAgeMillis = 7 }
    }
    #expect(
      table.metadata.references["dev"]?.retention
        == ReferenceRetention(minSnapshotsToKeep: 2, maxSnapshotAgeMillis: 100))
    #expect(table.metadata.references["main"]?.minSnapshotsToKeep == 3)
    #expect(table.metadata.references["v1"]?.maxReferenceAgeMillis == 7)
    table = try await table.commit { transaction in
      transaction.changeRetention(of: "dev") { $0.minSnapshotsToKeep = nil }
    }
    #expect(
      table.metadata.references["dev"]?.retention
        == ReferenceRetention(maxSnapshotAgeMillis: 100))
    let version = table
    await expectError(.invalidArgument) {
      try await version.commit { $0.changeRetention(of: "v1") { $0.minSnapshotsToKeep = 1 } }
    }
    await expectError(.invalidArgument) {
      try await version.commit { $0.changeRetention(of: "dev") { $0.maxReferenceAgeMillis = -1 } }
    }
    await expectError(.notFound) {
      try await version.commit { $0.changeRetention(of: "none") { $0.minSnapshotsToKeep = 1 } }
    }
  }

  @Test("a branch that another writer has moved meanwhile is renamed as it is now, not as it was")
  func movedMeanwhile() async throws {
    let (made, _) = try await Self.make()
    var table = made
    table = try await table.commit { $0.createBranch("dev") }
    let old = table
    let file = SampleTable.dataFile("d", of: table)
    let moved = try await table.append([file], toBranch: "dev")
    let renamed = try await old.commit { $0.renameReference("dev", to: "work") }
    #expect(
      renamed.metadata.references["work"]?.snapshotID
        == moved.metadata.references["dev"]?.snapshotID)
    #expect(renamed.metadata.references["dev"] == nil)
  }
}
