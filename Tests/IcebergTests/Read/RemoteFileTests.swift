import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct RemoteFileTests {
  /// Storage that gives other bytes than those asked for.
  private struct CarelessFileIO: FileIO {
    let base: any FileIO
    /// How many bytes too few come of a range; below 0, too many.
    let missing: Int

    func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
      let bytes = try await base.read(location, range: range)
      if range == nil { return bytes }
      if missing < 0 { return Bytes(bytes.array + [UInt8](repeating: 0, count: -missing)) }
      return bytes.dropLast(missing)
    }

    func status(of location: String) async throws -> FileStatus {
      try await base.status(of: location)
    }
    func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
      try await base.write(bytes, to: location, mode: mode)
    }
    func create(_ location: String) async throws -> any OutputFile {
      try await base.create(location)
    }
    func list(under folder: String) async throws -> [FileStatus] {
      try await base.list(under: folder)
    }
    func remove(_ locations: [String]) async throws { try await base.remove(locations) }
  }

  @Test(
    "storage that gives more or fewer bytes than those asked for is told, and not believed",
    arguments: [1, 7, 8, 20, 1_000_000, -1])
  func length(missing: Int) async throws {
    var table = try await MemoryCatalog().createTable(
      "db.t", schema: Schema([.required("id", .long)]))
    table = try await table.append(
      RecordBatch(rows: [[.long(1)]], schema: table.metadata.currentSchema))
    let careless = Table(
      identifier: table.identifier, metadata: table.metadata, metadataLocation: nil,
      fileIO: CarelessFileIO(base: table.fileIO, missing: missing), catalog: nil)
    await expectError(.storage) {
      for try await batch in careless.scan().batches() { #expect(batch.rowCount == 0) }
    }
  }
}
