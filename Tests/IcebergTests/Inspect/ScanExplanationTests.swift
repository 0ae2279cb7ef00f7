import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ScanExplanationTests {
  @Test(
    "every manifest is read once, for what it tells of its files and for the deletes in it",
    arguments: [2, 3])
  func manifests(version: Int) async throws {
    let table = try await ManifestFilterTests.table(version: version)
    let storage = FaultyFileIO(table.fileIO)
    let watched = Table(
      identifier: table.identifier, metadata: table.metadata,
      metadataLocation: table.metadataLocation, fileIO: storage, catalog: nil)
    let explanation = try await watched.scan().filter(col("town") == "Ulm").explain()
    let reads = storage.calls.filter { $0.operation == .read }.map(\.location)
    let list = try await table.manifests(of: try #require(table.metadata.currentSnapshot))
    #expect(list.count == 8)
    #expect(
      reads.filter(Set(list.map(\.location)).contains).sorted() == list.map(\.location).sorted())

    #expect(explanation.manifests.map(\.manifest) == list)
    for told in explanation.manifests {
      let files = try await table.entries(of: told.manifest).map(\.dataFile)
      #expect(told.fileCount == 1)
      #expect(told.sizeInBytes == files.reduce(0) { $0 + $1.contentLength })
    }
    #expect(explanation.manifests.filter(\.decision.isKept).count == 4)
    #expect(explanation.keptFiles.map(\.deletes.count) == [1, 1])
    #expect(explanation.dataFileCount == 4)
  }
}
