import Foundation
public import Iceberg

extension LargeTable {
  /// A table on the local disk of many snapshots, each of which adds a few files; every tenth puts them in
  /// the place of those of the one before.
  public static func make(
    snapshots count: Int, filesInEach: Int, columns: Int, named name: String
  ) async throws -> Table {
    let catalog = try emptyCatalog(for: name)
    var table = try await catalog.createTable(
      TableIdentifier(namespace: ["large"], name: name), schema: LargeManifest.schema(columns),
      partitionedBy: [.day("at")])
    var earlier: [DataFile] = []
    for commit in 0..<count {
      let files = (0..<filesInEach).map {
        LargeManifest.file(commit * filesInEach + $0, columns, day: firstDay + commit / 100)
      }
      let replaced = commit % 10 == 9 ? earlier : []
      table = try await table.commit {
        if replaced.isEmpty {
          $0.append(files)
        } else {
          $0.overwrite(removing: replaced, adding: files)
        }
      }
      earlier = files
    }
    return table
  }
}
