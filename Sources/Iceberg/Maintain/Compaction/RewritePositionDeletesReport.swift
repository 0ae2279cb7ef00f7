internal import IcebergModel

/// What a rewrite of position delete files did, or would do.
public struct RewritePositionDeletesReport: Sendable {
  /// The table after the rewrite; the one before it when nothing was committed.
  public var table: Table
  /// Whether the rewrite was only worked out: then nothing was written.
  public var isDryRun: Bool
  /// The groups, in the order in which they were worked off.
  public var groups: [FileGroupReport]
  /// The snapshots that were committed, oldest first.
  public var snapshotIDs: [Int64] = []

  init(table: Table, isDryRun: Bool, groups: [FileGroupReport] = []) {
    self.table = table
    self.isDryRun = isDryRun
    self.groups = groups
  }

  /// The number of delete files that were replaced; in a dry run, that would be.
  public var rewrittenDeleteFilesCount: Int { counted.reduce(0) { $0 + $1.fileCount } }

  /// The number of delete files and vectors that were added; in a dry run, that are expected.
  public var addedDeleteFilesCount: Int {
    counted.reduce(0) { $0 + (isDryRun ? $1.expectedFileCount : $1.addedFiles.count) }
  }

  /// The size of the delete files that were replaced, in bytes; in a dry run, that would be.
  public var rewrittenBytesCount: Int64 { counted.reduce(0) { $0 + $1.byteCount } }

  /// The size of the delete files and vectors that were added, in bytes.
  public var addedBytesCount: Int64 {
    counted.reduce(0) { $0 + $1.addedFiles.reduce(0) { $0 + $1.contentLength } }
  }

  /// The number of delete files of groups that were not written or not committed.
  public var failedDeleteFilesCount: Int {
    groups.reduce(0) { $0 + ($1.error == nil ? 0 : $1.fileCount) }
  }

  private var counted: [FileGroupReport] { isDryRun ? groups : groups.filter(\.isCommitted) }
}
