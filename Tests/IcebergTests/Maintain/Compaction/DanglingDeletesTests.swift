import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct DanglingDeletesTests {
  /// Adds files by their names, as the table numbers its snapshots.
  private static func delta(
    _ scene: inout CommitScene, data: [String] = [], deletes: [DataFile]
  ) async throws {
    let files = data.map { scene.file($0) }
    try await scene.commit { $0.rowDelta(RowDelta(addedFiles: files, addedDeletes: deletes)) }
  }

  private static func names(_ files: [DataFile]) -> [String] {
    files.map { String($0.location.split(separator: "/").last ?? "") }.sorted()
  }

  @Test("deletes of partitions without data files, and those that are too old, are removed")
  func rules() async throws {
    var scene = try await CommitScene()
    try await scene.append("A", "B", "C")
    // Number 2: about A, B and C; number 3: newer data in A only.
    try await Self.delta(
      &scene,
      deletes: [
        scene.positionDeletes("pA", about: "A"), scene.equalityDeletes("eA", about: "A"),
        scene.positionDeletes("pB", about: "B"), scene.equalityDeletes("eC", about: "C"),
        scene.positionDeletes("pD", about: "D"),
      ])
    let (old, new) = (scene.file("A"), scene.file("A2"))
    try await scene.commit { $0.overwrite(removing: [old], adding: [new]) }
    let report = try await scene.table.removeDanglingDeletes(dryRun: true)
    #expect(Self.names(report.removedDeletes) == ["eA", "pA", "pD"])
    #expect(report.snapshotID == nil && report.isDryRun)
    #expect(try await scene.names(.deletes) == ["eA", "eC", "pA", "pB", "pD"])
    let done = try await scene.table.removeDanglingDeletes()
    scene.table = done.table
    #expect(done.snapshotID == scene.table.metadata.currentSnapshotID)
    #expect(try await scene.names(.deletes) == ["eC", "pB"])
    #expect(try scene.head().summary?.operation == .replace)
    #expect(try await scene.table.removeDanglingDeletes().snapshotID == nil)
  }

  @Test(
    "a vector goes with its data file, however little memory there is; progress is told",
    arguments: [1, 1 << 20])
  func vectors(memoryLimit: Int) async throws {
    var scene = try await CommitScene(version: 3)
    try await scene.append("A", "B", "C")
    // The second one is about a file that is not there.
    try await Self.delta(
      &scene, deletes: [scene.vector("vA", about: "A"), scene.vector("vX", about: "A9")])
    let told = Locked<[ManifestProgress]>([])
    let report = try await scene.table.removeDanglingDeletes(
      dryRun: true, memoryLimit: memoryLimit,
      progress: { progress in told.withLock { $0.append(progress) } })
    #expect(Self.names(report.removedDeletes) == ["vX"])
    let steps = told.withLock { $0 }
    #expect(steps.first?.manifestsRead == 0)
    #expect(steps.last?.manifestsTotal == 3)
    #expect(steps.map(\.manifestsRead).max() == 3)
  }

  @Test("equality deletes of the number of the data apply to nothing, position deletes do")
  func sameNumber() async throws {
    var scene = try await CommitScene()
    try await Self.delta(
      &scene, data: ["A"],
      deletes: [
        scene.positionDeletes("p", about: "A"), scene.equalityDeletes("e", about: "A"),
      ])
    let report = try await scene.table.removeDanglingDeletes()
    #expect(Self.names(report.removedDeletes) == ["e"])
  }

  @Test("equality deletes without partition are about the files of every spec")
  func globalDeletes() async throws {
    var scene = try await CommitScene(isPartitioned: false)
    let delete = scene.equalityDeletes("e", about: "A")
    try await scene.append("A")
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [delete])) }
    try await scene.commit { $0.partitioning.add(.bucket(4, "data")) }
    let first = DataFile(
      location: scene.location("B"), format: .parquet,
      specID: scene.table.metadata.defaultSpecID, partition: StructValue([.int(1)]), recordCount: 1,
      fileSizeInBytes: 10)
    try await scene.commit { $0.append([first]) }
    // The unpartitioned file is still older than the delete.
    #expect(try await scene.table.removeDanglingDeletes(dryRun: true).removedDeletes.isEmpty)
  }

  @Test("an empty branch has none; one that does not exist is an error")
  func branches() async throws {
    var scene = try await CommitScene()
    try await scene.append("A")
    await #expect {
      try await scene.table.removeDanglingDeletes(fromBranch: "b")
    } throws: {
      ($0 as? IcebergError)?.code == .notFound
    }
  }

  @Test("a branch that is taken back meanwhile keeps its deletes")
  func rollback() async throws {
    var scene = try await CommitScene()
    try await scene.append("A", "B")
    try await Self.delta(&scene, deletes: [scene.positionDeletes("pA", about: "A")])
    let before = try scene.head().id
    let (old, new) = (scene.file("A"), scene.file("A2"))
    try await scene.commit { $0.overwrite(removing: [old], adding: [new]) }
    let stale = scene.table
    try await scene.commit { $0.rollback(to: before) }
    await #expect {
      try await stale.removeDanglingDeletes()
    } throws: {
      ($0 as? IcebergError)?.code == .validationFailed
    }
    #expect(try await scene.names(.deletes) == ["pA"])
  }
}
