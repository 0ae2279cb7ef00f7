/// How the files of a table that is given up are deleted.
public struct DeleteReachableFilesOptions: Sendable {
  /// With true nothing is deleted, and the report tells what would be.
  public var dryRun: Bool
  /// How much is read of the other tables of the catalog.
  public var otherTables: OtherTables
  /// The number of requests to delete files at the same time.
  public var maxConcurrentDeletes: Int
  /// The number of metadata files, manifest lists and manifests that are read at the same time.
  public var concurrency: Int
  /// The bytes of memory for names of files, beyond which they are kept in temporary files.
  public var memoryLimit: Int
  /// Is told of every file that is deleted, or would be, once it is known: one call at a time.
  public var onFile: (@Sendable (DeletedFile) -> Void)?
  /// Is told how far the work has come, one call at a time.
  public var progress: (@Sendable (DeleteReachableFilesProgress) -> Void)?

  /// Options of the given values.
  public init(
    dryRun: Bool = false, otherTables: OtherTables = .places, maxConcurrentDeletes: Int = 4,
    concurrency: Int = 8,
    memoryLimit: Int = 64 << 20, onFile: (@Sendable (DeletedFile) -> Void)? = nil,
    progress: (@Sendable (DeleteReachableFilesProgress) -> Void)? = nil
  ) {
    self.dryRun = dryRun
    self.otherTables = otherTables
    self.maxConcurrentDeletes = max(1, maxConcurrentDeletes)
    self.concurrency = max(1, concurrency)
    self.memoryLimit = memoryLimit
    self.onFile = onFile
    self.progress = progress
  }

  /// How much is read of the other tables of the catalog, to keep the files that they need.
  public enum OtherTables: Hashable, Sendable {
    /// The metadata of all; the manifests of those whose folders hold, or lie in, folders of the table,
    /// or hold one of its files.
    case places
    /// All metadata and manifests of all tables: also of one whose files lie anywhere.
    case files
  }
}

/// A file that was deleted, or would be.
public struct DeletedFile: Hashable, Sendable {
  /// The location, as metadata has it.
  public var location: String
  /// What the file was for.
  public var kind: FileKind
  /// The length in bytes; nil when it is not recorded.
  public var sizeInBytes: Int64?
  /// The snapshot that added the file, which may have expired; nil when that is not known, and for
  /// metadata files.
  public var snapshotID: Int64?
}

/// How far the deletion of a table's files has come.
public struct DeleteReachableFilesProgress: Hashable, Sendable {
  /// What is being done.
  public enum Step: Hashable, Sendable {
    /// The files are looked for.
    case finding
    /// Files are deleted.
    case deleting
  }

  /// What is being done.
  public var step: Step
  /// The number of files that are done in this step; one that several manifests name is found in each.
  public var filesDone: Int
}
