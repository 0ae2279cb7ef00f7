internal import IcebergModel

/// Makes another table of a table, under its name: with other columns and without rows. What it was
/// before stays in its history.
struct ReplaceTable: TableChange {
  let creation: TableCreation
  /// What the replacement was when files were written for it; nil when none were.
  let staged: TableMetadata?

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let updates = try base.replacement(
      schema: creation.schema, partitionSpec: creation.partitionSpec,
      sortOrder: creation.sortOrder, location: creation.location, properties: creation.properties)
    guard let staged else { return updates }
    let replaced = try base.applying(updates, timestampMillis: base.lastUpdatedMillis)
    guard replaced.currentSchema.fields == staged.currentSchema.fields,
      replaced.defaultPartitionSpec == staged.defaultPartitionSpec,
      replaced.formatVersion == staged.formatVersion
    else {
      throw IcebergError(
        .validationFailed,
        """
        another writer has changed the columns or the partitioning since the replacement was staged: \
        its files would be read wrongly. Stage it again and write them anew
        """)
    }
    return updates
  }
}

extension Transaction {
  /// Makes another table of this one, under its name: with the given columns, partitioning, order and
  /// properties, and without rows. Snapshots, tags and other branches stay, so that the table as it was
  /// can still be read, and be made current again.
  ///
  /// Columns of the same full name as a current one keep its id. To fill the new table in the same
  /// commit, stage it with ``Catalog/stageReplacement(of:with:)``.
  public mutating func replaceTable(with creation: TableCreation) {
    add(ReplaceTable(creation: creation, staged: nil))
  }
}
