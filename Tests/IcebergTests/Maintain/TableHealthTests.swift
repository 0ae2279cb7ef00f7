import Iceberg
import IcebergTestSupport
import Testing

@Suite struct TableHealthTests {
  @Test("a table without snapshots has nothing to measure")
  func empty() async throws {
    let scene = try await CommitScene()
    let health = try await scene.table.health()
    #expect(health.isEmpty && health.snapshotCount == 0 && health.averageDataFileInBytes == nil)
  }

  @Test("live files are counted, by partition, over all manifests; removed ones are not")
  func counts() async throws {
    var scene = try await CommitScene()
    try await scene.append("A", "A2", "B")
    try await scene.append("A3")
    let large = scene.file("C", rows: 7, sizeInBytes: 1000)
    try await scene.commit { $0.append([large]) }
    let removed = scene.file("B")
    try await scene.commit { $0.deleteFiles([removed]) }
    let deletes = scene.deletes("d", about: "A")
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    let health = try await scene.table.health(concurrency: 2)
    #expect(health.snapshotCount == 5)
    #expect(health.oldestSnapshotMillis == scene.table.metadata.snapshots.first?.timestampMillis)
    #expect(health.manifestCount == (try await scene.manifests()).count)
    #expect(health.dataFileCount == 4)
    #expect(health.dataSizeInBytes == 1030)
    #expect(health.averageDataFileInBytes == 257)
    #expect(health.smallestDataFileInBytes == 10 && health.largestDataFileInBytes == 1000)
    #expect(health.recordCount == 10)
    #expect(health.partitionCount == 2)
    #expect(health.largestPartitionFileCount == 3)
    #expect(health.deleteFileCount == 1)
    let told = Locked<[ManifestProgress]>([])
    _ = try await scene.table.health(progress: { step in told.withLock { $0.append(step) } })
    let count = health.manifestCount
    #expect(
      told.withLock { $0 }.sorted { $0.manifestsRead < $1.manifestsRead }
        == (0...count).map { ManifestProgress(manifestsRead: $0, manifestsTotal: count) })
  }
}
