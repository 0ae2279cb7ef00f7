import Iceberg
import Testing

private typealias Sample = ConformanceSample

extension CatalogRules {
  private static let name: TableIdentifier = "db.events"

  /// Dropping tables.
  static let drops: [Rule] = [
    Rule("a dropped table is gone, and its name free") { subject async throws in
      let first = try await subject.catalog.createTable(name, Sample.creation())
      _ = try await subject.catalog.createTable("db.other", Sample.creation())
      try await subject.catalog.dropTable(name, purge: false)
      await expectError(.notFound) { _ = try await subject.catalog.loadTable(name) }
      await expectError(.notFound) { try await subject.catalog.dropTable(name, purge: false) }
      #expect(try await subject.catalog.listTables(in: ["db"]) == ["db.other"])
      let second = try await subject.catalog.createTable(name, Sample.creation())
      #expect(second.metadata.tableUUID != first.metadata.tableUUID)
      // A commit for the first does not reach the second.
      let uuid = try #require(first.metadata.tableUUID)
      await expectError(.commitConflict) {
        _ = try await subject.catalog.commit(
          Sample.set("a", requiring: .assertTableUUID(uuid)), to: name)
      }
    },
    Rule("a drop without purge keeps the data files") { subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation())
      table = try await table.append(rows: [Sample.Row(id: 1)])
      let files = try await table.scan().tasks().map(\.file.location)
      try await subject.catalog.dropTable(name, purge: false)
      #expect(files.count == 1)
      for file in files { #expect(try await table.fileIO.exists(file)) }
    },
    Rule("a purged table leaves nothing") { subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation())
      table = try await table.append(rows: [Sample.Row(id: 1)])
      table = try await table.append(rows: [Sample.Row(id: 2)])
      try await subject.catalog.dropTable(name, purge: true)
      await expectError(.notFound) { _ = try await subject.catalog.loadTable(name) }
      let left = try await table.fileIO.list(under: table.metadata.location)
      #expect(left.isEmpty, "\(left.map(\.location))")
    },
    Rule("a purge leaves the files of other tables") { subject async throws in
      var other = try await subject.catalog.createTable("db.other", Sample.creation())
      other = try await other.append(rows: [Sample.Row(id: 1)])
      let table = try await subject.catalog.createTable(name, Sample.creation())
      _ = try await table.append(rows: [Sample.Row(id: 2)])
      try await subject.catalog.dropTable(name, purge: true)
      #expect(try await subject.catalog.loadTable("db.other").scan().count() == 1)
    },
    Rule("a table that forbids to delete its files is not purged") { subject async throws in
      _ = try await subject.catalog.createTable(
        name, Sample.creation(properties: ["gc.enabled": "false"]))
      await expectError(.invalidArgument) {
        try await subject.catalog.dropTable(name, purge: true)
      }
      #expect(try await subject.catalog.tableExists(name))
      _ = try await subject.catalog.commit(Sample.set("gc.enabled", "true"), to: name)
      try await subject.catalog.dropTable(name, purge: true)
      #expect(try await subject.catalog.tableExists(name) == false)
    },
  ]

  /// Renaming tables.
  static let renames: [Rule] = [
    Rule("a table keeps everything but its name when it is renamed", needs: .renaming) {
      subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation())
      table = try await table.append(rows: [Sample.Row(id: 1)])
      try await subject.catalog.renameTable(name, to: "db.renamed")
      let renamed = try await subject.catalog.loadTable("db.renamed")
      #expect(renamed.identifier == "db.renamed")
      #expect(renamed.metadata == table.metadata)
      #expect(try await renamed.scan().count() == 1)
      await expectError(.notFound) { _ = try await subject.catalog.loadTable(name) }
      #expect(try await subject.catalog.listTables(in: ["db"]) == ["db.renamed"])
      let changed = try await subject.catalog.commit(Sample.set("k"), to: "db.renamed")
      #expect(changed.metadata.properties["k"] == "x")
    },
    Rule("a table is renamed into another namespace, which is made", needs: .renaming) {
      subject async throws in
      _ = try await subject.catalog.createTable(name, Sample.creation())
      try await subject.catalog.renameTable(name, to: "new.name")
      #expect(try await subject.catalog.listTables(in: ["new"]) == ["new.name"])
      #expect(try await subject.catalog.listTables(in: ["db"]).isEmpty)
    },
    Rule("a name that is taken is not given", needs: .renaming) { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let taken = try await subject.catalog.createTable("db.taken", Sample.creation())
      await expectError(.alreadyExists) {
        try await subject.catalog.renameTable(name, to: "db.taken")
      }
      #expect(try await subject.catalog.loadTable(name).metadata == table.metadata)
      #expect(try await subject.catalog.loadTable("db.taken").metadata == taken.metadata)
    },
    Rule("what is not there is not renamed", needs: .renaming) { subject async throws in
      await expectError(.notFound) {
        try await subject.catalog.renameTable("db.none", to: "other.x")
      }
      #expect(try await subject.catalog.listNamespaces(in: []).isEmpty)
    },
    Rule("a table is not renamed to what is no name", needs: .renaming) { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      for bad in ["", "a/b", "..", "a.b"] {
        await expectError(.invalidArgument, "'\(bad)'") {
          try await subject.catalog.renameTable(
            name, to: TableIdentifier(namespace: ["db"], name: bad))
        }
      }
      #expect(try await subject.catalog.loadTable(name).metadata == table.metadata)
    },
    Rule("the old name is free, and a table of it does no harm to the new", needs: .renaming) {
      subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation())
      table = try await table.append(rows: [Sample.Row(id: 1)])
      try await subject.catalog.renameTable(name, to: "db.kept")
      _ = try await subject.catalog.createTable(name, Sample.creation())
      #expect(try await subject.catalog.loadTable("db.kept").scan().count() == 1)
      #expect(try await subject.catalog.loadTable(name).metadata.snapshots.isEmpty)
    },
    Rule("who cannot rename says so, and changes nothing", lacks: .renaming) {
      subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      await expectError(.unsupported) {
        try await subject.catalog.renameTable(name, to: "db.renamed")
      }
      #expect(try await subject.catalog.loadTable(name).metadata == table.metadata)
      #expect(try await subject.catalog.listTables(in: ["db"]) == [name])
    },
  ]

  /// Registering metadata files.
  static let registrations: [Rule] = [
    Rule("a metadata file is registered under a name", needs: .registration) {
      subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation())
      table = try await table.append(rows: [Sample.Row(id: 1)])
      let location = try #require(table.metadataLocation)
      try await subject.catalog.dropTable(name, purge: false)
      guard try await table.fileIO.exists(location) else { return }
      try await subject.catalog.validateRegistration(
        "new.t", metadataLocation: location, overwrite: false)
      #expect(try await subject.catalog.tableExists("new.t") == false)
      let registered = try await subject.catalog.registerTable(
        "new.t", metadataLocation: location)
      #expect(registered.identifier == "new.t")
      #expect(registered.metadata == table.metadata)
      #expect(registered.metadataLocation == location)
      let loaded = try await subject.catalog.loadTable("new.t")
      #expect(try await loaded.scan().count() == 1)
      #expect(try await subject.catalog.listTables(in: ["new"]) == ["new.t"])
      let changed = try await loaded.append(rows: [Sample.Row(id: 2)])
      #expect(try await changed.scan().count() == 2)
      #expect(changed.metadata.metadataLog.last?.location == location)
    },
    Rule("an earlier version is registered as it was", needs: .registration) {
      subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let location = try #require(table.metadataLocation)
      _ = try await subject.catalog.commit(Sample.set("k"), to: name)
      try await subject.catalog.dropTable(name, purge: false)
      let registered = try await subject.catalog.registerTable(name, metadataLocation: location)
      #expect(registered.metadata == table.metadata)
    },
    Rule("a name that is taken is not registered") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let other = try await subject.catalog.createTable("db.other", Sample.creation())
      let location = try #require(other.metadataLocation)
      await expectError(.alreadyExists) {
        _ = try await subject.catalog.registerTable(name, metadataLocation: location)
      }
      await expectError(.alreadyExists) {
        try await subject.catalog.validateRegistration(
          name, metadataLocation: location, overwrite: false)
      }
      #expect(try await subject.catalog.loadTable(name).metadata == table.metadata)
    },
    Rule("what is no metadata file is not registered") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let place = table.metadata.location
      await expectRefusal("a file that is not there") {
        _ = try await subject.catalog.registerTable(
          "db.new", metadataLocation: place + "/metadata/none.metadata.json")
      }
      let broken = place + "/metadata/broken.metadata.json"
      try await table.fileIO.write([0x7B], to: broken, mode: .createNew)
      await expectRefusal("a file that is cut off") {
        _ = try await subject.catalog.registerTable("db.new", metadataLocation: broken)
      }
      #expect(try await subject.catalog.tableExists("db.new") == false)
      #expect(try await subject.catalog.listTables(in: ["db"]) == [name])
    },
    Rule("a registered file takes the place of a version", needs: .overwritingRegistration) {
      subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let location = try #require(table.metadataLocation)
      _ = try await subject.catalog.commit(Sample.set("k"), to: name)
      let back = try await subject.catalog.registerTable(
        name, metadataLocation: location, overwrite: true)
      #expect(back.metadata == table.metadata)
      #expect(try await subject.catalog.loadTable(name).metadata == table.metadata)
      let new = try await subject.catalog.registerTable(
        "db.new", metadataLocation: location, overwrite: true)
      #expect(new.metadata == table.metadata)
    },
    Rule("who never replaces a version says so", lacks: .overwritingRegistration) {
      subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      let location = try #require(table.metadataLocation)
      let next = try await subject.catalog.commit(Sample.set("k"), to: name)
      await expectError(.unsupported) {
        _ = try await subject.catalog.registerTable(
          name, metadataLocation: location, overwrite: true)
      }
      #expect(try await subject.catalog.loadTable(name).metadata == next.metadata)
    },
  ]
}
