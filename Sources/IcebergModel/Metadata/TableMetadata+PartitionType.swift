extension TableMetadata {
  /// The partition tuples of all specs of the table in one shape.
  ///
  /// Throws `unsupported` when a transform is not known, and `invalidMetadata` when fields of one id
  /// are made in different ways.
  package var partitionType: PartitionType {
    get throws(IcebergError) { try PartitionType(of: partitionSpecs, in: currentSchema) }
  }
}
