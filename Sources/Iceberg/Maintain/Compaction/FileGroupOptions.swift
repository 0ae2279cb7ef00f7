/// Which files are worth rewriting, how they are put together into groups, and how the groups are
/// worked off and committed.
///
/// Names and presets are those of the procedures of the reference implementation.
public struct FileGroupOptions: Hashable, Sendable {
  /// In which order groups are worked off.
  public enum JobOrder: String, Hashable, Sendable, CaseIterable {
    /// As they were found.
    case none
    /// Groups of few bytes first.
    case bytesAscending = "bytes-asc"
    /// Groups of many bytes first.
    case bytesDescending = "bytes-desc"
    /// Groups of few files first.
    case filesAscending = "files-asc"
    /// Groups of many files first.
    case filesDescending = "files-desc"
  }

  /// Groups are committed while others are still being written.
  public struct PartialProgress: Hashable, Sendable {
    /// The number of commits that the groups are spread over, at most.
    public var maxCommits: Int
    /// How many commits may fail before the whole call throws; nil is ``maxCommits``, so that it never
    /// does.
    public var maxFailedCommits: Int?

    /// Progress in so many commits.
    public init(maxCommits: Int = 10, maxFailedCommits: Int? = nil) {
      self.maxCommits = maxCommits
      self.maxFailedCommits = maxFailedCommits
    }
  }

  /// The size that new files should have, in bytes; nil is what the table's properties say.
  public var targetFileSize: Int64?
  /// Files below this size, in bytes, are rewritten; nil is 75 % of the target.
  public var minFileSize: Int64?
  /// Files above this size, in bytes, are rewritten; nil is 180 % of the target.
  public var maxFileSize: Int64?
  /// A group of so many files is rewritten although it is small.
  public var minInputFiles: Int
  /// Whether all files are rewritten, whatever they are like.
  public var rewritesAll: Bool
  /// The size of a group, in bytes, at most; a file that is larger is a group of its own.
  public var maxGroupSize: Int64
  /// The number of files of a group at most; nil is any number.
  public var maxGroupFiles: Int?
  /// How many groups are rewritten at the same time.
  public var concurrency: Int
  /// In which order groups are worked off.
  public var jobOrder: JobOrder
  /// Whether groups are committed while others are still being written; nil commits all of them
  /// together at the end, or none.
  public var partialProgress: PartialProgress?

  /// Options of the given values.
  ///
  /// Values that make no sense, or not together, are refused with `invalidArgument` when they are used.
  public init(
    targetFileSize: Int64? = nil, minFileSize: Int64? = nil, maxFileSize: Int64? = nil,
    minInputFiles: Int = 5, rewritesAll: Bool = false, maxGroupSize: Int64 = 100 << 30,
    maxGroupFiles: Int? = nil, concurrency: Int = 5, jobOrder: JobOrder = .none,
    partialProgress: PartialProgress? = nil
  ) {
    self.targetFileSize = targetFileSize
    self.minFileSize = minFileSize
    self.maxFileSize = maxFileSize
    self.minInputFiles = minInputFiles
    self.rewritesAll = rewritesAll
    self.maxGroupSize = maxGroupSize
    self.maxGroupFiles = maxGroupFiles
    self.concurrency = concurrency
    self.jobOrder = jobOrder
    self.partialProgress = partialProgress
  }
}
