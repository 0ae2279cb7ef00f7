/// Which column metrics of data files are read from a manifest.
public enum MetricsSelection: Hashable, Sendable {
  /// None: all maps are nil.
  case none
  /// Those of the given columns.
  case columns(Set<Int>)
  /// Those of all columns.
  case all
}

/// A selection made for being asked once per value.
struct MetricColumns {
  /// Whether all columns are selected.
  let areAll: Bool
  /// Whether no column is.
  let isEmpty: Bool
  private let isSelected: [Bool]
  private let others: Set<Int>

  init(_ selection: MetricsSelection) {
    switch selection {
    case .none: (areAll, isEmpty, isSelected, others) = (false, true, [], [])
    case .all: (areAll, isEmpty, isSelected, others) = (true, false, [], [])
    case .columns(let ids):
      areAll = false
      isEmpty = false
      // Ids of columns are small numbers; those of metadata columns are not.
      let small = ids.filter { (0..<65_536).contains($0) }
      var table = [Bool](repeating: false, count: (small.max() ?? -1) + 1)
      for id in small { table[id] = true }
      isSelected = table
      others = ids.subtracting(small)
    }
  }

  /// Whether the column called `id` is selected.
  func contains(_ id: Int) -> Bool {
    if areAll { return true }
    if id >= 0, id < isSelected.count { return isSelected[id] }
    return !others.isEmpty && others.contains(id)
  }
}
