internal import IcebergModel

/// The columns of the table `position_deletes`.
enum PositionDeleteColumns {
  static let contentOffsetID = 2_147_483_641
  static let contentSizeID = 2_147_483_640

  /// The columns for a table with the given metadata.
  ///
  /// Fields of `partition` have ids that no column of the table has, for `row` has those.
  static func schema(of metadata: TableMetadata) throws(IcebergError) -> Schema {
    let partition = try metadata.partitionType.fields
    var fields: [Field] = [
      ReservedFields.deleteFilePath, ReservedFields.deletePosition,
      .optional(
        "row", .struct(metadata.currentSchema.fields), id: ReservedFields.deletedRowID,
        doc: "Deleted row values"),
      .required(
        "partition", .struct(partition), id: ReservedFields.partitionID,
        doc: "Partition that position delete row belongs to"),
      .required("spec_id", .int, id: ReservedFields.specID.id, doc: ReservedFields.specID.doc),
      .required(
        "delete_file_path", .string, id: ReservedFields.file.id, doc: ReservedFields.file.doc),
    ]
    if metadata.formatVersion >= 3 {
      fields += [
        .optional(
          "content_offset", .long, id: contentOffsetID,
          doc: "The offset in the DV where the content starts"),
        .optional(
          "content_size_in_bytes", .long, id: contentSizeID,
          doc: "The length in bytes of the DV blob"),
      ]
    }
    // A struct without fields is beyond what many can hold.
    guard let place = fields.firstIndex(where: { $0.id == ReservedFields.partitionID }),
      !partition.isEmpty
    else { return Schema(fields.filter { $0.id != ReservedFields.partitionID }) }
    var used = Set(Schema(fields).index.fields.map(\.id))
    for schema in metadata.schemas { used.formUnion(schema.index.fields.map(\.id)) }
    var last = 0
    fields[place].type = .struct(
      partition.map { field in
        repeat { last += 1 } while used.contains(last)
        var field = field
        field.id = last
        return field
      })
    return Schema(fields)
  }
}
