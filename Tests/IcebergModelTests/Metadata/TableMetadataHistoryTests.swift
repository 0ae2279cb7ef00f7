import IcebergModel
import Testing

@Suite struct TableMetadataHistoryTests {
  @Test("a time finds what was current then, by the log")
  func asOf() throws {
    let table = try SampleMetadata.history(3)
    #expect(try table.snapshotID(asOf: 1_000_001) == 1)
    #expect(try table.snapshotID(asOf: 1_000_002) == 2)
    #expect(try table.snapshotID(asOf: .max) == 3)
    #expect(try table.snapshot(asOf: 1_000_002).id == 2)
  }

  @Test("a time before the log, and one in an empty log, is not found")
  func beforeLog() throws {
    let table = try SampleMetadata.history(3)
    let error = thrown { _ = try table.snapshotID(asOf: 1_000_000) }
    #expect(error?.code == .notFound)
    #expect(error?.message.contains("kept is 1970-01-01T00:16:40.001") == true)
    let empty = try SampleMetadata.table()
    #expect(thrown { _ = try empty.snapshotID(asOf: .max) }?.code == .notFound)
  }

  @Test("an expired snapshot is not found, though the log knows it")
  func expired() throws {
    var table = try SampleMetadata.history(3)
    table.snapshots.removeFirst()
    let error = thrown { _ = try table.snapshot(asOf: 1_000_001) }
    #expect(error?.code == .notFound)
    #expect(error?.message.contains("kept is 1970-01-01T00:16:40.002") == true)
  }

  @Test("an id that is not there names the oldest snapshot, and one of the log that it was expired")
  func ids() throws {
    var table = try SampleMetadata.history(3)
    table.snapshots.removeFirst()
    #expect(try table.keptSnapshot(id: 2).id == 2)
    let expired = thrown { _ = try table.keptSnapshot(id: 1) }
    #expect(expired?.code == .notFound)
    #expect(expired?.message.contains("1 has been expired: the oldest that is kept is 2") == true)
    let unknown = thrown { _ = try table.keptSnapshot(id: 9) }
    #expect(unknown?.message.contains("no snapshot 9: the oldest that is kept is 2") == true)
    let empty = try SampleMetadata.table()
    #expect(thrown { _ = try empty.keptSnapshot(id: 1) }?.message.contains("no snapshots") == true)
  }

  @Test("ancestors are the chain of parents, as far as it is kept")
  func ancestors() throws {
    var table = try SampleMetadata.history(4)
    #expect(table.ancestors(of: 4).map(\.id) == [4, 3, 2, 1])
    #expect(table.isAncestor(2, of: 4) && !table.isAncestor(4, of: 2))
    #expect(table.ancestors(of: 9).isEmpty)
    table.snapshots.remove(at: 1)
    #expect(table.ancestors(of: 4).map(\.id) == [4, 3])
  }

  @Test("a chain of parents that closes has an end")
  func cycle() throws {
    var table = try SampleMetadata.history(2)
    table.snapshots[0].parentID = 2
    #expect(table.ancestors(of: 2).map(\.id) == [2, 1])
    #expect(!table.isAncestor(7, of: 2))
  }

  @Test("a snapshot has the schema it was made with, or else the current one")
  func schema() throws {
    var table = try SampleMetadata.history(1)
    var newer = table.currentSchema
    newer.fields.append(.optional("n", .int, id: 4))
    table = try table.applying(
      [.addSchema(newer), .setCurrentSchema(id: -1)], timestampMillis: 1_000_009)
    var snapshot = try #require(table.currentSnapshot)
    #expect(try table.schema(of: snapshot).id == 0)
    snapshot.schemaID = nil
    #expect(try table.schema(of: snapshot).id == 1)
    snapshot.schemaID = 7
    #expect(thrown { _ = try table.schema(of: snapshot) }?.code == .invalidMetadata)
  }

  @Test("references are found by name; a wrong name is told those there are")
  func references() throws {
    let table = try SampleMetadata.history(2)
    #expect(try table.snapshot(referredToBy: "main").id == 2)
    let error = thrown { _ = try table.snapshot(referredToBy: "audit") }
    #expect(error?.code == .notFound && error?.message.contains("main") == true)
  }
}
