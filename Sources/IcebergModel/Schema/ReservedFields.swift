/// The fields whose ids are the same in every table: metadata columns, and the columns of delete and
/// changelog files.
///
/// Spec: Schemas and Data Types, "Reserved Field IDs".
public enum ReservedFields {
  /// The highest id that a table's own fields may have.
  public static let highestTableFieldID = 2_147_483_447

  /// The location of the file that a row is in.
  public static let file = Field.required(
    "_file", .string, id: 2_147_483_646, doc: "Path of the file in which a row is stored")
  /// The position of a row in its file, from 0.
  public static let position = Field.required(
    "_pos", .long, id: 2_147_483_645, doc: "Ordinal position of a row in the source data file")
  /// Whether a row is deleted.
  public static let isDeleted = Field.required(
    "_deleted", .boolean, id: 2_147_483_644, doc: "Whether the row has been deleted")
  /// The id of the partition spec of a row's file.
  public static let specID = Field.required(
    "_spec_id", .int, id: 2_147_483_643, doc: "Spec ID used to track the file containing a row")
  /// The id of `_partition`, the partition of a row's file: a struct whose fields differ by table.
  public static let partitionID = 2_147_483_642

  /// In position delete files: the location of the data file.
  public static let deleteFilePath = Field.required(
    "file_path", .string, id: 2_147_483_546,
    doc: "Path of a file in which a deleted row is stored")
  /// In position delete files: the position of the deleted row.
  public static let deletePosition = Field.required(
    "pos", .long, id: 2_147_483_545, doc: "Ordinal position of a deleted row in the data file")
  /// In position delete files: the id of `row`, a struct with the columns of the deleted row.
  public static let deletedRowID = 2_147_483_544

  /// In changelogs: what happened to a row.
  public static let changeType = Field.required(
    "_change_type", .string, id: 2_147_483_543, doc: "Record type in changelog")
  /// In changelogs: the order of the change.
  public static let changeOrdinal = Field.optional(
    "_change_ordinal", .int, id: 2_147_483_542, doc: "Change ordinal in changelog")
  /// In changelogs: the snapshot that made the change.
  public static let commitSnapshotID = Field.optional(
    "_commit_snapshot_id", .long, id: 2_147_483_541, doc: "Commit snapshot ID")

  /// The id of a row (v3).
  public static let rowID = Field.optional(
    "_row_id", .long, id: 2_147_483_540,
    doc: "Implicit row ID that is automatically assigned")
  /// The sequence number of the commit that last changed a row (v3).
  public static let lastUpdatedSequenceNumber = Field.optional(
    "_last_updated_sequence_number", .long, id: 2_147_483_539,
    doc: "Sequence number when the row was last updated")

  /// The metadata columns that any table can be asked for, besides `_partition`.
  public static let metadataColumns = [
    file, position, isDeleted, specID, rowID, lastUpdatedSequenceNumber,
  ]

  /// `_partition` for a table whose specs together have these partition fields.
  public static func partition(_ fields: [Field]) -> Field {
    .optional(
      "_partition", .struct(fields), id: partitionID, doc: "Partition to which a row belongs to")
  }

  /// Whether a field id is of the reserved range.
  public static func isReserved(_ id: Int) -> Bool { id > highestTableFieldID }
}
