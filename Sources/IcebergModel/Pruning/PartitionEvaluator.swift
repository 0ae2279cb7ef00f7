/// Tells by the partition tuples of files which of them may have rows that satisfy a filter.
///
/// Spec: Scan Planning.
package struct PartitionEvaluator: Sendable {
  private let filter: PartitionFilter

  /// An evaluator of a filter of partition tuples, as ``PartitionProjection/inclusive(_:)`` gives it.
  package init(partitionFilter: BoundFilter) { filter = PartitionFilter(partitionFilter) }

  /// Whether a partition may have such rows; false only when that is known.
  package func mayMatch(_ tuple: StructValue) -> Bool { filter.matches(tuple) ?? true }

  /// Why a partition has no such rows; nil when it may have some.
  package func explain(_ tuple: StructValue) -> PruningReason? {
    Self.failures(filter.filter, tuple).map { PruningReason($0) }
  }

  private static func failures(
    _ filter: BoundFilter, _ tuple: StructValue
  ) -> [PruningReason.Failure]? {
    switch filter {
    case .all: return nil
    case .none: return []
    case .and(let parts):
      return parts.lazy.compactMap { failures($0, tuple) }.first
    case .or(let parts):
      var all: [PruningReason.Failure] = []
      for part in parts {
        guard let failures = failures(part, tuple) else { return nil }
        all += failures
      }
      return all
    case .predicate(let predicate):
      guard PartitionFilter.matches(predicate, tuple) == false,
        let position = predicate.term.path.first
      else { return nil }
      return [.init(predicate: predicate, finding: .value(tuple.values[position]))]
    }
  }
}
