internal import IcebergBytes
package import IcebergModel

/// What a file of a table is for.
public enum FileKind: UInt8, Hashable, Sendable, CaseIterable {
  /// Rows.
  case data
  /// Positions of deleted rows: position delete files, and Puffin files with deletion vectors.
  case positionDeletes
  /// Values of deleted rows.
  case equalityDeletes
  /// What a snapshot's manifests list: data or delete files.
  case manifest
  /// The manifests of a snapshot.
  case manifestList
  /// Statistics of a snapshot, or of its partitions.
  case statistics
  /// A version of the table's metadata, or the hint that tells the newest.
  case metadata
  /// None of these.
  case other

  /// What a file in a manifest is for.
  package init(_ content: DataFile.Content) {
    switch content {
    case .data: self = .data
    case .positionDeletes: self = .positionDeletes
    case .equalityDeletes: self = .equalityDeletes
    }
  }

  /// The kind in words, in the plural: `data files`.
  public var text: String {
    switch self {
    case .data: "data files"
    case .positionDeletes: "position delete files"
    case .equalityDeletes: "equality delete files"
    case .manifest: "manifests"
    case .manifestList: "manifest lists"
    case .statistics: "statistics files"
    case .metadata: "metadata files"
    case .other: "other files"
    }
  }
}

extension FileKind {
  /// What the file at a location is, by its name and its folder.
  package init(named location: String) {
    let name = FileLocation.name(of: location)
    let folder = FileLocation.parent(of: location).map { FileLocation.name(of: $0) }
    func ends(_ endings: String...) -> Bool { endings.contains(where: name.hasSuffix) }
    if TemporaryFile.isTemporaryName(name) {
      self = .other
    } else if MetadataOwner.isMetadataName(name) {
      self = .metadata
    } else if ends(".avro"), name.hasPrefix("snap-") {
      self = .manifestList
    } else if ends(".avro"), folder == "metadata" {
      self = .manifest
    } else if ends(".stats") || (ends(".puffin") && folder == "metadata") {
      self = .statistics
    } else if ends(".puffin") || name.contains("-deletes.") {
      self = .positionDeletes
    } else if ends(".parquet", ".avro", ".orc") {
      self = .data
    } else {
      self = .other
    }
  }
}

/// How many files there are of each kind, and how many bytes they have.
public struct FileTotals: Hashable, Sendable {
  /// Files of one kind.
  public struct Total: Hashable, Sendable {
    /// The number of files.
    public var count = 0
    /// The bytes of those files whose length is known.
    public var sizeInBytes: Int64 = 0
  }

  private var totals: [FileKind: Total] = [:]

  /// No files.
  public init() {}

  /// The files of one kind.
  public subscript(kind: FileKind) -> Total { totals[kind] ?? Total() }

  /// The files of all kinds.
  public var all: Total {
    totals.values.reduce(into: Total()) { sum, total in
      sum.count += total.count
      sum.sizeInBytes = sum.sizeInBytes.addingClamped(total.sizeInBytes)
    }
  }

  /// Counts one more file.
  ///
  /// - Parameter sizeInBytes: its length; nil when that is not known.
  public mutating func add(_ kind: FileKind, sizeInBytes: Int64?) {
    totals[kind, default: Total()].count += 1
    let sum = totals[kind, default: Total()].sizeInBytes.addingClamped(max(0, sizeInBytes ?? 0))
    totals[kind, default: Total()].sizeInBytes = sum
  }
}
