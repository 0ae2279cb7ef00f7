public import IcebergModel

/// How the position delete files of a table are compacted.
public struct RewritePositionDeletesOptions: Sendable {
  /// Only delete files are rewritten whose partition may have rows which satisfy this.
  public var filter: Filter
  /// The branch whose delete files are rewritten.
  public var branch: String
  /// Which files are chosen, how they are grouped, and how groups are committed. The target size is that
  /// of delete files, `write.delete.target-file-size-bytes`.
  public var groups: FileGroupOptions
  /// What the delete files to choose from, and the data files that they are about, may take of memory, in
  /// bytes, some 850 each: where there are more, the rewrite is refused.
  public var planningMemoryLimit: Int
  /// How files are found and read.
  public var scan: ScanOptions
  /// More to say about the snapshots, such as who made them and why.
  public var summary: [String: String]
  /// Is told how far the rewrite has come, from any task.
  public var progress: (@Sendable (RewriteProgress) -> Void)?

  /// Options of the given values; the others have their presets.
  public init(
    where filter: Filter = .all, branch: String = SnapshotReference.main,
    groups: FileGroupOptions = FileGroupOptions()
  ) {
    self.filter = filter
    self.branch = branch
    self.groups = groups
    planningMemoryLimit = 1 << 30
    scan = ScanOptions()
    summary = [:]
    progress = nil
  }

  /// Options by their names in the reference implementation, such as `min-input-files` or
  /// `partial-progress.enabled`.
  ///
  /// Throws `invalidArgument`, naming the option, for one that there is not and for a value that makes
  /// no sense.
  public init(
    parsing options: [String: String], where filter: Filter = .all,
    branch: String = SnapshotReference.main
  ) throws(IcebergError) {
    var reader = RewriteOptionReader(options)
    self.init(where: filter, branch: branch, groups: try FileGroupOptions(&reader))
    try reader.finish("rewrite_position_delete_files")
  }
}
