internal import IcebergModel

extension Schema {
  /// The schema with only the columns of the given names, in the order in which they are named.
  ///
  /// Names are those of ``Schema/selecting(_:)``. Of a struct that is named only in parts, only the
  /// parts are kept, in the order of the schema.
  ///
  /// Metadata columns such as `_file` may be named, too, unless a column of the table has that name:
  /// a name that is not of the schema stands for what `metadataColumn` makes of it.
  ///
  /// Throws `notFound` for a name that is none of them.
  func projecting(
    _ names: [String], metadataColumn: (String) throws(IcebergError) -> Field?
  ) throws(IcebergError) -> Schema {
    let index = index
    var order: [Int] = []
    var metadataColumns: [Field] = []
    var columns: [String] = []
    for name in names {
      guard let id = index.id(named: name) else {
        guard let field = try metadataColumn(name) else {
          let known = fields.map(\.name).joined(separator: ", ")
          throw IcebergError(.notFound, "there is no column '\(name)'; the table has \(known)")
        }
        if !order.contains(field.id) {
          order.append(field.id)
          metadataColumns.append(field)
        }
        continue
      }
      columns.append(name)
      let top = index.parents(of: id).last?.id ?? id
      if !order.contains(top) { order.append(top) }
    }
    var result = try selecting(columns)
    let byID = Dictionary(
      (result.fields + metadataColumns).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }
    )
    result.fields = order.compactMap { byID[$0] }
    return result
  }
}

extension TableMetadata {
  /// The metadata column of a name: what tells of the place and history of a row; nil when there is
  /// none of that name.
  ///
  /// Throws what ``partitionType`` throws for `_partition`, and `unsupported` for the columns of
  /// changelogs.
  func metadataColumn(named name: String) throws(IcebergError) -> Field? {
    if let field = ReservedFields.metadataColumns.first(where: { $0.name == name }) { return field }
    if name == "_partition" { return ReservedFields.partition(try partitionType.fields) }
    let changes = [
      ReservedFields.changeType, ReservedFields.changeOrdinal, ReservedFields.commitSnapshotID,
    ]
    if changes.contains(where: { $0.name == name }) {
      throw IcebergError(
        .unsupported, "the column \(name) is one of changelogs; a scan of a table does not have it")
    }
    return nil
  }
}

extension FieldType {
  /// Whether the type, or one inside it, satisfies `condition`.
  func contains(where condition: (FieldType) -> Bool) -> Bool {
    condition(self) || children.contains { $0.type.contains(where: condition) }
  }
}
