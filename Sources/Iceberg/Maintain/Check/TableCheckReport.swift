/// What a check of a table found.
public struct TableCheckReport: Sendable {
  /// The table that was checked.
  public var table: Table
  /// The findings, the gravest first; as many as the options say.
  public var findings: [TableCheckFinding] = []
  /// The number of findings by what they are about.
  public var findingCounts: [TableCheckFinding.Code: Int] = [:]
  /// The number of findings that make rows unreadable or wrong.
  public var errorCount = 0
  /// The number of findings that do not.
  public var warningCount = 0
  /// The number of snapshots that were checked.
  public var snapshotCount = 0
  /// The number of manifests that were read.
  public var manifestCount = 0
  /// The number of files that were looked at, of all kinds.
  public var fileCount = 0
  /// Their length in bytes, as it is recorded.
  public var sizeInBytes: Int64 = 0

  /// A report without findings.
  public init(table: Table) { self.table = table }

  /// Whether nothing was found that makes rows unreadable or wrong.
  public var isIntact: Bool { errorCount == 0 }
}

/// Something that is not as it should be.
public struct TableCheckFinding: Hashable, Sendable {
  /// What it is about.
  public var code: Code
  /// What it says, for people.
  public var message: String
  /// The file it is about; nil when it is about the metadata as a whole.
  public var location: String?
  /// The snapshots that are affected, in the order of the metadata; empty when it is no one in
  /// particular.
  public var snapshotIDs: [Int64]

  /// A finding of the given parts.
  public init(
    _ code: Code, _ message: String, location: String? = nil, snapshotIDs: [Int64] = []
  ) {
    self.code = code
    self.message = message
    self.location = location
    self.snapshotIDs = snapshotIDs
  }

  /// How grave it is.
  public var severity: Severity { code.severity }

  /// How grave a finding is.
  public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Rows cannot be read, or would be wrong.
    case error
    /// Rows are read and right; something else is not as it should be.
    case warning

    /// Whether the left one is graver.
    public static func < (left: Severity, right: Severity) -> Bool {
      left == .error && right == .warning
    }
  }

  /// What findings are about. More may be added in minor versions.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name, for programs.
    public let rawValue: String
    /// How grave findings of the kind are.
    public let severity: Severity

    /// A kind of findings that the library knows; nil for other names.
    public init?(rawValue: String) {
      guard let code = Self.all.first(where: { $0.rawValue == rawValue }) else { return nil }
      self = code
    }

    private init(_ rawValue: String, _ severity: Severity) {
      self.rawValue = rawValue
      self.severity = severity
    }

    /// A file is not there.
    public static let missingFile = Code("missing-file", .error)
    /// A file is not as long as is recorded.
    public static let lengthDiffers = Code("length-differs", .error)
    /// A file cannot be read: it is damaged, or storage refuses it.
    public static let unreadableFile = Code("unreadable-file", .error)
    /// A file is of a kind that this library does not read: it was not looked into.
    public static let unsupportedFile = Code("unsupported-file", .warning)
    /// A manifest does not hold what its list says of it.
    public static let manifestDiffers = Code("manifest-differs", .error)
    /// A number of files or rows that a manifest list tells is not that of the manifest.
    public static let countDiffers = Code("count-differs", .error)
    /// A sequence number is missing, or greater than it can be.
    public static let sequenceNumber = Code("sequence-number", .error)
    /// An id of a snapshot is missing, or that of another.
    public static let snapshotID = Code("snapshot-id", .error)
    /// A file has values that it cannot have, such as a negative number of rows.
    public static let invalidEntry = Code("invalid-entry", .error)
    /// A data file is in a snapshot twice: its rows would be read twice.
    public static let duplicateFile = Code("duplicate-file", .error)
    /// A data file has two deletion vectors in one snapshot.
    public static let twoVectors = Code("two-vectors", .error)
    /// Two data files of one snapshot have rows of the same ids.
    public static let rowIDsOverlap = Code("row-ids-overlap", .error)
    /// Rows have ids that were not assigned, or none though they should.
    public static let rowIDs = Code("row-ids", .error)
    /// The number of rows in a file is not the recorded one.
    public static let recordCountDiffers = Code("record-count-differs", .error)
    /// A deletion vector is damaged, or not that of its entry.
    public static let invalidVector = Code("invalid-vector", .error)
    /// A branch, tag or log entry names a snapshot that is not there.
    public static let missingSnapshot = Code("missing-snapshot", .error)
    /// A statistics file is not there, or not as recorded.
    public static let statistics = Code("statistics", .warning)
    /// An earlier metadata file that the log names is not there.
    public static let missingLogFile = Code("missing-log-file", .warning)
    /// A total that the summary of a snapshot tells is not that of its manifests.
    public static let summaryDiffers = Code("summary-differs", .warning)

    /// All kinds.
    public static let all: [Code] = [
      .missingFile, .lengthDiffers, .unreadableFile, .unsupportedFile, .manifestDiffers,
      .countDiffers, .sequenceNumber, .snapshotID, .invalidEntry, .duplicateFile, .twoVectors,
      .rowIDsOverlap, .rowIDs, .recordCountDiffers, .invalidVector, .missingSnapshot, .statistics,
      .missingLogFile, .summaryDiffers,
    ]
  }
}

extension TableCheckFinding.Code: CustomStringConvertible {
  public var description: String { rawValue }
}
