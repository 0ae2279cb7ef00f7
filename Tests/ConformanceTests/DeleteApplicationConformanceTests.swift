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
}
