public import IcebergBytes

/// How rows are ordered within data files.
///
/// Spec: Sorting.
public struct TableSortOrder: Hashable, Sendable {
  /// The id of the order within its table; 0 is the order without fields.
  public var id: Int
  /// What to sort by, most significant first.
  public var fields: [SortField]
  /// Members of the order's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// An order of the given fields.
  public init(id: Int, fields: [SortField], unknownMembers: JSONObject = JSONObject()) {
    self.id = id
    self.fields = fields
    self.unknownMembers = unknownMembers
  }

  /// The order that demands nothing.
  public static let unsorted = TableSortOrder(id: 0, fields: [])
}

/// One key of a sort order.
public struct SortField: Hashable, Sendable {
  /// Which end comes first.
  public enum Direction: String, Hashable, Sendable {
    case ascending = "asc"
    case descending = "desc"
  }

  /// Where nulls stand.
  public enum NullOrder: String, Hashable, Sendable {
    case nullsFirst = "nulls-first"
    case nullsLast = "nulls-last"
  }

  /// The ids of the columns that the key is made of: one, but for multi-argument transforms (v3).
  public var sourceIDs: [Int]
  /// How the key is made.
  public var transform: Transform
  /// Which end comes first.
  public var direction: Direction
  /// Where nulls stand.
  public var nullOrder: NullOrder
  /// Members of the field's JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// A sort key of the given parts.
  public init(
    sourceIDs: [Int], transform: Transform, direction: Direction, nullOrder: NullOrder,
    unknownMembers: JSONObject = JSONObject()
  ) {
    self.sourceIDs = sourceIDs
    self.transform = transform
    self.direction = direction
    self.nullOrder = nullOrder
    self.unknownMembers = unknownMembers
  }
}
