public import IcebergModel

/// What an expiry of snapshots did, or would do.
public struct ExpireSnapshotsReport: Sendable {
  /// The table after the expiry; the one before it when nothing expired, and for a dry run.
  public var table: Table
  /// Whether the expiry was only worked out.
  public var isDryRun: Bool
  /// Which snapshots and references expired, and why each of the others did not.
  public var retention: SnapshotRetention
  /// The snapshots that expired, in the order of the metadata, with the files that only they, and
  /// earlier ones of them, needed.
  public var snapshots: [ExpiredSnapshot] = []
  /// The schemas that were removed from the metadata.
  public var removedSchemaIDs: [Int] = []
  /// The partition specs that were removed from the metadata.
  public var removedSpecIDs: [Int] = []
  /// The files that were removed; in a dry run, that would be.
  public var deleted = FileTotals()
  /// The files that were kept because others need them: tables of the catalog, or what the other metadata
  /// in the table's metadata folder is of. Once nobody does, the removal of orphan files finds them.
  public var kept = FileTotals()
  /// The other tables of the catalog whose folders hold files that were to be removed, or lie in or around
  /// those of this one: what they need was kept.
  public var sharingTables: [TableIdentifier] = []
  /// Metadata files in the table's metadata folder that are none of its versions, the newest of each
  /// history: what they need was kept.
  public var foreignMetadata: [String] = []
  /// The number of files that could not be removed: nothing refers to them any more, and the removal of
  /// orphan files finds them.
  public var failedCount = 0
  /// Why the first of them could not be removed; nil when all could.
  public var firstFailure: IcebergError?

  /// The number of data files that were removed.
  public var deletedDataFilesCount: Int { deleted[.data].count }
  /// The number of position delete files, and of files of deletion vectors, that were removed.
  public var deletedPositionDeleteFilesCount: Int { deleted[.positionDeletes].count }
  /// The number of equality delete files that were removed.
  public var deletedEqualityDeleteFilesCount: Int { deleted[.equalityDeletes].count }
  /// The number of manifests that were removed.
  public var deletedManifestFilesCount: Int { deleted[.manifest].count }
  /// The number of manifest lists that were removed.
  public var deletedManifestListsCount: Int { deleted[.manifestList].count }
  /// The number of statistics files that were removed.
  public var deletedStatisticsFilesCount: Int { deleted[.statistics].count }

  /// A snapshot that expired.
  public struct ExpiredSnapshot: Hashable, Sendable {
    /// The id of the snapshot.
    public var id: Int64
    /// When it was made, in milliseconds since 1970-01-01 UTC.
    public var timestampMillis: Int64
    /// The operation that made it; nil when that is not recorded.
    public var operation: String?
    /// The files of which it was the newest of the expired snapshots to need them.
    public var files = FileTotals()
  }

  init(_ table: Table, _ retention: SnapshotRetention, isDryRun: Bool) {
    self.table = table
    self.retention = retention
    self.isDryRun = isDryRun
  }
}
