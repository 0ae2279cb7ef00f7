public import IcebergModel

/// How the data files of a table are compacted.
public struct RewriteDataFilesOptions: Sendable {
  /// What is done with the rows of a group.
  public enum Strategy: Hashable, Sendable {
    /// Rows are copied as they come; where the table has a sort order, each new file is sorted for
    /// itself.
    case binPack
    /// All rows of a group are sorted together, so that its new files follow each other: by the given
    /// keys, or by the sort order of the table where they are nil.
    case sort([SortTerm]?)
  }

  /// What is done with the rows of a group.
  public var strategy: Strategy
  /// Only files are rewritten that may have rows which satisfy this; of those, all rows are.
  public var filter: Filter
  /// The branch whose files are rewritten.
  public var branch: String
  /// Which files are chosen, how they are grouped, and how groups are committed.
  public var groups: FileGroupOptions
  /// A file to which so many delete files apply is rewritten, whatever its size; nil is no number.
  public var deleteFileThreshold: Int?
  /// A file of which this share of rows is deleted is rewritten, whatever its size: above 0 and up to 1.
  /// Only deletes that are about one data file count.
  public var deleteRatioThreshold: Double
  /// The id of the partition spec that new files are divided by; nil is the default one of the table.
  public var outputSpecID: Int?
  /// Whether delete files that apply to nothing any more are removed in the end, in a commit of their
  /// own.
  public var removesDanglingDeletes: Bool
  /// How many files are rewritten at most; nil is any number.
  public var maxFilesToRewrite: Int?
  /// Whether new files have the sequence number of the snapshot that the rewrite started from, so that
  /// equality deletes which others commit meanwhile apply to them; else that of the commit.
  public var usesStartingSequenceNumber: Bool
  /// By what the size of a group is multiplied to tell how large its sorted rows will be. Sorting only.
  public var compressionFactor: Double
  /// In how many parts the memory for sorting is divided: rows are sorted in runs that are so much
  /// smaller. Sorting only.
  public var shufflePartitionsPerFile: Int
  /// What the files to choose from may take of memory, in bytes, some 850 each: where there are more,
  /// the rewrite is refused, unless ``maxFilesToRewrite`` are found before.
  public var planningMemoryLimit: Int
  /// What rows that are being sorted may take of memory, in bytes, all groups together; what is beyond
  /// it waits in temporary files.
  public var sortMemoryLimit: Int
  /// What rows that wait in open new files may take of memory, in bytes, all groups together: where a
  /// group is divided into partitions, the largest of its files is closed early when they take more. A
  /// row group of one file for each group that is rewritten at the same time is always held.
  public var writeMemoryLimit: Int
  /// The local folder for temporary files; nil is what the environment variable `TMPDIR` says, or
  /// `/tmp`.
  public var temporaryFolder: String?
  /// How files are found and read. Its ``ScanOptions/deleteMemoryLimit`` is that of all groups
  /// together.
  public var scan: ScanOptions
  /// More to say about the snapshots, such as who made them and why.
  public var summary: [String: String]
  /// Is told how far the rewrite has come, from any task.
  public var progress: (@Sendable (RewriteProgress) -> Void)?

  /// Options of the given values; the others have their presets.
  public init(
    strategy: Strategy = .binPack, where filter: Filter = .all,
    branch: String = SnapshotReference.main, groups: FileGroupOptions = FileGroupOptions()
  ) {
    self.strategy = strategy
    self.filter = filter
    self.branch = branch
    self.groups = groups
    deleteFileThreshold = nil
    deleteRatioThreshold = 0.3
    outputSpecID = nil
    removesDanglingDeletes = false
    maxFilesToRewrite = nil
    usesStartingSequenceNumber = true
    compressionFactor = 1
    shufflePartitionsPerFile = 1
    planningMemoryLimit = 1 << 30
    sortMemoryLimit = 1 << 30
    writeMemoryLimit = 1 << 30
    temporaryFolder = nil
    scan = ScanOptions(readConcurrency: 2)
    summary = [:]
    progress = nil
  }

  /// The options of reading and writing of each of so many groups that are rewritten at the same time.
  package func shares(among width: Int) -> (scan: ScanOptions, write: WriteOptions) {
    var scan = scan
    scan.deleteMemoryLimit = max(1, scan.deleteMemoryLimit / max(1, width))
    return (scan, WriteOptions(sorting: .asGiven, memoryLimit: writeMemoryLimit / max(1, width)))
  }

  /// Options by their names in the reference implementation, such as `min-input-files` or
  /// `partial-progress.enabled`.
  ///
  /// Throws `invalidArgument`, naming the option, for one that the strategy does not have and for a
  /// value that makes no sense.
  public init(
    parsing options: [String: String], strategy: Strategy = .binPack, where filter: Filter = .all,
    branch: String = SnapshotReference.main
  ) throws(IcebergError) {
    var reader = RewriteOptionReader(options)
    self.init(
      strategy: strategy, where: filter, branch: branch, groups: try FileGroupOptions(&reader))
    deleteFileThreshold = try reader.count("delete-file-threshold", from: 0)
    deleteRatioThreshold = try reader.positive("delete-ratio-threshold", upTo: 1) ?? 0.3
    outputSpecID = try reader.count("output-spec-id", from: 0)
    removesDanglingDeletes = try reader.flag("remove-dangling-deletes") ?? false
    maxFilesToRewrite = try reader.count("max-files-to-rewrite", from: 1)
    usesStartingSequenceNumber = try reader.flag("use-starting-sequence-number") ?? true
    switch strategy {
    case .binPack: try reader.finish("rewrite_data_files with the strategy binpack")
    case .sort:
      compressionFactor = try reader.positive("compression-factor") ?? 1
      shufflePartitionsPerFile = try reader.count("shuffle-partitions-per-file", from: 1) ?? 1
      try reader.finish("rewrite_data_files with the strategy sort")
    }
  }
}
