internal import IcebergBytes
internal import IcebergModel
internal import IcebergParquet

/// Tells by the statistics in the footer which row groups of a Parquet file may have rows that
/// satisfy a filter.
struct RowGroupPruning: Sendable {
  private let evaluator: MetricsEvaluator
  private let columns: [FilterColumn]

  /// A column that the filter looks at.
  private struct FilterColumn: Sendable {
    let id: Int
    let ordinal: Int
    let bounds: StatisticsBounds
    /// Whether minimum and maximum are in the order of the type.
    let hasTypeOrder: Bool
  }

  /// The row groups of a file whose columns, with the ids that the table gives them, are `columns`.
  /// Nil when no row group can be left out.
  init?(_ filter: BoundFilter, metadata: FileMetadata, columns: [FileColumn]) {
    if filter == .all { return nil }
    evaluator = MetricsEvaluator(filter)
    var types: [Int: FieldType] = [:]
    filter.forEachTerm { types[$0.fieldID] = $0.sourceType }
    var found: [FilterColumn] = []
    Self.forEachLeaf(columns, metadata.schema.fields) { column, leaf in
      guard let id = column.id, let type = types[id],
        let bounds = StatisticsBounds(of: column.kind, leaf.physicalType, as: type)
      else { return }
      let orders = metadata.columnOrders ?? []
      found.append(
        FilterColumn(
          id: id, ordinal: leaf.ordinal, bounds: bounds,
          hasTypeOrder: leaf.ordinal < orders.count && orders[leaf.ordinal] == .typeDefined))
    }
    self.columns = found
  }

  /// Calls `body` with the columns that hold values and lie in structs at most.
  private static func forEachLeaf(
    _ columns: [FileColumn], _ fields: [ParquetField], _ body: (FileColumn, ParquetLeaf) -> Void
  ) {
    for (column, field) in zip(columns, fields) {
      switch (column.kind, field.shape) {
      case (.struct(let inner), .group(let fields)): forEachLeaf(inner, fields, body)
      case (_, .leaf(let leaf)): body(column, leaf)
      default: break
      }
    }
  }

  /// Whether some row of a row group may satisfy the filter.
  func mayMatch(_ group: RowGroup) -> Bool { evaluator.mayMatch(facts(of: group)) }

  /// Why no row of a row group satisfies the filter; nil when some may.
  func explain(_ group: RowGroup) -> PruningReason? { evaluator.explain(facts(of: group)) }

  /// What the statistics of a row group tell, in the form of the metrics of a file.
  private func facts(of group: RowGroup) -> DataFile {
    var file = DataFile(
      location: "", format: .parquet, recordCount: group.rowCount,
      fileSizeInBytes: group.byteSize)
    file.splitOffsets = [4]
    var (values, nulls, nans): ([Int: Int64], [Int: Int64], [Int: Int64]) = ([:], [:], [:])
    var (lower, upper): ([Int: Bytes], [Int: Bytes]) = ([:], [:])
    for column in columns where column.ordinal < group.columns.count {
      let chunk = group.columns[column.ordinal]
      guard let statistics = chunk.statistics else { continue }
      values[column.id] = chunk.valueCount
      nulls[column.id] = statistics.nullCount
      nans[column.id] = statistics.nanCount
      guard let bounds = column.bounds(statistics, hasTypeOrder: column.hasTypeOrder) else {
        continue
      }
      (lower[column.id], upper[column.id]) = (bounds.lower, bounds.upper)
    }
    (file.valueCounts, file.nullValueCounts, file.nanValueCounts) = (values, nulls, nans)
    (file.lowerBounds, file.upperBounds) = (lower, upper)
    return file
  }
}

extension BoundFilter {
  /// Calls `body` with the term of each predicate.
  fileprivate func forEachTerm(_ body: (BoundTerm) -> Void) {
    switch self {
    case .all, .none: break
    case .and(let parts), .or(let parts): for part in parts { part.forEachTerm(body) }
    case .predicate(let predicate): body(predicate.term)
    }
  }
}
