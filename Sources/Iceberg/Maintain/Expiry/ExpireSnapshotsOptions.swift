/// How snapshots are expired.
public struct ExpireSnapshotsOptions: Sendable {
  /// Snapshots made before this time expire, in milliseconds since 1970-01-01 UTC; nil is what the
  /// table's property `history.expire.max-snapshot-age-ms` says, five days ago by default.
  public var olderThanMillis: Int64?
  /// The number of snapshots of every branch that are kept however old they are; nil is what the table's
  /// property `history.expire.min-snapshots-to-keep` says, 1 by default.
  public var retainLast: Int?
  /// Snapshots that expire whatever their age.
  public var snapshotIDs: Set<Int64>
  /// What is done about schemas and partition specs that no snapshot uses any more.
  public var unusedLayouts: UnusedLayouts
  /// Which files are removed.
  public var cleanup: Cleanup
  /// Which files of the remaining table are looked for before any file is removed.
  public var presenceCheck: PresenceScope
  /// How much is read of the other tables of the catalog, to keep the files that they need.
  public var otherTables: DeleteReachableFilesOptions.OtherTables
  /// The number of requests to remove files at the same time.
  public var maxConcurrentDeletes: Int
  /// The number of manifest lists and manifests that are read at a time.
  public var concurrency: Int
  /// The bytes of memory for names of files, beyond which they are kept in temporary files.
  public var memoryLimit: Int
  /// How often a lost race is run again; nil is what the table's properties `commit.retry.*` say.
  public var retry: RetryPolicy?
  /// The clock and the random numbers.
  public var environment: CommitEnvironment
  /// Is told of every file that is removed, or would be, once it is known: one call at a time.
  public var onFile: (@Sendable (ExpiredFile) -> Void)?
  /// Is told how far the work has come, from any task.
  public var progress: (@Sendable (ExpireSnapshotsProgress) -> Void)?

  /// Options of the given values.
  public init(
    olderThanMillis: Int64? = nil, retainLast: Int? = nil, snapshotIDs: Set<Int64> = [],
    unusedLayouts: UnusedLayouts = .kept, cleanup: Cleanup = .all,
    presenceCheck: PresenceScope = .allFiles,
    otherTables: DeleteReachableFilesOptions.OtherTables = .places, maxConcurrentDeletes: Int = 4,
    concurrency: Int = 8, memoryLimit: Int = 64 << 20, retry: RetryPolicy? = nil,
    environment: CommitEnvironment = .system,
    onFile: (@Sendable (ExpiredFile) -> Void)? = nil,
    progress: (@Sendable (ExpireSnapshotsProgress) -> Void)? = nil
  ) {
    self.olderThanMillis = olderThanMillis
    self.retainLast = retainLast
    self.snapshotIDs = snapshotIDs
    self.unusedLayouts = unusedLayouts
    self.cleanup = cleanup
    self.presenceCheck = presenceCheck
    self.otherTables = otherTables
    self.maxConcurrentDeletes = max(1, maxConcurrentDeletes)
    self.concurrency = max(1, concurrency)
    self.memoryLimit = memoryLimit
    self.retry = retry
    self.environment = environment
    self.onFile = onFile
    self.progress = progress
  }

  /// Which files are removed with snapshots.
  public enum Cleanup: Hashable, Sendable {
    /// None: then nothing is asked of other tables either.
    case none
    /// Manifest lists, manifests and statistics.
    case metadataOnly
    /// Data and delete files too.
    case all
  }

  /// What is done about schemas and partition specs that no snapshot uses any more.
  public enum UnusedLayouts: Hashable, Sendable {
    /// They stay in the metadata.
    case kept
    /// They are removed from it (`clean_expired_metadata`).
    case removed
  }

  /// Which files of the remaining table are looked for before any file is removed.
  public enum PresenceScope: Hashable, Sendable {
    /// Manifest lists and manifests, which are read in any case.
    case manifests
    /// All that its snapshots need: storage is asked for each data and delete file, and for
    /// statistics, too.
    case allFiles
  }
}

/// A file that was removed with expired snapshots, or would be.
public struct ExpiredFile: Hashable, Sendable {
  /// The location, as metadata has it.
  public var location: String
  /// What the file was for.
  public var kind: FileKind
  /// The length in bytes; nil when it is not recorded.
  public var sizeInBytes: Int64?
  /// The newest of the expired snapshots that needed the file.
  public var snapshotID: Int64
}

/// How far the expiry of snapshots has come.
public struct ExpireSnapshotsProgress: Hashable, Sendable {
  /// What is being done.
  public enum Step: Hashable, Sendable {
    /// Manifest lists and manifests are read, to find out which files nothing needs any more.
    case finding
    /// Files of the remaining table are looked for.
    case checking
    /// The snapshots are removed from the table.
    case committing
    /// Files are removed.
    case deleting
  }

  /// What is being done.
  public var step: Step
  /// The number of files that are done in this step.
  public var filesDone: Int
  /// The number of files of this step altogether; nil where it is not known.
  public var filesTotal: Int?
}
