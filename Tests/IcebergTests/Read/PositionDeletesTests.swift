import Iceberg
import IcebergTestSupport
import Testing

@Suite struct PositionDeletesTests {
  /// A table of ids that count up, in row groups of a few hundred rows.
  static func table(
    rows: Int, files: Int = 1, format: String = "parquet", fileIO: any FileIO = MemoryFileIO()
  ) async throws -> (Table, [DataFile]) {
    try await BatchSequenceTests.table(
      files: files, rowsPerFile: rows, fileIO: fileIO, format: format)
  }

  static func ids(_ lines: [String]) -> [Int64] {
    lines.compactMap { line in Int64(line.dropFirst(6).dropLast()) }
  }

  @Test(
    "rows may be in any order, come more than once, and speak of other files",
    arguments: ["parquet", "avro"], ["parquet", "avro"])
  func anyOrder(dataFormat: String, deleteFormat: String) async throws {
    let (table, files) = try await Self.table(rows: 1000, files: 2, format: dataFormat)
    var random = SeededRandom("PositionDeletesTests.anyOrder")
    let deleted = (0..<300).map { _ in Int64.random(in: 0..<1000, using: &random) }
    var rows = deleted.map { (files[0].location, $0) } + [("elsewhere", 5)]
    rows += [(files[1].location, 999), (files[1].location, 0), (files[0].location, 5000)]
    rows.shuffle(using: &random)
    let deletes = try await DeleteFiles.positions(
      rows, format: deleteFormat, fileIO: table.fileIO)
    let lines = try await table.lines(
      files.map { table.task($0, [deletes]) }, options: ScanOptions(batchRowLimit: 77))
    let gone = Set(deleted + [1999, 1000])
    #expect(Self.ids(lines) == (0..<2000).filter { !gone.contains($0) })
  }

