import Iceberg
import IcebergAvro
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct ScanPlannerTests {
  /// A table of twelve manifests, of two files each.
  static func scene() async throws -> CommitScene {
    var scene = try await CommitScene()
    for letter in "ABCDEFGHIJKL" {
      let files = [scene.file("\(letter)"), scene.file("\(letter)2")]
      try await scene.commit { $0.fastAppend(files) }
    }
    return scene
  }

  @Test(
    "as many manifests are read at a time as there is memory for, one always; the plan is the same",
    arguments: [
      // Each takes 8 MB and its own length.
      (1, 8, 1), (16 << 20, 8, 1), (17 << 20, 8, 2), (25 << 20, 8, 3), (80 << 20, 8, 8),
      (.max, 4, 4), (.max, 1, 1),
    ] as [(Int, Int, Int)])
  func memory(limit: Int, concurrency: Int, most: Int) async throws {
    let scene = try await Self.scene()
    let tasks = try await scene.table.scan().tasks()
    let counting = CountingFileIO(base: scene.storage, delay: .milliseconds(20))
    let table = Table(
      identifier: scene.table.identifier, metadata: scene.table.metadata,
      metadataLocation: scene.table.metadataLocation, fileIO: counting, catalog: nil)
    let scan = table.scan()
      .with(ScanOptions(planningConcurrency: concurrency, planningMemoryLimit: limit))
    let found = try await scan.tasks()
    #expect(found.map(\.file) == tasks.map(\.file))
    #expect(found.count == 24)
    #expect(counting.most == most)
    // The list, and every manifest once.
    #expect(counting.reads == 13)

    counting.reset()
    var locations: [String] = []
    for try await task in scan.taskSequence() { locations.append(task.file.location) }
    #expect(locations.sorted() == tasks.map(\.file.location).sorted())
    #expect(counting.most == most)
    #expect(counting.reads == 13)
  }

  @Test("a block of a manifest that inflates beyond the memory for it is refused")
  func hugeBlock() async throws {
    let scene = try await Self.scene()
    let manifest = try #require(try await scene.manifests().first)
    let bytes = try await scene.storage.read(manifest.location, range: nil)
    let header = try AvroFileHeader(parsing: bytes)
    let plain = Bytes([UInt8](repeating: 0, count: 65 << 20))
    let packed = try header.codec.compress(plain)
    #expect(packed.count < 1 << 20)
    var hostile = ByteWriter()
    hostile.write(bytes[0..<header.byteCount])
    hostile.writeZigZag(1)
    hostile.writeZigZag(Int64(packed.count))
    hostile.write(packed)
    hostile.write(header.syncMarker)
    try await scene.storage.write(
      Bytes(hostile.bytes), to: manifest.location, mode: .replace)
    let scan = scene.table.scan().with(ScanOptions(planningMemoryLimit: 1))
    let error = await #expect(throws: IcebergError.self) { try await scan.tasks() }
    #expect(error?.code == .invalidFile)
    #expect(error?.context.location == manifest.location)
    #expect("\(error as Any)".contains("an Avro block of more than 67108864 bytes"))
  }
}
