package import Iceberg
package import IcebergModel

/// Small tables for tests that are about something else.
package enum SampleTable {
  /// Three columns: `id` long, `city` string, `amount` double.
  package static let schema = Schema([
    Field(id: 1, name: "id", type: .long, isRequired: true),
    Field(id: 2, name: "city", type: .string, isRequired: false),
    Field(id: 3, name: "amount", type: .double, isRequired: false),
  ])

  /// A table of ``schema``.
  package static func creation(
    partitioned: Bool = false, properties: [String: String] = [:], location: String? = nil
  ) -> TableCreation {
    let spec = PartitionSpec(fields: [
      PartitionField(sourceIDs: [2], fieldID: 1000, name: "city", transform: .identity)
    ])
    return TableCreation(
      schema: schema, partitionSpec: partitioned ? spec : .unpartitioned, location: location,
      properties: properties)
  }

  /// A data file that is only talked about: it does not exist.
  package static func dataFile(
    _ name: String, of table: Table, rows: Int64 = 10, sizeInBytes: Int64 = 1000,
    partition: StructValue = StructValue()
  ) -> DataFile {
    DataFile(
      location: table.metadata.location + "/data/" + name, format: .parquet,
      specID: table.metadata.defaultSpecID, partition: partition, recordCount: rows,
      fileSizeInBytes: sizeInBytes)
  }
}
