package import IcebergColumns
package import IcebergModel

/// Tells which rows of whole columns satisfy a filter.
///
/// Constants are taken apart and sets are hashed once, when the evaluator is made; a batch is then
/// evaluated in loops over plain arrays.
package struct ColumnEvaluator: Sendable {
  private let root: Node

  private indirect enum Node: Sendable {
    case all
    case none
    case and([Node])
    case or([Node])
    case test(ColumnTest)

    init(_ filter: BoundFilter) throws(IcebergError) {
      switch filter {
      case .all: self = .all
      case .none: self = .none
      case .and(let parts): self = .and(try Self.nodes(parts))
      case .or(let parts): self = .or(try Self.nodes(parts))
      case .predicate(let predicate): self = .test(try ColumnTest(predicate))
      }
    }

    private static func nodes(_ parts: [BoundFilter]) throws(IcebergError) -> [Node] {
      var nodes: [Node] = []
      for part in parts { nodes.append(try Node(part)) }
      return nodes
    }
  }

  /// An evaluator of batches of the schema that the filter is bound to.
  package init(_ filter: BoundFilter) throws(IcebergError) { root = try Node(filter) }

  /// An evaluator of batches of `schema`, which need not be the one that the filter is bound to:
  /// columns are found by their ids.
  ///
  /// Throws `notFound` when it does not have a column.
  package init(_ filter: BoundFilter, schema: Schema) throws(IcebergError) {
    root = try Node(filter.located(in: schema))
  }

  /// A bit for each row: whether it satisfies the filter. The columns are those of the schema, in
  /// their order.
  ///
  /// Throws when a column is of another kind than its type.
  package func matches(in columns: [Column], rowCount: Int) throws(IcebergError) -> Bitmap {
    try matches(root, columns, rowCount)
  }

  /// As ``matches(in:rowCount:)``, of the columns of a batch.
  package func matches(in batch: RecordBatch) throws(IcebergError) -> Bitmap {
    try matches(root, batch.columns, batch.rowCount)
  }

  private func matches(
    _ node: Node, _ columns: [Column], _ rowCount: Int
  ) throws(IcebergError) -> Bitmap {
    switch node {
    case .all: return Bitmap(repeating: true, count: rowCount)
    case .none: return Bitmap(repeating: false, count: rowCount)
    case .and(let parts):
      var result = Bitmap(repeating: true, count: rowCount)
      for part in parts {
        result = result & (try matches(part, columns, rowCount))
        if result.noneSet { break }
      }
      return result
    case .or(let parts):
      var result = Bitmap(repeating: false, count: rowCount)
      for part in parts {
        result = result | (try matches(part, columns, rowCount))
        if result.allSet { break }
      }
      return result
    case .test(let test):
      return try test.matches(in: columns, rowCount: rowCount)
    }
  }
}
