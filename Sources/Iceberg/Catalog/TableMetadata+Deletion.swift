package import IcebergModel

extension TableMetadata {
  /// Throws `invalidArgument` when the table forbids to delete files, because others may use them.
  package func checkMayDeleteFiles(of table: TableIdentifier) throws {
    guard try property(TableProperties.garbageCollectionEnabled) else {
      throw IcebergError(
        .invalidArgument,
        """
        'gc.enabled' is false: other tables may use the files of this one. Nothing was removed; to \
        remove the table alone, drop it without its files
        """, context: .init(table: table.description))
    }
  }
}
