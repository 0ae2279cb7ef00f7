import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct RowSpillTests {
  private static func ids(_ table: Table, _ file: DataFile) async throws -> [Int64] {
    var task = FileScanTask(
      file: file, partitionSpec: table.metadata.defaultPartitionSpec, sequenceNumber: 1,
      schema: table.metadata.currentSchema)
    task.byteRange = nil
    var ids: [Int64] = []
    for try await batch in BatchSequence(of: [task], fileIO: table.fileIO) {
      if case .long(let values)? = batch.column("id")?.values { ids += values }
    }
    return ids
  }

  private static func options(
    _ strategy: RewriteDataFilesOptions.Strategy, _ table: Table, files: Int64 = 2
  ) async throws -> RewriteDataFilesOptions {
    let size = try await table.scan().tasks().reduce(0) { $0 + $1.file.fileSizeInBytes }
    var options = RewriteDataFilesOptions(
      strategy: strategy,
      groups: FileGroupOptions(
        targetFileSize: size / files + 1, maxFileSize: size * 4, rewritesAll: true))
    options.sortMemoryLimit = 1
    return options
  }

  @Test("all rows of a group are sorted, within its files and across them", arguments: [1, 2, 3])
  func sorted(version: Int) async throws {
    let table = try await RewriteDataFilesTests.table(
      version: version, levels: ["a"], sortedBy: [.descending("id")])
    let expected = try await RewriteDataFilesTests.rows(table)
    var options = try await Self.options(.sort(nil), table)
    let report = try await withTemporaryDirectory { folder in
      options.temporaryFolder = folder.path
      let report = try await table.rewriteDataFiles(options)
      #expect(try await LocalFileIO().list(under: folder.path).isEmpty)
      return report
    }
    #expect(try await RewriteDataFilesTests.rows(report.table) == expected)
    let added = report.groups.flatMap(\.addedFiles)
    #expect(added.count == 2)
    #expect(added.map(\.recordCount) == [30, 30])
    #expect(added.map(\.sortOrderID) == [1, 1])
    var ids: [Int64] = []
    for file in added { ids += try await Self.ids(table, file) }
    #expect(ids == (0..<60).reversed())
  }

  @Test("runs of random rows that are put together are in order, however many there are")
  func merged() async throws {
    var random = SeededRandom("RowSpillTests.merged")
    for _ in 0..<LongTests.rounds(quick: 4, long: 200) {
      var table = try await MemoryCatalog().createTable(
        "db.t", schema: Schema([.required("id", .long), .optional("key", .string)]))
      let schema = table.metadata.currentSchema
      var keys: [String?] = []
      for _ in 0..<Int.random(in: 2...6, using: &random) {
        // Texts of one file begin alike, and some of several.
        let start = String(repeating: "a", count: .random(in: 0...9, using: &random))
        let new = (0..<Int.random(in: 1...300, using: &random)).map { _ -> String? in
          let number = Int.random(in: 0..<50, using: &random)
          return number == 0 ? nil : start + String(number, radix: 3)
        }
        let rows = new.enumerated().map { offset, key in
          [Literal.long(Int64(keys.count + offset)), key.map { .string($0) }]
        }
        table = try await table.append(RecordBatch(rows: rows, schema: schema))
        keys += new
      }
      let isDescending = Bool.random(using: &random)
      var options = try await Self.options(
        .sort([isDescending ? .descending("key") : .ascending("key"), .ascending("id")]), table,
        files: 1)
      options.scan.batchRowLimit = .random(in: 1...400, using: &random)
      options.sortMemoryLimit = .random(in: 1...20_000, using: &random)
      let report = try await table.rewriteDataFiles(options)
      var ids: [Int64] = []
      for file in report.groups.flatMap(\.addedFiles) { ids += try await Self.ids(table, file) }
      // Nulls come first where keys ascend, and last where they descend.
      let expected = keys.indices.sorted { left, right in
        let (a, b) = (keys[left].map { "1" + $0 } ?? "0", keys[right].map { "1" + $0 } ?? "0")
        return a == b ? left < right : (a < b) != isDescending
      }
      #expect(ids == expected.map { Int64($0) })
    }
  }

  @Test("rows beyond the limit of memory wait in the folder that is named")
  func spills() async throws {
    let table = try await RewriteDataFilesTests.table(levels: ["a"])
    try await withTemporaryDirectory { folder in
      let file = folder.path("file")
      try await LocalFileIO().write([1], to: file, mode: .createNew)
      var options = try await Self.options(.sort([.ascending("id")]), table)
      // No folder can be made there.
      options.temporaryFolder = file
      let files = try await RewriteDataFilesTests.dataFiles(table)
      await #expect(throws: IcebergError.self) { try await table.rewriteDataFiles(options) }
      #expect(try await RewriteDataFilesTests.dataFiles(table) == files)
      options.sortMemoryLimit = 1 << 20
      let report = try await table.rewriteDataFiles(options)
      #expect(report.rewrittenDataFilesCount == 6)
    }
  }

  @Test("an order that the table does not have is not named by the files")
  func otherOrder() async throws {
    let table = try await RewriteDataFilesTests.table(
      levels: ["a"], sortedBy: [.descending("id")])
    let other = try await table.rewriteDataFiles(
      Self.options(.sort([.ascending("id")]), table, files: 1))
    #expect(other.groups.flatMap(\.addedFiles).map(\.sortOrderID) == [nil])
    let file = try #require(other.groups.first?.addedFiles.first)
    #expect(try await Self.ids(table, file) == Array(0..<60))
    let same = try await other.table.rewriteDataFiles(
      Self.options(.sort([.descending("id")]), table, files: 1))
    #expect(same.groups.flatMap(\.addedFiles).map(\.sortOrderID) == [1])
  }

  @Test("packed files of a sorted table are sorted each for itself")
  func binPack() async throws {
    let table = try await RewriteDataFilesTests.table(
      levels: ["a"], sortedBy: [.descending("id")])
    let report = try await table.rewriteDataFiles()
    let added = report.groups.flatMap(\.addedFiles)
    #expect(added.map(\.sortOrderID) == [1])
    #expect(try await Self.ids(table, added[0]) == (0..<60).reversed())
  }

  @Test("a compression factor makes more files of the same rows, or fewer")
  func compressionFactor() async throws {
    let table = try await RewriteDataFilesTests.table(levels: ["a"])
    var options = try await Self.options(.sort([.ascending("id")]), table, files: 2)
    options.compressionFactor = 2
    let report = try await table.rewriteDataFiles(options)
    #expect(report.addedDataFilesCount == 4)
    options.compressionFactor = 0.1
    let fewer = try await table.refreshed().rewriteDataFiles(options)
    #expect(fewer.addedDataFilesCount == 1)
  }

  @Test("rows of several partitions are sorted in each of them")
  func partitions() async throws {
    var table = try await RewriteDataFilesTests.table(sortedBy: [.ascending("id")])
    table = try await table.commit { $0.partitioning.add(.bucket(3, "id")) }
    let expected = try await RewriteDataFilesTests.rows(table)
    let report = try await table.rewriteDataFiles(Self.options(.sort(nil), table, files: 1))
    #expect(try await RewriteDataFilesTests.rows(report.table) == expected)
    let added = report.groups.flatMap(\.addedFiles)
    #expect(added.count == 6)
    for file in added {
      let ids = try await Self.ids(report.table, file)
      #expect(ids == ids.sorted())
    }
  }
}
