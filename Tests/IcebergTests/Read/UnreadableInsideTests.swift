import Iceberg
import IcebergTestSupport
import Testing

@Suite("Files whose inside cannot be read")
struct UnreadableInsideTests {
  @Test(
    "a shredded variant in a later file is refused before the first row", .needsSharedFiles)
  func shredded() async throws {
    let plain = try await Self.tasks("golden-java/v3_variant_parquet")
    let shredded = try await Self.tasks("golden-java/spark/v3_variant_shredded")
    let variant = try #require(plain[0].schema.fields.first { $0.type == .variant })
    var tasks = plain + shredded
    for index in tasks.indices { tasks[index].schema = Schema([variant]) }
    // The file that can be read has rows, and comes first.
    var rows = 0
    for try await batch in BatchSequence(of: plain, fileIO: Self.fileIO) { rows += batch.rowCount }
    #expect(rows > 0)

    var iterator = BatchSequence(of: tasks, fileIO: Self.fileIO).makeAsyncIterator()
    await #expect {
      _ = try await iterator.next()
    } throws: {
      ($0 as? IcebergError)?.code == .unsupported && "\($0)".contains("shredded variant")
    }
  }

  private static let fileIO = MappedFileIO(
    LocalFileIO(),
    mappings: [
      LocationMapping(from: "/warehouse/java", to: SharedFiles.path("golden-java")),
      LocationMapping(from: "/warehouse/java/spark/db", to: SharedFiles.path("golden-java/spark")),
    ])

  private static func tasks(_ folder: String) async throws -> [FileScanTask] {
    let table = try await Table.open(at: SharedFiles.path(folder), fileIO: fileIO)
    return try await table.scan().tasks()
  }
}
