import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct BatchSequenceTests {
  /// A table whose rows count up, in `files` files of some row groups each.
  static func table(
    files: Int, rowsPerFile: Int, fileIO: any FileIO = MemoryFileIO(), format: String = "parquet"
  ) async throws -> (Table, [DataFile]) {
    let table = try MemoryTable.make(
      [.required("id", .long, id: 1)],
      properties: [
        "write.parquet.row-group-size-bytes": "2000", "write.format.default": format,
        "write.parquet.compression-codec": "uncompressed",
        "write.parquet.page-row-limit": "100", "write.parquet.dict-size-bytes": "0",
      ], fileIO: fileIO)
    var result: [DataFile] = []
    for file in 0..<files {
      let ids = (0..<rowsPerFile).map { Int64(file * rowsPerFile + $0) }
      result += try await table.write(
        RecordBatch(
          names: ["id"], columns: [Column(.long(ids), count: ids.count)], rowCount: ids.count))
    }
    return (table, result)
  }

  static func tasks(_ table: Table, _ files: [DataFile]) -> [FileScanTask] {
    files.map {
      FileScanTask(
        file: $0, partitionSpec: .unpartitioned, sequenceNumber: 1,
        schema: table.metadata.currentSchema)
    }
  }

  @Test(
    "rows come in the order of the tasks, in batches of bounded size, whatever is read ahead",
    arguments: [1, 2, 3, 16], ["parquet", "avro"])
  func order(concurrency: Int, format: String) async throws {
    let (table, files) = try await Self.table(files: 5, rowsPerFile: 1003, format: format)
    let options = ScanOptions(readConcurrency: concurrency, batchRowLimit: 97)
    let batches = BatchSequence(
      of: Self.tasks(table, files), fileIO: table.fileIO, options: options)
    var ids: [Int64] = []
    for try await batch in batches {
      #expect((1...97).contains(batch.rowCount))
      guard case .long(let values) = batch.columns[0].values else {
        Issue.record("a column of another kind")
        return
      }
      ids += values
    }
    #expect(ids == (0..<5015).map { Int64($0) })
  }

  @Test("no more row groups are read at a time than the options allow", arguments: [1, 3])
  func concurrency(limit: Int) async throws {
    let counting = CountingFileIO()
    let (table, files) = try await Self.table(files: 12, rowsPerFile: 50, fileIO: counting)
    counting.reset()
    let options = ScanOptions(readConcurrency: limit)
    var rows = 0
    for try await batch in BatchSequence(
      of: Self.tasks(table, files), fileIO: counting, options: options)
    {
      rows += batch.rowCount
    }
    #expect(rows == 600)
    #expect(counting.most <= limit)
    #expect(counting.reads >= 12)
  }

  @Test("nothing is read before the first batch is asked for, nor much after the last")
  func lazy() async throws {
    let counting = CountingFileIO()
    let (table, files) = try await Self.table(files: 50, rowsPerFile: 5, fileIO: counting)
    counting.reset()
    do {
      var iterator = BatchSequence(
        of: Self.tasks(table, files), fileIO: counting, options: ScanOptions(readConcurrency: 2)
      ).makeAsyncIterator()
      #expect(counting.reads == 0)
      _ = try await iterator.next()
    }
    try await Task.sleep(for: .milliseconds(20))
    #expect(counting.reads < 10)
  }

  @Test("after an error there are no more batches")
  func errors() async throws {
    let (table, files) = try await Self.table(files: 3, rowsPerFile: 5)
    try await table.fileIO.remove([files[1].location])
    var iterator = BatchSequence(of: Self.tasks(table, files), fileIO: table.fileIO)
      .makeAsyncIterator()
    #expect(try await iterator.next()?.rowCount == 5)
    await #expect(throws: IcebergError.self) { _ = try await iterator.next() }
    #expect(try await iterator.next() == nil)
  }

  @Test("a file that is missing is named, whoever waits for deletes meanwhile")
  func missingBesideDeletes() async throws {
    let (table, files) = try await Self.table(files: 3, rowsPerFile: 5)
    let deletes = try await DeleteFiles.equality(
      .required("id", .long, id: 1), [.long(1)], fileIO: table.fileIO)
    try await table.fileIO.remove([files[1].location])
    let slow = CountingFileIO(base: table.fileIO, delay: .milliseconds(2))
    let error = await #expect(throws: IcebergError.self) {
      for try await _ in BatchSequence(of: files.map { table.task($0, [deletes]) }, fileIO: slow) {}
    }
    #expect(error?.context.location == files[1].location)
  }

  @Test("a cancelled task gets a CancellationError and stops reading")
  func cancellation() async throws {
    let (table, files) = try await Self.table(files: 3, rowsPerFile: 5)
    let tasks = Self.tasks(table, files)
    let slow = CountingFileIO(base: table.fileIO, delay: .seconds(600))
    let reader = Task {
      for try await _ in BatchSequence(of: tasks, fileIO: slow) {}
    }
    try await Task.sleep(for: .milliseconds(10))
    reader.cancel()
    let clock = ContinuousClock()
    let start = clock.now
    await #expect(throws: CancellationError.self) { try await reader.value }
    #expect(clock.now - start < .seconds(300))
  }
}
