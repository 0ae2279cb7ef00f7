internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// Rows that are collected until they can be sorted together.
struct WaitingRows: Sendable {
  /// What tells which rows came first, of those of several partitions.
  let firstUse: Int
  /// The number of rows.
  private(set) var count = 0
  /// About how many bytes of memory they take.
  private(set) var byteCount = 0
  private var batches: [[Column]] = []

  /// No rows yet.
  init(firstUse: Int) { self.firstUse = firstUse }

  /// Adds rows; returns about how many bytes they take.
  mutating func add(_ columns: [Column], count: Int) -> Int {
    let size = columns.reduce(0) { $0 + $1.approximateSize }
    batches.append(columns)
    self.count += count
    byteCount += size
    return size
  }

  /// All rows as one column of each kind; none are left. Of what they were before, each column is given
  /// up when it has been copied.
  mutating func join() throws(IcebergError) -> [Column] {
    var batches = batches
    self = WaitingRows(firstUse: firstUse)
    var columns: [Column] = []
    for index in 0..<(batches.first?.count ?? 0) {
      do throws(FormatError) {
        if let column = try Column.concatenate(batches.map({ $0[index] })) {
          columns.append(column)
        }
      } catch {
        throw IcebergError(
          .invalidArgument,
          "too many rows are sorted at a time: lower the memory limit for sorting",
          cause: error)
      }
      for batch in batches.indices { batches[batch][index] = Column(.null, count: 0) }
    }
    return columns
  }
}
