import Iceberg
import IcebergBytes
import IcebergParquet
import IcebergTestSupport
import Testing

@Suite struct ParquetDataReaderTests {
  /// A file with the given schema elements below the root, and what is read of it as `wanted`.
  static func read(
    _ elements: [SchemaElement], count: Int32, _ columns: [Column], as wanted: [Field],
    nameMapping: NameMapping? = nil
  ) async throws -> [String] {
    let root = SchemaElement(name: "root", repetition: nil, childCount: count)
    var encoder = try ParquetFileEncoder(schema: ParquetSchema(elements: [root] + elements))
    var parts = try encoder.write(columns, rowCount: columns[0].count)
    let (rest, file) = try encoder.finish()
    parts += rest
    let table = try MemoryTable.make(wanted)
    try await table.fileIO.write(
      Bytes(parts.flatMap { Array($0) }), to: "file", mode: .createNew)
    let dataFile = DataFile(
      location: "file", format: .parquet, recordCount: file.rowCount,
      fileSizeInBytes: file.byteCount)
    let batch = try await table.read([dataFile], nameMapping: nameMapping)
    return try batch.jsonRows(table.metadata.currentSchema)
  }

  static func leaf(
    _ type: PhysicalType, _ logical: LogicalType?, length: Int32? = nil, name: String = "x",
    id: Int32? = 1
  ) -> SchemaElement {
    SchemaElement(
      name: name, repetition: .optional, physicalType: type, typeLength: length,
      logicalType: logical, fieldID: id)
  }

  @Test(
    "what other writers store is read in the units and widths of the table",
    arguments: [
      (
        leaf(.int32, .time(isAdjustedToUTC: true, unit: .milliseconds)),
        Column(.int([1]), count: 1),
        FieldType.time, "\"00:00:00.001000\""
      ),
      (
        leaf(.int64, .time(isAdjustedToUTC: false, unit: .nanoseconds)),
        Column(.long([1000]), count: 1), .time, "\"00:00:00.000001\""
      ),
      (
        leaf(.int64, .timestamp(isAdjustedToUTC: true, unit: .milliseconds)),
        Column(.long([-1]), count: 1), .timestamp, "\"1969-12-31T23:59:59.999000\""
      ),
      (
        leaf(.int64, .timestamp(isAdjustedToUTC: true, unit: .nanoseconds)),
        Column(.long([-1000]), count: 1), .timestamptz, "\"1969-12-31T23:59:59.999999+00:00\""
      ),
      (
        leaf(.int64, .timestamp(isAdjustedToUTC: false, unit: .microseconds)),
        Column(.long([1]), count: 1), .timestampNanos, "\"1970-01-01T00:00:00.000001000\""
      ),
      (
        leaf(.int32, .integer(bitWidth: 8, isSigned: true)), Column(.int([-8]), count: 1), .int,
        "-8"
      ),
      (
        leaf(.int32, .integer(bitWidth: 16, isSigned: false)), Column(.int([65535]), count: 1),
        .long, "65535"
      ),
      (
        leaf(.int32, .integer(bitWidth: 32, isSigned: false)), Column(.int([-1]), count: 1),
        .long, "4294967295"
      ),
      (
        leaf(.int64, .integer(bitWidth: 64, isSigned: false)), Column(.decimal([12]), count: 1),
        .long, "12"
      ),
      (
        leaf(.byteArray, nil), Column(.bytes(offsets: [0, 2], data: Array("hi".utf8)), count: 1),
        .string, "\"hi\""
      ),
      (
        leaf(.byteArray, .enumeration),
        Column(.bytes(offsets: [0, 2], data: Array("hi".utf8)), count: 1), .string, "\"hi\""
      ),
      (
        leaf(.byteArray, .bson), Column(.bytes(offsets: [0, 1], data: [255]), count: 1), .binary,
        "\"ff\""
      ),
      (
        leaf(.fixedLengthByteArray, nil, length: 16),
        Column(.fixed(width: 16, data: [UInt8](repeating: 1, count: 16)), count: 1), .uuid,
        "\"01010101-0101-0101-0101-010101010101\""
      ),
      (
        leaf(.int64, .decimal(precision: 12, scale: 2)), Column(.decimal([-150]), count: 1),
        .decimal(precision: 9, scale: 2), "\"-1.50\""
      ),
    ])
  func units(element: SchemaElement, column: Column, type: FieldType, text: String) async throws {
    let rows = try await Self.read([element], count: 1, [column], as: [.required("x", type, id: 1)])
    #expect(rows == ["{\"x\":\(text)}"])
  }

