import Iceberg
import Testing

private typealias Sample = ConformanceSample

extension CatalogRules {
  private static let name: TableIdentifier = "db.events"

  /// Making, loading and listing tables.
  static let tables: [Rule] = [
    Rule("an empty catalog has no namespaces and no tables") { subject async throws in
      #expect(try await subject.catalog.listNamespaces(in: []).isEmpty)
      #expect(try await subject.catalog.listTables(in: []).isEmpty)
    },
    Rule("a created table is loaded as it was created") { subject async throws in
      let creation = Sample.creation(
        partitioned: true, sorted: true, properties: ["owner": "ops", "format-version": "3"])
      let created = try await subject.catalog.createTable(name, creation)
      #expect(created.identifier == name)
      #expect(created.metadata.formatVersion == 3)
      #expect(created.metadata.properties["owner"] == "ops")
      #expect(created.metadata.properties["format-version"] == nil)
      #expect(created.metadata.defaultPartitionSpec.fields.map(\.name) == ["city"])
      #expect(created.metadata.defaultSortOrder.fields.count == 1)
      #expect(created.metadata.tableUUID?.count == 36)
      #expect(created.metadata.snapshots.isEmpty)
      let loaded = try await subject.catalog.loadTable(name)
      #expect(loaded.metadata == created.metadata)
      #expect(loaded.metadataLocation == created.metadataLocation)
      #expect(loaded.identifier == name)
      #expect(try await subject.catalog.tableExists(name))
      #expect(try await subject.catalog.tableExists("db.other") == false)
    },
    Rule("the metadata file of a version holds that version") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let location = try #require(table.metadataLocation)
      #expect(try await Table.open(at: location, fileIO: table.fileIO).metadata == table.metadata)
    },
    Rule("a table knows the catalog that it came from") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      _ = try await subject.catalog.commit(Sample.set("a"), to: name)
      #expect(try await table.refreshed().metadata.properties["a"] == "x")
      let changed = try await table.refreshed().commit { $0.setProperty("b", "y") }
      #expect(changed.metadata.properties["b"] == "y")
    },
    Rule("a table is created once") { subject async throws in
      let first = try await subject.catalog.createTable(name, Sample.creation())
      await expectError(.alreadyExists) {
        _ = try await subject.catalog.createTable(name, Sample.creation())
      }
      #expect(try await subject.catalog.loadTable(name).metadata == first.metadata)
    },
    Rule("a draft is what a table would be, and makes nothing") { subject async throws in
      let draft = try await subject.catalog.draftTable(name, Sample.creation(partitioned: true))
      #expect(draft.metadataLocation == nil && draft.catalog == nil)
      #expect(draft.metadata.defaultPartitionSpec.fields.map(\.name) == ["city"])
      #expect(try await subject.catalog.tableExists(name) == false)
      #expect(try await subject.catalog.listNamespaces(in: []).isEmpty)
      let table = try await subject.catalog.createTable(name, Sample.creation())
      #expect(table.metadata.location == draft.metadata.location)
      await expectError(.alreadyExists) {
        _ = try await subject.catalog.draftTable(name, Sample.creation())
      }
    },
    Rule("two tables are two tables, of two places") { subject async throws in
      let first = try await subject.catalog.createTable("db.a", Sample.creation())
      let second = try await subject.catalog.createTable("db.b", Sample.creation())
      #expect(first.metadata.tableUUID != second.metadata.tableUUID)
      #expect(first.metadata.location != second.metadata.location)
      _ = try await subject.catalog.commit(Sample.set("k"), to: "db.a")
      #expect(try await subject.catalog.loadTable("db.b").metadata == second.metadata)
    },
    Rule("a schema that breaks a rule makes no table") { subject async throws in
      let twice = Schema([
        Field(id: 1, name: "id", type: .long, isRequired: true),
        Field(id: 2, name: "id", type: .string, isRequired: false),
      ])
      await expectRefusal {
        _ = try await subject.catalog.createTable(name, TableCreation(schema: twice))
      }
      await expectRefusal("a version that there is not") {
        _ = try await subject.catalog.createTable(
          name, Sample.creation(properties: ["format-version": "99"]))
      }
      #expect(try await subject.catalog.tableExists(name) == false)
    },
    Rule("what is not there is not found") { subject async throws in
      let catalog = subject.catalog
      await expectError(.notFound) { _ = try await catalog.loadTable(name) }
      await expectError(.notFound) { try await catalog.dropTable(name, purge: false) }
      await expectError(.notFound) { try await catalog.dropTable(name, purge: true) }
      await expectError(.notFound) { _ = try await catalog.commit(Sample.set("a"), to: name) }
      await expectError(.notFound) { _ = try await catalog.listTables(in: ["db"]) }
      await expectError(.notFound) { _ = try await catalog.listNamespaces(in: ["db"]) }
      await expectError(.notFound) { _ = try await catalog.namespaceProperties(["db"]) }
      await expectError(.notFound) { try await catalog.dropNamespace(["db"]) }
      _ = try await catalog.createTable("db.other", Sample.creation())
      await expectError(.notFound) { _ = try await catalog.loadTable(name) }
    },
    Rule("a failed look-up leaves nothing behind") { subject async throws in
      await expectError(.notFound) { _ = try await subject.catalog.loadTable(name) }
      await expectError(.notFound) { try await subject.catalog.dropTable(name, purge: false) }
      #expect(try await subject.catalog.listNamespaces(in: []).isEmpty)
    },
    Rule("tables are listed in their namespace, in order") { subject async throws in
      for name: TableIdentifier in ["db.b", "db.a", "other.d"] {
        _ = try await subject.catalog.createTable(name, Sample.creation())
      }
      #expect(try await subject.catalog.listTables(in: ["db"]) == ["db.a", "db.b"])
      #expect(try await subject.catalog.listTables(in: ["other"]) == ["other.d"])
      #expect(try await subject.catalog.listTables(in: []).isEmpty)
      #expect(try await subject.catalog.listNamespaces(in: []) == [["db"], ["other"]])
    },
    Rule("many tables are all listed") { subject async throws in
      let names = (0..<120).map { TableIdentifier(namespace: ["many"], name: "t\($0 + 100)") }
      for name in names { _ = try await subject.catalog.createTable(name, Sample.creation()) }
      #expect(try await subject.catalog.listTables(in: ["many"]) == names)
    },
    Rule("tables live outside of every namespace", needs: .tablesWithoutNamespace) {
      subject async throws in
      let table = try await subject.catalog.createTable("top", Sample.creation())
      #expect(try await subject.catalog.loadTable("top").metadata == table.metadata)
      #expect(try await subject.catalog.listTables(in: []) == ["top"])
      #expect(try await subject.catalog.listNamespaces(in: []).isEmpty)
      try await subject.catalog.dropTable("top", purge: false)
      #expect(try await subject.catalog.listTables(in: []).isEmpty)
    },
    Rule("tables and namespaces of one name are told apart", needs: .nestedNamespaces) {
      subject async throws in
      _ = try await subject.catalog.createTable("a.b.t", Sample.creation())
      #expect(try await subject.catalog.listTables(in: ["a"]).isEmpty)
      #expect(try await subject.catalog.listTables(in: ["a", "b"]) == ["a.b.t"])
      #expect(try await subject.catalog.tableExists("a.b") == false)
      await expectError(.notFound) { _ = try await subject.catalog.listTables(in: ["a", "c"]) }
    },
    Rule("who opens the catalog again finds everything") { subject async throws in
      guard let reopen = subject.reopen else { return }
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let other = try await reopen()
      #expect(try await other.loadTable(name).metadata == table.metadata)
      #expect(try await other.listTables(in: ["db"]) == [name])
      _ = try await other.commit(Sample.set("from", "other"), to: name)
      #expect(
        try await subject.catalog.loadTable(name).metadata.properties["from"] == "other")
    },
  ]

  /// Where tables and their metadata lie.
  static let layouts: [Rule] = [
    Rule("a table lies where it is asked to", needs: .chosenLocations) { subject async throws in
      let near = try await subject.catalog.createTable("db.near", Sample.creation())
      let place = near.metadata.location + "-elsewhere"
      let table = try await subject.catalog.createTable(name, Sample.creation(location: place))
      #expect(table.metadata.location == place)
      #expect(try #require(table.metadataLocation).hasPrefix(place + "/"))
      #expect(try await subject.catalog.loadTable(name).metadata.location == place)
    },
    Rule("a slash at the end of a location is dropped", needs: .chosenLocations) {
      subject async throws in
      let near = try await subject.catalog.createTable("db.near", Sample.creation())
      let place = near.metadata.location + "-elsewhere"
      let table = try await subject.catalog.createTable(
        name, Sample.creation(location: place + "/"))
      #expect(table.metadata.location == place)
    },
    Rule("a table is moved for the files to come", needs: .chosenLocations) {
      subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let place = table.metadata.location + "-new"
      let moved = try await subject.catalog.commit(
        TableCommit(requirements: [], updates: [.setLocation(place)]), to: name)
      #expect(moved.metadata.location == place)
      #expect(try #require(moved.metadataLocation).hasPrefix(place + "/"))
      let appended = try await moved.append(rows: [Sample.Row(id: 1)])
      #expect(try await appended.scan().count() == 1)
    },
    Rule("a place that is the name cannot be chosen or left", lacks: .chosenLocations) {
      subject async throws in
      let table = try await subject.catalog.createTable("db.near", Sample.creation())
      let place = table.metadata.location + "-elsewhere"
      await expectRefusal {
        _ = try await subject.catalog.createTable(name, Sample.creation(location: place))
      }
      await expectError(.unsupported) {
        _ = try await subject.catalog.commit(
          TableCommit(requirements: [], updates: [.setLocation(place)]), to: "db.near")
      }
      #expect(try await subject.catalog.tableExists(name) == false)
      #expect(try await subject.catalog.loadTable("db.near").metadata == table.metadata)
    },
    Rule("metadata goes to the folder that the table names", needs: .chosenLocations) {
      subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let place = table.metadata.location + "/other-metadata"
      let changed = try await subject.catalog.commit(
        Sample.set("write.metadata.path", place), to: name)
      #expect(try #require(changed.metadataLocation).hasPrefix(place + "/"))
      #expect(try await subject.catalog.loadTable(name).metadata == changed.metadata)
    },
    Rule("metadata is compressed where the table asks for it") { subject async throws in
      let table = try await subject.catalog.createTable(
        name, Sample.creation(properties: ["write.metadata.compression-codec": "gzip"]))
      let location = try #require(table.metadataLocation)
      #expect(location.hasSuffix(".gz.metadata.json"))
      let bytes = try await table.fileIO.read(location, range: 0..<2)
      #expect(bytes == [0x1f, 0x8b])
      #expect(try await subject.catalog.loadTable(name).metadata == table.metadata)
      await expectRefusal("a codec that there is not") {
        _ = try await subject.catalog.commit(
          Sample.set("write.metadata.compression-codec", "brotli"), to: name)
      }
      #expect(try await subject.catalog.loadTable(name).metadata == table.metadata)
    },
    Rule("earlier metadata files are deleted where the table asks for it") { subject async throws in
      var table = try await subject.catalog.createTable(
        name,
        Sample.creation(properties: [
          "write.metadata.delete-after-commit.enabled": "true",
          "write.metadata.previous-versions-max": "2",
        ]))
      for round in 0..<6 {
        table = try await subject.catalog.commit(Sample.set("round", "\(round)"), to: name)
      }
      let files = try await table.fileIO.list(under: table.metadata.location + "/metadata")
        .map(\.location).filter { $0.hasSuffix(".metadata.json") }
      let expected = table.metadata.metadataLog.map(\.location) + [table.metadataLocation ?? ""]
      #expect(Set(files) == Set(expected))
      #expect(files.count == 3)
      #expect(try await subject.catalog.loadTable(name).metadata.properties["round"] == "5")
    },
    Rule("the log of metadata files is as long as the table asks for") { subject async throws in
      var table = try await subject.catalog.createTable(
        name, Sample.creation(properties: ["write.metadata.previous-versions-max": "3"]))
      for round in 0..<5 {
        table = try await subject.catalog.commit(Sample.set("round", "\(round)"), to: name)
      }
      #expect(table.metadata.metadataLog.count == 3)
      // Nothing was said of deleting the files.
      let files = try await table.fileIO.list(under: table.metadata.location + "/metadata")
        .map(\.location).filter { $0.hasSuffix(".metadata.json") }
      #expect(files.count == 6)
    },
  ]
}
