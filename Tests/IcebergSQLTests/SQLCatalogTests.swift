#if SQL
import Foundation
import Iceberg
import IcebergBytes
import IcebergModel
import IcebergSQL
import IcebergTestSupport
import Synchronization
import Testing

@Suite struct SQLCatalogTests {
  static let name: TableIdentifier = "db.events"

  static func set(_ key: String) -> TableCommit {
    TableCommit(requirements: [], updates: [.setProperties([key: "x"])])
  }

  static func open(
    _ directory: TemporaryDirectory, name: String? = "test", options: SQLCatalog.Options = .init(),
    fileIO: any FileIO = FileIOResolver(), steps: SQLCommitSteps = .none
  ) async throws -> SQLCatalog {
    try await SQLCatalog.open(
      directory.path("c.db"), name: name, warehouse: directory.path("wh"), fileIO: fileIO,
      options: options, steps: steps)
  }

  static func connect(_ directory: TemporaryDirectory) throws -> SQLiteConnection {
    try SQLiteConnection(path: directory.path("c.db"), creates: true, busyMilliseconds: 1000)
  }

  /// A database of the first layout, as Iceberg Java makes it.
  static func makeOld(_ directory: TemporaryDirectory) throws {
    let connection = try connect(directory)
    try connection.run(
      """
      CREATE TABLE iceberg_tables(catalog_name VARCHAR(255) NOT NULL,
      table_namespace VARCHAR(255) NOT NULL,table_name VARCHAR(255) NOT NULL,
      metadata_location VARCHAR(1000),previous_metadata_location VARCHAR(1000),
      PRIMARY KEY (catalog_name, table_namespace, table_name))
      """)
    try connection.run(
      """
      CREATE TABLE iceberg_namespace_properties(catalog_name VARCHAR(255) NOT NULL,
      namespace VARCHAR(255) NOT NULL,property_key VARCHAR(255),property_value VARCHAR(1000),
      PRIMARY KEY (catalog_name, namespace, property_key))
      """)
  }