  @Test(
    "what the table cannot hold exactly is an error",
    arguments: [
      (
        leaf(.int64, .timestamp(isAdjustedToUTC: true, unit: .nanoseconds)),
        Column(.long([1]), count: 1), FieldType.timestamp
      ),
      (
        leaf(.int64, .timestamp(isAdjustedToUTC: true, unit: .milliseconds)),
        Column(.long([.max]), count: 1), .timestamp
      ),
      (
        leaf(.int32, .integer(bitWidth: 32, isSigned: false)), Column(.int([-1]), count: 1),
        .int
      ),
      (
        leaf(.int64, .integer(bitWidth: 64, isSigned: false)),
        Column(.long([.min]), count: 1), .long
      ),
      (
        leaf(.int64, .decimal(precision: 12, scale: 2)),
        Column(.decimal([1_000_000_000]), count: 1),
        .decimal(precision: 9, scale: 2)
      ),
      (
        leaf(.fixedLengthByteArray, nil, length: 4),
        Column(.fixed(width: 4, data: [1, 2, 3, 4]), count: 1), .fixed(length: 5)
      ),
    ])
  func inexact(element: SchemaElement, column: Column, type: FieldType) async throws {
    await #expect {
      _ = try await Self.read([element], count: 1, [column], as: [.required("x", type, id: 1)])
    } throws: { error in
      (error as? IcebergError)?.code == .invalidFile
    }
  }

  static func group(
    _ name: String, _ logical: LogicalType?, _ children: Int32, id: Int32? = nil,
    _ repetition: Repetition = .optional
  ) -> SchemaElement {
    SchemaElement(
      name: name, repetition: repetition, childCount: children, logicalType: logical, fieldID: id)
  }

  static func binary(_ name: String, _ repetition: Repetition = .required) -> SchemaElement {
    SchemaElement(name: name, repetition: repetition, physicalType: .byteArray)
  }

  @Test("a variant is read whichever of its parts comes first; a shredded one is refused")
  func variants() async throws {
    let metadata = Column(.bytes(offsets: [0, 3], data: [1, 0, 0]), count: 1)
    let value = Column(.bytes(offsets: [0, 2], data: [12, 34]), count: 1)
    let wanted: [Field] = [.optional("v", .variant, id: 1)]
    for logical in [LogicalType.variant(specificationVersion: 1), nil] {
      let rows = try await Self.read(
        [Self.group("v", logical, 2, id: 1), Self.binary("value"), Self.binary("metadata")],
        count: 1, [Column(.struct([value, metadata]), count: 1)], as: wanted)
      #expect(rows == [#"{"v":34}"#])
    }
    await #expect {
      _ = try await Self.read(
        [
          Self.group("v", .variant(specificationVersion: 1), 3, id: 1), Self.binary("metadata"),
          Self.binary("value", .optional),
          SchemaElement(name: "typed_value", repetition: .optional, physicalType: .int64),
        ], count: 1,
        [Column(.struct([metadata, value, Column(nulls: .long, count: 1)]), count: 1)], as: wanted)
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == .unsupported && error?.message.contains("shredded") == true
        && error?.context.location == "file"
    }
  }

  @Test("a column of a kind that is not read is refused only when it is wanted")
  func unsupportedKinds() async throws {
    let elements = [
      Self.leaf(.fixedLengthByteArray, .interval, length: 12, name: "i"),
      Self.leaf(.int32, nil, name: "n", id: 2),
    ]
    let columns = [
      Column(.fixed(width: 12, data: [UInt8](repeating: 0, count: 12)), count: 1),
      Column(.int([5]), count: 1),
    ]
    let rows = try await Self.read(elements, count: 2, columns, as: [.required("n", .int, id: 2)])
    #expect(rows == [#"{"n":5}"#])
    await #expect {
      _ = try await Self.read(
        elements, count: 2, columns, as: [.required("i", .fixed(length: 12), id: 1)])
    } throws: { error in
      (error as? IcebergError)?.code == .unsupported
    }
  }

  @Test("two columns with one field id are an error")
  func duplicateIDs() async throws {
    let column = Column(.int([5]), count: 1)
    await #expect {
      _ = try await Self.read(
        [Self.leaf(.int32, nil, name: "a"), Self.leaf(.int32, nil, name: "b")], count: 2,
        [column, column], as: [.required("x", .int, id: 1)])
    } throws: { error in
      (error as? IcebergError)?.code == .invalidFile
    }
  }

  @Test("a name mapping finds the columns of files without field ids, nested ones too")
  func nameMapping() async throws {
    let elements = [
      Self.leaf(.int32, nil, name: "ID", id: nil),
      Self.group("tags", .list, 1), Self.group("bag", nil, 1, .repeated),
      Self.leaf(.byteArray, .string, name: "array_element", id: nil),
      Self.group("s", nil, 1), Self.leaf(.int32, nil, name: "a.b", id: nil),
      Self.leaf(.int32, nil, name: "other", id: nil),
    ]
    let columns = [
      Column(.int([5]), count: 1),
      Column(
        .list(
          offsets: [0, 1], element: Column(.bytes(offsets: [0, 1], data: [97]), count: 1)),
        count: 1),
      Column(.struct([Column(.int([7]), count: 1)]), count: 1), Column(.int([9]), count: 1),
    ]
    let wanted: [Field] = [
      .required("id", .int, id: 1),
      .optional("labels", .list(element: .optional("element", .string, id: 3)), id: 2),
      .optional("s", .struct([.optional("ab", .int, id: 5)]), id: 4),
      .optional("missing", .int, id: 6),
    ]
    let mapping = try NameMapping([
      .init(id: 1, names: ["id", "ID"]),
      .init(id: 2, names: ["tags"], fields: [.init(id: 3, names: ["element"])]),
      .init(id: 4, names: ["s"], fields: [.init(id: 5, names: ["a.b"])]),
      .init(id: nil, names: ["other"]),
    ])
    let rows = try await Self.read(
      elements, count: 4, columns, as: wanted, nameMapping: mapping)
    #expect(rows == [#"{"id":5,"labels":["a"],"s":{"ab":7},"missing":null}"#])
    await #expect {
      _ = try await Self.read(elements, count: 4, columns, as: wanted)
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == .invalidFile && error?.message.contains("name-mapping") == true
    }
  }

  @Test("the batches are the same however many of their columns are decoded at the same time")
  func decodingConcurrency() async throws {
    let fields = TableWriterTests.everyType
    let table = try MemoryTable.make(
      fields, properties: ["write.parquet.row-group-size-bytes": "1000000"])
    var random = SeededRandom("ParquetDataReaderTests.decodingConcurrency")
    let written = (0..<3).map { _ in random.batch(fields, count: 3_000) }
    let files = try await table.withWriter { writer in
      for batch in written { try await writer.write(batch) }
    }
    #expect((files[0].splitOffsets?.count ?? 0) > 1)
    let tasks = files.map { table.task($0) }
    var expected: [RecordBatch] = []
    for concurrency in [1, 2, 50] {
      let options = ScanOptions(decodingConcurrency: concurrency, batchRowLimit: 4_000)
      var batches: [RecordBatch] = []
      for try await batch in BatchSequence(of: tasks, fileIO: table.fileIO, options: options) {
        batches.append(batch)
      }
      if concurrency == 1 { expected = batches }
      #expect(batches.map(\.rowCount) == expected.map(\.rowCount))
      for (batch, expected) in zip(batches, expected) {
        for (column, wanted) in zip(batch.columns, expected.columns) {
          #expect(column.hasSameRows(as: wanted))
        }
      }
    }
    #expect(expected.count > 2)
    #expect(expected.contains { $0.rowCount * fields.count > 64 << 10 })
    #expect(expected.reduce(0) { $0 + $1.rowCount } == 9_000)
  }

  @Test("damage in one of the columns that are decoded at the same time is an error")
  func damagedBesideOthers() async throws {
    let fields = (1...5).map { Field.required("c\($0)", .long, id: $0) }
    let table = try MemoryTable.make(
      fields, properties: ["write.parquet.compression-codec": "uncompressed"])
    var random = SeededRandom("ParquetDataReaderTests.damagedBesideOthers")
    let files = try await table.write(random.batch(fields, count: 20_000))
    var bytes = try await table.fileIO.read(files[0].location, range: nil).array
    let metadata = try FileMetadata(ofFile: Bytes(bytes))
    // The header of a page does not begin like this.
    bytes[Int(metadata.rowGroups[0].columns[2].dataPageOffset)] = 0xff
    try await table.fileIO.write(Bytes(bytes), to: "damaged", mode: .createNew)
    var damaged = files[0]
    damaged.location = "damaged"
    let error = await #expect(throws: IcebergError.self) { _ = try await table.read([damaged]) }
    #expect(error?.code == .invalidFile)
    #expect(error?.message.contains("c3") == true)
    #expect(error?.context.location == "damaged")
  }

  @Test("a length in the manifest that is wrong does not stop the file from being read")
  func wrongLength() async throws {
    let table = try MemoryTable.make([.required("id", .int, id: 1)])
    var files = try await table.write(
      RecordBatch(names: ["id"], columns: [Column(.int([1]), count: 1)], rowCount: 1))
    files[0].fileSizeInBytes -= 5
    #expect(try await table.jsonRows(files) == [#"{"id":1}"#])
    files[0].fileSizeInBytes = 3
    #expect(try await table.jsonRows(files) == [#"{"id":1}"#])
  }

  @Test("a file that is no Parquet file, or not there, is an error that names it")
  func broken() async throws {
    let table = try MemoryTable.make([.required("id", .int, id: 1)])
    try await table.fileIO.write(
      Bytes([UInt8](repeating: 7, count: 100)), to: "bad", mode: .createNew)
    for (location, code) in [("bad", IcebergError.Code.invalidFile), ("none", .notFound)] {
      let file = DataFile(
        location: location, format: .parquet, recordCount: 1, fileSizeInBytes: 100)
      await #expect {
        _ = try await table.read([file])
      } throws: { error in
        let error = error as? IcebergError
        return error?.code == code && error?.context.location == location
      }
    }
  }
}
