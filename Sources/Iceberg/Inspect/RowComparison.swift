internal import IcebergColumns
internal import IcebergModel

/// Compares the rows of two sets of files as multisets.
final class RowComparison {
  private enum State {
    case start
    case removing(BatchSequence.Iterator)
    case adding(BatchSequence.Iterator)
    /// Rows that differ and whose keys have been matched.
    case matched([RowDifference])
    case end
  }

  private let diff: RowDiff
  private var state = State.start
  private var after: [FileScanTask] = []
  /// How many more times a row is at the first point than at the second.
  private var surplus: [RowDigest: Int] = [:]
  /// With a key, the rows that are gone and new until they are matched.
  private var removed: [RecordBatch] = []
  private var added: [RecordBatch] = []

  init(of diff: RowDiff) { self.diff = diff }

  func next() async throws -> RowDifference? {
    do {
      while true {
        try Task.checkCancellation()
        switch state {
        case .start: try await count()
        case .removing(var rows):
          guard let batch = try await rows.next() else {
            state = .adding(batches(of: after))
            continue
          }
          state = .removing(rows)
          guard let gone = try pick(from: batch, sign: 1) else { continue }
          if diff.key.isEmpty { return .removed(gone) }
          removed.append(gone)
        case .adding(var rows):
          guard let batch = try await rows.next() else {
            state = .matched(try match())
            continue
          }
          state = .adding(rows)
          guard let new = try pick(from: batch, sign: -1) else { continue }
          if diff.key.isEmpty { return .added(new) }
          added.append(new)
        case .matched(var differences):
          guard !differences.isEmpty else {
            state = .end
            continue
          }
          let first = differences.removeFirst()
          state = .matched(differences)
          return first
        case .end: return nil
        }
      }
    } catch {
      state = .end
      throw error
    }
  }

  private func batches(of tasks: [FileScanTask]) -> BatchSequence.Iterator {
    BatchSequence(of: tasks, fileIO: diff.fileIO, options: diff.options).makeAsyncIterator()
  }

  /// Counts the rows of both sides.
  private func count() async throws {
    let (from, to) = try await diff.sides()
    after = to
    for (tasks, sign) in [(from, 1), (to, -1)] {
      var rows = batches(of: tasks)
      while let batch = try await rows.next() {
        for digest in try RowDigest.digests(of: batch, schema: diff.schema) {
          let count = surplus[digest, default: 0] + sign
          surplus[digest] = count == 0 ? nil : count
        }
      }
    }
    state = surplus.isEmpty ? .end : .removing(batches(of: from))
  }

  /// Those rows of a batch that are there more often on its side; nil when there are none.
  private func pick(from batch: RecordBatch, sign: Int) throws -> RecordBatch? {
    var chosen: [Int] = []
    let digests = try RowDigest.digests(of: batch, schema: diff.schema)
    for (row, digest) in digests.enumerated() {
      guard let count = surplus[digest], count.signum() == sign else { continue }
      surplus[digest] = count == sign ? nil : count - sign
      chosen.append(row)
    }
    return chosen.isEmpty ? nil : chosen.count == batch.rowCount ? batch : batch.take(chosen)
  }

  /// Pairs rows that are gone with rows that are new by their keys.
  private func match() throws -> [RowDifference] {
    guard let old = try Self.joined(removed) else {
      return try Self.joined(added).map { [.added($0)] } ?? []
    }
    guard let new = try Self.joined(added) else { return [.removed(old)] }
    let schema = Schema(diff.key.map { diff.schema.fields[$0] })
    func keys(of batch: RecordBatch) throws -> [RowDigest] {
      let part = RecordBatch(
        names: diff.key.map { batch.names[$0] }, columns: diff.key.map { batch.columns[$0] },
        rowCount: batch.rowCount)
      return try RowDigest.digests(of: part, schema: schema)
    }
    // The rows that are gone by their keys, the last one in front.
    var places: [RowDigest: [Int]] = [:]
    for (row, key) in try keys(of: old).enumerated().reversed() {
      places[key, default: []].append(row)
    }
    var (before, after, fresh): ([Int], [Int], [Int]) = ([], [], [])
    for (row, key) in try keys(of: new).enumerated() {
      if let place = places[key]?.popLast() {
        before.append(place)
        after.append(row)
      } else {
        fresh.append(row)
      }
    }
    let gone = places.values.flatMap { $0 }.sorted()
    var differences: [RowDifference] = []
    if !gone.isEmpty { differences.append(.removed(old.take(gone))) }
    if !fresh.isEmpty { differences.append(.added(new.take(fresh))) }
    if !before.isEmpty {
      differences.append(.changed(from: old.take(before), to: new.take(after)))
    }
    return differences
  }

  private static func joined(_ batches: [RecordBatch]) throws -> RecordBatch? {
    do {
      return try RecordBatch.concatenate(batches)
    } catch {
      throw IcebergError(
        .unsupported, "more than 2 GB of text or elements differ in one column: compare less",
        cause: error)
    }
  }
}

/// What a row is known by: 128 bits that depend on all its values.
///
/// Digests of different rows are different but for one chance in 2^64 even among billions of rows.
/// They are good for one run of the program.
struct RowDigest: Hashable {
  private let low: Int
  private let high: Int

  /// Bits to divide rows by.
  var spread: UInt { UInt(bitPattern: high) }

  /// The digests of all rows of a batch with the columns of `schema`.
  static func digests(of batch: RecordBatch, schema: Schema) throws(IcebergError) -> [RowDigest] {
    let encoder = RowJSONEncoder(schema: schema)
    var digests: [RowDigest] = []
    digests.reserveCapacity(batch.rowCount)
    var text: [UInt8] = []
    for row in 0..<batch.rowCount {
      text.removeAll(keepingCapacity: true)
      try encoder.append(row, of: batch, to: &text)
      var (low, high) = (Hasher(), Hasher())
      high.combine(true)
      text.withUnsafeBytes { bytes in
        low.combine(bytes: bytes)
        high.combine(bytes: bytes)
      }
      digests.append(RowDigest(low: low.finalize(), high: high.finalize()))
    }
    return digests
  }
}
