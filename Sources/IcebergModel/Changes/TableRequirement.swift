/// What must hold of a table for a commit to take place, in the terms of the REST catalog.
///
/// Spec: Iceberg REST Catalog API, `TableRequirement`.
public enum TableRequirement: Hashable, Sendable {
  /// The table must not exist.
  case assertCreate
  case assertTableUUID(String)
  /// The reference stands for the snapshot; nil: the reference does not exist.
  case assertReferenceSnapshotID(reference: String, snapshotID: Int64?)
  case assertLastAssignedFieldID(Int)
  case assertCurrentSchemaID(Int)
  case assertLastAssignedPartitionID(Int)
  case assertDefaultSpecID(Int)
  case assertDefaultSortOrderID(Int)
}
