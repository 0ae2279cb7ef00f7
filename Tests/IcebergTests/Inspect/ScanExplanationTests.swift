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
    #expect(explanation.deletes.map(\.appliedCount) == [1, 1])
    #expect(explanation.deletes.filter(\.decision.isKept).count == 2)
  }

  @Test("a delete file that is not read says why")
  func deletes() async throws {
    var scene = try await CommitScene()
    try await scene.append("A", "B")
    let deletes = ["A", "B"].map { scene.equalityDeletes("d" + $0, about: $0, rows: 3) }
    let lost = scene.positionDeletes("lost", about: "A")
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: deletes + [lost])) }
    let files = (scene.file("A"), scene.file("A2"))
    try await scene.append("A2")
    func told() async throws -> [String: String] {
      let explanation = try await scene.table.scan().explain()
      #expect(explanation.deletes.count == 3)
      return Dictionary(
        uniqueKeysWithValues: explanation.deletes.map { delete in
          let name = String(delete.file.location.split(separator: "/").last ?? "")
          if case .skipped(.noDataFile, let reason) = delete.decision { return (name, reason) }
          return (name, "read for \(delete.appliedCount)")
        })
    }
    let read = "read for 1"
    #expect(try await told() == ["dA": read, "dB": read, "lost": read])
    try await scene.commit { $0.overwrite(removing: [files.0], adding: []) }
    let newer = "of those that are read: 1 data file newer"
    #expect(try await told() == ["dA": newer, "dB": read, "lost": newer])
    try await scene.commit { $0.overwrite(removing: [files.1], adding: []) }
    let alone = "no data file that is read is in its partition"
    #expect(try await told() == ["dA": alone, "dB": read, "lost": alone])
  }
}