  @Test("locations are compared as they are written, but for a scheme that one of them lacks")
  func exactLocations() async throws {
    let (table, files) = try await Self.table(rows: 4)
    let location = files[0].location
    let deletes = try await DeleteFiles.positions(
      [
        (location + "/", 1), (location.uppercased(), 2), (location.replacing("/", with: "//"), 3),
      ], fileIO: table.fileIO)
    #expect(Self.ids(try await table.lines([table.task(files[0], [deletes])])) == [0, 1, 2, 3])
    let bytes = try await table.fileIO.read(location, range: nil)
    for (name, other, expected) in [
      ("/data/a", "hdfs://host:1/data/a", [1, 2, 3]), ("s3://b/data/a", "/data/a", [1, 2, 3]),
      ("s3://b/data/a", "s3://c/data/a", [0, 1, 2, 3]), ("s3://b/a", "s3a://b/a", [0, 1, 2, 3]),
    ] as [(String, String, [Int64])] {
      var file = files[0]
      file.location = name
      try await table.fileIO.write(bytes, to: name, mode: .replace)
      let deletes = try await DeleteFiles.positions([(other, 0)], fileIO: table.fileIO)
      #expect(
        Self.ids(try await table.lines([table.task(file, [deletes])])) == expected, "\(other)")
    }
  }

  @Test("several delete files of one data file add up, a deletion vector too")
  func union() async throws {
    let (table, files) = try await Self.table(rows: 10)
    let (file, fileIO) = (files[0], table.fileIO)
    let deletes = [
      try await DeleteFiles.positions([(file.location, 1), (file.location, 3)], fileIO: fileIO),
      try await DeleteFiles.positions([(file.location, 3), (file.location, 9)], fileIO: fileIO),
      try await DeleteFiles.vector([0, 5], of: file, fileIO: fileIO),
    ]
    #expect(Self.ids(try await table.lines([table.task(file, deletes)])) == [2, 4, 6, 7, 8])
  }

  @Test("positions are those in the whole file when only a part of it is read")
  func parts() async throws {
    let (table, files) = try await Self.table(rows: 3000)
    let positions = stride(from: 0, to: 3000, by: 7).map { Int64($0) }
    let deletes = try await DeleteFiles.vector(positions, of: files[0], fileIO: table.fileIO)
    let middle = files[0].fileSizeInBytes / 2
    let tasks = [0..<middle, middle..<files[0].fileSizeInBytes].map { range in
      var task = table.task(files[0], [deletes])
      task.byteRange = range
      return task
    }
    #expect(
      Self.ids(try await table.lines(tasks)) == (0..<3000).filter { !$0.isMultiple(of: 7) })
  }

  @Test("row groups of which every row is deleted are not fetched, unless deletes are shown")
  func wholeRowGroups() async throws {
    let counting = CountingFileIO()
    let (table, files) = try await Self.table(rows: 40_000, fileIO: counting)
    let deletes = try await DeleteFiles.vector(
      Array(0..<39_990), of: files[0], fileIO: table.fileIO)
    counting.reset()
    #expect(Self.ids(try await table.lines([table.task(files[0])])).count == 40_000)
    let all = counting.bytes
    counting.reset()
    let lines = try await table.lines([table.task(files[0], [deletes])])
    #expect(Self.ids(lines) == Array(39_990..<40_000))
    #expect(counting.bytes < all / 2)
    counting.reset()
    let shown = try await table.lines([
      table.task(files[0], [deletes], selecting: [ReservedFields.isDeleted])
    ])
    #expect(shown.count == 40_000)
    #expect(shown.filter { $0 == #"{"_deleted":true}"# }.count == 39_990)
  }

  @Test("a delete file that many data files share is read once")
  func sharedOnce() async throws {
    let counting = CountingFileIO()
    let (table, files) = try await Self.table(rows: 5, files: 30, fileIO: counting)
    let deletes = try await DeleteFiles.positions(
      files.map { ($0.location, 2) }, fileIO: table.fileIO)
    counting.reset()
    let lines = try await table.lines(files.map { table.task($0, [deletes]) })
    #expect(lines.count == 120)
    #expect(counting.readCount(of: deletes.file.location) == 1)
  }

  @Test("with little memory a shared delete file is read again, and the rows stay right")
  func littleMemory() async throws {
    let (table, files) = try await Self.table(rows: 50, files: 10)
    let first = try await DeleteFiles.positions(
      files.map { ($0.location, 2) }, fileIO: table.fileIO)
    let second = try await DeleteFiles.positions(
      files.map { ($0.location, 3) }, fileIO: table.fileIO)
    let lines = try await table.lines(
      files.map { table.task($0, [first, second]) }, options: ScanOptions(deleteMemoryLimit: 1))
    #expect(lines.count == 480)
  }

  @Test("what cannot be applied is refused before the first row, and named")
  func refused() async throws {
    let (table, files) = try await Self.table(rows: 5, files: 2)
    let good = try await DeleteFiles.positions([(files[0].location, 1)], fileIO: table.fileIO)
    var orc = good
    orc.file.format = .orc
    var encrypted = good
    encrypted.file.keyMetadata = [1]
    var vector = try await DeleteFiles.vector([1], of: files[1], fileIO: table.fileIO)
    vector.file.contentOffset = nil
    for (bad, code) in [
      (orc, IcebergError.Code.unsupported), (encrypted, .unsupported), (vector, .invalidFile),
    ] {
      let tasks = [table.task(files[0]), table.task(files[1], [bad])]
      var iterator = BatchSequence(of: tasks, fileIO: table.fileIO).makeAsyncIterator()
      do {
        _ = try await iterator.next()
        Issue.record("\(bad.file.format) was read")
      } catch let error as IcebergError {
        #expect(error.code == code)
        #expect(error.context.location == bad.file.location)
      }
    }
  }

  @Test("negative positions, nulls and missing columns are errors")
  func malformed() async throws {
    let (table, files) = try await Self.table(rows: 5)
    let file = files[0]
    let negative = try await DeleteFiles.positions([(file.location, -1)], fileIO: table.fileIO)
    let withoutPositions = try await DeleteFiles.write(
      .positionDeletes, [ReservedFields.deleteFilePath],
      [Column([.string(file.location)], as: .string)], fileIO: table.fileIO)
    var optional = ReservedFields.deletePosition
    optional.isRequired = false
    let null = try await DeleteFiles.write(
      .positionDeletes, [ReservedFields.deleteFilePath, optional],
      [Column([.string(file.location)], as: .string), Column([nil], as: .long)],
      fileIO: table.fileIO)
    for deletes in [negative, withoutPositions, null] {
      await #expect(throws: IcebergError.self) {
        _ = try await table.lines([table.task(file, [deletes])])
      }
    }
  }

  @Test("deleted rows that are stored with the deletes are not looked at")
  func rowColumn() async throws {
    let (table, files) = try await Self.table(rows: 4)
    let row = Field.optional(
      "row", .struct([.required("id", .long, id: 1)]), id: ReservedFields.deletedRowID)
    let deletes = try await DeleteFiles.write(
      .positionDeletes, [ReservedFields.deleteFilePath, ReservedFields.deletePosition, row],
      [
        Column([.string(files[0].location)], as: .string), Column([.long(2)], as: .long),
        Column([.struct(StructValue([.long(0)]))], as: row.type),
      ], fileIO: table.fileIO)
    #expect(Self.ids(try await table.lines([table.task(files[0], [deletes])])) == [0, 1, 3])
  }
}
