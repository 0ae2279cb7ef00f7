import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Iceberg Java and this library take turns at the tables of one warehouse.
@Suite(.needsJava, .serialized) struct JavaTurnsTests {
  static let name: TableIdentifier = "db.t"

  @Test(
    "each goes on where the other stopped, plain and compressed, for every version",
    arguments: 1...3)
  func turns(version: Int) async throws {
    try await withTemporaryDirectory { directory in
      let warehouse = directory.path("wh")
      let java = try await JavaProcess(
        "HadoopTurns", in: directory.path("classes"), arguments: [warehouse])
      let catalog = FileSystemCatalog(warehouse: warehouse)
      var table = try await catalog.createTable(
        Self.name, SampleTable.creation(properties: ["format-version": "\(version)"]))
      #expect(try await java.ask("load", "db.t") == ["ok", "v1.metadata.json", "0", ""])
      var names: [String] = []
      for turn in 0..<6 {
        let codec = turn.isMultiple(of: 2) ? "gzip" : "none"
        table = try await table.refreshed()
        table = try await table.append([SampleTable.dataFile("ours\(turn).parquet", of: table)])
        names.append("ours\(turn)")
        try await table.commit {
          $0.setProperty(TableProperties.metadataCompression.key, codec)
        }
        let answer = try await java.ask("append", "db.t", "java\(turn)")
        names.append("java\(turn)")
        #expect(answer.first == "ok", "\(answer)")
        #expect(answer.last == names.sorted().joined(separator: ","))
        table = try await catalog.loadTable(Self.name)
        #expect(table.metadataLocation?.hasSuffix("/" + answer[1]) == true)
        let audit = try await TableAudit(table)
        #expect(audit.names == names.sorted())
        #expect(version == 1 || audit.defects.isEmpty, "\(audit.defects)")
        #expect(try await java.ask("open", warehouse + "/db/t") == answer)
        let opened = try await Table.open(at: warehouse + "/db/t")
        #expect(opened.metadata == table.metadata)
        #expect(opened.metadataResolution?.reason == .hint)
      }
      #expect(try await java.ask("set", "db.t", "owner", "java").first == "ok")
      #expect(try await table.refreshed().metadata.properties["owner"] == "java")
      #expect(try await java.ask("tables", "db") == ["ok", "db.t"])
    }
  }

  @Test("a table that Java made is continued, listed and dropped by us, and the other way round")
  func created() async throws {
    try await withTemporaryDirectory { directory in
      let warehouse = directory.path("wh")
      let java = try await JavaProcess(
        "HadoopTurns", in: directory.path("classes"), arguments: [warehouse])
      let catalog = FileSystemCatalog(warehouse: warehouse)
      #expect(try await java.ask("create", "db.java") == ["ok", "v1.metadata.json", "0", ""])
      #expect(try await java.ask("append", "db.java", "a").first == "ok")
      var table = try await catalog.loadTable("db.java")
      table = try await table.append([SampleTable.dataFile("b.parquet", of: table)])
      #expect(try await java.ask("load", "db.java") == ["ok", "v3.metadata.json", "2", "a,b"])
      #expect(try await catalog.listTables(in: ["db"]) == ["db.java"])
      await #expect(throws: IcebergError.self) {
        _ = try await catalog.createTable("db.java", SampleTable.creation())
      }
      try await catalog.dropTable("db.java", purge: true)
      #expect(try await java.ask("load", "db.java").first == "bad")
      _ = try await catalog.createTable("db.ours", SampleTable.creation())
      #expect(try await java.ask("create", "db.ours").first == "bad")
      #expect(try await java.ask("drop", "db.ours") == ["ok", "true"])
      #expect(try await catalog.tableExists("db.ours") == false)
    }
  }

  @Test("hints that are late or gone, and versions that are deleted, mislead neither")
  func hints() async throws {
    try await withTemporaryDirectory { directory in
      let warehouse = directory.path("wh")
      let java = try await JavaProcess(
        "HadoopTurns", in: directory.path("classes"), arguments: [warehouse])
      let catalog = FileSystemCatalog(warehouse: warehouse)
      var table = try await catalog.createTable(
        Self.name,
        SampleTable.creation(properties: [
          "write.metadata.delete-after-commit.enabled": "true",
          "write.metadata.previous-versions-max": "2",
        ]))
      let hint = warehouse + "/db/t/metadata/version-hint.text"
      for turn in 0..<5 {
        table = try await table.refreshed()
        table = try await table.append([SampleTable.dataFile("ours\(turn).parquet", of: table)])
        if turn == 1 { try await table.fileIO.remove([hint]) }
        if turn == 3 {
          try await table.fileIO.write(Bytes(utf8: "nonsense"), to: hint, mode: .replace)
        }
        let answer = try await java.ask("append", "db.t", "java\(turn)")
        #expect(answer.first == "ok", "\(answer)")
        table = try await catalog.loadTable(Self.name)
        #expect(table.metadataLocation?.hasSuffix("/" + answer[1]) == true)
      }
      let audit = try await TableAudit(table)
      #expect(audit.defects.isEmpty)
      #expect(audit.names.count == 10)
      let versions = try await table.fileIO.children(of: warehouse + "/db/t/metadata")
        .filter { $0.name.hasPrefix("v") && $0.name.hasSuffix(".metadata.json") }
      #expect(versions.count == 3)
    }
  }
}
