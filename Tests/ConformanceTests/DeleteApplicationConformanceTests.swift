import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Which deletes apply to which data files, as other implementations have it.
@Suite(.needsSharedFiles) struct DeleteApplicationConformanceTests {
  private static let spec = PartitionSpec(
    id: 1,
    fields: [
      PartitionField(sourceIDs: [2], fieldID: 1000, name: "c", transform: .bucket(count: 16))
    ])

  /// The partition that a text such as `partition of A`, `A` or `B (another partition)` names; nil for
  /// the spec without partitions.
  private static func partition(_ text: String) -> Int32? {
    if text.hasPrefix("unpartitioned") { return nil }
    if text.hasPrefix("partitioned spec") { return 9 }
    return text.hasSuffix("B") || text.hasPrefix("B") ? 1 : 0
  }

  private static func file(_ location: String, partition: Int32?) -> DataFile {
    var file = DataFile(location: location, format: .parquet, recordCount: 1, fileSizeInBytes: 10)
    if let partition {
      file.specID = 1
      file.partition = StructValue([.int(partition)])
    }
    return file
  }

  private static func dataLocation(_ partition: Int32?) -> String {
    "/path/to/data-\(partition.map { "\($0)" } ?? "unpartitioned").parquet"
  }

  private static func delete(_ json: JSONObject) throws -> DeleteFile {
    // A vector has no scope but its data file.
    let scope = try CorpusValue.string(json["scope"] == nil ? "referenced" : "scope", of: json)
    let partition = partition(scope)
    var file = try file(CorpusValue.string("id", of: json), partition: partition)
    file.content = .positionDeletes
    switch try CorpusValue.string("kind", of: json) {
    case "equality":
      file.content = .equalityDeletes
      file.equalityIDs = [1]
    case "dv":
      file.format = .puffin
      file.referencedDataFile = dataLocation(partition)
    default: break
    }
    return DeleteFile(
      file: file, sequenceNumber: try #require(json["seq"]?.integer),
      partitionSpec: partition == nil ? .unpartitioned : spec)
  }

  @Test("deletes apply by sequence number, spec, partition and path")
  func scope() throws {
    try ExpectedValues("delete-application").run("scope") { item in
      let deletes = try CorpusValue.array("deletes", of: item).map { delete in
        guard case .object(let object) = delete else {
          throw CorpusValue.Malformed(what: "deletes")
        }
        return try Self.delete(object)
      }
      let partition = Self.partition(try CorpusValue.string("data_file", of: item))
      let sequenceNumber = try #require(item["data_sequence_number"]?.integer)
      func applied() throws -> [String] {
        try DeleteIndex(deletes, schemas: []).deletes(
          for: Self.file(Self.dataLocation(partition), partition: partition),
          sequenceNumber: sequenceNumber
        ).map(\.file.location)
      }
      if item["error"] == nil {
        let expected = try CorpusValue.array("applied", of: item).compactMap(\.text)
        #expect(try applied().sorted() == expected.sorted())
      } else {
        #expect(throws: IcebergError.self) { try applied() }
      }
    }
  }

  @Test(
    "rows go that are equal in the columns of an equality delete, and nulls elsewhere do not matter"
  )
  func equality() async throws {
    try await ExpectedValues("delete-application").run("equality_semantics") { item in
      let table = try MemoryTable.make([
        .required("id", .int, id: 1), .optional("category", .string, id: 2),
        .optional("name", .string, id: 3),
      ])
      let schema = table.metadata.currentSchema
      func literals(_ values: [JSONValue], _ fields: [Field]) throws -> [Literal?] {
        try zip(values, fields).map { try CorpusValue.literal($0, $1.type) }
      }
      let rows = try CorpusValue.array("rows", of: item).map { row in
        guard case .array(let values) = row else { throw CorpusValue.Malformed(what: "rows") }
        return try literals(values, schema.fields)
      }
      let files = try await table.write(RecordBatch(rows: rows, schema: schema))
      let ids = Set(try CorpusValue.array("equality_ids", of: item).compactMap(\.integer))
      let keys = schema.fields.filter { ids.contains(Int64($0.id)) }
      let gone = try CorpusValue.array("delete_rows", of: item).map { row in
        try literals(keys.map { row[$0.name] ?? .null }, keys)
      }
      let deletes = try await table.withEqualityDeleteWriter(keys.map(\.name)) {
        try await $0.write(RecordBatch(rows: gone, schema: Schema(keys)))
      }
      #expect(Set(deletes.flatMap { $0.equalityIDs ?? [] }.map { Int64($0) }) == ids)
      let tasks = files.map { file in
        var task = FileScanTask(
          file: file, partitionSpec: .unpartitioned, sequenceNumber: 1, schema: schema)
        task.deletes = deletes.map {
          DeleteFile(file: $0, sequenceNumber: 2, partitionSpec: .unpartitioned)
        }
        return task
      }
      var left: [JSONValue] = []
      for try await batch in BatchSequence(of: tasks, fileIO: table.fileIO) {
        guard case .int(let values)? = batch.column("id")?.values else { continue }
        left += values.map { .integer(Int64($0)) }
      }
      #expect(try left == CorpusValue.array("remaining_ids", of: item))
    }
  }
}
