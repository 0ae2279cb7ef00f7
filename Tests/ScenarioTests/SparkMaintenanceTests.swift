import Foundation
import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// The same history made twice, and maintained by Spark's procedures and by this library: what is planned
/// here for Spark's table is what Spark does to it, down to the names of files, with the same result columns;
/// and what is planned for the other one is done to it.
@Suite(.serialized, .needsSpark) struct SparkMaintenanceTests {
  /// Two tables with the same history.
  private struct Twins {
    let directory: TemporaryDirectory
    let spark: SparkProcess
    let catalog: FileSystemCatalog
    /// The names of the one that is maintained here and of the one that Spark maintains, of one length:
    /// delete files hold them.
    let (our, their): (String, String)
    var random: SeededRandom
    var told: String

    func ours() async throws -> Table {
      try await catalog.loadTable(TableIdentifier(parsing: our))
    }
    func theirs() async throws -> Table {
      try await catalog.loadTable(TableIdentifier(parsing: their))
    }
    func what(_ text: String) -> Comment { Comment(rawValue: "\(told), \(text)") }

    /// The files of a table, but for checksums and the pointer to the newest version.
    func files(of table: String) -> Set<String> {
      let folder = table.replacingOccurrences(of: ".", with: "/")
      return Set(
        directory.listing.files(under: folder).filter {
          !$0.hasSuffix(".crc") && !$0.hasSuffix("version-hint.text")
        }.map { directory.path($0) })
    }

    static func path(_ location: String) -> String {
      location.hasPrefix("file:") ? String(location.dropFirst("file:".count)) : location
    }

    func text(_ options: [String: String]) -> String {
      options.sorted { $0.key < $1.key }.map { "'\($0.key)', '\($0.value)'" }
        .joined(separator: ", ")
    }
  }

  @Test("over random histories the same files stay, the same go, and the same columns come out")
  func histories() async throws {
    var random = SeededRandom("SparkMaintenanceTests")
    let clock = ContinuousClock()
    let start = clock.now
    try await withTemporaryDirectory { directory in
      let spark = try SparkProcess(warehouse: directory.path)
      for round in 0..<LongTests.rounds(quick: 5, long: 50) {
        let seed = random.next()
        let version = round % 8 == 7 ? 1 : 2 + round % 2
        let isPartitioned = seed.isMultiple(of: 2)
        var twins = Twins(
          directory: directory, spark: spark,
          catalog: FileSystemCatalog(warehouse: directory.path), our: "db.a\(round)",
          their: "db.b\(round)", random: SeededRandom(seed: seed ^ 1),
          told: "round \(round), seed \(seed), version \(version), partitioned \(isPartitioned)")
        for name in [twins.our, twins.their] {
          _ = try await MaintenanceHistory(
            TableIdentifier(parsing: name), in: twins.catalog, version: version,
            partitioned: isPartitioned, seed: seed, steps: LongTests.isEnabled ? 10 : 2)
        }
        let rows = try await MaintenanceHistory.rows(of: twins.ours())
        #expect(try await MaintenanceHistory.rows(of: twins.theirs()) == rows)
        try await rewriteDataFiles(&twins)
        if version > 1 { try await rewritePositionDeletes(twins) }
        try await rewriteManifests(twins)
        try await expire(&twins)
        try await removeOrphans(twins)
        try await look(twins, rows)
      }
    }
    print("maintained beside Spark: \((clock.now - start).components.seconds) s")
  }

