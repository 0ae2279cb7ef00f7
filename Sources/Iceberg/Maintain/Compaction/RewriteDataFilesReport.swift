public import IcebergModel

/// What a rewrite of data files did, or would do.
public struct RewriteDataFilesReport: Sendable {
  /// The table after the rewrite; the one before it when nothing was committed.
  public var table: Table
  /// Whether the rewrite was only worked out: then nothing was written.
  public var isDryRun: Bool
  /// The groups, in the order in which they were worked off.
  public var groups: [FileGroupReport]
  /// The snapshots that were committed, oldest first.
  public var snapshotIDs: [Int64] = []
  /// The delete files that were removed in the end because they apply to nothing any more.
  public var danglingDeletes: [DataFile] = []

  init(table: Table, isDryRun: Bool, groups: [FileGroupReport] = []) {
    self.table = table
    self.isDryRun = isDryRun
    self.groups = groups
  }

  /// The number of data files that were replaced; in a dry run, that would be.
  public var rewrittenDataFilesCount: Int { counted.reduce(0) { $0 + $1.fileCount } }

  /// The number of data files that were added; in a dry run, that are expected.
  public var addedDataFilesCount: Int {
    counted.reduce(0) { $0 + (isDryRun ? $1.expectedFileCount : $1.addedFiles.count) }
  }

  /// The size of the data files that were replaced, in bytes; in a dry run, that would be.
  public var rewrittenBytesCount: Int64 { counted.reduce(0) { $0 + $1.byteCount } }

  /// The number of data files of groups that were not written or not committed.
  public var failedDataFilesCount: Int {
    groups.reduce(0) { $0 + ($1.error == nil ? 0 : $1.fileCount) }
  }

  /// The number of delete files and vectors that were removed; in a dry run, the vectors that would be.
  public var removedDeleteFilesCount: Int {
    counted.reduce(0) { $0 + $1.removedDeletes.count } + danglingDeletes.count
  }

  private var counted: [FileGroupReport] { isDryRun ? groups : groups.filter(\.isCommitted) }
}
