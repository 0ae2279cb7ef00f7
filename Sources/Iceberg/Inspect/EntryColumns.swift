internal import IcebergColumns
internal import IcebergModel

/// The columns of the tables `entries` and `all_entries`.
enum EntryColumns {
  private typealias ID = ManifestSchemas.EntryField

  /// The columns around a data file of the given fields.
  static func fields(file: [Field]) -> [Field] {
    [
      .required("status", .int, id: ID.status), .optional("snapshot_id", .long, id: ID.snapshotID),
      .optional("sequence_number", .long, id: ID.sequenceNumber),
      .optional("file_sequence_number", .long, id: ID.fileSequenceNumber),
      .required("data_file", .struct(file), id: ID.dataFile),
    ]
  }

  /// What fills a column of these tables.
  static func cell(
    for field: Field, _ files: FileColumns
  ) throws(IcebergError) -> FileColumns.Cell {
    switch field.id {
    case ID.status: { entry, builder in builder.append(Int32(entry.status.rawValue)) }
    case ID.snapshotID: { entry, builder in builder.append(long: entry.snapshotID) }
    case ID.sequenceNumber: { entry, builder in builder.append(long: entry.sequenceNumber) }
    case ID.fileSequenceNumber:
      { entry, builder in builder.append(long: entry.fileSequenceNumber) }
    case ID.dataFile:
      try RowColumns.structCell(field.type.children) { (child) throws(IcebergError) in
        try files.cell(for: child)
      }
    default: try files.cell(for: field)
    }
  }
}
