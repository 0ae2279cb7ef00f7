import Iceberg
import IcebergAvro
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ManifestMergingTests {
  @Test("the newest manifests are merged once there are enough of them", arguments: 1...3)
  func count(version: Int) async throws {
    var scene = try await CommitScene(
      version: version, properties: ["commit.manifest.min-count-to-merge": "3"])
    for name in ["A", "B", "C", "D", "E"] { try await scene.append(name) }
    // C made three of them; then D and E wait again.
    #expect(try await scene.texts() == ["+E D C B A"])
    #expect(try scene.summary("manifests-created") == "1")
    #expect(try scene.summary("manifests-kept") == "0")
    #expect(try scene.summary("manifests-replaced") == "2")
    let manifest = try #require(try await scene.manifests().first)
    #expect(manifest.addedFilesCount == 1 && manifest.existingFilesCount == 4)
    #expect(manifest.minSequenceNumber == (version == 1 ? 0 : 1))
    #expect(manifest.sequenceNumber == (version == 1 ? 0 : 5))
    let entries = try await scene.entries()
    if version > 1 {
      #expect(entries.map(\.sequenceNumber) == [5, 4, 3, 2, 1])
      #expect(entries.map(\.fileSequenceNumber) == [5, 4, 3, 2, 1])
    }
    #expect(entries.map(\.snapshotID) == scene.table.metadata.snapshots.reversed().map(\.id))
    #expect(try await scene.orphans().isEmpty)
  }

  @Test("what a list of version 1 does not count is counted before a later version carries it on")
  func counts() async throws {
    var scene = try await CommitScene(version: 1)
    try await scene.append("A", "B")
    let gone = scene.file("A")
    try await scene.commit { $0.deleteFiles([gone]) }
    let head = try scene.head()
    let full = try await scene.manifests()
    var bare = full
    for index in bare.indices {
      bare[index].addedFilesCount = nil
      bare[index].existingRowsCount = nil
      bare[index].deletedRowsCount = nil
    }
    guard case .list(let location) = head.manifests else {
      Issue.record("no list")
      return
    }
    let list = try ManifestListCodec.write(
      bare, formatVersion: 1, snapshotID: head.id, parentID: head.parentID, sequenceNumber: 0,
      syncMarker: AvroSyncMarker(derivedFrom: [1]))
    try await scene.storage.write(list.bytes, to: location, mode: .replace)
    #expect(try await scene.manifests().allSatisfy { $0.addedFilesCount == nil })
    try await scene.commit { $0.upgradeFormat(to: 2) }
    try await scene.append("C")
    let carried = try await scene.manifests().filter { $0.location == full[0].location }
    #expect(carried.map(\.addedFilesCount) == [full[0].addedFilesCount])
    #expect(carried.map(\.existingRowsCount) == [full[0].existingRowsCount])
    #expect(carried.map(\.deletedRowsCount) == [full[0].deletedRowsCount])
    #expect(full[0].existingRowsCount == 1 && full[0].deletedRowsCount == 1)
    #expect(try await scene.names() == ["B", "C"])
  }

  @Test("manifests are not merged where the table does not want it")
  func disabled() async throws {
    var scene = try await CommitScene(
      properties: [
        "commit.manifest.min-count-to-merge": "1", "commit.manifest-merge.enabled": "false",
      ])
    for name in ["A", "B", "C"] { try await scene.append(name) }
    #expect(try await scene.texts() == ["+C", "+B", "+A"])
    let d = scene.file("D")
    try await scene.commit {
      $0.setProperty("commit.manifest-merge.enabled", "true")
      $0.fastAppend([d])
    }
    #expect(try await scene.texts() == ["+D", "+C", "+B", "+A"])
    try await scene.append("E")
    #expect(try await scene.texts() == ["+E D C B A"])
  }

  @Test("bins are filled from the oldest manifest on, up to the size that the table asks for")
  func sizes() async throws {
    var scene = try await CommitScene(properties: ["commit.manifest.min-count-to-merge": "100"])
    for name in ["A", "B", "C", "D", "E"] { try await scene.append(name) }
    let length = try #require(try await scene.manifests().map(\.length).max())
    try await scene.commit {
      $0.setProperty("commit.manifest.target-size-bytes", String(length * 5 / 2))
    }
    // Two to a bin from the end; the bin of the newest has too few.
    try await scene.append("F")
    #expect(try await scene.texts() == ["+F", "+E", "D C", "B A"])
    #expect(try scene.summary("manifests-replaced") == "4")
  }

  @Test("manifests of different specs and kinds are not merged; newer specs come first")
  func groups() async throws {
    var scene = try await CommitScene(properties: ["commit.manifest.min-count-to-merge": "2"])
    try await scene.append("A")
    let deletes = ["d1", "d2"].map { scene.positionDeletes($0, about: "A") }
    for delete in deletes {
      try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [delete])) }
    }
    #expect(try await scene.texts() == ["+A", "+d2 d1"])
    scene.table = try await scene.catalog.commit(
      TableCommit(
        requirements: [],
        updates: [
          .addPartitionSpec(PartitionSpec(id: 1, fields: [])), .setDefaultPartitionSpec(id: -1),
        ]), to: "db.t")
    try await scene.append("B")
    try await scene.append("C")
    #expect(try await scene.texts() == ["+C B", "+A", "+d2 d1"])
    #expect(try await scene.manifests().map(\.partitionSpecID) == [1, 0, 0])
  }

  @Test("files that earlier snapshots removed are not carried on, those of this one are")
  func removed() async throws {
    var scene = try await CommitScene(properties: ["commit.manifest.min-count-to-merge": "100"])
    try await scene.append("A", "B", "C")
    let (a, b) = (scene.file("A"), scene.file("B"))
    try await scene.commit { $0.deleteFiles([a]) }
    #expect(try await scene.texts() == ["-A B C"])
    try await scene.commit { $0.setProperty("commit.manifest.min-count-to-merge", "2") }
    let d = scene.file("D")
    try await scene.commit { $0.overwrite(removing: [b], adding: [d]) }
    #expect(try await scene.texts() == ["+D -B C"])
    try await scene.append("E")
    #expect(try await scene.texts() == ["+E D C"])
  }

  @Test("a manifest without live files is left out by the next commit")
  func empty() async throws {
    var scene = try await CommitScene()
    try await scene.append("A")
    let a = scene.file("A")
    try await scene.commit { $0.deleteFiles([a]) }
    #expect(try await scene.texts() == ["-A"])
    try await scene.append("B")
    #expect(try await scene.texts() == ["+B"])
  }
}
