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
    /// Removes the files of a partition, whatever they are by then.
    case deletePartition
    /// Removes files by their names.
    case deleteFiles
    /// Replaces files by one with the same rows.
    case rewrite
    /// Has read the files of a partition, and replaces them: valid only if they are the same still.
    case update
    /// Adds a column, in a commit that makes no snapshot.
    case addColumn
  }

  static let summaryKey = "simulated-change"

  var id: String
  var kind: Kind
  var partition: Int32 = 0
  var removed: [String] = []
  /// The names of new files, and the partitions they belong to.
  var added: [(name: String, partition: Int32)] = []

  /// The change as a text.
  var text: String {
    [
      id, kind.rawValue, String(partition), removed.joined(separator: ","),
      added.map { "\($0.name):\($0.partition)" }.joined(separator: ","),
    ].joined(separator: "|")
  }

  init(id: String, kind: Kind) { (self.id, self.kind) = (id, kind) }

  /// The change of a text; nil when it tells none.
  init?(text: String) {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, let kind = Kind(rawValue: parts[1]), let number = Int32(parts[2])
    else { return nil }
    self.init(id: parts[0], kind: kind)
    partition = number
    removed = parts[3].split(separator: ",").map(String.init)
    added = parts[4].split(separator: ",").compactMap { file in
      let words = file.split(separator: ":")
      guard words.count == 2, let partition = Int32(words[1]) else { return nil }
      return (String(words[0]), partition)
    }
  }

  // MARK: Doing it

  func apply(to tx: inout Transaction, files: [String: DataFile]) throws {
    let summary = [Self.summaryKey: text]
    let new = added.map { Self.file($0.name, partition: $0.partition, of: tx.base) }
    let old = removed.compactMap { files[$0] }
    switch kind {
    case .append: tx.append(new, summary: summary)
    case .overwrite: tx.overwrite(where: col("part") == partition, with: new, summary: summary)
    case .deletePartition: tx.deleteFiles(where: col("part") == partition, summary: summary)
    case .deleteFiles: tx.deleteFiles(at: old.map(\.location), summary: summary)
    case .rewrite: tx.rewriteFiles(RewriteFiles(removed: old, added: new), summary: summary)
    case .update:
      tx.overwrite(
        removing: old, adding: new,
        check: ConflictCheck(
          startingSnapshotID: tx.base.currentSnapshotID, filter: col("part") == partition,
          isolation: .serializable), summary: summary)
    case .addColumn: tx.schema.addColumn(id, .string)
    }
  }

  static func file(_ name: String, partition: Int32, of metadata: TableMetadata) -> DataFile {
    DataFile(
      location: "\(metadata.location)/data/\(name)", format: .parquet,
      specID: metadata.defaultSpecID, partition: StructValue([.int(partition)]), recordCount: 10,
      fileSizeInBytes: 1000)
  }

  // MARK: Doing it again

  /// Does the change on a model, a partition for each file; returns what is impossible about it.
  func replay(on model: inout [String: Int32]) -> String? {
    switch kind {
    case .append, .addColumn: break
    case .overwrite, .deletePartition:
      model = model.filter { $0.value != partition }
    case .update:
      let there = model.filter { $0.value == partition }.keys.sorted()
      guard there == removed else {
        return "it replaced \(removed) when partition \(partition) had \(there)"
      }
      for name in removed { model[name] = nil }
    case .deleteFiles, .rewrite:
      for name in removed {
        guard model.removeValue(forKey: name) != nil else {
          return "it removed \(name), which was not there"
        }
      }
    }
    for file in added {
      guard model.updateValue(file.partition, forKey: file.name) == nil else {
        return "it added \(file.name), which was there"
      }
    }
    return nil
  }
}
