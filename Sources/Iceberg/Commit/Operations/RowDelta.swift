public import IcebergModel

/// Rows that are added and deleted together: data files, and delete files or deletion vectors for
/// rows of files that stay.
///
/// Spec: Row-level Deletes.
public struct RowDelta: Hashable, Sendable {
  /// Data files to add.
  public var addedFiles: [DataFile]
  /// Delete files to add. From version 3 on, deletes by position are deletion vectors: files of
  /// format ``FileFormat/puffin`` that say which data file they are about and where the vector lies.
  public var addedDeletes: [DataFile]
  /// Data files to remove.
  public var removedFiles: [DataFile]
  /// Delete files or vectors to remove, such as those that an added vector takes the place of.
  public var removedDeletes: [DataFile]
  /// What is demanded of concurrent commits. Nil demands only that nobody has added a vector for a
  /// data file that has one here, since the version that the transaction started from.
  public var check: ConflictCheck?

  /// A row delta of the given parts.
  public init(
    addedFiles: [DataFile] = [], addedDeletes: [DataFile] = [], removedFiles: [DataFile] = [],
    removedDeletes: [DataFile] = [], check: ConflictCheck? = nil
  ) {
    self.addedFiles = addedFiles
    self.addedDeletes = addedDeletes
    self.removedFiles = removedFiles
    self.removedDeletes = removedDeletes
    self.check = check
  }
}
