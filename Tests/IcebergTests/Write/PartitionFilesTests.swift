import Iceberg
import IcebergTestSupport
import Testing

@Suite struct PartitionFilesTests {
  private static func table(_ properties: [String: String] = [:]) throws -> Table {
    try MemoryTable.make(
      [.required("id", .long, id: 1)], partitionedBy: [.truncate(10, "id")],
      properties: properties)
  }

  private static func batch(_ ids: [Int64]) -> RecordBatch {
    RecordBatch(names: ["id"], columns: [Column(.long(ids), count: ids.count)], rowCount: ids.count)
  }

  @Test("clustered rows leave one file open, and a partition that comes back is refused")
  func clustered() async throws {
    let table = try Self.table()
    let options = WriteOptions(routing: .clustered)
    let files = try await table.withWriter(options: options) { writer in
      try await writer.write(Self.batch([1, 2, 11]))
      try await writer.write(Self.batch([12, 25]))
    }
    #expect(files.map(\.recordCount) == [2, 2, 1])
    let io = table.fileIO
    await #expect {
      try await table.withWriter(options: options) { writer in
        try await writer.write(Self.batch([1, 11]))
        try await writer.write(Self.batch([2]))
      }
    } throws: { error in
      (error as? IcebergError)?.code == .invalidArgument && "\(error)".contains("id_trunc=0")
    }
    let left = try await io.list(under: "memory/table").map(\.location)
    #expect(Set(left) == Set(files.map(\.location)))
  }

  @Test("files are closed early when too many are open, or their rows take too much memory")
  func limits() async throws {
    for options in [WriteOptions(openFileLimit: 2), WriteOptions(memoryLimit: 1)] {
      let table = try Self.table()
      let files = try await table.withWriter(options: options) { writer in
        for _ in 0..<3 { try await writer.write(Self.batch([1, 11, 21])) }
      }
      #expect(files.count > 3)
      #expect(files.reduce(0) { $0 + $1.recordCount } == 9)
    }
    let table = try Self.table()
    let files = try await table.withWriter { writer in
      for _ in 0..<3 { try await writer.write(Self.batch([1, 11, 21])) }
    }
    #expect(files.count == 3)
  }
}
