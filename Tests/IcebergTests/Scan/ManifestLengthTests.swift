import Iceberg
import IcebergAvro
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite("The length of a manifest")
struct ManifestLengthTests {
  @Test("a length that no file has is refused", arguments: [Int64.max, Int64.max - 9])
  func absurd(length: Int64) async throws {
    var scene = try await CommitScene()
    let file = scene.file("A")
    try await scene.commit { $0.fastAppend([file]) }
    let snapshot = try #require(scene.table.metadata.currentSnapshot)
    var manifests = try await scene.table.manifests(of: snapshot)
    manifests[0].length = length
    guard case .list(let location) = snapshot.manifests else { return }
    let list = try ManifestListCodec.write(
      manifests, formatVersion: 2, snapshotID: snapshot.id, parentID: nil, sequenceNumber: 1,
      syncMarker: AvroSyncMarker(derivedFrom: [1]))
    try await scene.storage.write(list.bytes, to: location, mode: .replace)
    await expectError(.invalidFile) { _ = try await scene.table.scan().tasks() }
    await expectError(.invalidFile) {
      for try await _ in scene.table.metadataTable(.files).batches() {}
    }
  }

  @Test("a manifest that lost its last block is refused: rows would be missing")
  func cutBetweenBlocks() async throws {
    let storage = MemoryFileIO()
    let catalog = MemoryCatalog(fileIO: storage)
    var table = try await catalog.createTable("db.t", schema: Schema([.required("id", .long)]))
    table = try await table.append(
      RecordBatch(rows: [[.long(1)]], schema: table.metadata.currentSchema))
    let snapshot = try #require(table.metadata.currentSnapshot)
    let manifest = try #require(try await table.manifests(of: snapshot).first)
    let bytes = try await storage.read(manifest.location, range: nil)
    // The header alone: a whole Avro file without records.
    let marker = bytes.suffix(16)
    let end = try #require((16..<bytes.count).first { bytes[($0 - 16)..<$0].elementsEqual(marker) })
    try await storage.write(bytes[0..<end], to: manifest.location, mode: .replace)
    await #expect {
      _ = try await table.scan().tasks()
    } throws: {
      ($0 as? IcebergError)?.code == .invalidFile && "\($0)".contains("its end is lost")
    }
  }
}
