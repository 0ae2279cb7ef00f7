/// Which of several sorted runs the next rows come from when they are put together.
enum MergeOrder {
  /// Sorted rows.
  struct Run {
    let keys: SortKeys
    /// The rows that are left.
    var rows: Range<Int>
  }

  /// The index of a run for each row in order, until one of the runs has no row left. Of equal rows
  /// those of the first run come first.
  static func sources(of runs: [Run]) -> [Int32] {
    var merge = Merge(runs)
    return merge.sources()
  }

  private struct Merge {
    var runs: [Run]
    /// Whether rows of all runs can be told apart by their leads.
    let comparesLeads: Bool
    /// The runs as a heap: none stands before the one at half its index.
    var heap: [Int]

    init(_ runs: [Run]) {
      self.runs = runs
      comparesLeads = runs.allSatisfy { $0.keys.sharesLeads(with: runs[0].keys) }
      heap = []
      if runs.contains(where: { $0.rows.isEmpty }) { return }
      heap = Array(runs.indices)
      for index in (0..<heap.count / 2).reversed() { sink(from: index) }
    }

    mutating func sources() -> [Int32] {
      var sources: [Int32] = []
      while let first = heap.first {
        sources.append(Int32(truncatingIfNeeded: first))
        let rows = runs[first].rows
        if rows.count == 1 { break }
        runs[first].rows = rows.lowerBound + 1..<rows.upperBound
        sink(from: 0)
      }
      return sources
    }

    private mutating func sink(from start: Int) {
      var index = start
      while true {
        var child = 2 * index + 1
        if child >= heap.count { return }
        if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
        if isBefore(heap[index], heap[child]) { return }
        heap.swapAt(index, child)
        index = child
      }
    }

    /// Whether the next row of a run comes before that of another.
    private func isBefore(_ left: Int, _ right: Int) -> Bool {
      let (a, b) = (runs[left].rows.lowerBound, runs[right].rows.lowerBound)
      if comparesLeads, let result = runs[left].keys.isBeforeByLead(a, runs[right].keys, b) {
        return result
      }
      let order = runs[left].keys.compare(a, runs[right].keys, b)
      return order == 0 ? left < right : order < 0
    }
  }
}
