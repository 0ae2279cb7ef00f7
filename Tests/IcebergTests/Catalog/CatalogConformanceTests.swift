import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// What every catalog must do, asked of each implementation.
@Suite struct CatalogConformanceTests {
  struct Implementation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (TemporaryDirectory) -> any Catalog
    var canRename = true
  }

  static let implementations: [Implementation] = [
    Implementation(testDescription: "memory") { _ in MemoryCatalog() },
    Implementation(
      testDescription: "file system, in memory",
      make: { _ in FileSystemCatalog(warehouse: "memory:/wh", fileIO: MemoryFileIO()) },
      canRename: false),
    Implementation(
      testDescription: "file system, on disk",
      make: { FileSystemCatalog(warehouse: $0.path + "/wh") }, canRename: false),
    Implementation(
      testDescription: "file system, on disk, by URI",
      make: { FileSystemCatalog(warehouse: "file://" + $0.path) }, canRename: false),
  ]

  static func with(
    _ implementation: Implementation, _ body: (any Catalog) async throws -> Void
  ) async throws {
    try await withTemporaryDirectory { directory in
      try await body(implementation.make(directory))
    }
  }

  static let name: TableIdentifier = "db.events"

  @Test("a created table is loaded as it was created", arguments: implementations)
  func create(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let creation = SampleTable.creation(
        partitioned: true, properties: ["owner": "ops", "format-version": "3"])
      let created = try await catalog.createTable(Self.name, creation)
      #expect(created.identifier == Self.name)
      #expect(created.metadata.formatVersion == 3)
      #expect(created.metadata.properties["owner"] == "ops")
      #expect(created.metadata.properties["format-version"] == nil)
      #expect(created.metadata.defaultPartitionSpec.fields.map(\.name) == ["city"])
      #expect(created.metadata.tableUUID?.count == 36)
      let loaded = try await catalog.loadTable(Self.name)
      #expect(loaded.metadata == created.metadata)
      #expect(loaded.metadataLocation == created.metadataLocation)
      let location = try #require(loaded.metadataLocation)
      let opened = try await Table.open(at: location, fileIO: loaded.fileIO)
      #expect(opened.metadata == loaded.metadata)
      #expect(try await catalog.tableExists(Self.name))
      #expect(try await catalog.tableExists("db.other") == false)
    }
  }

  @Test("a table is created once", arguments: implementations)
  func createTwice(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let first = try await catalog.createTable(Self.name, SampleTable.creation())
      await expectError(.alreadyExists) {
        _ = try await catalog.createTable(Self.name, SampleTable.creation())
      }
      #expect(try await catalog.loadTable(Self.name).metadata == first.metadata)
    }
  }

  @Test("of many who create one table, one succeeds", arguments: implementations)
  func createRace(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      for round in 0..<LongTests.rounds(quick: 5, long: 50) {
        let name = TableIdentifier(namespace: ["db"], name: "t\(round)")
        let winners = await withTaskGroup(of: String?.self) { group in
          for writer in 0..<6 {
            group.addTask {
              // Half of them want another name for the metadata file.
              let codec = writer.isMultiple(of: 2) ? "gzip" : "none"
              let creation = SampleTable.creation(
                properties: ["write.metadata.compression-codec": codec])
              return try? await catalog.createTable(name, creation).metadata.tableUUID
            }
          }
          return await group.reduce(into: [String]()) { if let uuid = $1 { $0.append(uuid) } }
        }
        #expect(winners.count <= 1)
        if let winner = winners.first {
          let uuid = try await catalog.loadTable(name).metadata.tableUUID
          #expect(uuid == winner)
        }
      }
    }
  }

  @Test("what is not there is not found", arguments: implementations)
  func missing(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      await expectError(.notFound) { _ = try await catalog.loadTable(Self.name) }
      await expectError(.notFound) { try await catalog.dropTable(Self.name, purge: false) }
      await expectError(.notFound) { try await catalog.dropTable(Self.name, purge: true) }
      await expectError(.notFound) {
        _ = try await catalog.commit(
          TableCommit(requirements: [], updates: [.setProperties(["a": "b"])]), to: Self.name)
      }
      await expectError(.notFound) { _ = try await catalog.listTables(in: ["db"]) }
      await expectError(.notFound) { _ = try await catalog.listNamespaces(in: ["db"]) }
      await expectError(.notFound) { try await catalog.dropNamespace(["db"]) }
      let namespaces = try await catalog.listNamespaces(in: [])
      #expect(namespaces.isEmpty)
    }
  }

  @Test("a commit makes the next version, which notes the one before", arguments: implementations)
  func commit(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let first = try await catalog.createTable(Self.name, SampleTable.creation())
      let uuid = try #require(first.metadata.tableUUID)
      let second = try await catalog.commit(
        TableCommit(
          requirements: [.assertTableUUID(uuid)], updates: [.setProperties(["a": "b"])]),
        to: Self.name)
      #expect(second.metadata.properties["a"] == "b")
      #expect(second.metadataLocation != first.metadataLocation)
      #expect(second.metadata.metadataLog.map(\.location) == [first.metadataLocation])
      #expect(second.metadata.lastUpdatedMillis >= first.metadata.lastUpdatedMillis)
      #expect(try await catalog.loadTable(Self.name).metadata == second.metadata)
      // The version before is still there for whoever holds it.
      let old = try #require(first.metadataLocation)
      #expect(try await Table.open(at: old, fileIO: first.fileIO).metadata == first.metadata)
    }
  }

  @Test(
    "a requirement that does not hold is a conflict and changes nothing", arguments: implementations
  )
  func requirement(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let first = try await catalog.createTable(Self.name, SampleTable.creation())
      let requirements: [TableRequirement] = [
        .assertCreate, .assertTableUUID("99999999-9999-4999-8999-999999999999"),
        .assertReferenceSnapshotID(reference: "main", snapshotID: 1), .assertCurrentSchemaID(5),
      ]
      for requirement in requirements {
        await expectError(.commitConflict) {
          _ = try await catalog.commit(
            TableCommit(requirements: [requirement], updates: [.setProperties(["a": "b"])]),
            to: Self.name)
        }
      }
      #expect(try await catalog.loadTable(Self.name).metadata == first.metadata)
    }
  }

  @Test("an update that makes no sense is refused and changes nothing", arguments: implementations)
  func badUpdate(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let first = try await catalog.createTable(Self.name, SampleTable.creation())
      for update in [TableUpdate.setCurrentSchema(id: 9), .upgradeFormatVersion(99)] {
        await #expect(throws: IcebergError.self) {
          _ = try await catalog.commit(
            TableCommit(requirements: [], updates: [.setProperties(["a": "b"]), update]),
            to: Self.name)
        }
      }
      #expect(try await catalog.loadTable(Self.name).metadata == first.metadata)
    }
  }

  @Test("a commit that changes nothing makes no version", arguments: implementations)
  func emptyCommit(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let first = try await catalog.createTable(Self.name, SampleTable.creation())
      let same = try await catalog.commit(
        TableCommit(requirements: [], updates: [.upgradeFormatVersion(2)]), to: Self.name)
      #expect(same.metadataLocation == first.metadataLocation)
    }
  }

  @Test("two snapshots of one sequence number are a conflict", arguments: implementations)
  func sequenceNumbers(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
      func add(_ id: Int64, to branch: String) async throws {
        let snapshot = Snapshot(
          id: id, sequenceNumber: 1, timestampMillis: table.metadata.lastUpdatedMillis,
          manifests: .list("/x"), summary: SnapshotSummary(operation: .append), schemaID: 0)
        _ = try await catalog.commit(
          TableCommit(
            requirements: [.assertReferenceSnapshotID(reference: branch, snapshotID: nil)],
            updates: [
              .addSnapshot(snapshot),
              .setSnapshotReference(
                name: branch, SnapshotReference(snapshotID: id, kind: .branch)),
            ]), to: Self.name)
      }
      try await add(1, to: "main")
      await expectError(.commitConflict) { try await add(2, to: "other") }
    }
  }

  @Test(
    "of many commits on one version, one succeeds; all succeed in the end",
    arguments: implementations)
  func commitRace(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      _ = try await catalog.createTable(Self.name, SampleTable.creation())
      let writers = 6
      let rounds = LongTests.rounds(quick: 4, long: 40)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<writers {
          group.addTask {
            for round in 0..<rounds {
              while true {
                do {
                  _ = try await catalog.commit(
                    TableCommit(
                      requirements: [], updates: [.setProperties(["w\(writer)-\(round)": "x"])]),
                    to: Self.name)
                  break
                } catch let error as IcebergError where error.code == .commitConflict {
                  await Task.yield()
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let table = try await catalog.loadTable(Self.name)
      #expect(
        table.metadata.properties.keys.filter { $0.hasPrefix("w") && $0.contains("-") }
          .filter { !$0.hasPrefix("write") }.count == writers * rounds)
      #expect(table.metadata.metadataLog.count == min(100, writers * rounds))
    }
  }

  @Test("namespaces are made, listed and dropped", arguments: implementations)
  func namespaces(_ implementation: Implementation) async throws {
    // A store without folders has no empty namespaces.
    if implementation.testDescription == "file system, in memory" { return }
    try await Self.with(implementation) { catalog in
      try await catalog.createNamespace(["a"])
      try await catalog.createNamespace(["b", "c"])
      await expectError(.alreadyExists) { try await catalog.createNamespace(["a"]) }
      await expectError(.alreadyExists) { try await catalog.createNamespace(["b"]) }
      #expect(try await catalog.listNamespaces(in: []) == [["a"], ["b"]])
      #expect(try await catalog.listNamespaces(in: ["b"]) == [["b", "c"]])
      #expect(try await catalog.listTables(in: ["a"]).isEmpty)
      await expectError(.invalidArgument) { try await catalog.dropNamespace(["b"]) }
      try await catalog.dropNamespace(["b", "c"])
      try await catalog.dropNamespace(["b"])
      #expect(try await catalog.listNamespaces(in: []) == [["a"]])
      await expectError(.invalidArgument) { try await catalog.createNamespace([]) }
    }
  }

  @Test("tables are listed in their namespace", arguments: implementations)
  func listing(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      for name: TableIdentifier in ["db.b", "db.a", "db.deep.c", "other.d", "top"] {
        _ = try await catalog.createTable(name, SampleTable.creation())
      }
      #expect(try await catalog.listTables(in: ["db"]) == ["db.a", "db.b"])
      #expect(try await catalog.listTables(in: ["db", "deep"]) == ["db.deep.c"])
      #expect(try await catalog.listTables(in: []) == ["top"])
      #expect(try await catalog.listNamespaces(in: []) == [["db"], ["other"]])
      #expect(try await catalog.listNamespaces(in: ["db"]) == [["db", "deep"]])
      await expectError(.invalidArgument) { try await catalog.dropNamespace(["db"]) }
    }
  }

  @Test("a dropped table is gone, and its name free", arguments: implementations)
  func drop(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let first = try await catalog.createTable(Self.name, SampleTable.creation())
      _ = try await catalog.createTable("db.other", SampleTable.creation())
      try await catalog.dropTable(Self.name, purge: false)
      await expectError(.notFound) { _ = try await catalog.loadTable(Self.name) }
      #expect(try await catalog.listTables(in: ["db"]) == ["db.other"])
      #expect(try await catalog.listNamespaces(in: ["db"]).isEmpty)
      let second = try await catalog.createTable(Self.name, SampleTable.creation())
      #expect(second.metadata.tableUUID != first.metadata.tableUUID)
      // A commit for the first does not reach the second.
      let uuid = try #require(first.metadata.tableUUID)
      await expectError(.commitConflict) {
        _ = try await catalog.commit(
          TableCommit(
            requirements: [.assertTableUUID(uuid)], updates: [.setProperties(["a": "b"])]),
          to: Self.name)
      }
    }
  }

  @Test("a purged table leaves nothing, one that forbids it stays", arguments: implementations)
  func purge(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let table = try await catalog.createTable(
        Self.name, SampleTable.creation(properties: ["gc.enabled": "false"]))
      await expectError(.invalidArgument) { try await catalog.dropTable(Self.name, purge: true) }
      #expect(try await catalog.tableExists(Self.name))
      _ = try await catalog.commit(
        TableCommit(requirements: [], updates: [.setProperties(["gc.enabled": "true"])]),
        to: Self.name)
      try await catalog.dropTable(Self.name, purge: true)
      await expectError(.notFound) { _ = try await catalog.loadTable(Self.name) }
      let left = try await table.fileIO.list(under: table.metadata.location)
      #expect(left.isEmpty)
    }
  }

  @Test("a table keeps everything but its name when it is renamed", arguments: implementations)
  func rename(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
      guard implementation.canRename else {
        await expectError(.unsupported) {
          try await catalog.renameTable(Self.name, to: "db.renamed")
        }
        return
      }
      _ = try await catalog.createTable("db.taken", SampleTable.creation())
      await expectError(.alreadyExists) { try await catalog.renameTable(Self.name, to: "db.taken") }
      await expectError(.notFound) { try await catalog.renameTable("db.none", to: "db.x") }
      try await catalog.renameTable(Self.name, to: "new.name")
      #expect(try await catalog.loadTable("new.name").metadata == table.metadata)
      await expectError(.notFound) { _ = try await catalog.loadTable(Self.name) }
      #expect(try await catalog.listTables(in: ["new"]) == ["new.name"])
    }
  }

  @Test(
    "names that lead elsewhere or mean something else are refused", arguments: implementations)
  func names(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let bad = [
        "", ".", "..", "a/b", "../x", "a\\b", "a\0b", "a.b", "a%2Fb", "_hidden", "metadata",
        " a", "s3:", String(repeating: "x", count: 256),
      ]
      for name in bad {
        await expectError(.invalidArgument) {
          _ = try await catalog.createTable(
            TableIdentifier(namespace: ["db"], name: name), SampleTable.creation())
        }
        await expectError(.invalidArgument) {
          _ = try await catalog.createTable(
            TableIdentifier(namespace: [name], name: "t"), SampleTable.creation())
        }
        await expectError(.invalidArgument) { try await catalog.createNamespace([name]) }
        await #expect(throws: IcebergError.self) {
          _ = try await catalog.loadTable(TableIdentifier(namespace: [name], name: "t"))
        }
        await #expect(throws: IcebergError.self) {
          try await catalog.dropTable(TableIdentifier(namespace: ["db"], name: name), purge: true)
        }
      }
      #expect(try await catalog.listNamespaces(in: []).isEmpty)
      for name in ["Ünïcode", "with space", "a-b", "1", "emoji🐟"] {
        let identifier = TableIdentifier(namespace: ["n s"], name: name)
        let table = try await catalog.createTable(identifier, SampleTable.creation())
        #expect(try await catalog.loadTable(identifier).metadata == table.metadata)
      }
      #expect(try await catalog.listTables(in: ["n s"]).count == 5)
    }
  }

  @Test("metadata is compressed where the table asks for it", arguments: implementations)
  func compression(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      let table = try await catalog.createTable(
        Self.name,
        SampleTable.creation(properties: ["write.metadata.compression-codec": "gzip"]))
      let location = try #require(table.metadataLocation)
      #expect(location.hasSuffix(".gz.metadata.json"))
      let bytes = try await table.fileIO.read(location, range: 0..<2)
      #expect(bytes == [0x1f, 0x8b])
      #expect(try await catalog.loadTable(Self.name).metadata == table.metadata)
      await #expect(throws: IcebergError.self) {
        _ = try await catalog.commit(
          TableCommit(
            requirements: [],
            updates: [.setProperties(["write.metadata.compression-codec": "brotli"])]),
          to: Self.name)
      }
    }
  }

  @Test(
    "earlier metadata files are deleted where the table asks for it", arguments: implementations)
  func deleteAfterCommit(_ implementation: Implementation) async throws {
    try await Self.with(implementation) { catalog in
      var table = try await catalog.createTable(
        Self.name,
        SampleTable.creation(properties: [
          "write.metadata.delete-after-commit.enabled": "true",
          "write.metadata.previous-versions-max": "2",
        ]))
      for round in 0..<6 {
        table = try await catalog.commit(
          TableCommit(requirements: [], updates: [.setProperties(["round": "\(round)"])]),
          to: Self.name)
      }
      let files = try await table.fileIO.list(under: table.metadata.location + "/metadata")
        .map(\.location).filter { $0.hasSuffix(".metadata.json") }
      #expect(
        Set(files)
          == Set(table.metadata.metadataLog.map(\.location) + [table.metadataLocation ?? ""]))
      #expect(files.count == 3)
      #expect(try await catalog.loadTable(Self.name).metadata.properties["round"] == "5")
    }
  }
}
