import IcebergBytes
import IcebergModel
import Testing

@Suite struct TableMetadataNewTests {
  @Test("a new table has version 2, fresh ids and no snapshots")
  func fresh() throws {
    let schema = Schema(
      [
        .required("a", .long, id: 10),
        .optional("s", .struct([.required("x", .int, id: 30)]), id: 20),
        .optional("z", .string, id: 5),
      ], id: 4, identifierFieldIDs: [10])
    let spec = PartitionSpec(
      id: 3,
      fields: [
        PartitionField(sourceIDs: [5], fieldID: 1007, name: "z", transform: .identity),
        PartitionField(sourceIDs: [30], fieldID: 1003, name: "x_b", transform: .bucket(count: 4)),
      ])
    let order = TableSortOrder(
      id: 8,
      fields: [
        SortField(
          sourceIDs: [10], transform: .identity, direction: .descending, nullOrder: .nullsLast)
      ])
    let table = try TableMetadata.new(
      schema: schema, partitionSpec: spec, sortOrder: order, location: "s3://b/t//",
      properties: ["uuid": "x", "current-schema": "{}", "owner": "me"],
      tableUUID: SampleMetadata.uuid, timestampMillis: 7)
    #expect(table.formatVersion == 2)
    #expect(table.location == "s3://b/t")
    #expect(table.lastUpdatedMillis == 7)
    #expect(table.lastColumnID == 4)
    #expect(table.currentSchema.fields.map(\.id) == [1, 2, 3])
    #expect(table.currentSchema.identifierFieldIDs == [1])
    #expect(table.defaultPartitionSpec.id == 0)
    #expect(table.defaultPartitionSpec.fields.map(\.fieldID) == [1000, 1001])
    #expect(table.defaultPartitionSpec.fields.map(\.sourceIDs) == [[3], [4]])
    #expect(table.lastPartitionID == 1001)
    #expect(table.defaultSortOrder.id == 1)
    #expect(table.defaultSortOrder.fields[0].sourceIDs == [1])
    #expect(table.properties == ["owner": "me", "write.parquet.compression-codec": "zstd"])
    #expect(table.currentSnapshotID == nil && table.lastSequenceNumber == 0)
    #expect(table.nextRowID == nil)
    #expect(try TableMetadata(json: try table.json()) == table)
  }

  @Test("the property format-version chooses the version", arguments: [1, 2, 3])
  func version(_ version: Int) throws {
    let table = try SampleMetadata.table(version: version)
    #expect(table.formatVersion == version)
    #expect(table.nextRowID == (version == 3 ? 0 : nil))
    #expect(table.properties["format-version"] == nil)
    #expect(table.partitionSpecs == [.unpartitioned] && table.sortOrders == [.unsorted])
    #expect(table.lastPartitionID == 999)
    #expect(try TableMetadata(parsing: try table.serialized()) == table)
  }

  static let mistakes: [(properties: [String: String], word: String)] = [
    (["format-version": "4"], "format-version"),
    (["commit.retry.num-retries": "-1"], "commit.retry.num-retries"),
    (["write.metadata.metrics.column.nope": "full"], "nope"),
  ]

  @Test("properties that make no sense are refused by name", arguments: mistakes)
  func refuse(properties: [String: String], word: String) {
    #expect {
      try SampleMetadata.table(properties: properties)
    } throws: {
      "\($0)".contains(word)
    }
  }

  @Test("a spec or order over a column that is not there is refused")
  func missingColumn() {
    let spec = PartitionSpec(
      fields: [PartitionField(sourceIDs: [9], fieldID: 1000, name: "p", transform: .identity)])
    let order = TableSortOrder(
      id: 1,
      fields: [
        SortField(
          sourceIDs: [-1], transform: .identity, direction: .ascending, nullOrder: .nullsFirst)
      ])
    #expect(
      thrown {
        _ = try TableMetadata.new(
          schema: SampleMetadata.schema, partitionSpec: spec, location: "l",
          tableUUID: SampleMetadata.uuid, timestampMillis: 0)
      }?.code == .invalidArgument)
    #expect(
      thrown {
        _ = try TableMetadata.new(
          schema: SampleMetadata.schema, sortOrder: order, location: "l",
          tableUUID: SampleMetadata.uuid, timestampMillis: 0)
      }?.code == .invalidArgument)
  }
}
