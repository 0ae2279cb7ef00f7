internal import IcebergModel

extension MetadataTable {
  /// The columns for a table with the given metadata.
  ///
  /// The column `partition` is left out where no spec has fields.
  ///
  /// Throws `unsupported` when a partition transform is not known, where partitions are shown.
  func schema(of metadata: TableMetadata) throws(IcebergError) -> Schema {
    switch self {
    case .snapshots: return Self.snapshotColumns
    case .history: return Self.historyColumns
    case .refs: return Self.referenceColumns
    case .metadataLogEntries: return Self.metadataLogColumns
    case .manifests: return Self.manifestColumns
    case .allManifests: return Self.allManifestColumns
    case .files, .dataFiles, .deleteFiles, .allFiles, .allDataFiles, .allDeleteFiles:
      var schema = Schema(FileColumns.fields(partition: try metadata.partitionType.fields))
      schema.fields.append(ReadableMetrics.field(for: metadata.currentSchema, besides: schema))
      return schema
    case .entries, .allEntries:
      let file = FileColumns.fields(partition: try metadata.partitionType.fields)
      var schema = Schema(EntryColumns.fields(file: file))
      schema.fields.append(ReadableMetrics.field(for: metadata.currentSchema, besides: schema))
      return schema
    case .partitions: return Self.partitionColumns(try metadata.partitionType.fields)
    case .positionDeletes: return try PositionDeleteColumns.schema(of: metadata)
    }
  }

  private static let snapshotColumns = Schema([
    .required("committed_at", .timestamptz, id: 1), .required("snapshot_id", .long, id: 2),
    .optional("parent_id", .long, id: 3), .optional("operation", .string, id: 4),
    .optional("manifest_list", .string, id: 5),
    .optional(
      "summary",
      .map(key: .required("key", .string, id: 7), value: .required("value", .string, id: 8)),
      id: 6),
  ])

  private static let historyColumns = Schema([
    .required("made_current_at", .timestamptz, id: 1), .required("snapshot_id", .long, id: 2),
    .optional("parent_id", .long, id: 3), .required("is_current_ancestor", .boolean, id: 4),
  ])

  private static let referenceColumns = Schema([
    .required("name", .string, id: 1), .required("type", .string, id: 2),
    .required("snapshot_id", .long, id: 3), .optional("max_reference_age_in_ms", .long, id: 4),
    .optional("min_snapshots_to_keep", .int, id: 5),
    .optional("max_snapshot_age_in_ms", .long, id: 6),
  ])

  private static let metadataLogColumns = Schema([
    .required("timestamp", .timestamptz, id: 1), .required("file", .string, id: 2),
    .optional("latest_snapshot_id", .long, id: 3), .optional("latest_schema_id", .int, id: 4),
    .optional("latest_sequence_number", .long, id: 5),
  ])

  private static let manifestColumns = Schema([
    .required("content", .int, id: 14), .required("path", .string, id: 1),
    .required("length", .long, id: 2), .required("partition_spec_id", .int, id: 3),
    .required("added_snapshot_id", .long, id: 4), .required("added_data_files_count", .int, id: 5),
    .required("existing_data_files_count", .int, id: 6),
    .required("deleted_data_files_count", .int, id: 7),
    .required("added_delete_files_count", .int, id: 15),
    .required("existing_delete_files_count", .int, id: 16),
    .required("deleted_delete_files_count", .int, id: 17),
    .required(
      "partition_summaries",
      .list(
        element: .required(
          "element",
          .struct([
            .required("contains_null", .boolean, id: 10),
            .optional("contains_nan", .boolean, id: 11),
            .optional("lower_bound", .string, id: 12), .optional("upper_bound", .string, id: 13),
          ]), id: 9)), id: 8),
  ])

  private static let allManifestColumns = Schema([
    .required("content", .int, id: 14), .required("path", .string, id: 1),
    .required("length", .long, id: 2), .optional("partition_spec_id", .int, id: 3),
    .optional("added_snapshot_id", .long, id: 4), .optional("added_data_files_count", .int, id: 5),
    .optional("existing_data_files_count", .int, id: 6),
    .optional("deleted_data_files_count", .int, id: 7),
    .required("added_delete_files_count", .int, id: 15),
    .required("existing_delete_files_count", .int, id: 16),
    .required("deleted_delete_files_count", .int, id: 17),
    .optional(
      "partition_summaries",
      .list(
        element: .required(
          "element",
          .struct([
            .required("contains_null", .boolean, id: 10),
            .required("contains_nan", .boolean, id: 11),
            .optional("lower_bound", .string, id: 12), .optional("upper_bound", .string, id: 13),
          ]), id: 9)), id: 8),
    .required("reference_snapshot_id", .long, id: 18), .optional("key_metadata", .binary, id: 19),
  ])

  private static func partitionColumns(_ partition: [Field]) -> Schema {
    let totals: [Field] = [
      .required("record_count", .long, id: 2, doc: "Count of records in data files"),
      .required("file_count", .int, id: 3, doc: "Count of data files"),
      .required(
        "total_data_file_size_in_bytes", .long, id: 11, doc: "Total size in bytes of data files"),
      .required(
        "position_delete_record_count", .long, id: 5,
        doc: "Count of records in position delete files"),
      .required("position_delete_file_count", .int, id: 6, doc: "Count of position delete files"),
      .required(
        "equality_delete_record_count", .long, id: 7,
        doc: "Count of records in equality delete files"),
      .required("equality_delete_file_count", .int, id: 8, doc: "Count of equality delete files"),
      .optional(
        "last_updated_at", .timestamptz, id: 9,
        doc: "Commit time of snapshot that last updated this partition"),
      .optional(
        "last_updated_snapshot_id", .long, id: 10,
        doc: "Id of snapshot that last updated this partition"),
    ]
    if partition.isEmpty { return Schema(totals) }
    return Schema(
      [.required("partition", .struct(partition), id: 1), .required("spec_id", .int, id: 4)]
        + totals)
  }
}
