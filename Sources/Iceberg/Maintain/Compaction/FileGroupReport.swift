public import IcebergModel

/// What became of one group of files, or would.
public struct FileGroupReport: Sendable {
  /// What became of a group.
  public enum Outcome: Sendable {
    /// It is worked out only: a dry run.
    case planned
    /// It was committed in the snapshot with the given id.
    case committed(snapshotID: Int64)
    /// It was not committed, and nothing is left of its new files.
    case failed(any Error)
    /// It is not known whether it was committed: its new files are left.
    case unknown(any Error)
  }

  /// The partition of the files, as in the names of folders; empty without partitions, and for files of
  /// several partition specs.
  public var partition: String
  /// The files to rewrite.
  public var files: [DataFile]
  /// The size of the files, in bytes.
  public var byteCount: Int64
  /// The number of delete files and vectors that apply to the files.
  public var deleteFileCount: Int
  /// How many files are expected to take their place.
  public var expectedFileCount: Int
  /// The files that take their place; none before they are written, and when the group failed.
  public var addedFiles: [DataFile] = []
  /// Deletion vectors and delete files that are removed together with the files.
  public var removedDeletes: [DataFile] = []
  /// How many rows of the files others deleted by position while the group was written: they are deleted
  /// in the new files, too.
  public var carriedDeleteCount: Int64 = 0
  /// What became of the group.
  public var outcome: Outcome = .planned

  /// The number of files to rewrite.
  public var fileCount: Int { files.count }

  /// Whether the group was committed.
  public var isCommitted: Bool {
    if case .committed = outcome { true } else { false }
  }

  /// Why the group was not committed, or is not known to be; nil when it was, and in a dry run.
  public var error: (any Error)? {
    switch outcome {
    case .planned, .committed: nil
    case .failed(let error), .unknown(let error): error
    }
  }

  init(
    partition: String, files: [DataFile], byteCount: Int64, deleteFileCount: Int,
    expectedFileCount: Int
  ) {
    self.partition = partition
    self.files = files
    self.byteCount = byteCount
    self.deleteFileCount = deleteFileCount
    self.expectedFileCount = expectedFileCount
  }
}
