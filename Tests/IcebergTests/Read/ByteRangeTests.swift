import Iceberg
import IcebergTestSupport
import Testing

@Suite struct ByteRangeTests {
  @Test(
    "parts that cover a file have each of its rows once, wherever the file is cut",
    arguments: ["parquet", "avro"])
  func cover(format: String) async throws {
    let table = try MemoryTable.make(
      [.required("id", .long, id: 1)],
      properties: [
        "write.format.default": format, "write.parquet.row-group-size-bytes": "2000",
        "write.parquet.compression-codec": "uncompressed", "write.parquet.page-row-limit": "100",
        "write.parquet.dict-size-bytes": "0",
      ])
    let ids = (0..<40_000).map { Int64($0) }
    let files = try await table.write(
      RecordBatch(names: ["id"], columns: [Column(.long(ids), count: 40_000)], rowCount: 40_000))
    let file = try #require(files.first)
    var random = SeededRandom("ByteRangeTests.cover.\(format)")
    for parts in [1, 2, 3, 7] {
      let inner = (1..<parts).map { _ in Int64.random(in: 1..<file.fileSizeInBytes, using: &random)
      }
      let cuts = [0] + inner.sorted() + [file.fileSizeInBytes]
      let tasks = zip(cuts, cuts.dropFirst()).map { start, end in
        var task = FileScanTask(
          file: file, partitionSpec: .unpartitioned, sequenceNumber: 1,
          schema: table.metadata.currentSchema)
        task.byteRange = start..<end
        return task
      }
      var read: [Int64] = []
      var pieces = 0
      for task in tasks {
        var isEmpty = true
        for try await batch in BatchSequence(of: [task], fileIO: table.fileIO) {
          guard case .long(let values) = batch.columns[0].values else { continue }
          read += values
          isEmpty = false
        }
        if !isEmpty { pieces += 1 }
      }
      #expect(read == ids, "\(cuts)")
      #expect(parts < 7 || format == "avro" || pieces > 1, "\(cuts)")
    }
  }

  @Test(
    "parts of a file that is longer than its manifest says have each of its rows once",
    arguments: ["parquet", "avro"])
  func longerFile(format: String) async throws {
    let table = try MemoryTable.make(
      [.required("id", .long, id: 1)],
      properties: [
        "write.format.default": format, "write.parquet.row-group-size-bytes": "2000",
        "write.parquet.compression-codec": "uncompressed", "write.parquet.page-row-limit": "100",
        "write.parquet.dict-size-bytes": "0", "read.split.target-size": "1000",
      ])
    let ids = (0..<40_000).map { Int64($0) }
    var file = try #require(
      try await table.write(
        RecordBatch(names: ["id"], columns: [Column(.long(ids), count: 40_000)], rowCount: 40_000)
      ).first)
    file.fileSizeInBytes = 3_500
    let whole = FileScanTask(
      file: file, partitionSpec: .unpartitioned, sequenceNumber: 1,
      schema: table.metadata.currentSchema)
    let packing = try TaskPacking(properties: table.metadata.properties)
    let parts = packing.splits(of: file).map { range in
      var part = whole
      part.byteRange = range
      return part
    }
    #expect(parts.count == 4)
    for tasks in [[whole], parts] {
      var read: [Int64] = []
      for try await batch in BatchSequence(of: tasks, fileIO: table.fileIO) {
        if case .long(let values) = batch.columns[0].values { read += values }
      }
      #expect(read.sorted() == ids, "\(tasks.count) parts")
    }
  }
}
