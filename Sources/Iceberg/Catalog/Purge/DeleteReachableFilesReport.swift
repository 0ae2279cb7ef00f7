/// What was deleted of a table that was given up, or would be.
public struct DeleteReachableFilesReport: Sendable {
  /// Whether nothing was deleted because that was asked for.
  public var isDryRun: Bool
  /// The files that were deleted; in a dry run, that would be.
  public var deleted = FileTotals()
  /// The same files, by the snapshots that added them, in the order of the metadata; last, with no id,
  /// those of snapshots that have expired, and those of none.
  public var snapshots: [SnapshotFiles] = []
  /// The files that were kept because other tables need them.
  public var kept = FileTotals()
  /// The other tables whose folders hold files of this one, or lie in or around its own.
  public var sharingTables: [TableIdentifier] = []
  /// The number of files that could not be deleted.
  public var failedCount = 0
  /// Why the first of them could not be deleted; nil when all could.
  public var firstFailure: IcebergError?

  /// The number of data files that were deleted.
  public var deletedDataFilesCount: Int { deleted[.data].count }
  /// The number of position delete files, and of files of deletion vectors, that were deleted.
  public var deletedPositionDeleteFilesCount: Int { deleted[.positionDeletes].count }
  /// The number of equality delete files that were deleted.
  public var deletedEqualityDeleteFilesCount: Int { deleted[.equalityDeletes].count }
  /// The number of manifests that were deleted.
  public var deletedManifestsCount: Int { deleted[.manifest].count }
  /// The number of manifest lists that were deleted.
  public var deletedManifestListsCount: Int { deleted[.manifestList].count }
  /// The number of statistics and metadata files, and of files that no metadata names, that were
  /// deleted.
  public var deletedOtherFilesCount: Int {
    deleted[.statistics].count + deleted[.metadata].count + deleted[.other].count
  }

  /// The files that a snapshot added.
  public struct SnapshotFiles: Hashable, Sendable {
    /// The id of the snapshot; nil for files of snapshots that have expired, and of none.
    public var id: Int64?
    /// When it was made, in milliseconds since 1970-01-01 UTC; nil without an id.
    public var timestampMillis: Int64?
    /// The operation that made it; nil when that is not recorded.
    public var operation: String?
    /// The files.
    public var files = FileTotals()
  }

  /// A report of nothing.
  public init(isDryRun: Bool) { self.isDryRun = isDryRun }
}
