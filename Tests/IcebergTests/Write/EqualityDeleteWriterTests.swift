import Iceberg
import IcebergAvro
import IcebergBytes
import IcebergParquet
import IcebergTestSupport
import Testing

@Suite struct EqualityDeleteWriterTests {
  static let fields: [Field] = [
    .required("id", .long, id: 1), .optional("level", .string, id: 2),
    .optional(
      "place", .struct([.optional("x", .int, id: 4), .optional("y", .int, id: 5)]), id: 3),
  ]

  static func row(_ id: Int64, _ level: String?, _ y: Int32?) -> [Literal?] {
    [
      .long(id), level.map { .string($0) },
      .struct(StructValue([.int(Int32(id)), y.map { .int($0) }])),
    ]
  }

  static let rows: [[Literal?]] = [
    row(1, "a", 1), row(2, "a", nil), row(3, "b", 3), row(4, nil, 4), row(5, nil, nil),
  ]

  private static func left(
    _ table: Table, _ files: [DataFile], _ deletes: [DataFile]
  ) async throws -> [Int64] {
    let tasks = files.map { file in
      var task = FileScanTask(
        file: file, partitionSpec: table.metadata.defaultPartitionSpec, sequenceNumber: 1,
        schema: table.metadata.currentSchema)
      task.deletes = deletes.filter { $0.partition == file.partition }.map {
        DeleteFile(
          file: $0, sequenceNumber: 2, partitionSpec: table.metadata.defaultPartitionSpec)
      }
      return task
    }
    var ids: [Int64] = []
    for try await batch in BatchSequence(of: tasks, fileIO: table.fileIO) {
      if case .long(let values)? = batch.column("id")?.values { ids += values }
    }
    return ids.sorted()
  }

  @Test(
    "rows are deleted by any columns, in structs too, and null is equal to null",
    arguments: ["parquet", "avro"])
  func columns(format: String) async throws {
    let table = try MemoryTable.make(
      Self.fields, properties: ["write.delete.format.default": format], formatVersion: 2)
    let schema = table.metadata.currentSchema
    let files = try await table.write(RecordBatch(rows: Self.rows, schema: schema))
    let deletes = try await table.withEqualityDeleteWriter(["level", "place.y"]) { writer in
      let given = try schema.selecting(["level", "place.y"])
      try await writer.write(
        RecordBatch(
          rows: [
            [.string("a"), .struct(StructValue([nil]))], [nil, .struct(StructValue([nil]))],
            [.string("b"), .struct(StructValue([.int(4)]))],
          ], schema: given))
    }
    #expect(deletes.map(\.content) == [.equalityDeletes])
    #expect(deletes.map(\.equalityIDs) == [[2, 5]])
    #expect(deletes.map(\.recordCount) == [3])
    #expect(deletes.map(\.format.rawValue) == [format])
    #expect(try await Self.left(table, files, deletes) == [1, 3, 4])
  }

  @Test(
    "deletes of a partitioned table go to the partition of their rows, whose source is given too")
  func partitions() async throws {
    let table = try MemoryTable.make(
      Self.fields, partitionedBy: [.identity("level")], formatVersion: 3)
    let schema = table.metadata.currentSchema
    let files = try await table.write(RecordBatch(rows: Self.rows, schema: schema))
    let deletes = try await table.withEqualityDeleteWriter(["id"]) { writer in
      try await writer.write(
        RecordBatch(
          rows: [[.long(2), .string("a")], [.long(5), nil], [.long(3), .string("a")]],
          schema: schema.selecting(["id", "level"])))
    }
    #expect(deletes.count == 2)
    #expect(deletes.allSatisfy { $0.equalityIDs == [1] })
    // Row 3 is in another partition than its delete.
    #expect(try await Self.left(table, files, deletes) == [1, 3, 4])
  }

  @Test("values are sorted by the compared columns, unless they are to stay as given")
  func sorting() async throws {
    let table = try MemoryTable.make([.required("id", .long, id: 1)], formatVersion: 2)
    let batch = RecordBatch(
      names: ["id"], columns: [Column(.long([3, 1, 2]), count: 3)], rowCount: 3)
    for (sorting, expected) in [
      (WriteOptions.Sorting.tableOrder, [1, 2, 3] as [Int64]), (.asGiven, [3, 1, 2]),
    ] {
      let files = try await table.withEqualityDeleteWriter(
        ["id"], options: WriteOptions(sorting: sorting)
      ) { try await $0.write(batch) }
      var data = files
      for index in data.indices { data[index].content = .data }
      #expect(try await table.read(data).column("id")?.values == .long(expected))
    }
  }

  @Test("columns that cannot be compared, unknown ones and version 1 tables are refused")
  func refusals() async throws {
    let table = try MemoryTable.make(Self.fields, formatVersion: 2)
    let old = try MemoryTable.make(Self.fields, formatVersion: 1)
    for (table, columns, code) in [
      (table, ["place"], IcebergError.Code.unsupported), (table, ["nobody"], .notFound),
      (table, [], .invalidArgument), (old, ["id"], .unsupported),
    ] {
      await #expect {
        try await table.withEqualityDeleteWriter(columns) { _ in }
      } throws: {
        ($0 as? IcebergError)?.code == code
      }
    }
  }

  @Test("properties of delete files stand in front of those of data files")
  func properties() async throws {
    let ids = RecordBatch(names: ["id"], columns: [Column(.long([1]), count: 1)], rowCount: 1)
    func files(_ properties: [String: String]) async throws -> [Bytes] {
      let table = try MemoryTable.make(
        [.required("id", .long, id: 1)], properties: properties, formatVersion: 2)
      let all =
        try await table.write(ids)
        + table.withEqualityDeleteWriter(["id"]) { try await $0.write(ids) }
      var contents: [Bytes] = []
      for file in all { contents.append(try await table.fileIO.read(file.location, range: nil)) }
      return contents
    }
    let parquet = try await files([
      "write.parquet.compression-codec": "gzip", "write.delete.parquet.compression-codec": "snappy",
    ])
    #expect(
      try parquet.map { try FileMetadata(ofFile: $0).rowGroups[0].columns[0].compression } == [
        .gzip, .snappy,
      ])
    let avro = try await files([
      "write.format.default": "avro", "write.avro.compression-codec": "deflate",
      "write.delete.avro.compression-codec": "snappy",
    ])
    #expect(
      try avro.map { try AvroFileReader($0).header.codec } == [.deflate, .snappyWithChecksum])
  }

  @Test("deletes of a spec without fields are of no partition; a spec of another table is refused")
  func specs() async throws {
    let table = try MemoryTable.make(
      Self.fields, partitionedBy: [.identity("level")], formatVersion: 2)
    var metadata = table.metadata
    let everywhere = PartitionSpec(id: 7, fields: [])
    metadata.partitionSpecs.append(everywhere)
    let evolved = Table(
      identifier: table.identifier, metadata: metadata, metadataLocation: nil,
      fileIO: table.fileIO, catalog: nil)
    let ids = RecordBatch(names: ["id"], columns: [Column(.long([1]), count: 1)], rowCount: 1)
    let deletes = try await evolved.withEqualityDeleteWriter(["id"], in: everywhere) {
      try await $0.write(ids)
    }
    #expect(deletes.map(\.specID) == [7])
    #expect(deletes.map(\.partition) == [StructValue()])
    await #expect {
      try await table.withEqualityDeleteWriter(["id"], in: everywhere) { _ in }
    } throws: {
      ($0 as? IcebergError)?.code == .invalidArgument
    }
  }
}
