internal import IcebergModel

extension Schema {
  /// The schema with only the columns of the given names, in the order in which they are named.
  ///
  /// Names are those of ``Schema/selecting(_:)``. Of a struct that is named only in parts, only the
  /// parts are kept, in the order of the schema.
  ///
  /// Throws `notFound` for a name that the schema does not have, and `unsupported` for metadata
  /// columns such as `_file`.
  func projecting(_ names: [String]) throws(IcebergError) -> Schema {
    let index = index
    var order: [Int] = []
    for name in names {
      guard let id = index.id(named: name) else {
        if Self.metadataColumns.contains(name) {
          throw IcebergError(
            .unsupported,
            "the metadata column \(name) cannot be read yet; select columns of the table")
        }
        let known = fields.map(\.name).joined(separator: ", ")
        throw IcebergError(.notFound, "there is no column '\(name)'; the table has \(known)")
      }
      let top = index.parents(of: id).last?.id ?? id
      if !order.contains(top) { order.append(top) }
    }
    var result = try selecting(names)
    let byID = Dictionary(
      result.fields.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    result.fields = order.compactMap { byID[$0] }
    return result
  }

  private static let metadataColumns =
    Set(ReservedFields.metadataColumns.map(\.name)).union([
      "_partition", ReservedFields.changeType.name, ReservedFields.changeOrdinal.name,
      ReservedFields.commitSnapshotID.name,
    ])
}

extension FieldType {
  /// Whether the type, or one inside it, satisfies `condition`.
  func contains(where condition: (FieldType) -> Bool) -> Bool {
    condition(self) || children.contains { $0.type.contains(where: condition) }
  }
}
