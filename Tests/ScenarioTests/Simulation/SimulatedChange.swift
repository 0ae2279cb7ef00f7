import Iceberg
import IcebergModel
import IcebergTestSupport

/// What one writer of a simulation wants to do, written into the summary of the snapshot that does
/// it: whoever reads the history can do it again.
struct SimulatedChange: Sendable {
  enum Kind: String {
    /// Adds files.
    case append
    /// Replaces the files of a partition, whatever they are by then.
    case overwrite
    /// Replaces the files of the partition that its file belongs to, whatever they are by then.
    case replacePartition
    /// Removes the files of a partition, whatever they are by then.
    case deletePartition
    /// Removes files by their names.
    case deleteFiles
    /// Replaces files by one with the same rows.
    case rewrite
    /// Has read the files of a partition, and replaces them: valid only if they are the same still.
    case update
    /// Deletes rows of a file by position.
    case deleteRows
    /// Deletes rows of a partition by key, whatever its files are by then.
    case deleteByKey
    /// Has read the files of a partition, deletes rows of some of them by position, and adds a file with
    /// others: valid only if nobody added rows to the partition, or deleted some.
    case updateRows
    /// Adds a column, in a commit that makes no snapshot.
    case addColumn
    /// Makes a column of a wider type, in a commit that makes no snapshot.
    case widen
  }

  /// Deletes in a file of their own.
  struct Deletes {
    var name: String
    /// The name of the data file that they are about; nil where they are about a partition.
    var about: String?
  }

  static let summaryKey = "simulated-change"

  var id: String
  var kind: Kind
  var partition: Int32 = 0
  var removed: [String] = []
  /// The names of new files, and the partitions they belong to.
  var added: [(name: String, partition: Int32)] = []
  var deletes: [Deletes] = []
  /// The files that the change has read, each with the deletes that applied to it.
  var read: [String: Set<String>] = [:]
  /// The column that is widened.
  var column = ""

  /// The change as a text.
  var text: String {
    [
      id, kind.rawValue, String(partition), removed.joined(separator: ","),
      added.map { "\($0.name):\($0.partition)" }.joined(separator: ","),
      deletes.map { "\($0.name):\($0.about ?? "")" }.joined(separator: ","),
      read.sorted { $0.key < $1.key }.map { ([$0.key] + $0.value.sorted()).joined(separator: ":") }
        .joined(separator: ","),
    ].joined(separator: "|")
  }

  init(id: String, kind: Kind) { (self.id, self.kind) = (id, kind) }

  /// The change of a text; nil when it tells none.
  init?(text: String) {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 7, let kind = Kind(rawValue: parts[1]), let number = Int32(parts[2])
    else { return nil }
    self.init(id: parts[0], kind: kind)
    partition = number
    removed = Self.words(parts[3], ",")
    added = Self.words(parts[4], ",").compactMap { file in
      let words = Self.words(file, ":")
      guard words.count == 2, let partition = Int32(words[1]) else { return nil }
      return (words[0], partition)
    }
    deletes = Self.words(parts[5], ",").compactMap { file in
      let words = Self.words(file, ":")
      return words.first.map { Deletes(name: $0, about: words.dropFirst().first) }
    }
    for file in Self.words(parts[6], ",") {
      let words = Self.words(file, ":")
      if let name = words.first { read[name] = Set(words.dropFirst()) }
    }
  }

  private static func words(_ text: String, _ separator: Character) -> [String] {
    text.split(separator: separator).map(String.init)
  }
}

// Doing it.
extension SimulatedChange {
  /// The property that a widened column leaves behind, as there is no snapshot to tell it.
  static let widened = "widened-by-"

  func apply(to tx: inout Transaction, _ content: SimulatedContent) throws {
    let summary = [Self.summaryKey: text]
    let base = tx.base
    let new = added.map { file($0.name, partition: $0.partition, of: base) }
    let old = removed.compactMap { content.files[$0] }
    let start = base.currentSnapshotID
    switch kind {
    case .append: tx.append(new, summary: summary)
    case .overwrite: tx.overwrite(where: col("part") == partition, with: new, summary: summary)
    case .replacePartition: tx.replacePartitions(with: new, summary: summary)
    case .deletePartition: tx.deleteFiles(where: col("part") == partition, summary: summary)
    case .deleteFiles: tx.deleteFiles(at: old.map(\.location), summary: summary)
    case .rewrite: tx.rewriteFiles(RewriteFiles(removed: old, added: new), summary: summary)
    case .update:
      tx.overwrite(
        removing: old, adding: new,
        check: ConflictCheck(
          startingSnapshotID: start, filter: col("part") == partition, isolation: .serializable),
        summary: summary)
    case .deleteByKey:
      tx.rowDelta(RowDelta(addedDeletes: deletes.map { file($0, of: base) }), summary: summary)
    case .deleteRows, .updateRows:
      let about = deletes.compactMap(\.about)
      tx.rowDelta(
        RowDelta(
          addedFiles: new, addedDeletes: deletes.map { file($0, of: base) },
          removedDeletes: about.flatMap { content.vectors(of: $0) },
          check: ConflictCheck(
            startingSnapshotID: start, filter: col("part") == partition,
            isolation: kind == .updateRows ? .serializable : .snapshot,
            referencedDataFiles: (about.isEmpty ? removed : about).compactMap {
              content.files[$0]?.location
            }, command: kind == .updateRows ? .update : .delete)), summary: summary)
    case .addColumn: tx.schema.addColumn(id, .int)
    case .widen:
      tx.schema.widen(column, to: .long)
      tx.setProperty(Self.widened + id, column)
    }
  }

  private func file(_ name: String, partition: Int32, of metadata: TableMetadata) -> DataFile {
    let isWide = metadata.currentSchema.field(id: 2)?.type == .long
    return DataFile(
      location: "\(metadata.location)/data/\(name)", format: .parquet,
      specID: metadata.defaultSpecID,
      partition: StructValue([isWide ? .long(Int64(partition)) : .int(partition)]), recordCount: 10,
      fileSizeInBytes: 1000)
  }

  private func file(_ deletes: Deletes, of metadata: TableMetadata) -> DataFile {
    var file = file(deletes.name, partition: partition, of: metadata)
    file.recordCount = 1
    file.content = kind == .deleteByKey ? .equalityDeletes : .positionDeletes
    if kind == .deleteByKey { file.equalityIDs = [1] }
    file.referencedDataFile = deletes.about.map { "\(metadata.location)/data/\($0)" }
    if kind != .deleteByKey, metadata.formatVersion >= 3 {
      file.format = .puffin
      (file.contentOffset, file.contentSizeInBytes) = (4, 40)
    }
    return file
  }
}
