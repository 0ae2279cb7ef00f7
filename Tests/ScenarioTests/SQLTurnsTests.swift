#if SQL
import Iceberg
import IcebergModel
import IcebergSQL
import IcebergTestSupport
import Testing

/// Other engines and this library take turns at one SQLite database.
@Suite(.serialized) struct SQLTurnsTests {
  struct Row: Encodable, Decodable {
    var id: Int64
  }

  static func open(
    _ directory: TemporaryDirectory, layout: SQLCatalog.Options.Layout = .asFound
  ) async throws -> SQLCatalog {
    try await SQLCatalog.open(
      directory.path("c.db"), name: "shared", warehouse: directory.path("wh"),
      options: .init(layout: layout))
  }

  static func java(_ directory: TemporaryDirectory, _ layout: String) async throws -> JavaProcess {
    try await JavaProcess(
      "JdbcTurns", in: directory.path("classes"),
      arguments: [directory.path("c.db"), "shared", directory.path("wh"), layout])
  }

  static func pyIceberg(_ directory: TemporaryDirectory) throws -> PeerProcess {
    try PeerProcess(
      PyIceberg.python ?? "",
      arguments: [
        "-m", "interop.sql_turns", directory.path("c.db"), "shared",
        "file://" + directory.path("wh"),
      ], in: "Interop")
  }

  static func ids(_ table: Table) async throws -> [Int64] {
    var ids: [Int64] = []
    for try await row in table.scan().select("id").rows(as: Row.self) { ids.append(row.id) }
    return ids.sorted()
  }

