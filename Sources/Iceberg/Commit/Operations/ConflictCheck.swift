public import IcebergModel

/// What a change demands of the snapshots that others committed since it was prepared.
///
/// ```swift
/// var check = ConflictCheck(
///   startingSnapshotID: table.metadata.currentSnapshotID, filter: col("id") < 10,
///   isolation: .serializable)
/// ```
///
/// The snapshots between the starting one and the current one of the same branch are looked at. When
/// they cannot be told, because some were expired, the check fails. What is found fails the commit
/// with `validationFailed`; its message names both operations, the snapshots and the files.
public struct ConflictCheck: Hashable, Sendable {
  /// The snapshot that the change was prepared on; nil looks at all snapshots of the branch.
  public var startingSnapshotID: Int64?
  /// The rows that the change has read: files of others matter when they may have such rows. Nil is
  /// what the operation itself says: the filter of an overwrite, or else all rows.
  public var filter: Filter?
  /// Whether the names of columns in the filter must be written as in the schema.
  public var isCaseSensitive = true
  /// Whether data files that others added are conflicts.
  public var validatesNewData: Bool
  /// Whether delete files that others added, and data files that they removed, are conflicts.
  public var validatesNewDeletes: Bool
  /// Data files that must still be there, such as those that added position deletes are about.
  public var requiredDataFiles: [String]
  /// Whether every file to be removed must be found, and required files must not have been removed by
  /// a plain delete either. Row deltas only: others find that from the rest.
  public var validatesRemovedFiles: Bool
  /// Whether all rows of the files that an overwrite adds must satisfy its filter.
  public var validatesAddedFiles = false
  /// Whether a replacement of partitions must not replace anything: it fails when one of its
  /// partitions has files.
  public var validatesEmptyPartitions = false

  /// A check of the given parts.
  public init(
    startingSnapshotID: Int64? = nil, filter: Filter? = nil, validatesNewData: Bool = false,
    validatesNewDeletes: Bool = false, requiredDataFiles: [String] = [],
    validatesRemovedFiles: Bool = false
  ) {
    self.startingSnapshotID = startingSnapshotID
    self.filter = filter
    self.validatesNewData = validatesNewData
    self.validatesNewDeletes = validatesNewDeletes
    self.requiredDataFiles = requiredDataFiles
    self.validatesRemovedFiles = validatesRemovedFiles
  }

  /// The check of an operation that rewrites whole files, or replaces partitions, at an isolation
  /// level.
  ///
  /// At either level nothing that was deleted comes back. At ``TableProperties/IsolationLevel/serializable``
  /// nobody has added rows that the operation should have seen either.
  public init(
    startingSnapshotID: Int64?, filter: Filter? = nil, isolation: TableProperties.IsolationLevel
  ) {
    self.init(
      startingSnapshotID: startingSnapshotID, filter: filter,
      validatesNewData: isolation == .serializable, validatesNewDeletes: true)
  }

  /// What rows are changed for, by delete files or deletion vectors.
  public enum RowCommand: Hashable, Sendable {
    /// Rows are deleted.
    case delete
    /// Rows are deleted and written again with other values, or merged with others.
    case update
  }

  /// The check of an operation that adds position deletes or deletion vectors, at an isolation level.
  ///
  /// - Parameters:
  ///   - referencedDataFiles: the data files that the deletes are about.
  ///   - command: a delete does not mind other deletes of the same rows, an update does.
  public init(
    startingSnapshotID: Int64?, filter: Filter? = nil, isolation: TableProperties.IsolationLevel,
    referencedDataFiles: [String], command: RowCommand
  ) {
    self.init(
      startingSnapshotID: startingSnapshotID, filter: filter,
      validatesNewData: isolation == .serializable, validatesNewDeletes: command == .update,
      requiredDataFiles: referencedDataFiles, validatesRemovedFiles: command == .update)
  }
}
