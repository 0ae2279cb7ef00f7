import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct MetadataCleanupTests {
  private static func commits(
    _ count: Int, on catalog: any Catalog, _ properties: [String: String]
  ) async throws -> Table {
    var table = try await catalog.createTable(
      "db.t", SampleTable.creation(properties: properties))
    for number in 0..<count {
      table = try await table.commit { $0.setProperty("n", "\(number)") }
    }
    return table
  }

  private static func metadataFiles(_ table: Table) async throws -> Set<String> {
    Set(
      try await table.fileIO.list(under: table.metadata.location + "/metadata").map(\.location)
        .filter { $0.hasSuffix(".metadata.json") })
  }

  @Test(
    "the metadata log has as many versions as the table wants, and older files go after a commit",
    arguments: ["memory", "file system"])
  func cleanup(catalogName: String) async throws {
    try await withTemporaryDirectory { directory in
      for deletes in ["true", "false"] {
        let catalog: any Catalog =
          catalogName == "memory"
          ? MemoryCatalog() : FileSystemCatalog(warehouse: "file://\(directory.path)/\(deletes)")
        let table = try await Self.commits(
          5, on: catalog,
          [
            "write.metadata.previous-versions-max": "2",
            "write.metadata.delete-after-commit.enabled": deletes, "unknown.property": "kept",
          ])
        #expect(table.metadata.metadataLog.count == 2)
        #expect(table.metadata.properties["unknown.property"] == "kept")
        let files = try await Self.metadataFiles(table)
        #expect(files.count == (deletes == "true" ? 3 : 6))
        let kept = table.metadata.metadataLog.map(\.location) + [table.metadataLocation ?? ""]
        #expect(files.isSuperset(of: kept))
      }
    }
  }
}
