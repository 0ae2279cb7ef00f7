public import IcebergModel

// Changes of data. Each becomes a snapshot of its branch, in their order.
//
// For all of them: `branch` is the branch to write to, one that does not exist is made from the main
// branch. `summary` is more to say about the snapshot, such as who made it and why.
extension Transaction {
  /// Adds data files to the table, in a new snapshot. No files change nothing.
  ///
  /// Manifests are merged as the properties `commit.manifest-merge.enabled`,
  /// `commit.manifest.min-count-to-merge` and `commit.manifest.target-size-bytes` say. Calls for one
  /// branch that follow one another make one snapshot.
  ///
  /// - Parameters:
  ///   - files: files that are written already, by ``Table`` or by others.
  ///   - branch: the branch to add them to. One that does not exist is made from the main branch.
  ///   - summary: more to say about the snapshot, such as who made it and why.
  public mutating func append(
    _ files: [DataFile], toBranch branch: String = SnapshotReference.main,
    summary: [String: String] = [:]
  ) {
    if files.isEmpty { return }
    let isJoined = amendLast { (change: inout FileOperation) in
      guard change.kind == .append, change.branch == branch else { return false }
      change.changes.addedFiles += files
      change.summary.merge(summary) { _, new in new }
      return true
    }
    if isJoined { return }
    add(
      FileOperation(
        kind: .append, branch: branch, summary: summary, changes: FileChanges(addedFiles: files)))
  }

  /// Adds data files to the table, in a new snapshot, without merging manifests: the quickest way,
  /// whatever the size of the table. No files change nothing.
  ///
  /// Calls for one branch that follow one another make one snapshot.
  public mutating func fastAppend(
    _ files: [DataFile], toBranch branch: String = SnapshotReference.main,
    summary: [String: String] = [:]
  ) {
    if files.isEmpty { return }
    let isJoined = amendLast { (change: inout FastAppend) in
      guard change.branch == branch else { return false }
      change.files += files
      change.summary.merge(summary) { _, new in new }
      return true
    }
    if isJoined { return }
    add(FastAppend(files: files, branch: branch, summary: summary))
  }

  /// Replaces the rows that satisfy a filter by those of the given files.
  ///
  /// Whole files are removed: all rows of a file must satisfy the filter, or none. The commit fails
  /// with `validationFailed` for a file of which that is not known.
  public mutating func overwrite(
    where filter: Filter, with files: [DataFile], check: ConflictCheck? = nil,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      FileOperation(
        kind: .overwrite, branch: branch, summary: summary,
        changes: FileChanges(addedFiles: files, rowFilter: filter), check: check))
  }

  /// Removes data files and adds others, whose rows may differ.
  ///
  /// - Parameters:
  ///   - removed: files to remove. With a check they must all be there.
  ///   - added: files to add.
  ///   - removedDeletes: delete files and vectors that nothing needs any more.
  ///   - check: what is demanded of concurrent commits; nil demands nothing.
  public mutating func overwrite(
    removing removed: [DataFile], adding added: [DataFile],
    removingDeletes removedDeletes: [DataFile] = [], check: ConflictCheck? = nil,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      FileOperation(
        kind: .overwrite, branch: branch, summary: summary,
        changes: FileChanges(
          addedFiles: added, removedFiles: removed, removedDeletes: removedDeletes), check: check))
  }

  /// What is done about files to be removed that are not there.
  public enum MissingFiles: Hashable, Sendable {
    /// The commit fails with `validationFailed`, naming them.
    case refused
    /// They are passed over.
    case ignored
  }

  /// Removes the data files at the given locations.
  public mutating func deleteFiles(
    at locations: [String], missing: MissingFiles = .refused,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      FileOperation(
        kind: .delete, branch: branch, summary: summary,
        changes: FileChanges(removedLocations: Set(locations.map { ExactText($0) })),
        refusesMissingFiles: missing == .refused))
  }

  /// Removes data files of which more than the location is known: fewer manifests have to be read.
  public mutating func deleteFiles(
    _ files: [DataFile], missing: MissingFiles = .refused,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      FileOperation(
        kind: .delete, branch: branch, summary: summary,
        changes: FileChanges(removedFiles: files), refusesMissingFiles: missing == .refused))
  }

  /// Removes the files all rows of which satisfy a filter.
  ///
  /// The commit fails with `validationFailed` when a file may have such rows and others as well.
  public mutating func deleteFiles(
    where filter: Filter, toBranch branch: String = SnapshotReference.main,
    summary: [String: String] = [:]
  ) {
    add(
      FileOperation(
        kind: .delete, branch: branch, summary: summary, changes: FileChanges(rowFilter: filter)))
  }

  /// Replaces the partitions that the given files belong to: all other files of theirs are removed. In
  /// a table without partitions everything is replaced.
  public mutating func replacePartitions(
    with files: [DataFile], check: ConflictCheck? = nil,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      FileOperation(
        kind: .replacePartitions, branch: branch, summary: summary,
        changes: FileChanges(
          addedFiles: files, droppedPartitions: Set(files.map { PartitionKey($0) })), check: check))
  }

  /// Adds and deletes rows together.
  public mutating func rowDelta(
    _ delta: RowDelta, toBranch branch: String = SnapshotReference.main,
    summary: [String: String] = [:]
  ) {
    add(
      FileOperation(
        kind: .rowDelta, branch: branch, summary: summary,
        changes: FileChanges(
          addedFiles: delta.addedFiles, addedDeletes: delta.addedDeletes,
          removedFiles: delta.removedFiles, removedDeletes: delta.removedDeletes),
        check: delta.check ?? ConflictCheck(startingSnapshotID: startingSnapshotID(of: branch))))
  }

  /// Puts files in the place of others with the same rows.
  public mutating func rewriteFiles(
    _ rewrite: RewriteFiles, toBranch branch: String = SnapshotReference.main,
    summary: [String: String] = [:]
  ) {
    add(
      FileOperation(
        kind: .rewrite, branch: branch, summary: summary,
        changes: FileChanges(
          addedFiles: rewrite.added, addedDeletes: rewrite.addedDeletes + rewrite.carriedDeletes,
          removedFiles: rewrite.removed, removedDeletes: rewrite.removedDeletes,
          carriesDeletes: !rewrite.carriedDeletes.isEmpty,
          dataSequenceNumber: rewrite.dataSequenceNumber,
          deleteSequenceNumbers: rewrite.deleteSequenceNumbers),
        check: ConflictCheck(
          startingSnapshotID: rewrite.startingSnapshotID ?? startingSnapshotID(of: branch))))
  }

  /// The last snapshot of a branch in the version that the transaction started from.
  private func startingSnapshotID(of branch: String) -> Int64? {
    base.references[branch]?.snapshotID ?? base.currentSnapshotID
  }
}
