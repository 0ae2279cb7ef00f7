import Foundation
public import Iceberg

/// A table of nothing but metadata: many data files that do not exist, in manifests as large writers
/// make them.
public enum LargeTable {
  /// The number of data files in each manifest.
  public static let filesPerManifest = 12_500
  /// The first day of the partitions, since 1970-01-01.
  public static let firstDay = 19_000

  /// A table of `count` files with metrics of `columns` columns. The days of the files ascend: each
  /// manifest holds some days of a year.
  public static func make(files count: Int, columns: Int, named name: String) async throws -> Table
  {
    let catalog = try emptyCatalog(for: name)
    var table = try await catalog.createTable(
      TableIdentifier(namespace: ["large"], name: name), schema: LargeManifest.schema(columns),
      partitionedBy: [.day("at")], properties: ["write.metadata.metrics.default": "full"])
    for start in stride(from: 0, to: count, by: filesPerManifest) {
      let files = (start..<min(count, start + filesPerManifest)).map { number in
        LargeManifest.file(number, columns, day: firstDay + number * 365 / count)
      }
      table = try await table.append(files)
    }
    return table
  }

  /// A catalog without the table of a name, which an earlier run may have made.
  static func emptyCatalog(for name: String) throws -> FileSystemCatalog {
    let folder = Inputs.folder.appendingPathComponent("warehouse")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? FileManager.default.removeItem(at: folder.appendingPathComponent("large/\(name)"))
    return FileSystemCatalog(warehouse: folder.path)
  }
}
