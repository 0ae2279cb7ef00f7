import Foundation
import Testing

/// The commands of catalogs, on both kinds that the tool knows.
@Suite struct CatalogCommandTests {
  /// How a catalog is named on the command line.
  enum Kind: String, CaseIterable, CustomTestStringConvertible {
    case folder, database
    var testDescription: String { rawValue }

    func words(_ tool: Tool) -> [String] {
      switch self {
      case .folder: ["--warehouse", tool.warehouse]
      case .database:
        ["--catalog", "sqlite://\(tool.folder.path)/c.db", "--warehouse", tool.warehouse]
      }
    }
  }

  static func with(_ body: (Tool) throws -> Void) throws {
    let tool = try Tool()
    defer { tool.remove() }
    try body(tool)
  }

  @Test("a table is made, filled, listed and dropped, in every catalog", arguments: Kind.allCases)
  func lifecycle(kind: Kind) throws {
    try Self.with { tool in
      let catalog = kind.words(tool)
      let rows = try tool.file("rows.csv", "id,city\n1,Oslo\n2,\n")
      let schema = ["--schema", "id long not null, city string"]
      // A dry run makes nothing, not even a database.
      if kind == .folder {
        let planned = try tool.run(["create", "db.t", "--dry-run"] + schema + catalog)
        #expect(planned.exitCode == 0, "\(planned.messages)")
        #expect(planned.output.hasPrefix("would be made: db.t in "))
        #expect(try tool.run(["describe", "db.t"] + catalog).exitCode == 3)
      }
      let made = try tool.run(
        ["create", "db.t", "--partition-by", "city", "--sort-by", "id desc", "--property", "a=b"]
          + ["--format-version", "3"] + schema + catalog)
      #expect(made.exitCode == 0, "\(made.messages)")
      let planned = try tool.run(["create", "db.u", "--dry-run", "--json"] + schema + catalog)
      #expect(planned.output.contains("\"dry_run\":true"), "\(planned.messages)")
      #expect(try tool.run(["describe", "db.u"] + catalog).exitCode == 3)
      #expect(try tool.run(["create", "db.t"] + schema + catalog).exitCode == 1)
      #expect(try tool.run(["append", "db.t", "--from", rows] + catalog).exitCode == 0)
      #expect(try tool.run(["count", "db.t"] + catalog).output.contains("2"))
      #expect(try tool.run(["tables"] + catalog).output == "db.t\n")
      #expect(
        try tool.run(["tables", "db", "--json"] + catalog).output
          == "{\"namespace\":[\"db\"],\"name\":\"t\"}\n")
      let plan = try tool.run(["drop", "db.t", "--purge", "--dry-run"] + catalog)
      #expect(plan.output.contains("would be dropped: db.t and its "), "\(plan.messages)")
      #expect(try tool.run(["count", "db.t"] + catalog).exitCode == 0)
      let dropped = try tool.run(["drop", "db.t", "--purge", "--json"] + catalog)
      #expect(dropped.exitCode == 0, "\(dropped.messages)")
      #expect(dropped.output.contains("\"purge\":true"))
      #expect(try tool.run(["drop", "db.t"] + catalog).exitCode == 3)
      #expect(try tool.run(["tables"] + catalog).output.isEmpty)
      #expect(FileManager.default.subpaths(atPath: tool.warehouse + "/db/t") ?? [] == [])
    }
  }

  @Test("a table is renamed in a database, and not where its name is its place")
  func rename() throws {
    try Self.with { tool in
      for kind in Kind.allCases {
        let catalog = kind.words(tool)
        let name = "\(kind.rawValue).t"
        #expect(try tool.run(["create", name, "--schema", "id long"] + catalog).exitCode == 0)
        let plan = try tool.run(["rename", name, "other.u", "--dry-run"] + catalog)
        let done = try tool.run(["rename", name, "other.u"] + catalog)
        switch kind {
        case .folder: #expect(plan.exitCode == 4 && done.exitCode == 4)
        case .database:
          #expect(plan.output == "would be renamed: database.t to other.u\n")
          #expect(done.output == "renamed database.t to other.u\n")
          #expect(try tool.run(["describe", "other.u"] + catalog).exitCode == 0)
          #expect(try tool.run(["rename", name, "x.y"] + catalog).exitCode == 3)
        }
      }
    }
  }

  @Test("a table of a folder is registered in a database, and a dropped one again")
  func register() throws {
    try Self.with { tool in
      let (folder, database) = (Kind.folder.words(tool), Kind.database.words(tool))
      let rows = try tool.file("rows.csv", "id\n1\n")
      #expect(try tool.run(["create", "db.t", "--schema", "id long"] + folder).exitCode == 0)
      #expect(try tool.run(["append", "db.t", "--from", rows] + folder).exitCode == 0)
      let place = tool.warehouse + "/db/t"
      let registered = try tool.run(["register", "db.t", place, "--json"] + database)
      #expect(registered.exitCode == 0, "\(registered.messages)")
      #expect(registered.output.contains("v2.metadata.json"))
      #expect(try tool.run(["register", "db.t", place] + database).exitCode == 1)
      #expect(try tool.run(["register", "db.t", place, "--overwrite"] + database).exitCode == 0)
      #expect(try tool.run(["count", "db.t"] + database).exitCode == 0)
      #expect(try tool.run(["drop", "db.t"] + folder).exitCode == 0)
      let copy = place + "/metadata/dropped-v2.json"
      let plan = try tool.run(["register", "db.t", copy, "--dry-run"] + folder)
      #expect(plan.output.hasPrefix("would be registered: db.t"), "\(plan.messages)")
      #expect(try tool.run(["count", "db.t"] + folder).exitCode == 3)
      // The name is the place: a dry run refuses what the real one does.
      let elsewhere = ["register", "db.other", copy] + folder
      #expect(try tool.run(elsewhere + ["--dry-run"]).exitCode == 4)
      #expect(try tool.run(elsewhere).exitCode == 4)
      #expect(try tool.run(["register", "db.t", copy] + folder).exitCode == 0)
      let again = ["register", "db.t", copy, "--overwrite"] + folder
      #expect(try tool.run(again + ["--dry-run"]).exitCode == 4)
      #expect(try tool.run(["count", "db.t"] + folder).output.contains("1"))
    }
  }

  @Test("namespaces are made, listed, given properties and dropped")
  func namespaces() throws {
    try Self.with { tool in
      let catalog = Kind.database.words(tool)
      let made = try tool.run(
        ["namespace", "create", "a.b", "--property", "owner=ops", "--property", "x=1"] + catalog)
      #expect(made.output == "made a.b\n", "\(made.messages)")
      #expect(try tool.run(["namespace", "create", "a.b"] + catalog).exitCode == 1)
      #expect(try tool.run(["namespaces"] + catalog).output == "a\na.b\n")
      #expect(
        try tool.run(["namespaces", "a", "--json"] + catalog).output
          == "{\"namespace\":[\"a\",\"b\"],\"properties\":{\"owner\":\"ops\",\"x\":\"1\"}}\n")
      let change = ["namespace", "properties", "a.b", "--property", "x=2", "--remove", "owner"]
      #expect(try tool.run(change + ["--dry-run"] + catalog).output == "x=2\n")
      #expect(
        try tool.run(["namespace", "properties", "a.b"] + catalog).output == "owner=ops\nx=1\n")
      #expect(try tool.run(change + catalog).output == "x=2\n")
      #expect(try tool.run(["namespace", "drop", "a"] + catalog).exitCode == 2)
      #expect(
        try tool.run(["namespace", "drop", "a.b", "--dry-run"] + catalog).output
          == "would be dropped: a.b\n")
      #expect(try tool.run(["namespace", "drop", "a.b"] + catalog).output == "dropped a.b\n")
      #expect(try tool.run(["namespace", "drop", "a.b"] + catalog).exitCode == 3)
      let folder = Kind.folder.words(tool)
      #expect(try tool.run(["namespace", "create", "c"] + folder).exitCode == 0)
      #expect(
        try tool.run(["namespace", "properties", "c", "--property", "x=1"] + folder).exitCode == 4)
    }
  }

  @Test("the environment chooses a catalog, and the command line another")
  func environment() throws {
    try Self.with { tool in
      let rows = try tool.file("rows.csv", "id\n1\n")
      let database = "sqlite://\(tool.folder.path)/env.db?name=prod"
      let environment = ["ICEBERG_CATALOG": database, "ICEBERG_WAREHOUSE": tool.warehouse]
      func run(_ words: String...) throws -> Tool.Result {
        try tool.run(words, environment: environment)
      }
      #expect(try run("create", "db.t", "--schema", "id long").exitCode == 0)
      #expect(try run("append", "db.t", "--from", rows).exitCode == 0)
      #expect(try run("tables").output == "db.t\n")
      // A path is a path.
      #expect(try run("count", tool.warehouse + "/db/t").exitCode == 0)
      #expect(try run("tables", "--warehouse", tool.warehouse + "-other").output.isEmpty)
      #expect(
        try tool.run(["count", "db.t", "--catalog", database.replacing("prod", with: "test")])
          .exitCode == 3)
    }
  }

  @Test("a catalog that is missing, unknown or not chosen is told")
  func wrong() throws {
    try Self.with { tool in
      #expect(try tool.run(["tables"]).exitCode == 2)
      let missing = try tool.run(["tables", "--catalog", "sqlite://\(tool.folder.path)/no.db"])
      #expect(missing.exitCode == 3)
      #expect(!FileManager.default.fileExists(atPath: tool.folder.path + "/no.db"))
      #expect(try tool.run(["tables", "--catalog", "postgres://host/db"]).exitCode == 2)
      #expect(try tool.run(["tables", "--catalog", "sqlite:x.db?y=z"]).exitCode == 2)
      let noPlace = try tool.run(
        ["create", "db.t", "--schema", "id long", "--catalog", "sqlite://\(tool.folder.path)/n.db"])
      #expect(noPlace.exitCode == 2)
      #expect(noPlace.messages.contains("warehouse"))
    }
  }
}
