/// What was deleted of a table that was given up, or would be.
public struct DeleteReachableFilesReport: Sendable {
  /// Whether nothing was deleted because that was asked for.
  public var isDryRun: Bool
  /// The files that were deleted; in a dry run, that would be.
  public var deleted = FileTotals()
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

  /// A report of nothing.
  public init(isDryRun: Bool) { self.isDryRun = isDryRun }
}
