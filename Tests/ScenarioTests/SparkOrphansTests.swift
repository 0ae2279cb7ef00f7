import Foundation
import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Which files are orphans, here and by Spark's `remove_orphan_files`, in the same folders; nothing is
/// removed.
@Suite(.serialized, .needsSpark, .long) struct SparkOrphansTests {
  private static let name: TableIdentifier = "db.t"

  /// A table with deletes of the kinds of its version, a branch and statistics, all of it old.
  private static func table(
    _ catalog: FileSystemCatalog, version: Int, _ directory: TemporaryDirectory
  ) async throws -> Table {
    var table = try await catalog.createTable(
      name,
      SampleTable.creation(
        partitioned: true,
        properties: ["format-version": "\(version)", "write.metadata.previous-versions-max": "2"]))
    for part in 0..<3 as Range<Int64> {
      table = try await table.append(try WarehouseScene.batch(part * 10..<part * 10 + 10))
    }
    for mode in TableProperties.RowLevelMode.allCases {
      table = try await table.delete(
        where: col("id") == (mode == .copyOnWrite ? 3 : 15), options: RowChangeOptions(mode: mode)
      ).table
    }
    let first = try #require(table.metadata.snapshots.first)
    table = try await table.commit { $0.createTag("kept", at: first.id) }
    for file in [
      "data/city=a/x.parquet", "data/old/y.parquet", "metadata/snap-7-1-x.avro",
      "metadata/x-m0.avro",
      "data/_hidden/z.parquet", "data/.z.parquet", "data/x y%20.parquet", "notes.txt",
    ] {
      try await catalog.fileIO.write(
        Bytes(utf8: file), to: table.metadata.location + "/" + file, mode: .createNew)
    }
    try age(directory)
    try await catalog.fileIO.write(
      Bytes(utf8: "young"), to: table.metadata.location + "/data/young.parquet", mode: .createNew)
    return table
  }

  /// Makes all files ten days old.
  private static func age(_ directory: TemporaryDirectory) throws {
    let old = Date(timeIntervalSinceNow: -10 * 24 * 60 * 60)
    for file in directory.listing.files() {
      try FileManager.default.setAttributes(
        [.modificationDate: old], ofItemAtPath: directory.path(file))
    }
  }

  private static func ours(_ table: Table) async throws -> Set<String> {
    var options = RemoveOrphanFilesOptions()
    options.dryRun = true
    return Set(try await table.removeOrphanFiles(options).orphanFiles.map(\.location))
  }

  private static func theirs(_ spark: SparkProcess) async throws -> Set<String> {
    let rows = try await spark.column(
      "CALL ice.system.remove_orphan_files(table => 'db.t', dry_run => true)")
    return Set(rows.map { $0.hasPrefix("file:") ? String($0.dropFirst("file:".count)) : $0 })
  }

  @Test("Spark finds the same orphans; what we find or leave beside them is told")
  func same() async throws {
    for version in 1...3 {
      try await withTemporaryDirectory { directory in
        let catalog = FileSystemCatalog(warehouse: directory.path)
        let table = try await Self.table(catalog, version: version, directory)
        let spark = try SparkProcess(warehouse: directory.path)
        let found = try await Self.theirs(spark)
        #expect(found.count >= 6)
        #expect(try await Self.ours(table) == found, "version \(version)")

        // What a killed write of ours leaves is hidden from Spark.
        let folder = table.metadata.location
        let temporary = folder + "/data/.iceberg-1-a.tmp"
        try await catalog.fileIO.write(Bytes(utf8: "x"), to: temporary, mode: .createNew)
        // Versions behind a gap are of no one's current table; we keep what they lead to.
        let current = try #require(table.metadataLocation)
        let bytes = try await catalog.fileIO.read(current, range: nil)
        let behindGap = folder + "/metadata/v99.metadata.json"
        try await catalog.fileIO.write(bytes, to: behindGap, mode: .createNew)
        try Self.age(directory)
        let young = folder + "/data/young.parquet"
        #expect(try await Self.ours(table) == found.union([temporary, young]))
        #expect(try await Self.theirs(spark) == found.union([behindGap, young]))
      }
    }
  }

  @Test("where a table lies in another's folder, Spark takes its files for orphans, and we refuse")
  func nested() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path)
      let table = try await Self.table(catalog, version: 2, directory)
      var creation = SampleTable.creation()
      creation.location = table.metadata.location + "/inner"
      let inner = try await MemoryCatalog(fileIO: LocalFileIO()).createTable("other.t", creation)
        .append(try WarehouseScene.batch(0..<10))
      try Self.age(directory)
      let needed = try await WarehouseScene.neededFiles(of: inner)
      let spark = try SparkProcess(warehouse: directory.path)
      #expect(needed.isSubset(of: try await Self.theirs(spark)))
      await #expect(throws: IcebergError.self) { _ = try await Self.ours(table) }
    }
  }
}
