import Iceberg
import IcebergTestSupport
import Testing

@Suite struct MetadataColumnTests {
  static let id = Field.required("id", .long, id: 1)

  static func table(rows: Int = 4, format: String = "parquet") async throws -> (Table, DataFile) {
    let (table, files) = try await PositionDeletesTests.table(rows: rows, format: format)
    return (table, files[0])
  }

  @Test(
    "the file, the position and the spec of a row are told, also of rows between deleted ones",
    arguments: ["parquet", "avro"])
  func places(format: String) async throws {
    let (table, file) = try await Self.table(format: format)
    let vector = try await DeleteFiles.vector([0, 2], of: file, fileIO: table.fileIO)
    let fields = [ReservedFields.position, Self.id, ReservedFields.file, ReservedFields.specID]
    #expect(
      try await table.lines([table.task(file, [vector], selecting: fields)]) == [
        #"{"_pos":1,"id":1,"_file":"\#(file.location)","_spec_id":0}"#,
        #"{"_pos":3,"id":3,"_file":"\#(file.location)","_spec_id":0}"#,
      ])
    let counted = try await table.lines(
      [table.task(file, [vector], selecting: [ReservedFields.position])],
      options: ScanOptions(batchRowLimit: 1))
    #expect(counted == [#"{"_pos":1}"#, #"{"_pos":3}"#])
  }

  @Test("positions go on through row groups and batches")
  func positions() async throws {
    let (table, file) = try await Self.table(rows: 5000)
    var next: Int64 = 0
    for try await batch in BatchSequence(
      of: [table.task(file, selecting: [ReservedFields.position, Self.id])],
      fileIO: table.fileIO, options: ScanOptions(batchRowLimit: 333))
    {
      let expected = Column(
        .long(Array(next..<next + Int64(batch.rowCount))), count: batch.rowCount)
      #expect(batch.columns == [expected, expected])
      next += Int64(batch.rowCount)
    }
    #expect(next == 5000)
  }

  @Test("the partition is a struct of the fields of all specs, null where the file's has none")
  func partition() async throws {
    let (table, file) = try await Self.table(rows: 1)
    var task = table.task(file)
    task.partitionSpec = PartitionSpec(
      id: 3,
      fields: [
        PartitionField(sourceIDs: [1], fieldID: 1001, name: "b", transform: .bucket(count: 4))
      ])
    task.file.partition = StructValue([.int(2)])
    task.file.specID = 3
    let type = ReservedFields.partition([
      .optional("a", .string, id: 1000), .optional("b", .long, id: 1001),
    ])
    task.schema = Schema([type, ReservedFields.specID])
    #expect(
      try await table.lines([task]) == [#"{"_partition":{"a":null,"b":2},"_spec_id":3}"#])
    task.schema = Schema([ReservedFields.partition([])])
    #expect(try await table.lines([task]) == [#"{"_partition":null}"#])
  }

  @Test("row ids and sequence numbers are inherited, unless the file has them")
  func lineage() async throws {
    let table = try MemoryTable.make([
      Self.id, ReservedFields.rowID, ReservedFields.lastUpdatedSequenceNumber,
    ])
    let files = try await table.write(
      RecordBatch(
        names: table.metadata.currentSchema.fields.map(\.name),
        columns: [
          Column(.long([0, 1, 2]), count: 3), Column([nil, .long(7), nil], as: .long),
          Column([.long(3), nil, nil], as: .long),
        ], rowCount: 3))
    let lineage = [ReservedFields.rowID, ReservedFields.lastUpdatedSequenceNumber]
    func lines(_ file: DataFile, _ deletes: [DeleteFile] = []) async throws -> [String] {
      let task = table.task(file, deletes, selecting: lineage, sequenceNumber: 9)
      return try await table.lines([task]).map {
        $0.replacing("_row_id", with: "r").replacing("_last_updated_sequence_number", with: "s")
      }
    }
    var stored = files[0]
    stored.firstRowID = 1000
    #expect(
      try await lines(stored) == [#"{"r":1000,"s":3}"#, #"{"r":7,"s":9}"#, #"{"r":1002,"s":9}"#])
    let vector = try await DeleteFiles.vector([0], of: stored, fileIO: table.fileIO)
    #expect(try await lines(stored, [vector]) == [#"{"r":7,"s":9}"#, #"{"r":1002,"s":9}"#])
    stored.firstRowID = nil
    let nulls = [String](repeating: #"{"r":null,"s":null}"#, count: 3)
    #expect(try await lines(stored) == nulls)
    var (_, plain) = try await Self.table(rows: 2)
    let (other, otherFile) = try await Self.table(rows: 2)
    plain = otherFile
    plain.firstRowID = 5
    let task = other.task(plain, selecting: lineage, sequenceNumber: 9)
    #expect(
      try await other.lines([task]) == [
        #"{"_row_id":5,"_last_updated_sequence_number":9}"#,
        #"{"_row_id":6,"_last_updated_sequence_number":9}"#,
      ])
    plain.firstRowID = .max
    await #expect(throws: IcebergError.self) {
      _ = try await other.lines([other.task(plain, selecting: lineage)])
    }
  }

  @Test("files that are looked into before the first row may be asked for metadata columns, too")
  func lookedInto() async throws {
    let fields = [Self.id, .optional("v", .variant, id: 2)]
    let table = try MemoryTable.make(fields)
    var random = SeededRandom("MetadataColumnTests.lookedInto")
    let files = try await table.write(random.batch(fields, count: 3))
    let columns = [fields[1], ReservedFields.position, ReservedFields.file]
    #expect(try await table.lines([table.task(files[0], selecting: columns)]).count == 3)
  }

  @Test("metadata columns are selected by name, in the order of the names")
  func select() async throws {
    let table = try MemoryTable.make(
      [Self.id, .optional("_pos", .string, id: 2)], partitionedBy: [.bucket(4, "id")])
    let scan = table.scan().select("_partition", "_file", "id", "_row_id", "_pos")
    let schema = try scan.schema
    #expect(schema.fields.map(\.name) == ["_partition", "_file", "id", "_row_id", "_pos"])
    // A column of the table of that name comes first.
    #expect(schema.fields[4].id == 2)
    #expect(
      schema.fields[0].type == .struct([.optional("id_bucket_4", .int, id: 1000)])
        || schema.fields[0].type == .struct([.optional("id_bucket", .int, id: 1000)]))
    #expect(throws: IcebergError.self) { try table.scan().select("_nothing").schema }
    #expect(throws: IcebergError.self) { try table.scan().select("_change_type").schema }
  }
}
