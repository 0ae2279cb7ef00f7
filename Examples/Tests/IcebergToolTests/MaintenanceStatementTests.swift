import Foundation
import Testing

@Suite("maintenance in the words of other engines, of SQL catalogs, and for good")
struct MaintenanceStatementTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private var folderCatalog: [String] { ["--warehouse", tool.warehouse] }
  private var sqlCatalog: [String] {
    ["--catalog", "sqlite://\(tool.folder.path)/c.db", "--warehouse", tool.warehouse]
  }

  private func sql(_ text: String, _ options: [String] = ["--json"]) throws -> Tool.Result {
    try tool.run(["sql"] + folderCatalog + options + [text])
  }

  /// A table of some commits, in partitions.
  private func make(
    _ name: String = "db.t", commits: Int = 4, properties: String = "'a' = 'b'",
    in catalog: [String]? = nil
  ) throws {
    let catalog = catalog ?? folderCatalog
    let made = try tool.run(
      ["sql"] + catalog + [
        "CREATE TABLE \(name) (id int, city string) PARTITIONED BY (city, truncate(1, id)) "
          + "TBLPROPERTIES (\(properties))"
      ])
    #expect(made.exitCode == 0, "\(made.messages)")
    for id in 0..<commits {
      let rows = try tool.file(
        "\(id).jsonl", "{\"id\":\(id),\"city\":\"\(id % 2 == 0 ? "Oslo" : "Bergen")\"}\n")
      #expect(try tool.run(["append", name, "--from", rows] + catalog).exitCode == 0)
    }
  }

  private func object(_ line: String?) throws -> [String: Any] {
    let data = Data(try #require(line).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Puts a file into the folder of a table that looks as if a writer had left it some days ago.
  private func leaveOrphan(_ days: Double, in folder: String = "db/t") throws -> String {
    let path = tool.warehouse + "/\(folder)/data/lost-\(days).parquet"
    try Data("PAR1".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400)], ofItemAtPath: path)
    return path
  }

  private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private var files: Set<String> {
    let all = FileManager.default.enumerator(atPath: tool.warehouse)?.allObjects as? [String]
    return Set(
      (all ?? []).filter { path in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(
          atPath: tool.warehouse + "/" + path, isDirectory: &isFolder) && !isFolder.boolValue
      })
  }

  private func count(_ catalog: [String]? = nil) throws -> String {
    try tool.run(["query", "SELECT COUNT(*) FROM db.t", "--json"] + (catalog ?? folderCatalog))
      .output
  }

  @Test("VACUUM expires by the table's properties, and removes what writers have left")
  func vacuum() throws {
    defer { tool.remove() }
    try make(
      properties: "'vacuum_max_snapshot_age_seconds' = '0', 'vacuum_min_snapshots_to_keep' = '2'")
    let (old, young) = (try leaveOrphan(7), try leaveOrphan(1))
    let before = files
    let dry = try sql("VACUUM db.t", ["--json", "--dry-run"])
    #expect(dry.exitCode == 0, "\(dry.messages)")
    #expect(files == before)
    let done = try sql("VACUUM db.t")
    #expect(done.exitCode == 0, "\(done.messages)")
    let expired = try #require(
      try done.lines.map(object).first { $0["deleted_manifest_lists_count"] != nil })
    #expect(expired["deleted_manifest_lists_count"] as? Int == 2, "\(done.output)")
    let orphans = try done.lines.map(object).compactMap { $0["orphan_file_location"] as? String }
    #expect(orphans.map { ($0 as NSString).lastPathComponent } == ["lost-7.0.parquet"])
    #expect(!isThere(old) && isThere(young))
    #expect(
      try tool.run(["snapshots", "db.t", "--json"] + folderCatalog).lines.count == 2)
    #expect(try count().contains("4"))
    // Without the properties: five days, one snapshot.
    try make("db.u", commits: 2)
    let nothing = try sql("VACUUM db.u")
    #expect(
      try object(nothing.lines.first)["deleted_manifest_lists_count"] as? Int == 0,
      "\(nothing.output)")
    #expect(
      try sql("ALTER TABLE db.u SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep' = 'x')").exitCode
        == 0)
    let wrong = try sql("VACUUM db.u")
    #expect(
      wrong.exitCode != 0 && wrong.messages.contains("min-snapshots-to-keep"), "\(wrong.messages)")
    #expect(try sql("VACUUM").exitCode == 2)
    #expect(try sql("VACUUM db.none").exitCode == 3)
  }

  @Test("OPTIMIZE takes the threshold of deletes from the table's properties")
  func optimize() throws {
    defer { tool.remove() }
    try make(
      commits: 0,
      properties: "'write.delete.mode' = 'merge-on-read', 'format-version' = '2', "
        + "'write.target-file-size-bytes' = '1000'")
    let lines =
      (0..<4).map { _ in "{\"id\":1,\"city\":\"Oslo\"}\n" }.joined()
      + "{\"id\":1,\"city\":\"Rome\"}\n"
    let rows = try tool.file("rows.jsonl", lines)
    #expect(try tool.run(["append", "db.t", "--from", rows] + folderCatalog).exitCode == 0)
    let deleted = try tool.run(["delete", "db.t", "--where", "city = 'Rome'"] + folderCatalog)
    #expect(deleted.exitCode == 0, "\(deleted.messages)")
    let more = try tool.file("more.jsonl", "{\"id\":2,\"city\":\"Oslo\"}\n")
    #expect(try tool.run(["append", "db.t", "--from", more] + folderCatalog).exitCode == 0)
    #expect(
      try tool.run(["delete", "db.t", "--where", "id = 2 AND city = 'Oslo'"] + folderCatalog)
        .exitCode == 0)
    let set = try sql(
      "ALTER TABLE db.t SET TBLPROPERTIES ('optimize_rewrite_delete_file_threshold' = '-1')")
    #expect(set.exitCode == 0)
    // It is handed on: a number that cannot be is refused.
    let wrong = try sql("OPTIMIZE db.t REWRITE DATA USING BIN_PACK")
    #expect(wrong.exitCode == 2 && wrong.messages.contains("delete-file-threshold"))
    #expect(
      try sql(
        "ALTER TABLE db.t SET TBLPROPERTIES ('optimize_rewrite_delete_file_threshold' = '1')"
      ).exitCode == 0)
    let done = try sql("OPTIMIZE db.t REWRITE DATA USING BIN_PACK")
    #expect(done.exitCode == 0, "\(done.messages)")
    #expect(try count().contains("4"))
  }

  @Test("EXECUTE expires, removes orphans and rewrites manifests, with Trino's arguments")
  func execute() throws {
    defer { tool.remove() }
    try make(properties: "'commit.manifest-merge.enabled' = 'false'")
    let manifests = try object(
      sql("ALTER TABLE db.t EXECUTE optimize_manifests").lines.first)
    #expect(manifests["rewritten_manifests_count"] as? Int == 4)
    #expect(manifests["added_manifests_count"] as? Int == 1)
    let kept = try object(
      sql("ALTER TABLE db.t EXECUTE expire_snapshots(retention_threshold => '7d')").lines.first)
    #expect(kept["deleted_manifest_lists_count"] as? Int == 0)
    let expired = try object(
      sql(
        "ALTER TABLE db.t EXECUTE expire_snapshots(retention_threshold => '0s', retain_last => 2)"
      )
      .lines.last)
    #expect(expired["deleted_manifest_lists_count"] as? Int == 3, "\(expired)")
    let (old, young) = (try leaveOrphan(9), try leaveOrphan(5))
    let orphans = try sql(
      "ALTER TABLE db.t EXECUTE remove_orphan_files(retention_threshold => '7d')")
    #expect(orphans.exitCode == 0, "\(orphans.messages)")
    #expect(!isThere(old) && isThere(young))
    #expect(try count().contains("4"))
    let unknown = try sql("ALTER TABLE db.t EXECUTE drop_extended_stats")
    #expect(unknown.exitCode == 2, "\(unknown.messages)")
  }

  @Test("manifests are sorted by the partition fields that are named")
  func sortBy() throws {
    defer { tool.remove() }
    try make(properties: "'commit.manifest-merge.enabled' = 'false'")
    let done = try sql(
      "CALL system.rewrite_manifests(table => 'db.t', sort_by => array('id_trunc', 'city'))")
    #expect(try object(done.lines.first)["rewritten_manifests_count"] as? Int == 4, "\(done)")
    let wrong = try sql("CALL system.rewrite_manifests(table => 'db.t', sort_by => array('id'))")
    #expect(wrong.exitCode == 2)
    #expect(wrong.messages.contains("it has city, id_trunc"), "\(wrong.messages)")
  }

  @Test("a table goes with every file that it leads to, after a dry run that lists them")
  func purge() throws {
    defer { tool.remove() }
    try make()
    try make("db.other", commits: 1)
    let others = files.filter { $0.hasPrefix("db/other/") }
    let dry = try tool.run(
      ["delete-reachable-files", "db.t", "--dry-run", "--json"] + folderCatalog)
    #expect(dry.exitCode == 0, "\(dry.messages)")
    let result = try object(dry.lines.last)
    #expect(result["deleted_data_files_count"] as? Int == 4)
    #expect(result["deleted_position_delete_files_count"] as? Int == 0)
    #expect(result["deleted_equality_delete_files_count"] as? Int == 0)
    #expect(result["deleted_manifests_count"] as? Int == 4)
    #expect(result["deleted_manifest_lists_count"] as? Int == 4)
    #expect(result["deleted_other_files_count"] as? Int == 5)
    #expect(result["dry_run"] as? Bool == true)
    let kinds = try #require(result["kinds"] as? [[String: Any]])
    #expect(
      kinds.map { $0["kind"] as? String } == [
        "data files", "manifests", "manifest lists", "metadata files",
      ])
    #expect(kinds.allSatisfy { ($0["size_in_bytes"] as? Int ?? 0) > 0 })
    #expect(dry.lines.count == 1 + 4 + 4 + 4 + 5)
    // Four snapshots added three files each; metadata files are of none.
    let snapshots = try #require(result["snapshots"] as? [[String: Any]])
    #expect(snapshots.map { $0["files"] as? Int } == [3, 3, 3, 3, 5])
    #expect(snapshots.last?["snapshot_id"] is NSNull)
    let listed = try dry.lines.dropLast().map { try object($0) }
    for snapshot in snapshots.dropLast() {
      let own = listed.filter { $0["snapshot_id"] as? Int == snapshot["snapshot_id"] as? Int }
      #expect(own.count == 3)
      #expect(
        own.reduce(0) { $0 + ($1["size_in_bytes"] as? Int ?? 0) }
          == snapshot["size_in_bytes"] as? Int)
    }
    #expect(try count().contains("4"))
    let guarded = try sql("ALTER TABLE db.t SET TBLPROPERTIES ('gc.enabled' = 'false')")
    #expect(guarded.exitCode == 0)
    let refused = try sql("CALL system.delete_reachable_files('db.t')")
    #expect(refused.exitCode == 2 && refused.messages.contains("'gc.enabled' is false"))
    let plan = try tool.run(["drop", "db.t", "--purge", "--dry-run"] + folderCatalog)
    #expect(plan.exitCode == 2 && plan.messages.contains("'gc.enabled' is false"))
    #expect(
      try sql("ALTER TABLE db.t SET TBLPROPERTIES ('gc.enabled' = 'true')").exitCode == 0)
    let done = try sql("CALL system.delete_reachable_files(table => 'db.t')")
    #expect(done.exitCode == 0, "\(done.messages)")
    #expect(try object(done.lines.last)["deleted_data_files_count"] as? Int == 4)
    #expect(files == others)
  }

  @Test("a table that was dropped without its files is deleted by its last metadata")
  func dropped() throws {
    defer { tool.remove() }
    try make(commits: 2)
    #expect(try tool.run(["drop", "db.t"] + folderCatalog).exitCode == 0)
    let copy = tool.warehouse + "/db/t/metadata/dropped-v3.json"
    #expect(isThere(copy))
    let alone = try tool.run(["purge", copy])
    #expect(alone.exitCode == 2 && alone.messages.contains("name the catalog"), "\(alone.messages)")
    let dry = try tool.run(["delete_reachable_files", copy, "--dry-run"])
    #expect(dry.exitCode == 0 && dry.output.contains("would delete "), "\(dry.messages)")
    #expect(isThere(copy))
    let done = try tool.run(["delete_reachable_files", copy] + folderCatalog)
    #expect(done.exitCode == 0, "\(done.messages)")
    #expect(files.isEmpty)
  }

  @Test("DROP ... PURGE in a dry run tells what would go; drop lists every file")
  func dropPurge() throws {
    defer { tool.remove() }
    try make(commits: 1)
    let before = files
    let plan = try object(
      sql("DROP TABLE db.t PURGE", ["--json", "--dry-run"]).lines.last)
    #expect(plan["deleted_data_files_count"] as? Int == 1)
    #expect((plan["snapshots"] as? [[String: Any]])?.count == 2)
    let dry = try tool.run(["drop", "db.t", "--purge", "--dry-run"] + folderCatalog)
    #expect(dry.exitCode == 0, "\(dry.messages)")
    #expect(dry.output.components(separatedBy: "would delete ").count == 1 + 1 + 1 + 1 + 2)
    #expect(dry.output.contains("manifest lists"))
    #expect(dry.output.contains("added by snapshot") && dry.output.contains("none, or expired"))
    #expect(files == before)
    #expect(try sql("DROP TABLE db.t PURGE").exitCode == 0)
    #expect(files.isEmpty)
  }

  @Test("iceberg maintain does all tables of an SQL catalog")
  func maintainSQL() throws {
    defer { tool.remove() }
    try make(commits: 6, in: sqlCatalog)
    try make("other.u", commits: 1, in: sqlCatalog)
    let folder = try #require(
      files.first { $0.hasSuffix(".parquet") && $0.contains("db/t/") }
    ).components(
      separatedBy: "/data/")[0]
    let orphan = try leaveOrphan(7, in: folder)
    let policy = try tool.file(
      "policy.json",
      """
      {"expire-snapshots": {"when-snapshots-over": 5, "older-than": "now", "retain-last": 1},
       "rewrite-data-files": {"when-files-over": 5, "when-average-file-below-bytes": null,
         "options": {"rewrite-all": "true"}},
       "rewrite-manifests": {"when-manifests-over": null}}
      """)
    let words = ["maintain", "--all", "--policy", policy, "--json"] + sqlCatalog
    let before = files
    let dry = try tool.run(words + ["--dry-run"])
    #expect(dry.exitCode == 0, "\(dry.messages)")
    #expect(files == before)
    let done = try tool.run(words)
    #expect(done.exitCode == 0, "\(done.output) \(done.messages)")
    let tables = try done.lines.map(object)
    #expect(tables.map { $0["table"] as? String } == ["db.t", "other.u"])
    #expect(tables[0]["status"] as? String == "done", "\(done.output)")
    let steps = try #require(tables[0]["steps"] as? [[String: Any]])
    #expect(steps.map { $0["changed"] as? Bool } == [true, true, true, true], "\(done.output)")
    #expect(!isThere(orphan))
    #expect(tables[1]["status"] as? String == "nothing-to-do", "\(done.output)")
    #expect(try count(sqlCatalog).contains("6"))
    let snapshots = try tool.run(["snapshots", "db.t", "--json"] + sqlCatalog)
    // Of the expiry one is left; compaction and the rewrite of manifests made one each.
    #expect(snapshots.lines.count == 3, "\(snapshots.output)")
    #expect(try tool.run(["check", "db.t"] + sqlCatalog).exitCode == 0)
    // No lock is left behind.
    #expect(!files.contains { $0.contains("/_maintenance/lock") }, "\(files)")
  }
}
