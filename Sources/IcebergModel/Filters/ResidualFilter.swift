/// What is left of a filter for the rows of one partition: the parts that the partition tuple decides
/// are gone.
///
/// Spec: Scan Planning, note 1.
package struct ResidualFilter: Sendable {
  /// The whole filter.
  package let filter: BoundFilter
  private let node: Node

  private indirect enum Node: Sendable {
    /// Decided by no partition field.
    case fixed(BoundFilter)
    case and([Node])
    case or([Node])
    /// One test: no row passes unless the tuple satisfies `possible`, and all rows do if it satisfies
    /// `certain`.
    case test(BoundFilter, possible: PartitionFilter, certain: PartitionFilter)

    var isFixed: Bool {
      if case .fixed = self { true } else { false }
    }
  }

  /// The residuals of `filter` in the partitions that `projection` knows.
  package init(_ filter: BoundFilter, _ projection: PartitionProjection) {
    self.filter = filter
    node = Self.compile(filter, projection)
  }

  /// The residuals of `filter` in the partitions of a spec. Filter and schema belong together.
  package init(_ filter: BoundFilter, _ spec: PartitionSpec, schema: Schema) {
    self.init(filter, PartitionProjection(spec, schema: schema))
  }

  /// Whether the filter is the same in all partitions.
  package var isConstant: Bool { node.isFixed }

  /// What rows of the partition still have to satisfy.
  package func residual(for tuple: StructValue) -> BoundFilter { Self.reduce(node, tuple) }

  private static func compile(_ filter: BoundFilter, _ projection: PartitionProjection) -> Node {
    switch filter {
    case .all, .none: return .fixed(filter)
    case .and(let parts):
      let nodes = parts.map { compile($0, projection) }
      return nodes.allSatisfy(\.isFixed) ? .fixed(filter) : .and(nodes)
    case .or(let parts):
      let nodes = parts.map { compile($0, projection) }
      return nodes.allSatisfy(\.isFixed) ? .fixed(filter) : .or(nodes)
    case .predicate:
      let inclusive = projection.inclusive(filter)
      let strict = projection.strict(filter)
      if inclusive == .all, strict == .none { return .fixed(filter) }
      return .test(filter, possible: PartitionFilter(inclusive), certain: PartitionFilter(strict))
    }
  }

  private static func reduce(_ node: Node, _ tuple: StructValue) -> BoundFilter {
    switch node {
    case .fixed(let filter): return filter
    case .and(let nodes): return .all(of: nodes.map { reduce($0, tuple) })
    case .or(let nodes): return .any(of: nodes.map { reduce($0, tuple) })
    case .test(let filter, let possible, let certain):
      if certain.matches(tuple) == true { return .all }
      if possible.matches(tuple) == false { return .none }
      return filter
    }
  }
}
