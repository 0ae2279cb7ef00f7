import Iceberg
import IcebergTestSupport
import Testing

@Suite("The length of a manifest")
struct ManifestLengthTests {
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
