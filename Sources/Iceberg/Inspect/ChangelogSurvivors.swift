/// Rows whose number changes, each with the steps that changed it and were not undone.
///
/// Rows that come as often as they go leave nothing behind.
struct ChangelogSurvivors: Sendable {
  /// A step that changed the number of a row.
  private struct Run {
    /// How many more times the table has the row; less often below 0. Never 0.
    var count: Int
    var step: Int
  }

  /// The last step of each row.
  private var runs: [RowDigest: Run] = [:]
  /// The steps before the last one, which changed the number in the same direction: there are some only
  /// of rows that come more than once.
  private var earlier: [RowDigest: [Run]] = [:]
  private var earlierCount = 0

  /// About how many bytes of memory a row takes.
  static let bytesPerRow = 64

  /// How many rows there are, those of different steps apart.
  var count: Int { runs.count + earlierCount }

  /// Adds to the number of times that a row is there. What goes in the other direction undoes the last
  /// changes first. Steps come in their order.
  mutating func add(_ change: Int, of row: RowDigest, at step: Int) {
    guard let run = runs[row] else {
      runs[row] = Run(count: change, step: step)
      return
    }
    if run.count.signum() != change.signum() {
      let left = run.count + change
      if left.signum() == run.count.signum() {
        runs[row] = Run(count: left, step: run.step)
      } else {
        runs[row] = earlier[row]?.popLast()
        if runs[row] != nil { earlierCount -= 1 }
        if earlier[row]?.isEmpty == true { earlier[row] = nil }
        if left != 0 { add(left, of: row, at: step) }
      }
    } else if run.step == step {
      runs[row] = Run(count: run.count + change, step: step)
    } else {
      earlier[row, default: []].append(run)
      earlierCount += 1
      runs[row] = Run(count: change, step: step)
    }
  }

  /// Takes a row out that `side` has in `step`. Returns how often it is to be told.
  mutating func take(_ row: RowDigest, _ side: ChangelogSide, at step: Int) -> Int {
    guard let run = runs[row], run.count.signum() == side.sign else { return 0 }
    if run.step == step {
      runs[row] = nil
      return Int(clamping: run.count.magnitude)
    }
    guard let place = earlier[row]?.firstIndex(where: { $0.step == step }),
      let found = earlier[row]?.remove(at: place)
    else { return 0 }
    earlierCount -= 1
    return Int(clamping: found.count.magnitude)
  }

  /// Calls `body` with every row and how many more times it is there.
  func visit(_ body: (RowDigest, Int) -> Void) {
    for (row, run) in runs { body(row, run.count) }
    for (row, runs) in earlier {
      for run in runs { body(row, run.count) }
    }
  }

  /// How many different rows of a side each step has.
  func steps(_ side: ChangelogSide) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    func count(_ run: Run) {
      if run.count.signum() == side.sign { counts[run.step, default: 0] += 1 }
    }
    for run in runs.values { count(run) }
    for run in earlier.values.joined() { count(run) }
    return counts
  }
}
