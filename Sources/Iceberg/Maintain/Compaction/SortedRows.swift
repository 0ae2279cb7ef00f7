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
          if let rows = try await current.next() {
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
    var rows = RecordBatch(names: [], columns: [], rowCount: 0)
    var keys = SortKeys([], count: 0)
    /// The first of the rows that was not returned.
    var next = 0

    var isEmpty: Bool { next >= rows.rowCount }

    /// Reads the next rows; it stays empty after the last one.
    mutating func refill(_ sorter: RowSorter) async throws {
      guard let more = try await reader.next() else { return }
      keys = try sorter.keys(of: more.columns, rowCount: more.rowCount)
      (rows, next) = (more, 0)
    }
  }

  private enum Source {
    case run(Run, next: Int)
    case files([Head], RowSorter)
  }

  private var source: Source

  /// The rows of one run.
  init(run: Run) { source = .run(run, next: 0) }

  /// The rows of several files; of equal ones those of the first file come first.
  init(merging readers: [Reader], _ sorter: RowSorter) {
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
      // Taken out first, and read on in place: what is being decoded must not be copied.
      source = .files([], sorter)
      for index in heads.indices where heads[index].isEmpty {
        try await heads[index].refill(sorter)
      }
      heads.removeAll(where: \.isEmpty)
      let rows = try Self.merge(&heads)
      source = .files(heads, sorter)
      return rows
    }
  }

  /// The first of the rows at hand in order, until there is nothing left of a file.
  private static func merge(_ heads: inout [Head]) throws -> (columns: [Column], count: Int)? {
    let sources = MergeOrder.sources(
      of: heads.map { MergeOrder.Run(keys: $0.keys, rows: $0.next..<$0.rows.rowCount) })
    guard !sources.isEmpty else { return nil }
    var taken = [Int](repeating: 0, count: heads.count)
    for source in sources { taken[Int(source)] += 1 }
    // Where the rows of each file begin among those of all.
    var places: [Int] = []
    var parts: [RecordBatch] = []
    var count = 0
    for index in heads.indices {
      places.append(count)
      count += taken[index]
      let start = heads[index].next
      heads[index].next += taken[index]
      if taken[index] > 0 { parts.append(heads[index].rows.slice(start..<heads[index].next)) }
    }
    guard let joined = try RecordBatch.concatenate(parts) else { return nil }
    if parts.count == 1 { return (joined.columns, count) }
    let order = sources.map { source in
      defer { places[Int(source)] += 1 }
      return places[Int(source)]
    }
    return (joined.columns.map { $0.take(order) }, count)
  }
}

/// Sorted rows whose next ones are made while the last ones are used.
final class SortedRowsAhead: Sendable {
  private let rows: Handover<SortedRows>

  init(_ rows: SortedRows) { self.rows = Handover(rows) }

  /// The next rows in order, some at least; nil after the last one. To be called by one task at a time.
  func next() async throws -> (columns: [Column], count: Int)? {
    guard var taken = rows.take() else { return nil }
    let next = try await taken.next()
    rows.give(taken)
    return next
  }
}
