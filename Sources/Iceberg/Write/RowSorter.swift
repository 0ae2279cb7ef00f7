internal import IcebergColumns
internal import IcebergModel

/// Puts rows into the sort order of a table.
///
/// Spec: Sorting.
struct RowSorter: Sendable {
  /// The id of the order.
  let orderID: Int
  private let keys: [Key]

  private struct Key: Sendable {
    var transform: Transform
    /// Where the source column is: its place among the columns, then in each struct on the way.
    var path: [Int]
    var sourceType: FieldType
    var isDescending: Bool
    var nullsFirst: Bool
  }

  /// A sorter of rows with the columns of `schema`; nil for the order that demands nothing.
  ///
  /// Throws `unsupported` for transforms that are not known or have several arguments.
  init?(_ order: TableSortOrder, schema: Schema) throws(IcebergError) {
    guard order.isSorted else { return nil }
    let index = schema.index
    var keys: [Key] = []
    for field in order.fields {
      if field.transform == .void { continue }
      guard field.sourceIDs.count == 1, let id = field.sourceIDs.first,
        let source = index.field(id: id), let path = index.path(to: id),
        field.transform.canBeApplied(to: source.type)
      else {
        throw IcebergError(
          .unsupported,
          """
          the table is sorted by \(field.transform) of columns \(field.sourceIDs), which cannot be \
          worked out: write with sorting .asGiven, or give the table another sort order
          """, context: IcebergError.Context(fieldID: field.sourceIDs.first))
      }
      keys.append(
        Key(
          transform: field.transform, path: path, sourceType: source.type,
          isDescending: field.direction == .descending,
          nullsFirst: field.nullOrder == .nullsFirst))
    }
    self.keys = keys
    orderID = order.id
  }

  /// A sorter by the columns of `schema` themselves, ascending; its order has no id.
  init(byAllOf schema: Schema, ids: [Int]) {
    let index = schema.index
    orderID = 0
    keys = ids.compactMap { id in
      guard let path = index.path(to: id), let field = index.field(id: id) else { return nil }
      return Key(
        transform: .identity, path: path, sourceType: field.type, isDescending: false,
        nullsFirst: true)
    }
  }

  /// The keys of rows with the columns of the schema.
  func keys(of columns: [Column], rowCount: Int) throws(IcebergError) -> SortKeys {
    var parts: [SortKeys.Part] = []
    for key in keys {
      guard let column = columns.column(at: key.path) else { continue }
      // Nothing but nulls is not transformed.
      let batch = column.transformBatch
      parts.append(
        SortKeys.Part(
          try batch.map { batch throws(IcebergError) in
            try key.transform.apply(to: batch, of: key.sourceType)
          },
          validity: column.validity, isDescending: key.isDescending, nullsFirst: key.nullsFirst))
    }
    return SortKeys(parts, count: rowCount)
  }

  /// The positions of the rows in their order; nil when they are in order already. Equal rows stay as
  /// they are.
  func order(of columns: [Column], rowCount: Int) throws(IcebergError) -> [Int]? {
    try keys(of: columns, rowCount: rowCount).order()
  }
}
