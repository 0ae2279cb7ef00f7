import Iceberg
import IcebergTestSupport
import Testing

@Suite struct SnapshotRangeTests {
  /// A table to which A, B, C and D were appended, of which only the last two snapshots are kept; and the
  /// ids of the four.
  private static func expired() async throws -> (table: Table, ids: [Int64]) {
    var scene = try await CommitScene()
    var ids: [Int64] = []
    for name in ["A", "B", "C", "D"] {
      try await scene.append(name)
      ids.append(try scene.head().id)
    }
    let gone = RemovedSnapshots(ids: Array(ids[..<2]))
    try await scene.commit { $0.add(gone) }
    #expect(scene.table.metadata.snapshots.map(\.id) == Array(ids[2...]))
    return (scene.table, ids)
  }

  private struct RemovedSnapshots: TableChange {
    var ids: [Int64]

    func updates(on base: TableMetadata, in work: inout CommitWork) async throws -> [TableUpdate] {
      [.removeSnapshots(ids: ids)]
    }
  }

  private static func names(_ scan: TableScan) async throws -> [String] {
    try await scan.tasks().map { String($0.file.location.split(separator: "/").last ?? "") }
      .sorted()
  }

  @Test("appends are read after a snapshot that is no longer kept, while all after it are")
  func expiredStart() async throws {
    let (table, ids) = try await Self.expired()
    let scan = table.scan()
    #expect(try await Self.names(scan.appended(after: .snapshot(ids[1]))) == ["C", "D"])
    #expect(try await Self.names(scan.appended(after: .snapshot(ids[2]))) == ["D"])
    #expect(try await Self.names(scan.appended(after: nil)) == ["C", "D"])
    let older = scan.at(.snapshot(ids[2]))
    #expect(try await Self.names(older.appended(after: .snapshot(ids[1]))) == ["C"])
  }

  @Test("what the snapshots appended that are no longer kept is asked for in vain")
  func gap() async throws {
    let (table, ids) = try await Self.expired()
    let scan = table.scan()
    for scan in [
      scan.appended(after: .snapshot(ids[0])), scan.appended(from: .snapshot(ids[1])),
      scan.appended(from: .snapshot(ids[0])),
    ] {
      await expectError(.notFound) { _ = try await scan.tasks() }
    }
  }
}
