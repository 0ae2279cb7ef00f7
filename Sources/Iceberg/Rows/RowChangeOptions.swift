public import IcebergModel

/// How rows of a table are deleted and replaced.
public struct RowChangeOptions: Sendable {
  /// Whether files with such rows are written anew or get delete files; nil is what the table's property
  /// `write.delete.mode` says. Tables of format version 1 have no delete files: theirs are always
  /// written anew.
  public var mode: TableProperties.RowLevelMode?
  /// What is tolerated of commits that were made since the rows were looked for; nil is what the table's
  /// property `write.delete.isolation-level` says.
  public var isolation: TableProperties.IsolationLevel?
  /// The number of data files that are read, and written, at the same time.
  public var concurrency: Int
  /// How files are found and read.
  public var scan: ScanOptions
  /// How files are written.
  public var write: WriteOptions
  /// Is told how far the change has come, from any task.
  public var progress: (@Sendable (RowChangeProgress) -> Void)?

  /// Options of the given values.
  public init(
    mode: TableProperties.RowLevelMode? = nil, isolation: TableProperties.IsolationLevel? = nil,
    concurrency: Int = 4, scan: ScanOptions = ScanOptions(), write: WriteOptions = WriteOptions(),
    progress: (@Sendable (RowChangeProgress) -> Void)? = nil
  ) {
    self.mode = mode
    self.isolation = isolation
    self.concurrency = max(1, concurrency)
    self.scan = scan
    self.write = write
    self.progress = progress
  }
}

/// How far a change of rows has come.
public struct RowChangeProgress: Hashable, Sendable {
  /// What is being done.
  public enum Step: Hashable, Sendable {
    /// Data files are looked through for the rows.
    case finding
    /// The rows that stay are written into new files.
    case rewriting
    /// Everything is written and being committed.
    case committing
  }

  /// What is being done.
  public var step: Step
  /// The number of data files that are done.
  public var filesDone: Int
  /// The number of data files altogether.
  public var filesTotal: Int
}
