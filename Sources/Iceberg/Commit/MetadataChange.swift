package import IcebergModel

/// A change that is told by the metadata alone: it reads and writes no other file.
package protocol MetadataChange: TableChange {
  /// The updates that carry the change out on `base`; none when it changes nothing.
  func updates(on base: TableMetadata) throws -> [TableUpdate]
}

extension MetadataChange {
  package func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    try updates(on: base)
  }
}

extension SchemaChange: MetadataChange {}
extension PartitionChange: MetadataChange {}
extension SortOrderChange: MetadataChange {}
