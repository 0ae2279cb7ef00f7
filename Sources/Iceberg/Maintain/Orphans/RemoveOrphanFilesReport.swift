/// What a removal of orphans found and did, or would do.
public struct RemoveOrphanFilesReport: Sendable {
  /// The newest version of the table that was compared with.
  public var table: Table
  /// The folder that was looked through.
  public var location: String
  /// Whether nothing was removed because that was asked for.
  public var isDryRun: Bool
  /// Files changed at this time or later were left, in milliseconds since 1970-01-01 UTC.
  public var olderThanMillis: Int64
  /// The orphans, in the order of their locations: as many as the options say. The result column
  /// `orphan_file_location` of the procedure is their ``OrphanFile/location``.
  public var orphanFiles: [OrphanFile] = []
  /// The number of orphans by what their names say they are, and their bytes.
  public var orphansByKind: [OrphanFile.Kind: FileTotal] = [:]
  /// What was removed; nothing in a dry run.
  public var deleted = FileTotal()
  /// Orphans that could not be removed, at most a hundred of them, with the reason.
  public var failures: [Failure] = []
  /// The number of orphans that could not be removed.
  public var failureCount = 0
  /// Orphans that a commit has come to refer to since they were found, and that were left.
  public var rescuedFileCount = 0
  /// The files that were looked at.
  public var listed = FileTotal()
  /// The number of files that the table needs, in the folder or elsewhere.
  public var neededFileCount = 0
  /// Files that were left though no metadata names them, by the reason.
  public var leftFiles: [LeftReason: FileTotal] = [:]

  /// An empty report.
  public init(table: Table, location: String, isDryRun: Bool, olderThanMillis: Int64) {
    self.table = table
    self.location = location
    self.isDryRun = isDryRun
    self.olderThanMillis = olderThanMillis
  }

  /// All orphans.
  public var orphans: FileTotal {
    orphansByKind.values.reduce(into: FileTotal()) {
      $0.count += $1.count
      $0.sizeInBytes += $1.sizeInBytes
    }
  }

  /// A number of files, and their length.
  public struct FileTotal: Hashable, Sendable {
    /// The number of files.
    public var count = 0
    /// Their length in bytes, altogether.
    public var sizeInBytes: Int64 = 0

    /// No files.
    public init() {}

    mutating func add(_ size: Int64) {
      count += 1
      sizeInBytes = sizeInBytes.addingReportingOverflow(max(0, size)).partialValue
    }
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
    /// A version of the table's metadata that is newer than the current one, or what it names.
    case newerVersion
    /// A version of the table's metadata that others which stay are counted from.
    case versionInSequence
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
  /// What a file is by its name and its folder; nothing is read to find out.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A version of a table's metadata.
    case metadata
    /// A manifest list.
    case manifestList = "manifest-list"
    /// A manifest.
    case manifest
    /// Statistics, or deletion vectors.
    case puffin
    /// Rows or deletes: a file of a data format.
    case data
    /// What an interrupted write has left.
    case temporary
    /// Something else.
    case other
  }

  /// The location, as it was listed.
  public var location: String
  /// What the file is.
  public var kind: Kind
  /// The length in bytes.
  public var sizeInBytes: Int64
  /// When the file was last changed, in milliseconds since 1970-01-01 UTC.
  public var modifiedMillis: Int64

  /// An orphan of the given parts.
  public init(location: String, kind: Kind, sizeInBytes: Int64, modifiedMillis: Int64) {
    self.location = location
    self.kind = kind
    self.sizeInBytes = sizeInBytes
    self.modifiedMillis = modifiedMillis
  }
}

extension OrphanFile.Kind {
  /// What the file at a location is, by its name and its folder.
  init(of location: String) {
    let name = FileLocation.name(of: location)
    let folder = FileLocation.parent(of: location).map { FileLocation.name(of: $0) }
    if TemporaryFile.isTemporaryName(name) {
      self = .temporary
    } else if MetadataOwner.isMetadataName(name) {
      self = .metadata
    } else if name.hasSuffix(".avro"), name.hasPrefix("snap-") {
      self = .manifestList
    } else if name.hasSuffix(".avro"), folder == "metadata" {
      self = .manifest
    } else if name.hasSuffix(".puffin") || name.hasSuffix(".stats") {
      self = .puffin
    } else if [".parquet", ".avro", ".orc"].contains(where: name.hasSuffix) {
      self = .data
    } else {
      self = .other
    }
  }
}
