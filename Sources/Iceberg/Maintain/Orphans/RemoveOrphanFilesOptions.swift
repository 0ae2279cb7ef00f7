/// How files that belong to no table are looked for and removed.
///
/// The options have the names of the procedure `remove_orphan_files` of other engines. Storage lists files
/// in the way that is best for it, so that there is nothing for `prefix_listing` to choose.
public struct RemoveOrphanFilesOptions: Sendable {
  /// Only files that were last changed before this time are removed, in milliseconds since 1970-01-01
  /// UTC; nil is ``defaultAge`` before now. Younger files may be of writers that have not committed yet.
  public var olderThanMillis: Int64?
  /// Whether files may be removed that are younger than ``leastAge``.
  public var shortInterval: ShortInterval
  /// The folder that is looked through; nil is that of the table.
  public var location: String?
  /// With true nothing is removed, and the report tells what would be.
  public var dryRun: Bool
  /// The number of requests to remove files at the same time.
  public var maxConcurrentDeletes: Int
  /// Schemes that mean the same storage, each with the one that stands for it; several may stand in one
  /// key with commas between them. `s3a` and `s3n` are always `s3`.
  public var equalSchemes: [String: String]
  /// Authorities (hosts, buckets) that mean the same storage, in the manner of ``equalSchemes``.
  public var equalAuthorities: [String: String]
  /// What happens with files that the table names with another scheme or authority.
  public var prefixMismatchMode: PrefixMismatchMode
  /// Files to consider in the place of those that a listing would find; nil lists the folder. Those
  /// that do not lie in the folder are passed over.
  public var fileList: [FileStatus]?
  /// Ids of tables that have left metadata in the folder and are known to be gone: theirs does not
  /// prevent a removal. Tables that the catalog still has do, whatever stands here.
  public var goneTableUUIDs: Set<String>
  /// How much is read of the other tables of the catalog.
  public var otherTables: OtherTables
  /// How many orphans the report names at the most; all of them are counted, and told to ``onOrphan``.
  public var reportedFileLimit: Int
  /// The bytes of memory for names of files, beyond which they are kept in temporary files.
  public var memoryLimit: Int
  /// The number of manifests and metadata files that are read, and of files looked at, at the same time.
  public var concurrency: Int
  /// Is told of each orphan before anything is removed, in the order of the locations.
  public var onOrphan: (@Sendable (OrphanFile) -> Void)?
  /// Is told how far the work has come, from any task.
  public var progress: (@Sendable (RemoveOrphanFilesProgress) -> Void)?

  /// Options of the usual values: everything in the table's folder that is older than three days.
  public init() {
    shortInterval = .refused
    dryRun = false
    maxConcurrentDeletes = 4
    equalSchemes = [:]
    equalAuthorities = [:]
    prefixMismatchMode = .error
    goneTableUUIDs = []
    otherTables = .places
    reportedFileLimit = 20_000
    memoryLimit = 64 << 20
    concurrency = 8
  }

  /// The age of files that are removed where none is given: three days.
  public static let defaultAge = Duration.seconds(3 * 24 * 60 * 60)
  /// The age below which files are removed only with ``ShortInterval/acceptedAsNothingWrites``: a day.
  public static let leastAge = Duration.seconds(24 * 60 * 60)

  /// Whether files younger than a day may be removed.
  public enum ShortInterval: Hashable, Sendable {
    /// They may not: a removal that asks for it is refused.
    case refused
    /// They may: the caller knows that nobody writes to the table now. What a writer has not committed
    /// yet would be lost, and its commit would break the table.
    case acceptedAsNothingWrites
  }

  /// What happens with a file whose path the table names with another scheme or authority: it may be the
  /// same file.
  public enum PrefixMismatchMode: String, Hashable, Sendable, CaseIterable {
    /// Nothing is removed; the error names the schemes and authorities.
    case error = "ERROR"
    /// The files stay.
    case ignore = "IGNORE"
    /// The files are orphans. For callers who know that the prefixes mean different storage.
    case delete = "DELETE"
  }

  /// How much is read of the other tables of the catalog, to be sure that nothing is theirs.
  public enum OtherTables: Hashable, Sendable {
    /// The folders that their metadata names: their location, and where they write data and metadata.
    case places
    /// Also every file that they lead to, wherever it lies: all their manifests are read.
    case files
  }
}

/// How far a removal of orphans has come.
public struct RemoveOrphanFilesProgress: Hashable, Sendable {
  /// What is being done.
  public enum Step: Hashable, Sendable {
    /// Other tables are looked for.
    case checkingPlace
    /// Files are listed.
    case listing
    /// The files that the table needs are read from its metadata.
    case reading
    /// Both are compared.
    case comparing
    /// Orphans are removed.
    case deleting
  }

  /// What is being done.
  public var step: Step
  /// The number of files that are done: listed, read, compared, or removed.
  public var filesDone: Int
  /// The number of files altogether; nil where it is not known.
  public var filesTotal: Int?

  /// Progress of the given parts.
  public init(step: Step, filesDone: Int, filesTotal: Int? = nil) {
    self.step = step
    self.filesDone = filesDone
    self.filesTotal = filesTotal
  }
}
