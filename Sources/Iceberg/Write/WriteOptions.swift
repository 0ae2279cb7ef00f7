/// How the rows of a table are written into files.
public struct WriteOptions: Hashable, Sendable {
  /// In which order the rows of partitions may come.
  public enum Routing: Hashable, Sendable {
    /// In any order: a file of each partition is kept open.
    case fanOut
    /// One partition after the other: a file is closed as soon as rows of another partition come, and
    /// a partition that comes back is refused.
    case clustered
  }

  /// In which order rows are stored.
  public enum Sorting: Hashable, Sendable {
    /// In the sort order of the table, which the files then name. Rows are collected for it, up to
    /// ``WriteOptions/sortMemoryLimit``; each file is sorted for itself.
    case tableOrder
    /// In the order in which they come. The files name no sort order.
    case asGiven
  }

  /// In which order the rows of partitions may come.
  public var routing: Routing
  /// In which order rows are stored.
  public var sorting: Sorting
  /// The number of files that are open at a time: when rows of more partitions come by turns, the file
  /// that was not written to for longest is closed.
  public var openFileLimit: Int
  /// What the rows that wait in open files may take of memory, in bytes; the largest file is closed
  /// when they take more.
  public var memoryLimit: Int
  /// What the rows that wait to be sorted may take of memory, in bytes, without the copy that sorting
  /// makes.
  public var sortMemoryLimit: Int
  /// The number of columns that are encoded at the same time. Columns of Avro files are not divided.
  public var encodingConcurrency: Int

  /// Options of the given values; limits below 1 count as 1.
  public init(
    routing: Routing = .fanOut, sorting: Sorting = .tableOrder, openFileLimit: Int = 100,
    memoryLimit: Int = 1 << 30, sortMemoryLimit: Int = 256 << 20, encodingConcurrency: Int = 4
  ) {
    self.routing = routing
    self.sorting = sorting
    self.openFileLimit = max(1, openFileLimit)
    self.memoryLimit = max(1, memoryLimit)
    self.sortMemoryLimit = max(1, sortMemoryLimit)
    self.encodingConcurrency = max(1, encodingConcurrency)
  }
}
