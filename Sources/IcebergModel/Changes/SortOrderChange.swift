/// A change of how rows are to be sorted within files. Files that are there stay as they are.
///
/// ```swift
/// tx.sortOrder.replace(with: .descending("event_time"), .ascending("id"))
/// ```
///
/// Spec: Sorting.
public struct SortOrderChange: Hashable, Sendable {
  /// The keys of the new order; nil leaves the order as it is.
  package private(set) var terms: [SortTerm]?

  /// A change that leaves the order as it is.
  public init() {}

  /// Whether the order is left as it is.
  public var isEmpty: Bool { terms == nil }

  /// Makes these keys the order.
  public mutating func replace(with terms: SortTerm...) { self.terms = terms }

  /// Makes these keys the order.
  public mutating func replace(with terms: [SortTerm]) { self.terms = terms }

  /// Makes the table one without order.
  public mutating func remove() { terms = [] }

  /// The updates that carry the change out on a table; none when it changes nothing.
  ///
  /// Throws `invalidArgument` when there is no column of a name, or a key cannot be made from it.
  public func updates(on base: TableMetadata) throws(IcebergError) -> [TableUpdate] {
    guard let terms else { return [] }
    let order = try TableSortOrder(terms, schema: base.currentSchema)
    if order.fields == base.defaultSortOrder.fields { return [] }
    return [.addSortOrder(order), .setDefaultSortOrder(id: -1)]
  }
}
