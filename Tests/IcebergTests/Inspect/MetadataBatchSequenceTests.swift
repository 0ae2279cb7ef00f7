import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct MetadataBatchSequenceTests {
  /// The tables whose rows come from manifests, one after the other.
  static let names: [MetadataTable] = [
    .entries, .files, .dataFiles, .allEntries, .allFiles, .allDataFiles,
  ]

  @Test(
    "only as many manifests are read ahead of the rows as readConcurrency says",
    arguments: names, [1, 3])
  func readAhead(name: MetadataTable, concurrency: Int) async throws {
    let scene = try await ScanPlannerTests.scene()
    let counting = CountingFileIO(base: scene.storage, delay: .zero)
    let table = Table(
      identifier: scene.table.identifier, metadata: scene.table.metadata,
      metadataLocation: scene.table.metadataLocation, fileIO: counting, catalog: nil)
    let lists = name.isOfOneSnapshot ? 1 : table.metadata.snapshots.count
    var batches = table.metadataTable(name).with(ScanOptions(readConcurrency: concurrency))
      .batches().makeAsyncIterator()
    #expect(counting.reads == 0)
    var count = 0
    while let batch = try await batches.next() {
      #expect(batch.rowCount == 2)
      count += 1
      #expect(counting.reads <= lists + count - 1 + concurrency)
      #expect(counting.most <= concurrency)
    }
    #expect(count == 12)
    #expect(counting.reads == lists + 12)
  }

  /// A table with one manifest of many entries, whose end is damaged.
  static func damaged(_ count: Int) async throws -> Table {
    var scene = try await CommitScene()
    let files = (0..<count).map { scene.file("A\($0)") }
    try await scene.commit { $0.fastAppend(files) }
    let snapshot = try #require(scene.table.metadata.currentSnapshot)
    let manifest = try #require(try await scene.table.manifests(of: snapshot).first)
    var bytes = try await scene.storage.read(manifest.location, range: nil).array
    bytes[bytes.count - 1] ^= 1
    try await scene.storage.write(Bytes(bytes), to: manifest.location, mode: .replace)
    return scene.table
  }

  @Test(
    "rows of a manifest come before its end is read", arguments: [MetadataTable.files, .allEntries])
  func manyFiles(name: MetadataTable) async throws {
    let table = try await Self.damaged(3_000)
    let scan = table.metadataTable(name).with(ScanOptions(readConcurrency: 1, batchRowLimit: 100))
    var rows = 0
    let error = await #expect(throws: IcebergError.self) {
      for try await batch in scan.batches() { rows += batch.rowCount }
    }
    #expect(error?.code == .invalidFile)
    // All but those of the last block, and of the batch that would have been next.
    #expect(rows >= 2_000 && rows < 3_000)
  }

  @Test("tasks of a manifest come before its end is read")
  func manyTasks() async throws {
    let table = try await Self.damaged(6_000)
    var count = 0
    let error = await #expect(throws: IcebergError.self) {
      for try await _ in table.scan().taskSequence() { count += 1 }
    }
    #expect(error?.code == .invalidFile)
    #expect(count > 0 && count < 6_000)
  }
}
