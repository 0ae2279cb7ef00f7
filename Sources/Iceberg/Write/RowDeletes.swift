public import IcebergModel

/// Rows of one data file that are to be deleted.
public struct RowDeletes: Sendable {
  /// The data file, with the deletes that it has already.
  public var task: FileScanTask
  /// The positions of the rows; some may be deleted already.
  public var positions: DeletionVector

  /// Rows of the file of a task.
  public init(of task: FileScanTask, at positions: DeletionVector) {
    self.task = task
    self.positions = positions
  }
}

/// Delete files that were written, and those that they take the place of.
///
/// Nothing refers to them until they are committed together.
public struct WrittenDeletes: Hashable, Sendable {
  /// The new delete files and deletion vectors.
  public var added: [DataFile]
  /// Delete files and vectors of the table all of whose deletes are in ``added`` too.
  public var removed: [DataFile]
  /// The number of rows that are deleted now and were not before.
  ///
  /// Of version 2 tables a row counts also when a delete file has it already that stays.
  public var rowCount: Int64

  /// Files of the given parts.
  public init(added: [DataFile] = [], removed: [DataFile] = [], rowCount: Int64 = 0) {
    self.added = added
    self.removed = removed
    self.rowCount = rowCount
  }
}
