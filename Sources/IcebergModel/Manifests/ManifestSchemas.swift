import IcebergAvro
import IcebergBytes

/// The Avro schemas of manifests and manifest lists, with the field ids of the format.
///
/// Spec: Manifests; Manifest Lists.
package enum ManifestSchemas {
  /// The ids of the fields of a manifest entry and of the file in it.
  package enum EntryField {
    package static let status = 0
    package static let snapshotID = 1
    package static let dataFile = 2
    package static let sequenceNumber = 3
    package static let fileSequenceNumber = 4
    package static let location = 100
    package static let format = 101
    package static let partition = 102
    package static let recordCount = 103
    package static let fileSizeInBytes = 104
    package static let blockSizeInBytes = 105
    package static let columnSizes = 108
    package static let valueCounts = 109
    package static let nullValueCounts = 110
    package static let lowerBounds = 125
    package static let upperBounds = 128
    package static let keyMetadata = 131
    package static let splitOffsets = 132
    package static let content = 134
    package static let equalityIDs = 135
    package static let nanValueCounts = 137
    package static let sortOrderID = 140
    package static let firstRowID = 142
    package static let referencedDataFile = 143
    package static let contentOffset = 144
    package static let contentSizeInBytes = 145
  }

  /// The ids of the fields of a manifest in a manifest list.
  enum ListField {
    static let location = 500
    static let length = 501
    static let partitionSpecID = 502
    static let addedSnapshotID = 503
    static let addedFilesCount = 504
    static let existingFilesCount = 505
    static let deletedFilesCount = 506
    static let partitions = 507
    static let containsNull = 509
    static let lowerBound = 510
    static let upperBound = 511
    static let addedRowsCount = 512
    static let existingRowsCount = 513
    static let deletedRowsCount = 514
    static let sequenceNumber = 515
    static let minSequenceNumber = 516
    static let content = 517
    static let containsNaN = 518
    static let keyMetadata = 519
    static let firstRowID = 520
  }

  /// The schema of the entries of a manifest, whose partition tuples are records of `partition`.
  static func entry(formatVersion version: Int, partition: AvroSchema) -> AvroSchema {
    typealias ID = EntryField
    var fields = [
      AvroField("status", .int, id: ID.status),
      optional("snapshot_id", .long, ID.snapshotID),
    ]
    if version >= 2 {
      fields += [
        optional("sequence_number", .long, ID.sequenceNumber),
        optional("file_sequence_number", .long, ID.fileSequenceNumber),
      ]
    }
    let file = dataFile(formatVersion: version, partition: partition)
    fields.append(AvroField("data_file", file, id: ID.dataFile))
    return .record("manifest_entry", fields)
  }

  private static func dataFile(formatVersion version: Int, partition: AvroSchema) -> AvroSchema {
    typealias ID = EntryField
    var fields = version >= 2 ? [AvroField("content", .int, id: ID.content)] : []
    fields += [
      AvroField("file_path", .string, id: ID.location),
      AvroField("file_format", .string, id: ID.format),
      AvroField("partition", partition, id: ID.partition),
      AvroField("record_count", .long, id: ID.recordCount),
      AvroField("file_size_in_bytes", .long, id: ID.fileSizeInBytes),
    ]
    if version == 1 {
      fields.append(AvroField("block_size_in_bytes", .long, id: ID.blockSizeInBytes))
    }
    fields += [
      map("column_sizes", .long, ID.columnSizes, key: 117, value: 118),
      map("value_counts", .long, ID.valueCounts, key: 119, value: 120),
      map("null_value_counts", .long, ID.nullValueCounts, key: 121, value: 122),
      map("nan_value_counts", .long, ID.nanValueCounts, key: 138, value: 139),
      map("lower_bounds", .bytes, ID.lowerBounds, key: 126, value: 127),
      map("upper_bounds", .bytes, ID.upperBounds, key: 129, value: 130),
      optional("key_metadata", .bytes, ID.keyMetadata),
      optional("split_offsets", .array(of: .long, elementID: 133), ID.splitOffsets),
    ]
    if version >= 2 {
      fields.append(optional("equality_ids", .array(of: .int, elementID: 136), ID.equalityIDs))
    }
    fields.append(optional("sort_order_id", .int, ID.sortOrderID))
    if version >= 3 { fields.append(optional("first_row_id", .long, ID.firstRowID)) }
    if version >= 2 {
      fields.append(optional("referenced_data_file", .string, ID.referencedDataFile))
    }
    if version >= 3 {
      fields += [
        optional("content_offset", .long, ID.contentOffset),
        optional("content_size_in_bytes", .long, ID.contentSizeInBytes),
      ]
    }
    return .record("r2", fields)
  }

  /// The schema of a manifest list.
  static func list(formatVersion version: Int) -> AvroSchema {
    typealias ID = ListField
    var fields = [
      AvroField("manifest_path", .string, id: ID.location),
      AvroField("manifest_length", .long, id: ID.length),
      AvroField("partition_spec_id", .int, id: ID.partitionSpecID),
    ]
    if version >= 2 {
      fields += [
        AvroField("content", .int, id: ID.content),
        AvroField("sequence_number", .long, id: ID.sequenceNumber),
        AvroField("min_sequence_number", .long, id: ID.minSequenceNumber),
      ]
    }
    fields += [
      AvroField("added_snapshot_id", .long, id: ID.addedSnapshotID),
      count("added_files_count", .int, ID.addedFilesCount, version),
      count("existing_files_count", .int, ID.existingFilesCount, version),
      count("deleted_files_count", .int, ID.deletedFilesCount, version),
    ]
    let partitions = optional(
      "partitions", .array(of: fieldSummary, elementID: 508), ID.partitions)
    let rows = [
      count("added_rows_count", .long, ID.addedRowsCount, version),
      count("existing_rows_count", .long, ID.existingRowsCount, version),
      count("deleted_rows_count", .long, ID.deletedRowsCount, version),
    ]
    fields += version == 1 ? [partitions] + rows : rows + [partitions]
    fields.append(optional("key_metadata", .bytes, ID.keyMetadata))
    if version >= 3 { fields.append(optional("first_row_id", .long, ID.firstRowID)) }
    return .record("manifest_file", fields)
  }

  private static let fieldSummary = AvroSchema.record(
    "r508",
    [
      AvroField("contains_null", .boolean, id: ListField.containsNull),
      optional("contains_nan", .boolean, ListField.containsNaN),
      optional("lower_bound", .bytes, ListField.lowerBound),
      optional("upper_bound", .bytes, ListField.upperBound),
    ])

  private static func optional(_ name: String, _ schema: AvroSchema, _ id: Int) -> AvroField {
    AvroField(name, .optional(schema), id: id)
  }

  /// A count of a manifest list: optional in version 1, where the first writers called data files
  /// only what are files now.
  private static func count(
    _ name: String, _ schema: AvroSchema, _ id: Int, _ version: Int
  ) -> AvroField {
    AvroField(name, version == 1 ? .optional(schema) : schema, id: id)
  }

  private static func map(
    _ name: String, _ value: AvroSchema, _ id: Int, key keyID: Int, value valueID: Int
  ) -> AvroField {
    optional(name, .map(from: .int, to: value, keyID: keyID, valueID: valueID), id)
  }

  /// The schema that readers of files without field ids match by name: the newest one, and the names
  /// that were used before.
  static func readableList() -> AvroSchema {
    var fields = list(formatVersion: 3).fields
    for (index, field) in fields.enumerated() where field.name.hasSuffix("_files_count") {
      let older = field.name.prefix { $0 != "_" } + "_data_files_count"
      fields[index].attributes["aliases"] = .array([.string(String(older))])
    }
    return .record("manifest_file", fields)
  }
}
