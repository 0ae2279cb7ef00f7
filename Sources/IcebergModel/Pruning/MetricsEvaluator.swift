/// Tells by the column metrics of files which of them may have rows that satisfy a filter, and which
/// have no others.
///
/// Made once for a filter, asked once per file. What no metrics are recorded for, such as a column
/// that was added after the file was written, may have any value.
///
/// Spec: Scan Planning; Manifests, "Data File Fields".
package struct MetricsEvaluator: Sendable {
  private let filter: FactFilter
  private let isTrivial: Bool

  /// An evaluator of a filter of the rows of a table.
  package init(_ filter: BoundFilter) {
    self.filter = FactFilter(filter)
    isTrivial = filter == .all
  }

  /// Whether some row of a file may satisfy the filter; false only when it is known that none does.
  package func mayMatch(_ file: DataFile) -> Bool {
    // A negative count stands for one that is not known.
    if file.recordCount == 0 { return false }
    return isTrivial || filter.mayMatch(file)
  }

  /// Whether some row of the file that a manifest's reader is at may satisfy the filter.
  package func mayMatch(_ metrics: EntryMetrics) -> Bool {
    if metrics.recordCount == 0 { return false }
    return isTrivial || filter.mayMatch(metrics)
  }

  /// Whether all rows of a file are known to satisfy the filter.
  package func mustMatch(_ file: DataFile) -> Bool {
    if file.recordCount == 0 { return true }
    return filter.holds { test in test.mustPass(file) }
  }

  /// Why no row of a file satisfies the filter; nil when some may.
  package func explain(_ file: DataFile) -> PruningReason? {
    if file.recordCount == 0 { return PruningReason([]) }
    return filter.failures { test in test.mayPass(file) }.map { tests in
      PruningReason(
        tests.map { $0.failure(file, valueCount: file.valueCounts?[$0.column.id]) })
    }
  }
}
