package import Iceberg
import IcebergModel
import Testing

/// A table of files that are only talked about, and random operations on it.
///
/// A data file is a name such as `A7`, in the partition of its first letter, with 7 rows; a delete file
/// such as `pA7` or `eA7` holds deletes by position or equality for that partition, `vA7` and `wA7`
/// are deletion vectors of `A7`.
package struct FileHistory: Sendable {
  /// The last version.
  package private(set) var table: Table
  /// Where the table lies.
  package let storage: MemoryFileIO
  package let version: Int
  /// The names of the live data files, sorted.
  package private(set) var data: [String] = []
  /// The names of the live delete files, sorted.
  package private(set) var deletes: [String] = []
  private var nextRows = 1

  /// An empty table.
  package init(version: Int, properties: [String: String]) async throws {
    self.version = version
    var properties = properties
    properties["format-version"] = "\(version)"
    storage = MemoryFileIO()
    table = try await MemoryCatalog(fileIO: storage).createTable(
      "db.t", SampleTable.creation(partitioned: true, properties: properties))
  }

  /// An operation that should succeed: its name, and lists of files divided by commas.
  package mutating func nextCommand(_ random: inout SeededRandom) -> [String] {
    func below(_ count: Int) -> Int { Int(random.next() % UInt64(max(1, count))) }
    func fresh(_ count: Int) -> [String] {
      (0..<count).map { _ in
        nextRows += 1
        return "ABCD".map(String.init)[below(4)] + "\(nextRows)"
      }
    }
    func some(_ names: [String], _ count: Int) -> [String] {
      Array(names.shuffled(using: &random).prefix(count)).sorted()
    }
    func list(_ names: [String]) -> String { names.joined(separator: ",") }
    let letter = "ABCD".map(String.init)[below(4)]
    switch data.isEmpty ? 0 : below(12) {
    case 0: return ["append", list(fresh(1 + below(3)))]
    case 1: return ["fast-append", list(fresh(1 + below(3)))]
    case 2: return ["overwrite", list(some(data, 1 + below(2))), list(fresh(below(3)))]
    case 3: return ["overwrite-where", letter, list(fresh(1 + below(2)))]
    case 4: return ["delete", list(some(data, 1 + below(3)))]
    case 5: return ["delete-where", letter]
    case 6: return ["replace-partitions", list(fresh(1 + below(2)))]
    case 7:
      let old = some(data, 1 + below(2))
      // No more rows than there were.
      let rows = old.compactMap { Int($0.dropFirst()) }.reduce(0, +)
      guard rows > nextRows + 1 else { return ["append", list(fresh(1))] }
      return ["rewrite", list(old), list(fresh(1))]
    case _ where version == 1: return ["append", list(fresh(1))]
    case 8...10:
      let about = some(data, 1 + below(2))
      guard version >= 3 else {
        let added = about.map { "p" + $0 }.filter { !deletes.contains($0) }
        return ["row-delta", list(fresh(below(2))), list(added), "", list(some(deletes, below(2)))]
      }
      // A data file has one vector: the new one takes the place of the old one, or the old one goes.
      let old = about.flatMap { name in ["v", "w"].map { $0 + name }.filter(deletes.contains) }
      let added = about.compactMap { name in
        deletes.contains("v" + name)
          ? below(3) == 0 ? nil : "w" + name
          : "v" + name
      }
      return ["row-delta", list(fresh(below(2))), list(added), "", list(old)]
    default:
      nextRows += 1
      let removed = some(data, below(2))
      return [
        "row-delta", list(fresh(below(2))), "e\(letter)\(nextRows)", list(removed), "",
      ]
    }
  }

  /// Carries a command out; what it failed with, nil when it did not.
  package mutating func perform(_ words: [String]) async throws -> String? {
    let lists = words.dropFirst().map { $0.split(separator: ",").map(String.init) }
    let files = lists.map { $0.map { file($0) } }
    do {
      table = try await table.commit(environment: CommitScene.environment()) {
        switch words[0] {
        case "append": $0.append(files[0])
        case "fast-append": $0.fastAppend(files[0])
        case "overwrite": $0.overwrite(removing: files[0], adding: files[1])
        case "overwrite-where":
          $0.overwrite(where: col("city") == words[1], with: files[1])
        case "delete": $0.deleteFiles(at: files[0].map(\.location), missing: .ignored)
        case "delete-where": $0.deleteFiles(where: col("city") == words[1])
        case "replace-partitions": $0.replacePartitions(with: files[0])
        case "row-delta":
          $0.rowDelta(
            RowDelta(
              addedFiles: files[0], addedDeletes: files[1], removedFiles: files[2],
              removedDeletes: files[3]))
        case "rewrite": $0.rewriteFiles(RewriteFiles(removed: files[0], added: files[1]))
        default: Issue.record("\(words)")
        }
      }
    } catch let error as IcebergError {
      return "\(error)"
    }
    data = []
    deletes = []
    guard let snapshot = table.metadata.currentSnapshot else { return nil }
    for manifest in try await table.manifests(of: snapshot) {
      for entry in try await table.entries(of: manifest) where entry.isLive {
        let name = entry.dataFile.location.dropFirst("/data/".count).prefix { $0 != "." }
        if manifest.content == .data {
          data.append(String(name))
        } else {
          deletes.append(String(name))
        }
      }
    }
    data.sort()
    deletes.sort()
    return nil
  }

  private func file(_ name: String) -> DataFile {
    let isDelete = "pevw".contains(name.prefix(1))
    let letter = name.dropFirst(isDelete ? 1 : 0).prefix(1)
    var file = DataFile(
      location: "/data/\(name).parquet", format: .parquet,
      partition: StructValue([.string(String(letter))]),
      recordCount: isDelete ? 1 : Int64(name.dropFirst()) ?? 0,
      fileSizeInBytes: isDelete ? 50 : 100)
    guard isDelete else { return file }
    file.content = name.hasPrefix("e") ? .equalityDeletes : .positionDeletes
    if name.hasPrefix("e") { file.equalityIDs = [1] }
    guard name.hasPrefix("v") || name.hasPrefix("w") else { return file }
    file.location = "/data/\(name).puffin"
    file.format = .puffin
    file.referencedDataFile = "/data/\(name.dropFirst()).parquet"
    file.contentOffset = 4
    file.contentSizeInBytes = 40
    return file
  }
}
