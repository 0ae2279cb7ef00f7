import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct TableWriterTests {
  /// Every type that data files can hold, flat and nested.
  static let everyType: [Field] = [
    .required("id", .long, id: 1), .optional("flag", .boolean, id: 2),
    .optional("i", .int, id: 3), .optional("f", .float, id: 4), .optional("d", .double, id: 5),
    .optional("d9", .decimal(precision: 9, scale: 2), id: 6),
    .optional("d18", .decimal(precision: 18, scale: 0), id: 7),
    .optional("d38", .decimal(precision: 38, scale: 10), id: 8),
    .optional("day", .date, id: 9), .optional("time", .time, id: 10),
    .optional("ts", .timestamp, id: 11), .optional("tstz", .timestamptz, id: 12),
    .optional("tsn", .timestampNanos, id: 13), .optional("tstzn", .timestamptzNanos, id: 14),
    .optional("text", .string, id: 15), .optional("uuid", .uuid, id: 16),
    .optional("fx", .fixed(length: 5), id: 17), .optional("bin", .binary, id: 18),
    .optional("nothing", .unknown, id: 19), .optional("v", .variant, id: 20),
    .optional(
      "st",
      .struct([
        .optional("a", .long, id: 22), .optional("nothing", .unknown, id: 23),
        .optional("in", .struct([.required("b", .string, id: 25)]), id: 24),
      ]), id: 21),
    .optional("li", .list(element: .optional("element", .int, id: 27)), id: 26),
    .optional(
      "ls",
      .list(
        element: .required(
          "element",
          .struct([
            .required("x", .int, id: 30),
            .optional("tags", .list(element: .optional("element", .string, id: 32)), id: 31),
          ]), id: 29)), id: 28),
    .optional(
      "m",
      .map(
        key: .required("key", .string, id: 34), value: .optional("value", .double, id: 35)), id: 33),
    .optional(
      "mi",
      .map(
        key: .required("key", .int, id: 37),
        value: .optional(
          "value", .list(element: .optional("element", .decimal(precision: 20, scale: 3), id: 39)),
          id: 38)), id: 36),
  ]

  @Test(
    "what was written is read, whatever the type, format and codec",
    arguments: [
      ["write.parquet.compression-codec": "zstd"],
      ["write.parquet.compression-codec": "snappy", "write.parquet.page-version": "v2"],
      ["write.parquet.compression-codec": "gzip", "write.parquet.dict-size-bytes": "0"],
      ["write.parquet.compression-codec": "uncompressed", "write.parquet.page-row-limit": "7"],
      ["write.format.default": "avro", "write.avro.compression-codec": "zstd"],
      ["write.format.default": "avro", "write.avro.compression-codec": "snappy"],
      ["write.format.default": "avro", "write.avro.compression-codec": "gzip"],
      ["write.format.default": "avro", "write.avro.compression-codec": "uncompressed"],
    ])
  func roundTrip(properties: [String: String]) async throws {
    let table = try MemoryTable.make(Self.everyType, properties: properties)
    var random = SeededRandom("TableWriterTests.roundTrip")
    let batch = random.batch(Self.everyType, count: 500)
    let files = try await table.write(batch)
    #expect(files.map(\.recordCount) == [500])
    let read = try await table.read(files)
    #expect(read.names == batch.names)
    for (name, (written, found)) in zip(batch.names, zip(batch.columns, read.columns)) {
      #expect(written.hasSameRows(as: found), "column \(name)")
    }
  }

  @Test(
    "a file is the same, byte for byte, however many of its columns are encoded at the same time")
  func encodingConcurrency() async throws {
    let table = try MemoryTable.make(
      Self.everyType, properties: ["write.parquet.row-group-size-bytes": "400000"])
    var random = SeededRandom("TableWriterTests.encodingConcurrency")
    let batches = (0..<3).map { _ in random.batch(Self.everyType, count: 1500) }
    var contents: [Bytes] = []
    for concurrency in [1, 2, 50] {
      let options = WriteOptions(encodingConcurrency: concurrency)
      let files = try await table.withWriter(options: options) { writer in
        for batch in batches { try await writer.write(batch) }
      }
      #expect(files.count == 1)
      #expect((files[0].splitOffsets?.count ?? 0) > 1)
      contents.append(
        try await table.fileIO.read(files[0].location, range: 0..<files[0].fileSizeInBytes))
    }
    #expect(contents[1] == contents[0])
    #expect(contents[2] == contents[0])
  }

  @Test("columns are found by name, and one that is missing takes its write default or null")
  func missingColumns() async throws {
    var level = Field.optional("level", .int, id: 3)
    level.writeDefault = .int(7)
    let table = try MemoryTable.make([
      .required("id", .int, id: 1), .optional("note", .string, id: 2), level,
    ])
    let files = try await table.write(
      RecordBatch(
        names: ["id"], columns: [Column(.int([1, 2]), count: 2)], rowCount: 2))
    #expect(
      try await table.jsonRows(files) == [
        #"{"id":1,"note":null,"level":7}"#, #"{"id":2,"note":null,"level":7}"#,
      ])
  }

  @Test("a file is closed at the target size, and another one begun")
  func rolling() async throws {
    let fields: [Field] = [.required("id", .long, id: 1), .required("bin", .binary, id: 2)]
    let table = try MemoryTable.make(
      fields,
      properties: [
        "write.target-file-size-bytes": "100000", "write.parquet.row-group-size-bytes": "30000",
        "write.parquet.compression-codec": "uncompressed",
      ])
    var random = SeededRandom("TableWriterTests.rolling")
    let batches = (0..<20).map { _ in random.batch(fields, count: 1000) }
    let files = try await table.withWriter { writer in
      for batch in batches { try await writer.write(batch) }
    }
    #expect(files.count > 3)
    #expect(files.dropLast().allSatisfy { (80_000...200_000).contains($0.fileSizeInBytes) })
    #expect(files.reduce(0) { $0 + $1.recordCount } == 20_000)
    #expect(Set(files.map(\.location)).count == files.count)
    let first = try #require(files.first?.splitOffsets)
    #expect(first.count > 1 && first.first == 4)
    #expect(try await table.read(files).rowCount == 20_000)
  }

  @Test("names of files count up, in the folder of their partition")
  func names() async throws {
    let table = try MemoryTable.make(
      [.required("id", .int, id: 1), .optional("c", .string, id: 2)], partitionedBy: ["c"],
      properties: ["write.data.path": "rows"])
    let files = try await table.write(
      RecordBatch(
        names: ["id", "c"],
        columns: [
          Column(.int([1, 2, 3]), count: 3),
          Column(
            .bytes(offsets: [0, 3, 3, 6], data: Array("a/bx y".utf8)),
            validity: Bitmap([true, false, true]), count: 3),
        ], rowCount: 3))
    #expect(files.count == 3)
    let pattern = try Regex(
      "memory/table/rows/c=(a%2Fb|null|x\\+y)/00000-0-[0-9a-f-]{36}-0000[123]\\.parquet")
    for file in files { #expect(file.location.wholeMatch(of: pattern) != nil, "\(file.location)") }
    #expect(
      Set(files.map(\.partition)) == [
        StructValue([.string("a/b")]), StructValue([nil]), StructValue([.string("x y")]),
      ])
  }

  @Test("files of a failed write are removed")
  func failure() async throws {
    let fileIO = MemoryFileIO()
    let table = try MemoryTable.make(
      [.required("id", .int, id: 1)], partitionedBy: [.bucket(4, "id")],
      properties: ["write.target-file-size-bytes": "1"], fileIO: fileIO)
    struct Stop: Error {}
    await #expect(throws: Stop.self) {
      _ = try await table.withWriter { writer in
        for start in 0..<4 as Range<Int32> {
          let ids = (0..<10).map { $0 + start * 10 }
          try await writer.write(
            RecordBatch(names: ["id"], columns: [Column(.int(ids), count: 10)], rowCount: 10))
        }
        #expect(!fileIO.locations.isEmpty)
        throw Stop()
      }
    }
    #expect(fileIO.locations.isEmpty)
  }

  @Test(
    "whichever call to storage fails, or loses its answer, no file is left",
    arguments: [
      "parquet", "avro",
    ])
  func faults(format: String) async throws {
    struct Broken: Error {}
    var (position, isFinished) = (0, false)
    while !isFinished {
      for losesReply in [false, true] {
        let base = MemoryFileIO()
        let failing = position
        let storage = FaultyFileIO(base) { call in
          guard call.number == failing, call.operation != .remove else { return nil }
          return losesReply ? .loseReply(Broken()) : .fail(Broken())
        }
        let table = try MemoryTable.make(
          [.required("id", .int, id: 1)], partitionedBy: [.bucket(2, "id")],
          properties: [
            "write.format.default": format, "write.target-file-size-bytes": "500",
            "write.parquet.row-group-size-bytes": "100",
          ], fileIO: storage)
        do {
          let files = try await table.withWriter { writer in
            for start in 0..<3 as Range<Int32> {
              let ids = (0..<100).map { $0 + start * 100 }
              try await writer.write(
                RecordBatch(names: ["id"], columns: [Column(.int(ids), count: 100)], rowCount: 100))
            }
          }
          #expect(base.locations == files.map(\.location).sorted())
          isFinished = true
        } catch is Broken {
          #expect(base.locations.isEmpty, "call \(position)")
        }
      }
      position += 1
    }
    #expect(position > 4)
  }

  @Test("with more partitions than open files, files are closed early and nothing is lost")
  func manyPartitions() async throws {
    let fields: [Field] = [.required("id", .int, id: 1)]
    let table = try MemoryTable.make(fields, partitionedBy: ["id"])
    let ids = (0..<600).map { Int32($0 % 300) }
    let files = try await table.write(
      RecordBatch(names: ["id"], columns: [Column(.int(ids), count: 600)], rowCount: 600))
    #expect(files.reduce(0) { $0 + $1.recordCount } == 600)
    #expect(Set(files.map(\.partition)).count == 300)
    #expect(try await table.read(files).rowCount == 600)
  }

  @Test("nothing is written for no rows")
  func empty() async throws {
    let table = try MemoryTable.make([.required("id", .int, id: 1)])
    #expect(try await table.withWriter { _ in }.isEmpty)
    #expect(try await table.write(table.metadata.currentSchema.emptyBatch).isEmpty)
  }

  @Test(
    "what does not fit is refused by name",
    arguments: [
      ("no column 'x'", ["x"], [Column(.int([1]), count: 1)]),
      (
        "two columns 'id'", ["id", "id"],
        [Column(.int([1]), count: 1), Column(.int([1]), count: 1)]
      ),
      ("column id: the column is required, and", ["id"], [Column(nulls: .int, count: 1)]),
      ("column id: long values are no int", ["id"], [Column(.long([1]), count: 1)]),
      (
        "required, has no write default", ["t"],
        [Column(.bytes(offsets: [0, 0], data: []), count: 1)]
      ),
      (
        "column t: a text is not UTF-8", ["id", "t"],
        [Column(.int([1]), count: 1), Column(.bytes(offsets: [0, 1], data: [0xff]), count: 1)]
      ),
      (
        "column p: a decimal has more than 3 digits", ["id", "p"],
        [Column(.int([1]), count: 1), Column(.decimal([1000]), count: 1)]
      ),
      (
        "malformed", ["id", "t"],
        [Column(.int([1]), count: 1), Column(.bytes(offsets: [0, 9], data: [1]), count: 1)]
      ),
    ])
  func refusals(message: String, names: [String], columns: [Column]) async throws {
    let table = try MemoryTable.make([
      .required("id", .int, id: 1), .optional("t", .string, id: 2),
      .optional("p", .decimal(precision: 3, scale: 1), id: 3),
    ])
    await #expect {
      _ = try await table.write(RecordBatch(names: names, columns: columns, rowCount: 1))
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == .invalidArgument && error?.message.contains(message) == true
    }
  }
}