  @Test("a new database has the tables, columns and rows that the others expect")
  func rows() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await Self.open(directory)
      try await catalog.createNamespace(["x", "y"], properties: ["owner": "ops"])
      let first = try await catalog.createTable(Self.name, SampleTable.creation())
      let second = try await catalog.commit(Self.set("k"), to: Self.name)
      let connection = try Self.connect(directory)
      #expect(
        try connection.rows("SELECT * FROM iceberg_tables") == [
          ["test", "db", "events", second.metadataLocation, first.metadataLocation]
        ])
      #expect(
        try connection.rows("SELECT * FROM iceberg_namespace_properties ORDER BY 2, 3") == [
          ["test", "db", "exists", "true"], ["test", "x", "exists", "true"],
          ["test", "x.y", "exists", "true"], ["test", "x.y", "owner", "ops"],
        ])
      let place = directory.path("wh/db/events/metadata/")
      #expect(first.metadataLocation?.hasPrefix(place + "00000-") == true)
      #expect(second.metadataLocation?.hasPrefix(place + "00001-") == true)
    }
  }

  @Test("a database of the first layout is used as it is")
  func oldLayout() async throws {
    try await withTemporaryDirectory { directory in
      try Self.makeOld(directory)
      let catalog = try await Self.open(directory)
      _ = try await catalog.createTable(Self.name, SampleTable.creation())
      _ = try await catalog.commit(Self.set("k"), to: Self.name)
      try await catalog.renameTable(Self.name, to: "db.renamed")
      #expect(try await catalog.listTables(in: ["db"]) == ["db.renamed"])
      let connection = try Self.connect(directory)
      #expect(try connection.rows("SELECT * FROM iceberg_tables")[0].count == 5)
      // Somebody else upgrades it meanwhile.
      let other = try await Self.open(directory, options: .init(layout: .v1))
      _ = try await other.createTable("db.new", SampleTable.creation())
      _ = try await catalog.createTable("db.newer", SampleTable.creation())
      #expect(
        try await catalog.listTables(in: ["db"]).map(\.name) == ["new", "newer", "renamed"])
      #expect(
        try connection.rows("SELECT iceberg_type FROM iceberg_tables ORDER BY table_name")
          == [["TABLE"], ["TABLE"], [nil]])
      try await catalog.dropTable("db.renamed", purge: true)
      #expect(try await catalog.tableExists("db.renamed") == false)
    }
  }

  @Test("views are left alone: not listed, not loaded, not dropped, and their names are taken")
  func views() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await Self.open(directory, options: .init(layout: .v1))
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
      let location = try #require(table.metadataLocation)
      let connection = try Self.connect(directory)
      for namespace in ["db", "only"] {
        try connection.run(
          "INSERT INTO iceberg_tables VALUES ('test', ?, 'v', ?, NULL, 'VIEW')", namespace,
          location)
      }
      #expect(try await catalog.listTables(in: ["db"]) == [Self.name])
      #expect(try await catalog.listTables(in: ["only"]).isEmpty)
      #expect(try await catalog.listNamespaces(in: []) == [["db"], ["only"]])
      await expectError(.notFound) { _ = try await catalog.loadTable("db.v") }
      await expectError(.notFound) { try await catalog.dropTable("db.v", purge: false) }
      await expectError(.notFound) { _ = try await catalog.commit(Self.set("k"), to: "db.v") }
      await expectError(.notFound) { try await catalog.renameTable("db.v", to: "db.w") }
      await expectError(.alreadyExists) {
        _ = try await catalog.createTable("db.v", SampleTable.creation())
      }
      await expectError(.alreadyExists) { try await catalog.renameTable(Self.name, to: "db.v") }
      await expectError(.alreadyExists) {
        _ = try await catalog.registerTable("db.v", metadataLocation: location, overwrite: true)
      }
      await expectError(.invalidArgument) { try await catalog.dropNamespace(["only"]) }
      #expect(
        try connection.rows("SELECT 1 FROM iceberg_tables WHERE iceberg_type = 'VIEW'").count == 2)
    }
  }

  @Test("catalogs of several names share a database and do not see each other")
  func severalCatalogs() async throws {
    try await withTemporaryDirectory { directory in
      let nameless = try await Self.open(directory, name: nil)
      #expect(nameless.name == "default")
      let one = try await Self.open(directory, name: "one")
      let two = try await Self.open(directory, name: "two")
      let table = try await one.createTable(Self.name, SampleTable.creation())
      #expect(try await two.listNamespaces(in: []).isEmpty)
      #expect(try await Self.open(directory, name: nil).name == "one")
      _ = try await two.createTable(
        Self.name, SampleTable.creation())
      try await two.dropTable(Self.name, purge: false)
      #expect(try await one.loadTable(Self.name).metadata == table.metadata)
      await expectError(.invalidArgument) { _ = try await Self.open(directory, name: nil) }
    }
  }

  @Test("namespaces that others keep by properties alone stay when those are removed")
  func foreignNamespaces() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await Self.open(directory)
      let connection = try Self.connect(directory)
      try connection.run(
        "INSERT INTO iceberg_namespace_properties VALUES ('test', 'a.b', 'owner', 'ops')")
      #expect(try await catalog.listNamespaces(in: []) == [["a"]])
      #expect(try await catalog.namespaceProperties(["a", "b"]) == ["owner": "ops"])
      await expectError(.alreadyExists) { try await catalog.createNamespace(["a"]) }
      try await catalog.updateNamespaceProperties(["a", "b"], setting: [:], removing: ["owner"])
      #expect(try await catalog.namespaceExists(["a", "b"]))
      await expectError(.invalidArgument) {
        try await catalog.updateNamespaceProperties(["a"], setting: ["exists": "no"], removing: [])
      }
    }
  }

  @Test("a database that is not there, is none, or holds no catalog is told")
  func wrongFiles() async throws {
    try await withTemporaryDirectory { directory in
      let refuse = SQLCatalog.Options(missing: .refuse)
      await expectError(.notFound) { _ = try await Self.open(directory, options: refuse) }
      #expect(directory.listing.files().isEmpty)
      _ = try Self.connect(directory).run("CREATE TABLE other (x)")
      await expectError(.notFound) { _ = try await Self.open(directory, options: refuse) }
      _ = try await Self.open(directory)
      _ = try await Self.open(directory, options: refuse)
      try await LocalFileIO().write(
        Bytes(utf8: String(repeating: "no database ", count: 100)), to: directory.path("no.db"),
        mode: .createNew)
      await expectError(.invalidFile) {
        _ = try await SQLCatalog.open(directory.path("no.db"))
      }
      await expectError(.storage) {
        _ = try await SQLCatalog.open(directory.path("no/folder/c.db"))
      }
    }
  }

  @Test("without a warehouse a table needs a place")
  func noWarehouse() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await SQLCatalog.open(directory.path("c.db"))
      await expectError(.invalidArgument) {
        _ = try await catalog.createTable(Self.name, SampleTable.creation())
      }
      try await catalog.createNamespace(["db"], properties: ["location": directory.path("a")])
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
      #expect(table.metadata.location == directory.path("a/events"))
    }
  }

  @Test("a metadata file that is gone is told apart from a table that is gone")
  func missingMetadata() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await Self.open(directory)
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
      try await table.fileIO.remove([try #require(table.metadataLocation)])
      await expectError(.invalidMetadata) { _ = try await catalog.loadTable(Self.name) }
      try await catalog.dropTable(Self.name, purge: false)
      await expectError(.notFound) { _ = try await catalog.loadTable(Self.name) }
    }
  }

  @Test("who reads without end keeps nobody from committing to a new database")
  func endlessReader() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await Self.open(
        directory, options: .init(busyTimeout: .milliseconds(100)))
      _ = try await catalog.createTable(Self.name, SampleTable.creation())
      // As SQLite's driver for Java does after it has looked for the columns of a table.
      let reader = try Self.connect(directory)
      try reader.run("BEGIN")
      _ = try reader.rows("SELECT * FROM iceberg_tables")
      _ = try await catalog.commit(Self.set("k"), to: Self.name)
      #expect(try await catalog.loadTable(Self.name).metadata.properties["k"] == "x")
    }
  }

  @Test("a lock of another process is waited for, and then told as unavailable")
  func locked() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await Self.open(
        directory, options: .init(busyTimeout: .milliseconds(100)))
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
      let connection = try Self.connect(directory)
      try connection.run("BEGIN IMMEDIATE")
      await expectError(.unavailable) { _ = try await catalog.commit(Self.set("k"), to: Self.name) }
      #expect(try await catalog.loadTable(Self.name).metadata == table.metadata)
      // Nothing is left of the attempt.
      #expect(directory.listing.files().filter { $0.hasSuffix(".metadata.json") }.count == 1)
      try connection.run("ROLLBACK")
      _ = try await catalog.commit(Self.set("k"), to: Self.name)
    }
  }

  @Test("what fails before the commit is undone, and its files are removed")
  func failure() async throws {
    try await withTemporaryDirectory { directory in
      _ = try await Self.open(directory).createTable(Self.name, SampleTable.creation())
      for step in [SQLCommitStep.begun, .written] {
        let catalog = try await Self.open(
          directory,
          steps: SQLCommitSteps {
            if $0 == step { throw IcebergError(.storage, "stopped") }
          })
        await expectError(.storage) { _ = try await catalog.commit(Self.set("k"), to: Self.name) }
        await expectError(.storage) {
          _ = try await catalog.createTable("db.new", SampleTable.creation())
        }
        await expectError(.storage) { try await catalog.dropTable(Self.name, purge: false) }
        #expect(try await catalog.listTables(in: ["db"]) == [Self.name])
        #expect(try await catalog.loadTable(Self.name).metadata.properties["k"] == nil)
        #expect(directory.listing.files().filter { $0.hasSuffix(".metadata.json") }.count == 1)
      }
    }
  }

  @Test(
    "once a transaction has begun, cancelling the task has no effect",
    arguments: SQLCommitStep.allCases)
  func cancelled(at step: SQLCommitStep) async throws {
    try await withTemporaryDirectory { directory in
      _ = try await Self.open(directory).createTable(Self.name, SampleTable.creation())
      let cancel = Locked<(@Sendable () -> Void)?>(nil)
      let catalog = try await Self.open(
        directory, steps: SQLCommitSteps { if $0 == step { cancel.value?() } })
      let task = Task {
        while cancel.value == nil { await Task.yield() }
        let table = try await catalog.commit(Self.set("k"), to: Self.name)
        #expect(Task.isCancelled)
        return table
      }
      cancel.withLock { $0 = { task.cancel() } }
      #expect(try await task.value.metadata.properties["k"] == "x")
      #expect(try await catalog.loadTable(Self.name).metadata.properties["k"] == "x")
    }
  }

  @Test("a reply that is lost after the commit is looked up")
  func lostReply() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await Self.open(
        directory,
        steps: SQLCommitSteps {
          if $0 == .committed { throw IcebergError(.storage, "the reply is lost") }
        })
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
      let next = try await catalog.commit(Self.set("k"), to: Self.name)
      #expect(next.metadata.metadataLog.map(\.location) == [table.metadataLocation])
      #expect(try await catalog.loadTable(Self.name).metadata == next.metadata)
      await expectError(.commitStateUnknown) {
        try await catalog.dropTable(Self.name, purge: false)
      }
    }
  }

  @Test("a commit that others have built upon before it could be looked up is unknown, and kept")
  func lostReplyOvertaken() async throws {
    try await withTemporaryDirectory { directory in
      let plain = try await Self.open(directory)
      _ = try await plain.createTable(Self.name, SampleTable.creation())
      let location = directory.path("c.db")
      let catalog = try await Self.open(
        directory,
        steps: SQLCommitSteps { step in
          guard step == .committed else { return }
          // As if two others had committed meanwhile.
          let connection = try SQLiteConnection(
            path: location, creates: false, busyMilliseconds: 1000)
          try connection.run("UPDATE iceberg_tables SET previous_metadata_location = 'other'")
          try connection.run("UPDATE iceberg_tables SET metadata_location = 'another'")
          throw IcebergError(.storage, "the reply is lost")
        })
      await expectError(.commitStateUnknown) {
        _ = try await catalog.commit(Self.set("k"), to: Self.name)
      }
      #expect(directory.listing.files().filter { $0.hasSuffix(".metadata.json") }.count == 2)
    }
  }

  @Test("a transaction whose outcome was lost is found in the history of the table")
  func lostReplyInLoop() async throws {
    try await withTemporaryDirectory { directory in
      let plain = try await Self.open(directory)
      _ = try await plain.createTable(Self.name, SampleTable.creation())
      let count = Mutex(0)
      let catalog = try await Self.open(
        directory,
        steps: SQLCommitSteps { step in
          guard step == .committed else { return }
          count.withLock { $0 += 1 }
          throw IcebergError(.storage, "the reply is lost")
        })
      var table = try await catalog.loadTable(Self.name)
      for number in 0..<3 {
        table = try await table.append([SampleTable.dataFile("f\(number)", of: table)])
      }
      #expect(count.withLock { $0 } == 3)
      #expect(try await TableAudit(plain.loadTable(Self.name)).names == ["f0", "f1", "f2"])
    }
  }

  @Test(
    "a new database gets a write-ahead log; what others made keeps its way, unless asked to change")
  func journal() async throws {
    func mode(_ directory: TemporaryDirectory) throws -> [[String?]] {
      try Self.connect(directory).rows("PRAGMA journal_mode")
    }
    try await withTemporaryDirectory { directory in
      _ = try await Self.open(directory)
      #expect(try mode(directory) == [["wal"]])
      _ = try await Self.open(directory, options: .init(journal: .rollbackJournal))
      #expect(try mode(directory) == [["delete"]])
    }
    try await withTemporaryDirectory { directory in
      try Self.makeOld(directory)
      _ = try await Self.open(directory)
      #expect(try mode(directory) == [["delete"]])
      _ = try await Self.open(directory, options: .init(journal: .writeAheadLog))
      _ = try await Self.open(directory)
      #expect(try mode(directory) == [["wal"]])
    }
  }
}
#endif