  /// Each reads the rows of the other, in every branch and tag that is left.
  private func look(_ twins: Twins, _ rows: [String: [Int64]]) async throws {
    let (ours, theirs) = (try await twins.ours(), try await twins.theirs())
    let names = Set(ours.metadata.references.keys)
    #expect(names == Set(theirs.metadata.references.keys), twins.what("references"))
    let expected = rows.filter { names.contains($0.key) }
    #expect(try await MaintenanceHistory.rows(of: ours) == expected, twins.what("rows"))
    #expect(try await MaintenanceHistory.rows(of: theirs) == expected, twins.what("their rows"))
    #expect(try await twins.spark.ids(twins.our) == expected["main"], twins.what("read by Spark"))
    if let side = expected[MaintenanceHistory.branch] {
      let ids = try await twins.spark.column(
        "SELECT id FROM ice.\(twins.our) VERSION AS OF '\(MaintenanceHistory.branch)' ORDER BY id")
      #expect(ids.compactMap { Int64($0) } == side, twins.what("branch read by Spark"))
    }
    #expect(try await ours.check().errorCount == 0, twins.what("check"))
    #expect(try await theirs.check().errorCount == 0, twins.what("their check"))
  }
}

// The procedures.
extension SparkMaintenanceTests {
  private static let optionSets: [[String: String]] = [
    ["min-input-files": "2"], ["rewrite-all": "true"], ["delete-file-threshold": "1"],
    ["delete-ratio-threshold": "0.1"],
    ["rewrite-all": "true", "remove-dangling-deletes": "true"],
    ["rewrite-all": "true", "use-starting-sequence-number": "false"],
    ["min-input-files": "2", "max-files-to-rewrite": "3"],
  ]

  private func rewriteDataFiles(_ twins: inout Twins) async throws {
    let before = try await twins.theirs()
    // Of several partitions it is not said which are the first ones.
    let isPartitioned = before.metadata.defaultPartitionSpec.isPartitioned
    let sets = Self.optionSets.filter { !isPartitioned || $0["max-files-to-rewrite"] == nil }
    let options = sets.randomElement(using: &twins.random) ?? [:]
    let sorts = Bool.random(using: &twins.random)
    let least =
      Bool.random(using: &twins.random) ? Int64.random(in: 1...400, using: &twins.random) : nil
    let ours = try RewriteDataFilesOptions(
      parsing: options,
      strategy: sorts ? .sort([.ascending("city"), .descending("id")]) : .binPack,
      where: least.map { col("id") >= $0 } ?? .all)
    let live = try await Self.dataFiles(of: before)
    let plan = try await before.rewriteDataFiles(ours, dryRun: true)
    let ownPlan = try await twins.ours().rewriteDataFiles(ours, dryRun: true)
    let report = try await twins.ours().rewriteDataFiles(ours)
    var call = "CALL ice.system.rewrite_data_files(table => '\(twins.their)'"
    if sorts {
      call += ", strategy => 'sort', sort_order => 'city ASC NULLS FIRST, id DESC NULLS LAST'"
    }
    if let least { call += ", where => 'id >= \(least)'" }
    call += ", options => map(\(twins.text(options))))"
    let columns = try await twins.spark.call(call)
    let what = twins.what("\(call): \(columns)")
    let after = try await Self.dataFiles(of: try await twins.theirs())
    // Spark reads manifests in any order, so that the first files may be any.
    if options["max-files-to-rewrite"] == nil {
      let planned = Set(plan.groups.flatMap(\.files).map { Twins.path($0.location) })
      #expect(live.subtracting(after) == planned, what)
      #expect(columns["rewritten_bytes_count"] == plan.rewrittenBytesCount, what)
    }
    // What is dangling shows when the files are gone.
    if !ours.removesDanglingDeletes, options["max-files-to-rewrite"] == nil {
      #expect(columns["removed_delete_files_count"] == Int64(plan.removedDeleteFilesCount), what)
    }
    #expect(columns["rewritten_data_files_count"] == Int64(plan.rewrittenDataFilesCount), what)
    #expect(columns["added_data_files_count"] == Int64(plan.addedDataFilesCount), what)
    #expect(columns["failed_data_files_count"] == 0, what)
    #expect(report.rewrittenDataFilesCount == ownPlan.rewrittenDataFilesCount, what)
    #expect(report.rewrittenBytesCount == ownPlan.rewrittenBytesCount, what)
    #expect(report.addedDataFilesCount == ownPlan.addedDataFilesCount, what)
    #expect(report.failedDataFilesCount == 0, what)
  }

