import Iceberg
import Testing

private typealias Sample = ConformanceSample

extension CatalogRules {
  /// Namespaces and their properties.
  static let namespaces: [Rule] = [
    Rule("a namespace that was made is there", needs: .emptyNamespaces) { subject async throws in
      let catalog = subject.catalog
      #expect(try await catalog.namespaceExists(["a"]) == false)
      try await catalog.createNamespace(["a"])
      #expect(try await catalog.namespaceExists(["a"]))
      #expect(try await catalog.listNamespaces(in: []) == [["a"]])
      #expect(try await catalog.listTables(in: ["a"]).isEmpty)
      #expect(try await catalog.listNamespaces(in: ["a"]).isEmpty)
    },
    Rule("a namespace is made once", needs: .emptyNamespaces) { subject async throws in
      try await subject.catalog.createNamespace(["a"])
      await expectError(.alreadyExists) { try await subject.catalog.createNamespace(["a"]) }
      #expect(try await subject.catalog.listNamespaces(in: []) == [["a"]])
    },
    Rule("namespaces are listed in order", needs: .emptyNamespaces) { subject async throws in
      for name in ["c", "a", "b"] { try await subject.catalog.createNamespace([name]) }
      #expect(try await subject.catalog.listNamespaces(in: []) == [["a"], ["b"], ["c"]])
    },
    Rule(
      "those above a namespace are made with it",
      needs: [.emptyNamespaces, .nestedNamespaces]
    ) { subject async throws in
      let catalog = subject.catalog
      try await catalog.createNamespace(["b", "c", "d"])
      await expectError(.alreadyExists) { try await catalog.createNamespace(["b"]) }
      await expectError(.alreadyExists) { try await catalog.createNamespace(["b", "c"]) }
      #expect(try await catalog.listNamespaces(in: []) == [["b"]])
      #expect(try await catalog.listNamespaces(in: ["b"]) == [["b", "c"]])
      #expect(try await catalog.listNamespaces(in: ["b", "c"]) == [["b", "c", "d"]])
      try await catalog.dropNamespace(["b", "c", "d"])
      #expect(try await catalog.namespaceExists(["b", "c"]))
    },
    Rule("namespaces that begin alike are two", needs: [.emptyNamespaces, .nestedNamespaces]) {
      subject async throws in
      let catalog = subject.catalog
      for namespace in [["ab", "x"], ["a", "x"], ["a-b", "x"], ["A", "y"], ["a1", "z"]] {
        try await catalog.createNamespace(namespace)
      }
      #expect(try await catalog.listNamespaces(in: ["a"]) == [["a", "x"]])
      #expect(try await catalog.listNamespaces(in: ["A"]) == [["A", "y"]])
      await expectError(.notFound) { _ = try await catalog.listNamespaces(in: ["AB"]) }
      try await catalog.dropNamespace(["a", "x"])
      try await catalog.dropNamespace(["a"])
      #expect(try await catalog.namespaceExists(["ab"]))
      #expect(try await catalog.namespaceExists(["a-b"]))
    },
    Rule("names in which databases see patterns are names", needs: .emptyNamespaces) {
      subject async throws in
      let catalog = subject.catalog
      for name in ["a_b", "axb", "a'b", "a\"b", "a;b", "a!b", "a*b", "a?b"] {
        try await catalog.createNamespace([name])
      }
      _ = try await catalog.createTable(
        TableIdentifier(namespace: ["a_b"], name: "t'; DROP TABLE iceberg_tables; --"),
        Sample.creation())
      #expect(try await catalog.listTables(in: ["axb"]).isEmpty)
      #expect(try await catalog.listTables(in: ["a_b"]).count == 1)
      await expectError(.invalidArgument) { try await catalog.dropNamespace(["a_b"]) }
      try await catalog.dropNamespace(["axb"])
      try await catalog.dropNamespace(["a'b"])
      #expect(try await catalog.listNamespaces(in: []).count == 6)
    },
    Rule("a table makes its namespace, which stays without it", needs: .emptyNamespaces) {
      subject async throws in
      _ = try await subject.catalog.createTable("db.t", Sample.creation())
      #expect(try await subject.catalog.namespaceExists(["db"]))
      await expectError(.alreadyExists) { try await subject.catalog.createNamespace(["db"]) }
      try await subject.catalog.dropTable("db.t", purge: true)
      #expect(try await subject.catalog.listTables(in: ["db"]).isEmpty)
    },
    Rule("a table makes the namespaces above its own", needs: .nestedNamespaces) {
      subject async throws in
      _ = try await subject.catalog.createTable("a.b.c.t", Sample.creation())
      #expect(try await subject.catalog.listNamespaces(in: []) == [["a"]])
      #expect(try await subject.catalog.listNamespaces(in: ["a"]) == [["a", "b"]])
      #expect(try await subject.catalog.listTables(in: ["a", "b", "c"]) == ["a.b.c.t"])
    },
    Rule("an empty namespace is dropped", needs: .emptyNamespaces) { subject async throws in
      try await subject.catalog.createNamespace(["a"])
      try await subject.catalog.createNamespace(["b"])
      try await subject.catalog.dropNamespace(["a"])
      #expect(try await subject.catalog.listNamespaces(in: []) == [["b"]])
      await expectError(.notFound) { try await subject.catalog.dropNamespace(["a"]) }
      try await subject.catalog.createNamespace(["a"])
    },
    Rule("a namespace that holds a table is not dropped") { subject async throws in
      let table = try await subject.catalog.createTable("db.t", Sample.creation())
      await expectError(.invalidArgument) { try await subject.catalog.dropNamespace(["db"]) }
      #expect(try await subject.catalog.loadTable("db.t").metadata == table.metadata)
    },
    Rule("a namespace that holds another is not dropped", needs: .nestedNamespaces) {
      subject async throws in
      _ = try await subject.catalog.createTable("a.b.t", Sample.creation())
      await expectError(.invalidArgument) { try await subject.catalog.dropNamespace(["a"]) }
      await expectError(.invalidArgument) { try await subject.catalog.dropNamespace(["a", "b"]) }
      #expect(try await subject.catalog.tableExists("a.b.t"))
    },
    Rule("the namespace above all others is always there") { subject async throws in
      #expect(try await subject.catalog.namespaceExists([]))
      await expectError(.invalidArgument) { try await subject.catalog.createNamespace([]) }
      await expectError(.invalidArgument) { try await subject.catalog.dropNamespace([]) }
    },
    Rule("who opens the catalog again finds namespaces", needs: .emptyNamespaces) {
      subject async throws in
      guard let reopen = subject.reopen else { return }
      try await subject.catalog.createNamespace(["a"])
      #expect(try await reopen().listNamespaces(in: []) == [["a"]])
    },
    Rule("a namespace is made with properties", needs: .namespaceProperties) {
      subject async throws in
      let catalog = subject.catalog
      try await catalog.createNamespace(["a"], properties: ["owner": "ops", "empty": ""])
      try await catalog.createNamespace(["b"])
      let found = try await catalog.namespaceProperties(["a"])
      #expect(found["owner"] == "ops" && found["empty"] == "")
      #expect(found["exists"] == nil)
      #expect(try await catalog.namespaceProperties(["b"])["owner"] == nil)
    },
    Rule("properties are set, changed and removed", needs: .namespaceProperties) {
      subject async throws in
      let catalog = subject.catalog
      try await catalog.createNamespace(["a"], properties: ["x": "1", "y": "1", "z": "1"])
      try await catalog.updateNamespaceProperties(
        ["a"], setting: ["x": "2", "new": "2"], removing: ["y", "not there"])
      let found = try await catalog.namespaceProperties(["a"])
      #expect(found["x"] == "2" && found["new"] == "2" && found["z"] == "1" && found["y"] == nil)
      try await catalog.updateNamespaceProperties(["a"], setting: [:], removing: [])
      #expect(try await catalog.namespaceProperties(["a"]) == found)
    },
    Rule("properties hold any text", needs: .namespaceProperties) { subject async throws in
      let odd = ["a'b": "'; --", "quote\"": "\"", "ü🐟": "ß\n\t", "%": "_%", "long": "x"]
      var properties = odd
      properties["long"] = String(repeating: "long ", count: 2000)
      try await subject.catalog.createNamespace(["a"], properties: properties)
      let found = try await subject.catalog.namespaceProperties(["a"])
      for (key, value) in properties { #expect(found[key] == value) }
    },
    Rule(
      "a namespace stays when its last property is removed",
      needs: [.namespaceProperties, .emptyNamespaces]
    ) { subject async throws in
      try await subject.catalog.createNamespace(["a"], properties: ["x": "1"])
      try await subject.catalog.updateNamespaceProperties(["a"], setting: [:], removing: ["x"])
      #expect(try await subject.catalog.namespaceExists(["a"]))
      #expect(try await subject.catalog.namespaceProperties(["a"])["x"] == nil)
    },
    Rule("properties of a namespace that a table made", needs: .namespaceProperties) {
      subject async throws in
      _ = try await subject.catalog.createTable("db.t", Sample.creation())
      try await subject.catalog.updateNamespaceProperties(
        ["db"], setting: ["x": "1"], removing: [])
      #expect(try await subject.catalog.namespaceProperties(["db"])["x"] == "1")
      try await subject.catalog.dropTable("db.t", purge: true)
      #expect(try await subject.catalog.namespaceProperties(["db"])["x"] == "1")
    },
    Rule("a dropped namespace loses its properties", needs: .namespaceProperties) {
      subject async throws in
      try await subject.catalog.createNamespace(["a"], properties: ["x": "1"])
      try await subject.catalog.dropNamespace(["a"])
      try await subject.catalog.createNamespace(["a"])
      #expect(try await subject.catalog.namespaceProperties(["a"])["x"] == nil)
    },
    Rule("one key is not both set and removed", needs: .namespaceProperties) {
      subject async throws in
      try await subject.catalog.createNamespace(["a"], properties: ["x": "1"])
      await expectError(.invalidArgument) {
        try await subject.catalog.updateNamespaceProperties(
          ["a"], setting: ["x": "2", "y": "2"], removing: ["x"])
      }
      let found = try await subject.catalog.namespaceProperties(["a"])
      #expect(found["x"] == "1" && found["y"] == nil)
    },
    Rule("properties of what is not there are not found", needs: .namespaceProperties) {
      subject async throws in
      await expectError(.notFound) {
        try await subject.catalog.updateNamespaceProperties(
          ["a"], setting: ["x": "1"], removing: [])
      }
      await expectError(.notFound) {
        try await subject.catalog.updateNamespaceProperties(["a"], setting: [:], removing: ["x"])
      }
      #expect(try await subject.catalog.namespaceExists(["a"]) == false)
    },
    Rule(
      "tables lie below the location of their namespace",
      needs: [.namespaceProperties, .chosenLocations]
    ) { subject async throws in
      let near = try await subject.catalog.createTable("db.near", Sample.creation())
      let place = near.metadata.location + "-elsewhere"
      try await subject.catalog.createNamespace(["a"], properties: ["location": place])
      let table = try await subject.catalog.createTable("a.t", Sample.creation())
      #expect(table.metadata.location == place + "/t")
    },
    Rule("who keeps no properties says so, and changes nothing", lacks: .namespaceProperties) {
      subject async throws in
      await expectError(.unsupported) {
        try await subject.catalog.createNamespace(["a"], properties: ["x": "1"])
      }
      #expect(try await subject.catalog.namespaceExists(["a"]) == false)
      _ = try await subject.catalog.createTable("db.t", Sample.creation())
      await expectError(.unsupported) {
        try await subject.catalog.updateNamespaceProperties(
          ["db"], setting: ["x": "1"], removing: [])
      }
      #expect(try await subject.catalog.namespaceProperties(["db"])["x"] == nil)
    },
  ]

  /// What tables and namespaces may be called.
  static let names: [Rule] = [
    Rule("names that lead elsewhere or mean something else are refused") { subject async throws in
      let catalog = subject.catalog
      let bad = [
        "", ".", "..", "a/b", "../x", "a\\b", "a\0b", "a.b", "a%2Fb", "_hidden", "metadata",
        " a", "s3:", String(repeating: "x", count: 256),
      ]
      for name in bad {
        await expectError(.invalidArgument, "'\(name)'") {
          _ = try await catalog.createTable(
            TableIdentifier(namespace: ["db"], name: name), Sample.creation())
        }
        await expectError(.invalidArgument, "'\(name)'") {
          _ = try await catalog.createTable(
            TableIdentifier(namespace: [name], name: "t"), Sample.creation())
        }
        await expectError(.invalidArgument, "'\(name)'") {
          try await catalog.createNamespace([name])
        }
        await expectRefusal("'\(name)'") {
          _ = try await catalog.loadTable(TableIdentifier(namespace: [name], name: "t"))
        }
        await expectRefusal("'\(name)'") {
          try await catalog.dropTable(TableIdentifier(namespace: ["db"], name: name), purge: true)
        }
      }
      #expect(try await catalog.listNamespaces(in: []).isEmpty)
    },
    Rule("names of any language are kept as they are") { subject async throws in
      for name in ["Ünïcode", "with space", "a-b", "1", "emoji🐟", "用户", "a'b", "a\"b"] {
        let identifier = TableIdentifier(namespace: ["n s"], name: name)
        let table = try await subject.catalog.createTable(identifier, Sample.creation())
        #expect(try await subject.catalog.loadTable(identifier).metadata == table.metadata)
        let changed = try await subject.catalog.commit(Sample.set("k"), to: identifier)
        #expect(try await subject.catalog.loadTable(identifier).metadata == changed.metadata)
      }
      #expect(try await subject.catalog.listTables(in: ["n s"]).count == 8)
      #expect(try await subject.catalog.listNamespaces(in: []) == [["n s"]])
    },
  ]
}
