public import IcebergModel

/// Files that take the place of others with the same rows: for compaction, sorting, or another file
/// format.
public struct RewriteFiles: Hashable, Sendable {
  /// Data files to remove. All of them must be there.
  public var removed: [DataFile]
  /// Data files to add. They may have fewer rows than the removed ones, by those that were deleted.
  public var added: [DataFile]
  /// Delete files or vectors to remove. All of them must be there.
  public var removedDeletes: [DataFile]
  /// Delete files or vectors to add.
  public var addedDeletes: [DataFile]
  /// Deletes of the added data files, in place of some that others committed of the removed ones.
  var carriedDeletes: [DataFile] = []
  /// The data sequence number of the added data files: that of the snapshot that the rewrite was
  /// prepared on, so that equality deletes which others commit meanwhile apply to them. Nil is that
  /// of the new snapshot.
  public var dataSequenceNumber: Int64?
  /// The data sequence numbers of added delete files by location, where they differ from that of the
  /// new snapshot.
  public var deleteSequenceNumbers: [String: Int64]
  /// The snapshot that the rewrite was prepared on: deletes of removed files that others committed
  /// after it make the rewrite fail. Nil is the last one of the branch in the version that the
  /// transaction started from.
  public var startingSnapshotID: Int64?

  /// A rewrite of the given parts.
  public init(
    removed: [DataFile] = [], added: [DataFile] = [], removedDeletes: [DataFile] = [],
    addedDeletes: [DataFile] = [], dataSequenceNumber: Int64? = nil,
    deleteSequenceNumbers: [String: Int64] = [:], startingSnapshotID: Int64? = nil
  ) {
    self.removed = removed
    self.added = added
    self.removedDeletes = removedDeletes
    self.addedDeletes = addedDeletes
    self.dataSequenceNumber = dataSequenceNumber
    self.deleteSequenceNumbers = deleteSequenceNumbers
    self.startingSnapshotID = startingSnapshotID
  }
}

extension RewriteFiles {
  /// Whether equality deletes that others commit apply to the new files as they do to the old ones: these
  /// have the same number, and the same partitions.
  var leavesEqualityDeletes: Bool {
    dataSequenceNumber != nil && Set((removed + added).lazy.map(\.specID)).count == 1
  }
}
