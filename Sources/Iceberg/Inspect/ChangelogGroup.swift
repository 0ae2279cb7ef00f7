internal import IcebergColumns
internal import IcebergModel

/// Reads the changes that some snapshots made together.
///
/// First the rows of all files are counted by their digests: what is left is the rows that changed.
/// Then the files that have them are read again, those with rows that are gone first. When the digests
/// take too much memory, this is done for one part of the rows after the other.
final class ChangelogGroup {
  private enum Job {
    /// Hands out all rows of a side of a step.
    case stream(ChangelogSide, step: Int)
    /// Finds the rows that changed, and hands them out.
    case compare(ChangelogPartition, [ChangelogSide])
    /// Hands out the rows of a side of a step that changed.
    case pick(ChangelogSide, step: Int)
    /// Finds the rows that changed, pairs them by their keys, and hands them out.
    case pair(ChangelogPartition)
  }

  /// The rows that are being read for a job.
  private struct Reading {
    var rows: BatchSequence.Iterator
    var side: ChangelogSide
    var step: Int
    /// How many different rows are still to be found; nil when all rows are handed out.
    var rest: Int?
  }

  private let shape: ChangelogShape
  private let steps: [ChangelogStep]
  private let memoryLimit: Int
  private var jobs: ArraySlice<Job>
  private var reading: Reading?
  private var survivors = ChangelogSurvivors()
  private var ready: ArraySlice<RecordBatch> = []

  init(_ steps: [ChangelogStep], shape: ChangelogShape, memoryLimit: Int) {
    self.steps = steps
    self.shape = shape
    self.memoryLimit = memoryLimit
    if steps.allSatisfy({ $0.removed.isEmpty }) {
      jobs = steps.indices.map { .stream(.insert, step: $0) }[...]
    } else if steps.allSatisfy({ $0.added.isEmpty }) {
      jobs = steps.indices.map { .stream(.delete, step: $0) }[...]
    } else {
      jobs = shape.key.isEmpty ? [.compare(.all, [.delete, .insert])] : [.pair(.all)]
    }
  }

  /// The next rows; nil after the last ones.
  func next() async throws -> RecordBatch? {
    while true {
      try Task.checkCancellation()
      if let batch = ready.popFirst() { return batch }
      if let batch = try await read() { return batch }
      if reading != nil { continue }
      guard let job = jobs.popFirst() else { return nil }
      switch job {
      case .stream(let side, let step): begin(side, step, shape.streamed, rest: nil)
      case .compare(let part, let sides): try await compare(part, sides)
      case .pick(let side, let step):
        let rest = survivors.steps(side)[step] ?? 0
        if rest > 0 { begin(side, step, shape.whole.fields, rest: rest) }
      case .pair(let part): try await pair(part)
      }
    }
  }

  private func begin(_ side: ChangelogSide, _ step: Int, _ fields: [Field], rest: Int?) {
    let rows = batches(side, step, fields)
    reading = Reading(rows: rows, side: side, step: step, rest: rest)
  }

  private func batches(
    _ side: ChangelogSide, _ step: Int, _ fields: [Field]
  ) -> BatchSequence.Iterator {
    var tasks = steps[step].tasks(side)
    for index in tasks.indices { tasks[index].schema.fields = fields }
    let scan = shape.scan
    return BatchSequence(of: tasks, fileIO: scan.table.fileIO, options: scan.options)
      .makeAsyncIterator()
  }

  /// What is handed out of the next rows that are being read; nil when that is none of them.
  private func read() async throws -> RecordBatch? {
    guard var now = reading else { return nil }
    guard let batch = try await now.rows.next() else {
      reading = nil
      return nil
    }
    let step = steps[now.step]
    guard let rest = now.rest else {
      reading = now
      return try shape.labelled(batch, now.side.type, of: step)
    }
    let (rows, found) = try pick(batch, now.side, now.step)
    now.rest = rest - found
    reading = rest > found ? now : nil
    if rows.isEmpty { return nil }
    return shape.handedOut(try shape.labelled(batch.take(rows), now.side.type, of: step))
  }

