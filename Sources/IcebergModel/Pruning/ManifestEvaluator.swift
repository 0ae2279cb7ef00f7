/// Tells by the partition summaries of manifests which of them may have files with rows that satisfy
/// a filter.
///
/// Made once for a filter and spec, asked once per manifest.
///
/// Spec: Scan Planning; Manifest Lists, "field_summary".
package struct ManifestEvaluator: Sendable {
  private let filter: FactFilter
  private let isTrivial: Bool

  /// An evaluator of a filter of partition tuples, as ``PartitionProjection/inclusive(_:)`` gives it.
  package init(partitionFilter: BoundFilter) {
    filter = FactFilter(partitionFilter)
    isTrivial = partitionFilter == .all
  }

  /// Whether a manifest of the spec may have files with such rows; false only when that is known.
  package func mayMatch(_ manifest: ManifestFile) -> Bool {
    if isTrivial { return true }
    guard let summaries = manifest.partitions else { return filter.holds { _ in true } }
    return filter.holds { test in Self.mayPass(test, summaries) }
  }

  /// Why a manifest has no files with such rows; nil when it may have some.
  package func explain(_ manifest: ManifestFile) -> PruningReason? {
    let summaries = manifest.partitions ?? []
    return filter.failures { test in Self.mayPass(test, summaries) }.map { tests in
      PruningReason(
        tests.map { $0.failure(summaries[$0.column.position], valueCount: nil) })
    }
  }

  // There may be fewer summaries than fields, whoever wrote that.
  private static func mayPass(_ test: FactTest, _ summaries: [ManifestFile.FieldSummary]) -> Bool {
    guard test.column.position < summaries.count else { return true }
    return test.mayPass(summaries[test.column.position])
  }
}
