public import IcebergModel

/// What a change of rows did, or would do.
public struct RowChangeReport: Sendable {
  /// The table after the change; the one before it when nothing was committed.
  public var table: Table
  /// The snapshot that was committed; nil when there was nothing to do, and for a dry run.
  public var snapshotID: Int64?
  /// Whether the change was only worked out: then nothing was written, and what would be written is not
  /// among the files.
  public var isDryRun: Bool
  /// How rows were deleted.
  public var mode: TableProperties.RowLevelMode
  /// The number of rows that were deleted.
  ///
  /// Of files that were removed without being read, rows that equality deletes had deleted already count
  /// too.
  public var deletedRowCount: Int64 = 0
  /// The number of rows that were added.
  public var addedRowCount: Int64 = 0
  /// Data files that lost all their rows.
  public var removedFiles: [DataFile] = []
  /// Data files that lost some of their rows, and were written anew.
  public var rewrittenFiles: [DataFile] = []
  /// Data files that lost some of their rows to delete files.
  public var filesWithDeletes: [DataFile] = []
  /// Data files that were written: with rows that stay, and with new ones.
  public var addedFiles: [DataFile] = []
  /// Delete files and deletion vectors that were written.
  public var addedDeletes: [DataFile] = []
  /// Delete files and deletion vectors that others took the place of.
  public var removedDeletes: [DataFile] = []

  /// Whether the table was, or would be, left as it is.
  public var isEmpty: Bool {
    removedFiles.isEmpty && rewrittenFiles.isEmpty && filesWithDeletes.isEmpty
      && addedFiles.isEmpty && addedRowCount == 0
  }

  init(_ table: Table, mode: TableProperties.RowLevelMode, isDryRun: Bool) {
    self.table = table
    self.mode = mode
    self.isDryRun = isDryRun
  }
}