  /// The rows of a batch that changed, each as often as it is to be told, and how many different ones.
  private func pick(
    _ batch: RecordBatch, _ side: ChangelogSide, _ step: Int
  ) throws -> (rows: [Int], found: Int) {
    var (rows, found): ([Int], Int) = ([], 0)
    for (row, digest) in try RowDigest.digests(of: batch, schema: shape.whole).enumerated() {
      let count = survivors.take(digest, side, at: step)
      if count == 0 { continue }
      found += 1
      for _ in 0..<count { rows.append(row) }
    }
    return (rows, found)
  }
}

// Comparing.
extension ChangelogGroup {
  /// Counts the rows of a part and has those that changed handed out.
  private func compare(_ part: ChangelogPartition, _ sides: [ChangelogSide]) async throws {
    guard let counted = try await count(part) else {
      // Of each part the rows that are gone come first, so that what a row became is told after it is
      // gone, whatever part it is in.
      let parts = try halves(of: part)
      jobs = (sides.flatMap { side in parts.map { .compare($0, [side]) } } + jobs)[...]
      return
    }
    survivors = counted
    var picks: [Job] = []
    for side in sides {
      let found = counted.steps(side)
      picks += found.keys.sorted().map { .pick(side, step: $0) }
    }
    jobs = (picks + jobs)[...]
  }

  private func halves(of part: ChangelogPartition) throws -> [ChangelogPartition] {
    if let halves = part.halves { return halves }
    let snapshot = steps.last.map { "\($0.snapshotID)" } ?? ""
    throw IcebergError(
      .unsupported,
      """
      the rows that changed up to snapshot \(snapshot) do not fit into \(memoryLimit) bytes of memory: \
      allow more, or read the changes of fewer snapshots or of fewer rows
      """, context: .init(table: shape.scan.table.identifier.description))
  }

  /// The rows of a part that changed; nil when counting them takes too much memory.
  private func count(_ part: ChangelogPartition) async throws -> ChangelogSurvivors? {
    var total = ChangelogSurvivors()
    for (index, step) in steps.enumerated() {
      if step.removed.isEmpty || step.added.isEmpty || steps.count == 1 {
        guard try await add(index, part, to: &total, beside: 0) else { return nil }
        continue
      }
      // What a snapshot only moved never was gone.
      var own = ChangelogSurvivors()
      guard try await add(index, part, to: &own, beside: total.count) else { return nil }
      own.visit { row, change in total.add(change, of: row, at: index) }
    }
    return total
  }

  /// Counts the rows of a step; false when that takes too much memory.
  private func add(
    _ index: Int, _ part: ChangelogPartition, to survivors: inout ChangelogSurvivors,
    beside others: Int
  ) async throws -> Bool {
    for side in [ChangelogSide.delete, .insert] {
      if steps[index].tasks(side).isEmpty { continue }
      var rows = batches(side, index, shape.whole.fields)
      while let batch = try await rows.next() {
        let digests = try RowDigest.digests(of: batch, schema: shape.whole)
        let places = shape.key.isEmpty ? digests : try shape.keys(of: batch)
        for (digest, place) in zip(digests, places) where part.contains(place) {
          survivors.add(side.sign, of: digest, at: index)
        }
        let (bytes, overflow) = (survivors.count + others).multipliedReportingOverflow(
          by: ChangelogSurvivors.bytesPerRow)
        if overflow || bytes > memoryLimit { return false }
      }
    }
    return true
  }
}

// Pairing.
extension ChangelogGroup {
  /// Counts the rows of a part, and hands out those that changed in pairs.
  private func pair(_ part: ChangelogPartition) async throws {
    guard let counted = try await count(part) else { return try divide(part) }
    survivors = counted
    var pairs = ChangelogPairs(shape: shape)
    for side in [ChangelogSide.delete, .insert] {
      for (step, rest) in counted.steps(side).sorted(by: { $0.key < $1.key }) {
        var rest = rest
        var rows = batches(side, step, shape.whole.fields)
        while rest > 0, let batch = try await rows.next() {
          let (places, found) = try pick(batch, side, step)
          rest -= found
          if places.isEmpty { continue }
          pairs.add(batch.take(places), side, of: steps[step])
          let size = pairs.sizeInBytes + counted.count * ChangelogSurvivors.bytesPerRow
          if size > memoryLimit { return try divide(part) }
        }
      }
    }
    ready = try pairs.batches()[...]
  }

  private func divide(_ part: ChangelogPartition) throws {
    jobs = (try halves(of: part).map { .pair($0) } + jobs)[...]
  }
}
