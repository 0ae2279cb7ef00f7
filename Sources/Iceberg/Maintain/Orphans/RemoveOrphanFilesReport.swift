/// What a removal of orphans found and did, or would do.
public struct RemoveOrphanFilesReport: Sendable {
  /// The version of the table that was compared with.
  public var table: Table
  /// The folder that was looked through.
  public var location: String
  /// Whether nothing was removed because that was asked for.
  public var isDryRun: Bool
  /// Files changed at this time or later were left, in milliseconds since 1970-01-01 UTC.
  public var olderThanMillis: Int64
  /// The orphans, in the order of their paths: as many as the options say. The result column
  /// `orphan_file_location` of the procedure is their ``OrphanFile/location``.
  public var orphanFiles: [OrphanFile] = []
  /// All orphans, by what their names say they are.
  public var orphans = FileTotals()
  /// What was removed; nothing in a dry run.
  public var deleted = FileTotals()
  /// Orphans that could not be removed, at most a hundred of them, with the reason.
  public var failures: [Failure] = []
  /// The number of orphans that could not be removed.
  public var failureCount = 0
  /// Orphans that a commit has come to refer to since they were found, and that were left.
  public var rescuedFileCount = 0
  /// The number of files that were looked at.
  public var listedFileCount = 0
  /// The number of files that metadata names, in the folder or elsewhere; one that several manifests
  /// name counts for each.
  public var neededFileCount = 0
  /// The number of files that were left though the table's metadata does not name them, by the reason.
  public var leftFileCounts: [LeftReason: Int] = [:]

  /// A report of nothing.
  public init(table: Table, location: String, isDryRun: Bool, olderThanMillis: Int64) {
    self.table = table
    self.location = location
    self.isDryRun = isDryRun
    self.olderThanMillis = olderThanMillis
  }

  /// Why a file that no metadata names was left.
  public enum LeftReason: String, Hashable, Sendable, CaseIterable {
    /// It was changed too late: a writer that has not committed yet may need it.
    case young
    /// Its name, or that of a folder above it, begins with `.` or `_`.
    case hidden
    /// It is a lock, or notes a version.
    case reserved
    /// The table names its path with another scheme or authority.
    case prefixMismatch
  }

  /// An orphan that could not be removed.
  public struct Failure: Sendable {
    /// The location of the file.
    public var location: String
    /// What went wrong.
    public var error: any Error

    /// A failure of the given parts.
    public init(location: String, error: any Error) {
      self.location = location
      self.error = error
    }
  }
}

/// A file that no table needs.
public struct OrphanFile: Hashable, Sendable {
  /// The location, as it was listed.
  public var location: String
  /// What the file is by its name and its folder: nothing is read to find out.
  public var kind: FileKind
  /// The length in bytes; nil where it is not known.
  public var sizeInBytes: Int64?
  /// When the file was last changed, in milliseconds since 1970-01-01 UTC.
  public var modifiedMillis: Int64

  /// An orphan of the given parts.
  public init(location: String, kind: FileKind, sizeInBytes: Int64?, modifiedMillis: Int64) {
    self.location = location
    self.kind = kind
    self.sizeInBytes = sizeInBytes
    self.modifiedMillis = modifiedMillis
  }
}
