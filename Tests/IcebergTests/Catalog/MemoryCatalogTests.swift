import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct MemoryCatalogTests {
  static func set(_ key: String, requiring requirement: TableRequirement? = nil) -> TableCommit {
    TableCommit(
      requirements: requirement.map { [$0] } ?? [], updates: [.setProperties([key: "x"])])
  }

  @Test("commits to several tables take place together, or not at all")
  func several() async throws {
    let catalog = MemoryCatalog()
    let first = try await catalog.createTable("db.a", SampleTable.creation())
    let second = try await catalog.createTable("db.b", SampleTable.creation())
    let files = try await catalog.fileIO.list(under: catalog.warehouse).count
    await expectError(.commitConflict) {
      _ = try await catalog.commit([
        ("db.a", Self.set("k")), ("db.b", Self.set("k", requiring: .assertCurrentSchemaID(7))),
      ])
    }
    await expectError(.notFound) {
      _ = try await catalog.commit([("db.a", Self.set("k")), ("db.none", Self.set("k"))])
    }
    await expectError(.invalidArgument) {
      _ = try await catalog.commit([("db.a", Self.set("k")), ("db.a", Self.set("l"))])
    }
    #expect(try await catalog.loadTable("db.a").metadata == first.metadata)
    // The file of the commit that was possible is gone with it.
    #expect(try await catalog.fileIO.list(under: catalog.warehouse).count == files)
    let tables = try await catalog.commit([("db.b", Self.set("k")), ("db.a", Self.set("l"))])
    #expect(tables.map(\.identifier) == ["db.b", "db.a"])
    #expect(tables[0].metadata.metadataLog.map(\.location) == [second.metadataLocation])
    #expect(try await catalog.loadTable("db.a").metadata.properties["l"] == "x")
    #expect(try await catalog.loadTable("db.b").metadata.properties["k"] == "x")
  }

  @Test("a commit that requires that there is no table makes it")
  func creatingCommit() async throws {
    for catalog in [
      MemoryCatalog() as any Catalog,
      FileSystemCatalog(warehouse: "memory:/warehouse", fileIO: MemoryFileIO()),
    ] {
      let metadata = try TableMetadata.new(
        schema: SampleTable.schema, location: "memory:/warehouse/db/t", properties: ["a": "b"],
        tableUUID: "00000000-0000-4000-8000-000000000001", timestampMillis: 5)
      let snapshot = Snapshot(
        id: 9, sequenceNumber: 1, timestampMillis: 6, manifests: .list("memory:/list"),
        summary: SnapshotSummary(operation: .append), schemaID: 0)
      let commit = TableCommit(
        creating: metadata,
        adding: [
          .addSnapshot(snapshot),
          .setSnapshotReference(name: "main", SnapshotReference(snapshotID: 9, kind: .branch)),
        ])
      let table = try await catalog.commit(commit, to: "db.t")
      #expect(table.metadata.currentSnapshotID == 9)
      #expect(table.metadata.tableUUID == metadata.tableUUID)
      #expect(table.metadata.currentSchema == metadata.currentSchema)
      #expect(table.metadata.properties == metadata.properties)
      #expect(table.metadata.metadataLog.isEmpty)
      #expect(try await catalog.loadTable("db.t").metadata == table.metadata)
      #expect(try await catalog.listTables(in: ["db"]) == ["db.t"])
      await expectError(.commitConflict) { _ = try await catalog.commit(commit, to: "db.t") }
    }
  }

  @Test("a commit that makes a table begins with a schema, of the ids of a new table")
  func badCreation() async throws {
    let catalog = MemoryCatalog()
    await expectError(.invalidArgument) {
      _ = try await catalog.commit(
        TableCommit(requirements: [.assertCreate], updates: [.setProperties([:])]), to: "db.t")
    }
    let schema = Schema([Field(id: 7, name: "id", type: .long, isRequired: true)])
    await expectError(.invalidArgument) {
      _ = try await catalog.commit(
        TableCommit(requirements: [.assertCreate], updates: [.addSchema(schema)]), to: "db.t")
    }
    #expect(try await catalog.tableExists("db.t") == false)
  }

  @Test("new tables lie below the location of their namespace")
  func namespaceLocation() async throws {
    let catalog = MemoryCatalog()
    try await catalog.createNamespace(["db"], properties: ["location": "memory:/other/"])
    let table = try await catalog.createTable("db.t", SampleTable.creation())
    #expect(table.metadata.location == "memory:/other/t")
    let plain = try await catalog.createTable("x.y.t", SampleTable.creation())
    #expect(plain.metadata.location == "memory:/warehouse/x/y/t")
  }
}
