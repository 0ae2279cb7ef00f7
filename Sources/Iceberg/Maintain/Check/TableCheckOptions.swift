/// How a table is checked.
public struct TableCheckOptions: Sendable {
  /// Which snapshots are checked.
  public var snapshots: Snapshots
  /// How far the check goes.
  public var depth: Depth
  /// The number of manifests that are read, and of files looked at, at the same time.
  public var concurrency: Int
  /// How many findings the report holds at the most; all of them are counted, and told to
  /// ``onFinding``.
  public var findingLimit: Int
  /// The bytes of memory for names of files, beyond which they are kept in temporary files.
  public var memoryLimit: Int
  /// Is told of each finding as it is made, from any task.
  public var onFinding: (@Sendable (TableCheckFinding) -> Void)?
  /// Is told how far the check has come, from any task.
  public var progress: (@Sendable (TableCheckProgress) -> Void)?

  /// Options of the given values.
  public init(
    snapshots: Snapshots = .all, depth: Depth = .files, concurrency: Int = 8,
    findingLimit: Int = 1000, memoryLimit: Int = 64 << 20,
    onFinding: (@Sendable (TableCheckFinding) -> Void)? = nil,
    progress: (@Sendable (TableCheckProgress) -> Void)? = nil
  ) {
    self.snapshots = snapshots
    self.depth = depth
    self.concurrency = max(1, concurrency)
    self.findingLimit = max(0, findingLimit)
    self.memoryLimit = memoryLimit
    self.onFinding = onFinding
    self.progress = progress
  }

  /// Which snapshots are checked.
  public enum Snapshots: Hashable, Sendable {
    /// All that the metadata has, those of no branch or tag too.
    case all
    /// The current one.
    case current
  }

  /// How far a check goes.
  public enum Depth: Hashable, Sendable {
    /// Every file is there with the length that is recorded, and manifests hold what is said of them.
    case files
    /// Data and delete files are opened too: their footers tell as many rows as are recorded, and
    /// deletion vectors and statistics have their checksums.
    case contents
  }
}

/// How far a check has come.
public struct TableCheckProgress: Hashable, Sendable {
  /// What is being looked at.
  public enum Step: Hashable, Sendable {
    /// Metadata files and manifest lists.
    case metadata
    /// Manifests.
    case manifests
    /// Data and delete files, and statistics.
    case files
    /// What is in them.
    case contents
  }

  /// What is being looked at.
  public var step: Step
  /// The number of files that are done.
  public var filesDone: Int
  /// The number of files altogether; nil where it is not known.
  public var filesTotal: Int?

  /// Progress of the given parts.
  public init(step: Step, filesDone: Int, filesTotal: Int? = nil) {
    self.step = step
    self.filesDone = filesDone
    self.filesTotal = filesTotal
  }
}
