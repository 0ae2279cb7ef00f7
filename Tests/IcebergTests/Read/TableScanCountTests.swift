import Iceberg
import IcebergTestSupport
import Testing

@Suite("TableScan+Count")
struct TableScanCountTests {
  @Test("rows that 64 bits cannot count are an error, and no other number")
  func overflow() async throws {
    var scene = try await CommitScene()
    let (large, small) = (scene.file("A", rows: .max - 1), scene.file("B", rows: 1))
    try await scene.commit { $0.fastAppend([large, small]) }
    #expect(try await scene.table.scan().count() == .max)
    let more = scene.file("C", rows: 1)
    try await scene.commit { $0.fastAppend([more]) }
    await expectError(.invalidFile) { _ = try await scene.table.scan().count() }
  }
}