  @Test(
    "Iceberg Java's JdbcCatalog opens what we made, and we what it made, in both layouts",
    .enabled(
      if: JavaProcess.classPath != nil && JavaProcess.sqliteDriver != nil,
      "needs Iceberg Java (ICE_CP) and SQLite's JDBC driver (ICEBERG_SQLITE_JDBC)"),
    arguments: ["V0", "V1", "ours"])
  func javaTurns(maker: String) async throws {
    try await withTemporaryDirectory { directory in
      if maker == "ours" {
        _ = try await Self.open(directory).createNamespace(["first"], properties: ["by": "us"])
      }
      let java = try await Self.java(directory, maker == "V0" ? "V0" : "V1")
      #expect(try await java.ask("create", "db.java").first == "ok")
      let catalog = try await Self.open(directory)
      #expect(try await catalog.listTables(in: ["db"]) == ["db.java"])
      var ours = try await catalog.createTable("db.ours", SampleTable.creation())
      var names: [String] = []
      for turn in 0..<4 {
        for name: TableIdentifier in ["db.java", "db.ours"] {
          var table = try await catalog.loadTable(name)
          table = try await table.append([SampleTable.dataFile("ours\(turn).parquet", of: table)])
          let answer = try await java.ask("append", name.description, "java\(turn)")
          #expect(answer.first == "ok", "\(answer)")
          #expect(
            answer.last == (names + ["java\(turn)", "ours\(turn)"]).sorted().joined(separator: ","))
          table = try await catalog.loadTable(name)
          #expect(table.metadataLocation?.hasSuffix("/" + answer[1]) == true)
          let audit = try await TableAudit(table)
          #expect(audit.defects.isEmpty, "\(audit.defects)")
        }
        names += ["java\(turn)", "ours\(turn)"]
      }
      ours = try await ours.refreshed()
      #expect(ours.metadata.snapshots.count == 8)
      #expect(try await java.ask("tables", "db") == ["ok", "db.java,db.ours"])
      #expect(try await java.ask("rename", "db.ours", "db.renamed").first == "ok")
      try await catalog.renameTable("db.renamed", to: "x.y.again")
      #expect(try await java.ask("load", "x.y.again").last == names.sorted().joined(separator: ","))
      #expect(try await java.ask("create", "x.y.again").first == "bad")
      await expectError(.alreadyExists) {
        _ = try await catalog.createTable("db.java", SampleTable.creation())
      }
      // Namespaces and their properties.
      #expect(try await java.ask("namespace", "a.b", "owner", "java") == ["ok", ""])
      #expect(try await catalog.namespaceProperties(["a", "b"]) == ["owner": "java"])
      try await catalog.updateNamespaceProperties(
        ["a", "b"], setting: ["more": "ours"], removing: ["owner"])
      #expect(try await java.ask("properties", "a.b") == ["ok", "{more=ours}"])
      #expect(try await java.ask("remove", "a.b", "more") == ["ok", "true"])
      try await catalog.createNamespace(["a", "c"])
      #expect(try await java.ask("namespaces", "a") == ["ok", "a.b,a.c"])
      #expect(try await java.ask("namespace", "a.c").first == "bad")
      #expect(try await java.ask("drop-namespace", "a.c") == ["ok", "true"])
      try await catalog.dropNamespace(["a", "b"])
      #expect(try await catalog.listNamespaces(in: ["a"]).isEmpty)
      if maker == "ours" {
        #expect(try await java.ask("properties", "first") == ["ok", "{by=us}"])
      }
      // Views, where the layout knows them.
      if maker != "V0" {
        #expect(try await java.ask("view", "db.v") == ["ok", ""])
        #expect(try await catalog.listTables(in: ["db"]) == ["db.java"])
        await expectError(.alreadyExists) {
          _ = try await catalog.createTable("db.v", SampleTable.creation())
        }
      }
      #expect(try await java.ask("drop", "x.y.again") == ["ok", "true"])
      #expect(try await catalog.tableExists("x.y.again") == false)
      try await catalog.dropTable("db.java", purge: false)
      #expect(try await java.ask("load", "db.java").first == "bad")
    }
  }

  @Test(
    "a database that Java made is upgraded by either, and the other goes on",
    .enabled(
      if: JavaProcess.classPath != nil && JavaProcess.sqliteDriver != nil,
      "needs Iceberg Java (ICE_CP) and SQLite's JDBC driver (ICEBERG_SQLITE_JDBC)"))
  func upgrade() async throws {
    try await withTemporaryDirectory { directory in
      let old = try await Self.java(directory, "V0")
      #expect(try await old.ask("create", "db.old").first == "ok")
      let catalog = try await Self.open(directory)
      _ = try await catalog.createTable("db.ours", SampleTable.creation())
      _ = try await Self.open(directory, layout: .v1).createTable(
        "db.new", SampleTable.creation())
      let new = try await Self.java(directory, "V1")
      for java in [old, new] {
        #expect(try await java.ask("tables", "db") == ["ok", "db.new,db.old,db.ours"])
        #expect(try await java.ask("append", "db.ours", "a").first == "ok")
      }
      #expect(try await catalog.loadTable("db.ours").metadata.snapshots.count == 2)
    }
  }

  @Test(
    "PyIceberg's SqlCatalog opens what we made, and we what it made",
    .enabled(if: PyIceberg.python != nil, "needs a Python with PyIceberg: ICEBERG_PYTHON"),
    arguments: ["theirs", "ours"])
  func pyIcebergTurns(maker: String) async throws {
    try await withTemporaryDirectory { directory in
      if maker == "ours" { try await Self.open(directory).createNamespace(["db"]) }
      let python = try Self.pyIceberg(directory)
      if maker == "theirs" { #expect(try await python.ask("namespace", "db") == ["ok", ""]) }
      #expect(try await python.ask("create", "db.theirs").first == "ok")
      let catalog = try await Self.open(directory)
      #expect(try await catalog.listTables(in: ["db"]) == ["db.theirs"])
      _ = try await catalog.createTable("db.ours", SampleTable.creation())
      var expected: [Int64] = []
      for turn in 0..<3 {
        for name: TableIdentifier in ["db.theirs", "db.ours"] {
          var table = try await catalog.loadTable(name)
          table = try await table.append(rows: [Row(id: Int64(turn * 2))])
          let answer = try await python.ask("append", name.description, "\(turn * 2 + 1)")
          #expect(answer.first == "ok", "\(answer)")
          let now = expected + [Int64(turn * 2), Int64(turn * 2 + 1)]
          #expect(answer.last == now.map(String.init).joined(separator: ","))
          table = try await catalog.loadTable(name)
          #expect(table.metadataLocation?.hasSuffix("/" + answer[1]) == true)
          #expect(try await Self.ids(table) == now)
        }
        expected += [Int64(turn * 2), Int64(turn * 2 + 1)]
      }
      #expect(try await python.ask("set", "db.ours", "k", "v").first == "ok")
      #expect(try await catalog.loadTable("db.ours").metadata.properties["k"] == "v")
      #expect(try await python.ask("tables", "db") == ["ok", "db.ours,db.theirs"])
      #expect(try await python.ask("rename", "db.ours", "db.renamed").first == "ok")
      try await catalog.renameTable("db.renamed", to: "x.y.again")
      #expect(try await python.ask("load", "x.y.again").last == "0,1,2,3,4,5")
      #expect(try await python.ask("create", "x.y.again").first == "bad")
      // Dropped here, registered there, and the other way round.
      let location = try await catalog.loadTable("x.y.again").metadataLocation ?? ""
      try await catalog.dropTable("x.y.again", purge: false)
      #expect(try await python.ask("register", "x.y.back", location).last == "0,1,2,3,4,5")
      #expect(try await python.ask("drop", "x.y.back") == ["ok", ""])
      let back = try await catalog.registerTable("db.back", metadataLocation: location)
      #expect(try await Self.ids(back) == expected)
      // Namespaces and their properties.
      #expect(try await python.ask("namespace", "a.b", "owner", "python") == ["ok", ""])
      #expect(try await catalog.namespaceProperties(["a", "b"]) == ["owner": "python"])
      try await catalog.updateNamespaceProperties(
        ["a", "b"], setting: ["more": "ours"], removing: ["owner"])
      #expect(try await python.ask("properties", "a.b") == ["ok", "more=ours"])
      #expect(try await python.ask("remove", "a.b", "more").first == "ok")
      #expect(try await catalog.namespaceExists(["a", "b"]))
      try await catalog.createNamespace(["a", "c"], properties: ["x": "y"])
      #expect(try await python.ask("namespaces", "a") == ["ok", "a.b,a.c"])
      #expect(try await python.ask("properties", "a.c") == ["ok", "x=y"])
      #expect(try await python.ask("namespace", "a.c").first == "bad")
      #expect(try await python.ask("drop-namespace", "a.c") == ["ok", ""])
      try await catalog.dropNamespace(["a", "b"])
      #expect(try await catalog.listNamespaces(in: ["a"]).isEmpty)
    }
  }

  @Test(
    "PyIceberg and we append to one table at the same time, and no row is lost",
    .enabled(if: PyIceberg.python != nil, "needs a Python with PyIceberg: ICEBERG_PYTHON"))
  func pyIcebergRace() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = try await Self.open(directory)
      _ = try await catalog.createTable(
        "db.t", SampleTable.creation(properties: ["commit.retry.num-retries": "100"]))
      let rounds = LongTests.rounds(quick: 6, long: 40)
      let python = Task.detached {
        let python = try Self.pyIceberg(directory)
        var refused: [[String]] = []
        for number in 0..<rounds {
          let answer = try await python.ask("append", "db.t", "\(1000 + number)")
          if answer.first != "ok" { refused.append(answer) }
        }
        return refused
      }
      for number in 0..<rounds {
        let table = try await catalog.loadTable("db.t")
        try await table.append(rows: [Row(id: Int64(number))])
      }
      #expect(try await python.value.isEmpty)
      let table = try await catalog.loadTable("db.t")
      let expected = (0..<rounds).map(Int64.init) + (0..<rounds).map { Int64(1000 + $0) }
      #expect(try await Self.ids(table) == expected)
      #expect(try await TableAudit(table).defects.isEmpty)
    }
  }
}
#endif
