import Foundation
import Iceberg

/// A table on the local disk, in whose folder lie as many files that it needs as others.
enum OrphanFolder {
  static let name: TableIdentifier = "bench.orphans"

  /// What is thrown when another number of orphans is found than there are.
  struct Wrong: Error {
    var found: Int
  }

  static func make(files count: Int, in catalog: FileSystemCatalog) async throws {
    var table = try await catalog.createTable(
      name, schema: Schema([.required("id", .long)]), partitionedBy: [.bucket(100, "id")])
    // Old enough to be orphans.
    let old = Date(timeIntervalSinceNow: -10 * 24 * 60 * 60)
    var needed: [DataFile] = []
    for number in 0..<count {
      let bucket = number / 2 % 100
      let folder = "\(table.metadata.location)/data/id_bucket=\(bucket)"
      if number < 200 {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
      }
      let location = "\(folder)/00000-\(number)-0b4ae1a2-93a4-4c8c-8ed2-06a8a4f1f0d6-00001.parquet"
      guard
        FileManager.default.createFile(
          atPath: location, contents: Data([1]), attributes: [.modificationDate: old])
      else { throw CocoaError(.fileWriteUnknown) }
      guard number % 2 == 0 else { continue }
      needed.append(
        DataFile(
          location: location, format: .parquet, partition: StructValue([.int(Int32(bucket))]),
          recordCount: 1, fileSizeInBytes: 1))
      if needed.count == 5_000 || number >= count - 2 {
        let files = needed
        table = try await table.commit { $0.fastAppend(files) }
        needed = []
      }
    }
  }
}
