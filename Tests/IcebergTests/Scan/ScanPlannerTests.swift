import Iceberg
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
}