  private static func dataFiles(of table: Table) async throws -> Set<String> {
    Set(try await table.scan().tasks().map { Twins.path($0.file.location) })
  }

  private func rewritePositionDeletes(_ twins: Twins) async throws {
    let options = try RewritePositionDeletesOptions(parsing: ["rewrite-all": "true"])
    let plan = try await twins.theirs().rewritePositionDeleteFiles(options, dryRun: true)
    let ownPlan = try await twins.ours().rewritePositionDeleteFiles(options, dryRun: true)
    let report = try await twins.ours().rewritePositionDeleteFiles(options)
    let columns = try await twins.spark.call(
      "CALL ice.system.rewrite_position_delete_files(table => '\(twins.their)', "
        + "options => map('rewrite-all', 'true'))")
    let what = twins.what("rewrite_position_delete_files: \(columns)")
    #expect(
      columns["rewritten_delete_files_count"] == Int64(plan.rewrittenDeleteFilesCount), what)
    #expect(columns["added_delete_files_count"] == Int64(plan.addedDeleteFilesCount), what)
    #expect(columns["rewritten_bytes_count"] == plan.rewrittenBytesCount, what)
    #expect(report.rewrittenDeleteFilesCount == ownPlan.rewrittenDeleteFilesCount, what)
    #expect(report.addedDeleteFilesCount == ownPlan.addedDeleteFilesCount, what)
  }

  private func rewriteManifests(_ twins: Twins) async throws {
    let before = try await twins.theirs()
    let plan = try await before.rewriteManifests(dryRun: true)
    let ownPlan = try await twins.ours().rewriteManifests(dryRun: true)
    let report = try await twins.ours().rewriteManifests()
    let columns = try await twins.spark.call(
      "CALL ice.system.rewrite_manifests(table => '\(twins.their)')")
    let what = twins.what("rewrite_manifests: \(columns)")
    #expect(columns["rewritten_manifests_count"] == Int64(plan.rewrittenManifestsCount), what)
    #expect(columns["added_manifests_count"] == Int64(plan.addedManifestsCount), what)
    #expect(report.rewrittenManifests == ownPlan.rewrittenManifests, what)
    #expect(report.addedManifestsCount == ownPlan.addedManifestsCount, what)
    let (old, new) = (
      try await Self.manifests(of: before), try await Self.manifests(of: twins.theirs())
    )
    #expect(
      old.subtracting(new) == Set(plan.rewrittenManifests.map { Twins.path($0.location) }), what)
  }

  private static func manifests(of table: Table) async throws -> Set<String> {
    guard let snapshot = table.metadata.currentSnapshot else { return [] }
    return Set(try await table.manifests(of: snapshot).map { Twins.path($0.location) })
  }

  private func expire(_ twins: inout Twins) async throws {
    let keep = Int.random(in: 1...4, using: &twins.random)
    let isClean = Bool.random(using: &twins.random)
    let named = Locked<[ExpiredFile]>([])
    let options = ExpireSnapshotsOptions(
      olderThanMillis: .max, retainLast: keep, unusedLayouts: isClean ? .removed : .kept,
      onFile: { file in named.withLock { $0.append(file) } })
    func dryRun(_ table: Table) async throws -> (ExpireSnapshotsReport, Set<String>) {
      named.withLock { $0 = [] }
      let report = try await table.expireSnapshots(options, dryRun: true)
      return (report, Set(named.value.map { Twins.path($0.location) }))
    }
    let before = try await twins.theirs()
    let (files, ownFiles) = (twins.files(of: twins.their), twins.files(of: twins.our))
    let (plan, planned) = try await dryRun(before)
    let (ownPlan, ownPlanned) = try await dryRun(try await twins.ours())
    let report = try await twins.ours().expireSnapshots(options)
    let columns = try await twins.spark.call(
      "CALL ice.system.expire_snapshots(table => '\(twins.their)', "
        + "older_than => TIMESTAMP '2999-01-01 00:00:00', retain_last => \(keep), "
        + "clean_expired_metadata => \(isClean))")
    let what = twins.what("expire_snapshots, \(keep) kept: \(columns)")
    #expect(files.subtracting(twins.files(of: twins.their)) == planned, what)
    #expect(
      columns == [
        "deleted_data_files_count": Int64(plan.deletedDataFilesCount),
        "deleted_position_delete_files_count": Int64(plan.deletedPositionDeleteFilesCount),
        "deleted_equality_delete_files_count": Int64(plan.deletedEqualityDeleteFilesCount),
        "deleted_manifest_files_count": Int64(plan.deletedManifestFilesCount),
        "deleted_manifest_lists_count": Int64(plan.deletedManifestListsCount),
        "deleted_statistics_files_count": Int64(plan.deletedStatisticsFilesCount),
      ], what)
    #expect(report.deleted == ownPlan.deleted, what)
    #expect(ownFiles.subtracting(twins.files(of: twins.our)) == ownPlanned, what)
    let after = try await twins.theirs().metadata
    #expect(
      after.snapshots.map(\.id)
        == before.metadata.snapshots.map(\.id).filter {
          !plan.retention.expiredSnapshotIDs.contains($0)
        }, what)
    #expect(after.schemas.count == report.table.metadata.schemas.count, what)
    #expect(after.partitionSpecs.count == report.table.metadata.partitionSpecs.count, what)
  }

  private func removeOrphans(_ twins: Twins) async throws {
    let litter = [
      "data/city=a/x.parquet", "data/old/y.parquet", "metadata/snap-7-1-x.avro", "data/_hidden/z",
      "data/x y%20.parquet", "notes.txt",
    ]
    let tables = [try await twins.ours(), try await twins.theirs()]
    for table in tables {
      for file in litter { try await Self.put(file, table) }
    }
    let old = Date(timeIntervalSinceNow: -10 * 24 * 60 * 60)
    for name in [twins.our, twins.their] {
      for file in twins.files(of: name) {
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: file)
      }
    }
    for table in tables { try await Self.put("data/young.parquet", table) }
    var options = RemoveOrphanFilesOptions()
    let report = try await tables[0].removeOrphanFiles(options)
    options.dryRun = true
    let plan = try await tables[1].removeOrphanFiles(options)
    let before = twins.files(of: twins.their)
    let found = Set(
      try await twins.spark.column(
        "CALL ice.system.remove_orphan_files(table => '\(twins.their)')"
      ).map(Twins.path))
    let what = twins.what("remove_orphan_files: \(found.sorted())")
    #expect(found == Set(plan.orphanFiles.map { Twins.path($0.location) }), what)
    #expect(before.subtracting(twins.files(of: twins.their)) == found, what)
    #expect(found.count >= 5, what)
    // The same of what lies in both.
    func left(_ table: Table) async throws -> [Bool] {
      try await Self.places(litter + ["data/young.parquet"], table)
    }
    #expect(try await left(tables[0]) == left(tables[1]), what)
    #expect(report.failureCount == 0)
  }

  private static func put(_ file: String, _ table: Table) async throws {
    try await table.fileIO.write(
      Bytes(utf8: file), to: FileLocation.child(file, of: table.metadata.location),
      mode: .createNew)
  }

  private static func places(_ files: [String], _ table: Table) async throws -> [Bool] {
    var found: [Bool] = []
    for file in files {
      found.append(
        try await table.fileIO.exists(FileLocation.child(file, of: table.metadata.location)))
    }
    return found
  }
}
