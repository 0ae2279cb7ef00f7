public import IcebergBytes

/// How the rows of a table are divided into partitions.
///
/// Spec: Partitioning, "Partition Specs".
public struct PartitionSpec: Hashable, Sendable {
  /// The id of the spec within its table.
  public var id: Int
  /// The parts of a partition tuple, in order; empty when the table is not partitioned.
  public var fields: [PartitionField]
  /// Members of the spec's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// A spec of the given fields.
  public init(id: Int = 0, fields: [PartitionField], unknownMembers: JSONObject = JSONObject()) {
    self.id = id
    self.fields = fields
    self.unknownMembers = unknownMembers
  }

  /// The spec of tables without partitions.
  public static let unpartitioned = PartitionSpec(id: 0, fields: [])
}

/// One part of a partition tuple.
public struct PartitionField: Hashable, Sendable {
  /// The ids of the columns that the value is made of: one, but for multi-argument transforms (v3).
  public var sourceIDs: [Int]
  /// What identifies the field in every spec of the table: 1000 and up.
  public var fieldID: Int
  /// The name, unique within the spec.
  public var name: String
  /// How the value is made.
  public var transform: Transform
  /// Members of the field's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// A partition field of the given parts.
  public init(
    sourceIDs: [Int], fieldID: Int, name: String, transform: Transform,
    unknownMembers: JSONObject = JSONObject()
  ) {
    self.sourceIDs = sourceIDs
    self.fieldID = fieldID
    self.name = name
    self.transform = transform
    self.unknownMembers = unknownMembers
  }
}
