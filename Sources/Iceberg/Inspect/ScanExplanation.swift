public import IcebergModel

/// Why a scan reads what it reads: for every manifest and file, and where asked for every row group,
/// whether it is read or left out, and by which rule.
///
/// Spec: Scan Planning.
public struct ScanExplanation: Sendable {
  /// What was decided.
  public enum Decision: Hashable, Sendable {
    /// It is read: rows in it may be wanted.
    case kept
    /// It is left out by a rule; the reason tells the condition and the numbers.
    case skipped(Rule, reason: String)

    /// Whether it is read.
    public var isKept: Bool { self == .kept }
  }

  /// What something can be left out by.
  public enum Rule: String, Hashable, Sendable, CaseIterable {
    /// By the counts in the manifest list, a manifest has no files of the snapshot.
    case noLiveFiles = "no live files"
    /// By the partition summaries in the manifest list.
    case partitionSummary = "partition summary"
    /// By the partition of the file.
    case partition = "partition"
    /// By the location of the file or the id of its partition spec.
    case place = "place"
    /// By the counts and bounds of columns in the manifest.
    case columnMetrics = "column metrics"
    /// A delete file is applied to no data file that is read: by sequence numbers, partition, path or
    /// bounds, or because a deletion vector has taken its place.
    case noDataFile = "no data file"
    /// By the statistics of a row group in the footer of the file.
    case rowGroupStatistics = "row group statistics"
  }

  /// A manifest of the snapshot.
  public struct Manifest: Hashable, Sendable {
    /// The manifest as the manifest list describes it.
    public var manifest: ManifestFile
    /// Whether it is read.
    public var decision: Decision
    /// The data or delete files of the snapshot in it.
    public var fileCount: Int
    /// The bytes of those files.
    public var sizeInBytes: Int64
  }

  /// A data file of the snapshot in a manifest that is read.
  public struct File: Hashable, Sendable {
    /// The file, with the metrics of the columns in the filter.
    public var file: DataFile
    /// The partition as a path, as `day=2024-01-15`; empty without partition fields.
    public var partitionPath: String
    /// The place of its manifest in ``ScanExplanation/manifests``.
    public var manifest: Int
    /// Whether the file is read.
    public var decision: Decision
    /// The part of the filter that rows are still tested for, as text; empty when all rows are
    /// wanted, and for files that are not read.
    public var residual: String
    /// The delete files and vectors that are applied to the file.
    public var deletes: [DeleteFile]
    /// The row groups; nil when they were not asked for, or the file has none.
    public var rowGroups: [RowGroup]?
    /// The bytes to read: of the row groups that are kept, where they were asked for, else of the
    /// selected columns, where their sizes are recorded, else of the whole file.
    public var bytesToRead: Int64
  }

  /// A delete file or deletion vector of the snapshot in a manifest that is read.
  public struct Delete: Hashable, Sendable {
    /// The file, without metrics.
    public var file: DataFile
    /// The partition as a path; empty without partition fields.
    public var partitionPath: String
    /// The place of its manifest in ``ScanExplanation/manifests``.
    public var manifest: Int
    /// Whether it is read: it is applied to a data file that is read.
    public var decision: Decision
    /// The number of data files that are read to which it is applied.
    public var appliedCount: Int

    /// The bytes to read of it: of a deletion vector those of its blob.
    public var sizeInBytes: Int64 { file.contentLength }
  }

  /// A row group of a Parquet file.
  public struct RowGroup: Hashable, Sendable {
    /// The bytes of the file that the row group takes.
    public var range: Range<Int64>
    /// The number of rows.
    public var rowCount: Int64
    /// Whether it is read.
    public var decision: Decision
    /// The bytes of the columns that are read.
    public var bytesToRead: Int64
  }

  /// The snapshot; nil in an empty table.
  public var snapshot: Snapshot?
  /// What rows have to satisfy.
  public var filter: Filter
  /// All manifests of the snapshot, in the order of its manifest list.
  public var manifests: [Manifest]
  /// All data files in the manifests that are read, in the order of the manifests.
  public var files: [File]
  /// All delete files and deletion vectors in the manifests that are read, in the order of the manifests.
  public var deletes: [Delete]

  /// The bytes of all data files of the snapshot.
  public var dataBytes: Int64 {
    manifests.reduce(0) { $1.manifest.content == .data ? $0 &+ $1.sizeInBytes : $0 }
  }

  /// How many data files the snapshot has.
  public var dataFileCount: Int {
    manifests.reduce(0) { $1.manifest.content == .data ? $0 + $1.fileCount : $0 }
  }

  /// The files that are read.
  public var keptFiles: [File] { files.filter(\.decision.isKept) }

  /// The bytes of data files to read.
  public var dataBytesToRead: Int64 { files.reduce(0) { $0 &+ $1.bytesToRead } }

  /// The bytes of delete files and vectors to read, each once.
  public var deleteBytesToRead: Int64 {
    deletes.reduce(0) { $1.decision.isKept ? $0.addingClamped($1.sizeInBytes) : $0 }
  }

  /// All bytes to read, of data and of deletes.
  public var bytesToRead: Int64 { dataBytesToRead &+ deleteBytesToRead }

  /// The share of the bytes of data files that need not be read, from 0 to 1; nil without files.
  public var skippedShare: Double? {
    dataBytes > 0 ? 1 - min(1, Double(dataBytesToRead) / Double(dataBytes)) : nil
  }

  /// What the scan costs where reading 10^12 bytes costs `pricePerTerabyte`, in the same currency.
  public func cost(pricePerTerabyte: Double = 5) -> Double {
    Double(bytesToRead) / 1e12 * pricePerTerabyte
  }
}
