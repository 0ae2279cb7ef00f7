package import IcebergModel

/// One change of a table, to be carried out on whatever version is current when it is committed.
package protocol TableChange: Sendable {
  /// The updates that carry the change out on `base`. Files that they refer to are written, and noted
  /// in `work`.
  ///
  /// Called anew for every attempt, with the version that was current then. Throws what makes the
  /// change impossible on that version.
  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate]
}

/// A change that is told by its updates.
struct PlainChange: MetadataChange {
  /// Whether it changes nothing but properties and the location.
  var isOfProperties = false
  /// What the change does.
  let updates: @Sendable (TableMetadata) throws -> [TableUpdate]

  func updates(on base: TableMetadata) throws -> [TableUpdate] { try updates(base) }
}
