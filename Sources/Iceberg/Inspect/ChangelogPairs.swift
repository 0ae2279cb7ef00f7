internal import IcebergColumns
internal import IcebergModel

/// Rows that are gone and rows that are new, paired by their keys.
struct ChangelogPairs {
  private struct Rows {
    var batch: RecordBatch
    var step: ChangelogStep
  }

  private let shape: ChangelogShape
  private var gone: [Rows] = []
  private var new: [Rows] = []
  /// About how many bytes the rows take.
  private(set) var sizeInBytes = 0

  init(shape: ChangelogShape) { self.shape = shape }

  /// Adds rows with all columns of the table.
  mutating func add(_ batch: RecordBatch, _ side: ChangelogSide, of step: ChangelogStep) {
    sizeInBytes += batch.columns.reduce(0) { $0 + $1.sizeInBytes } + batch.rowCount * 64
    switch side {
    case .delete: gone.append(Rows(batch: batch, step: step))
    case .insert: new.append(Rows(batch: batch, step: step))
    }
  }

  /// The rows that are gone for good, those that changed, each behind what it was, and those that are
  /// new.
  ///
  /// Throws `validationFailed` when several rows have one key.
  func batches() throws -> [RecordBatch] {
    let (before, after) = (try places(of: gone), try places(of: new))
    var (paired, deleted): ([Int], [Int]) = ([], [])
    var isPaired = [Bool](repeating: false, count: after.count)
    var fresh: [RowDigest: [Int]] = [:]
    for (row, key) in after.enumerated() { fresh[key, default: []].append(row) }
    var counts: [RowDigest: Int] = [:]
    for key in before { counts[key, default: 0] += 1 }
    for (row, key) in before.enumerated() {
      guard let partners = fresh[key] else {
        deleted.append(row)
        continue
      }
      guard partners.count == 1, counts[key] == 1 else { throw ambiguous }
      isPaired[partners[0]] = true
      paired += [row, before.count + partners[0]]
    }
    let inserted = after.indices.filter { !isPaired[$0] }
    let updates = try rows(.updateBefore, .updateAfter)
    let others = try rows(.delete, .insert)
    var batches: [RecordBatch] = []
    if let others, !deleted.isEmpty { batches.append(others.take(deleted)) }
    if let updates, !paired.isEmpty { batches.append(updates.take(paired)) }
    if let others, !inserted.isEmpty {
      batches.append(others.take(inserted.map { $0 + before.count }))
    }
    return batches.flatMap { slices(of: shape.handedOut($0)) }
  }

  /// All rows, those that are gone in front.
  private func rows(_ before: ChangeType, _ after: ChangeType) throws -> RecordBatch? {
    let labelled =
      try gone.map { try shape.labelled($0.batch, before, of: $0.step) }
      + new.map { try shape.labelled($0.batch, after, of: $0.step) }
    do {
      return try RecordBatch.concatenate(labelled)
    } catch {
      throw IcebergError(
        .unsupported,
        "more than 2 GB of text or elements change in one column: read fewer changes, or allow less "
          + "memory", cause: error)
    }
  }

  private func places(of rows: [Rows]) throws -> [RowDigest] {
    try rows.flatMap { try shape.keys(of: $0.batch) }
  }

  private func slices(of batch: RecordBatch) -> [RecordBatch] {
    // An even number, so that pairs stay together.
    let size = max(2, shape.scan.options.batchRowLimit & ~1)
    if batch.rowCount <= size { return [batch] }
    return stride(from: 0, to: batch.rowCount, by: size).map {
      batch.slice($0..<min($0 + size, batch.rowCount))
    }
  }

  private var ambiguous: IcebergError {
    let names = shape.key.map { shape.whole.fields[$0].name }.joined(separator: ", ")
    return IcebergError(
      .validationFailed,
      """
      several rows with the same values of \(names) changed at once, and nobody can tell which became \
      which: pair rows by columns that tell them apart, or do not pair them
      """, context: .init(table: shape.scan.table.identifier.description))
  }
}

extension Column {
  /// About how many bytes the values take.
  fileprivate var sizeInBytes: Int {
    let values =
      switch values {
      case .boolean, .null: count / 8
      case .int, .float: count * 4
      case .long, .double: count * 8
      case .decimal: count * 16
      case .bytes(let offsets, let data): offsets.count * 4 + data.count
      case .fixed(_, let data): data.count
      case .list(let offsets, let element): offsets.count * 4 + element.sizeInBytes
      case .map(let offsets, let key, let value):
        offsets.count * 4 + key.sizeInBytes + value.sizeInBytes
      case .struct(let columns): columns.reduce(0) { $0 + $1.sizeInBytes }
      }
    return values + (validity == nil ? 0 : count / 8)
  }
}
