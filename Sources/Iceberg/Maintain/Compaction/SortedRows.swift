internal import IcebergColumns
internal import IcebergModel

/// Sorted rows, batch by batch: those of one run in memory, or of several files side by side.
struct SortedRows: Sendable {
  /// Rows come in batches of so many at most, from memory and from each file.
  static let batchRows = 8_192

  /// Rows in memory.
  struct Run: Sendable {
    var columns: [Column]
    var count: Int
    /// The rows in their order; nil when they are in order.
    var order: [Int]?
  }

  /// A file of sorted rows that is being read.
  struct Reader: Sendable {
    private let file: any DataFileReader
    private var piece: (any DataFilePiece)?
    private var nextPiece = 0

    /// A reader at the first row.
    init(_ file: any DataFileReader) { self.file = file }

    /// The next rows, some at least; nil after the last one.
    mutating func next() async throws -> RecordBatch? {
      while true {
        if var current = piece {
          // Taken out first: two of it would be copied when one reads on.
          piece = nil
          if let rows = try current.next() {
            piece = current
            if rows.batch.rowCount > 0 { return rows.batch }
            continue
          }
        }
        guard nextPiece < file.pieceCount else { return nil }
        piece = try await file.piece(nextPiece)
        nextPiece += 1
      }
    }
  }

  /// What is at hand of a file.
  private struct Head {
    var reader: Reader
    /// Rows that were read and not returned.
    var rows: RecordBatch?
    var isAtEnd = false
  }

  private enum Source {
    case run(Run, next: Int)
    case files([Head], RowSorter?)
  }

  private var source: Source

  /// The rows of one run.
  init(run: Run) { source = .run(run, next: 0) }

  /// The rows of several files; of equal ones those of the first file come first.
  init(merging readers: [Reader], _ sorter: RowSorter?) {
    source = .files(readers.map { Head(reader: $0) }, sorter)
  }

  /// The next rows in order, some at least; nil after the last one.
  mutating func next() async throws -> (columns: [Column], count: Int)? {
    switch source {
    case .run(let run, let start):
      let end = min(run.count, start + Self.batchRows)
      if start >= end { return nil }
      source = .run(run, next: end)
      let columns =
        run.order.map { order in run.columns.map { $0.take(Array(order[start..<end])) } }
        ?? run.columns.map { $0.slice(start..<end) }
      return (columns, end - start)
    case .files(var heads, let sorter):
      let rows = try await Self.merge(&heads, sorter)
      source = .files(heads, sorter)
      return rows
    }
  }

  /// The rows that are known to come before all that were not read yet.
  private static func merge(
    _ heads: inout [Head], _ sorter: RowSorter?
  ) async throws -> (columns: [Column], count: Int)? {
    for index in heads.indices where heads[index].rows == nil && !heads[index].isAtEnd {
      heads[index].rows = try await heads[index].reader.next()
      heads[index].isAtEnd = heads[index].rows == nil
    }
    heads.removeAll { $0.rows == nil && $0.isAtEnd }
    let batches = heads.compactMap(\.rows)
    guard let joined = try RecordBatch.concatenate(batches) else { return nil }
    let count = joined.rowCount
    let order = try sorter?.order(of: joined.columns, rowCount: count)
    // Which file a row is of, and whether it is the last one that was read of it.
    var owners: [Int] = []
    owners.reserveCapacity(count)
    var isLast = [Bool](repeating: false, count: count)
    for (index, batch) in batches.enumerated() {
      owners += repeatElement(index, count: batch.rowCount)
      isLast[owners.count - 1] = true
    }
    var taken = [Int](repeating: 0, count: batches.count)
    var end = 0
    while end < count {
      let row = order?[end] ?? end
      taken[owners[row]] += 1
      end += 1
      if isLast[row] { break }
    }
    for index in heads.indices {
      guard let rows = heads[index].rows, taken[index] > 0 else { continue }
      heads[index].rows =
        taken[index] == rows.rowCount ? nil : rows.slice(taken[index]..<rows.rowCount)
    }
    let columns =
      order.map { order in joined.columns.map { $0.take(Array(order[..<end])) } }
      ?? joined.columns.map { $0.slice(0..<end) }
    return (columns, end)
  }
}
