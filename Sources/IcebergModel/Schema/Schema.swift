public import IcebergBytes

/// The columns of a table, and which of them identify a row.
///
/// Spec: Schemas and Data Types.
public struct Schema: Hashable, Sendable {
  /// The id of the schema within its table.
  public var id: Int
  /// The top-level columns.
  public var fields: [Field]
  /// The ids of the fields that identify a row; empty when none were declared.
  public var identifierFieldIDs: [Int]
  /// Members of the schema's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// A schema of the given columns. Fields without id get one when a table takes the schema in.
  public init(
    _ fields: [Field], id: Int = 0, identifierFieldIDs: [Int] = [],
    unknownMembers: JSONObject = JSONObject()
  ) {
    self.fields = fields
    self.id = id
    self.identifierFieldIDs = identifierFieldIDs
    self.unknownMembers = unknownMembers
  }
}
