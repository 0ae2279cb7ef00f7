extension TableRequirement {
  /// Throws `commitConflict`, saying what was expected and what is there, unless the requirement
  /// holds of `metadata`; nil is a table that does not exist.
  public func check(against metadata: TableMetadata?) throws(IcebergError) {
    guard let metadata else {
      if self == .assertCreate { return }
      throw IcebergError(.commitConflict, "the table does not exist any more")
    }
    switch self {
    case .assertCreate: throw IcebergError(.commitConflict, "the table exists already")
    case .assertTableUUID(let uuid):
      let found = metadata.tableUUID ?? "none"
      guard found.lowercased() == uuid.lowercased() else {
        throw Self.conflict("the table's UUID", expected: uuid, found: found)
      }
    case .assertReferenceSnapshotID(let name, let id):
      try Self.check(name, expected: id, metadata.references[name])
    case .assertLastAssignedFieldID(let id):
      try Self.check("the last assigned column id", expected: id, metadata.lastColumnID)
    case .assertCurrentSchemaID(let id):
      try Self.check("the id of the current schema", expected: id, metadata.currentSchemaID)
    case .assertLastAssignedPartitionID(let id):
      try Self.check(
        "the last assigned partition field id", expected: id, metadata.lastPartitionID)
    case .assertDefaultSpecID(let id):
      try Self.check(
        "the id of the default partition spec", expected: id, metadata.defaultSpecID)
    case .assertDefaultSortOrderID(let id):
      try Self.check(
        "the id of the default sort order", expected: id, metadata.defaultSortOrderID)
    }
  }

  private static func check(
    _ name: String, expected: Int64?, _ reference: SnapshotReference?
  ) throws(IcebergError) {
    if expected == reference?.snapshotID { return }
    let what = "\(reference?.kind.rawValue ?? "branch or tag") '\(name)'"
    guard let reference else {
      throw IcebergError(.commitConflict, "\(what) is not there any more")
    }
    guard let expected else {
      throw IcebergError(.commitConflict, "\(what) was created by another commit")
    }
    throw conflict(
      "\(what) has moved: its snapshot", expected: expected, found: reference.snapshotID)
  }

  private static func check(_ what: String, expected: Int, _ found: Int) throws(IcebergError) {
    if expected != found { throw conflict(what, expected: expected, found: found) }
  }

  private static func conflict<T>(_ what: String, expected: T, found: T) -> IcebergError {
    IcebergError(.commitConflict, "\(what) is \(found), not \(expected) as expected")
  }
}
