extension SnapshotSummary {
  /// The names of summary properties that all implementations share.
  ///
  /// Spec: Appendix F, "Optional Snapshot Summary Fields".
  public enum Key {
    /// Data files added.
    public static let addedDataFiles = "added-data-files"
    /// Data files removed.
    public static let deletedDataFiles = "deleted-data-files"
    /// Live data files.
    public static let totalDataFiles = "total-data-files"
    /// Delete files and deletion vectors added.
    public static let addedDeleteFiles = "added-delete-files"
    /// Delete files and deletion vectors removed.
    public static let removedDeleteFiles = "removed-delete-files"
    /// Live delete files and deletion vectors.
    public static let totalDeleteFiles = "total-delete-files"
    /// Equality delete files added.
    public static let addedEqualityDeleteFiles = "added-equality-delete-files"
    /// Equality delete files removed.
    public static let removedEqualityDeleteFiles = "removed-equality-delete-files"
    /// Position delete files added.
    public static let addedPositionDeleteFiles = "added-position-delete-files"
    /// Position delete files removed.
    public static let removedPositionDeleteFiles = "removed-position-delete-files"
    /// Deletion vectors added.
    public static let addedDeletionVectors = "added-dvs"
    /// Deletion vectors removed.
    public static let removedDeletionVectors = "removed-dvs"
    /// Rows in added data files.
    public static let addedRecords = "added-records"
    /// Rows in removed data files.
    public static let deletedRecords = "deleted-records"
    /// Rows in live data files.
    public static let totalRecords = "total-records"
    /// Bytes of added files.
    public static let addedFilesSize = "added-files-size"
    /// Bytes of removed files.
    public static let removedFilesSize = "removed-files-size"
    /// Bytes of live files.
    public static let totalFilesSize = "total-files-size"
    /// Positions in added position delete files and deletion vectors.
    public static let addedPositionDeletes = "added-position-deletes"
    /// Positions in removed position delete files and deletion vectors.
    public static let removedPositionDeletes = "removed-position-deletes"
    /// Positions in live position delete files and deletion vectors.
    public static let totalPositionDeletes = "total-position-deletes"
    /// Rows in added equality delete files.
    public static let addedEqualityDeletes = "added-equality-deletes"
    /// Rows in removed equality delete files.
    public static let removedEqualityDeletes = "removed-equality-deletes"
    /// Rows in live equality delete files.
    public static let totalEqualityDeletes = "total-equality-deletes"
    /// Files that were to be removed more than once.
    public static let deletedDuplicateFiles = "deleted-duplicate-files"
    /// Partitions with added or removed files.
    public static let changedPartitionCount = "changed-partition-count"
    /// Precedes the path of a changed partition; the value tells what changed in it.
    public static let partitionPrefix = "partitions."
    /// `true` when the summary tells about each changed partition.
    public static let partitionSummariesIncluded = "partition-summaries-included"
    /// The id of a staged snapshot, for whoever publishes it.
    public static let stagedWAPID = "wap.id"
    /// The id under which a snapshot was staged before it was published.
    public static let publishedWAPID = "published-wap-id"
    /// The snapshot that a cherry-picked one repeats.
    public static let sourceSnapshotID = "source-snapshot-id"
    /// `true` when the added files replaced whole partitions.
    public static let replacePartitions = "replace-partitions"
    /// Manifests written.
    public static let manifestsCreated = "manifests-created"
    /// Manifests whose entries were written to others.
    public static let manifestsReplaced = "manifests-replaced"
    /// Manifests kept as they are.
    public static let manifestsKept = "manifests-kept"
    /// Manifest entries that were written again.
    public static let entriesProcessed = "entries-processed"
  }
}
