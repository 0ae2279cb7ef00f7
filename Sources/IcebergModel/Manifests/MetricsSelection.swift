/// Which column metrics of data files are read from a manifest.
public enum MetricsSelection: Hashable, Sendable {
  /// None: all maps are nil.
  case none
  /// Those of the given columns.
  case columns(Set<Int>)
  /// Those of all columns.
  case all
}
