import Foundation
import Iceberg
import Testing

@Suite("options of expire_snapshots")
struct ExpiryOptionTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func run(_ words: String...) throws -> Tool.Result {
    try tool.run(words + ["--warehouse", tool.warehouse])
  }

  private func sql(_ text: String, _ options: String...) throws -> Tool.Result {
    try tool.run(["sql", "--warehouse", tool.warehouse] + options + [text])
  }

  private func append(_ id: Int, as columns: String = "") throws {
    let rows = try tool.file("\(id).jsonl", "{\"id\":\(id),\"city\":\"Oslo\"\(columns)}\n")
    let result = try run("append", "db.t", "--from", rows)
    #expect(result.exitCode == 0, "\(result.messages)")
  }

  /// A table of some appends; the ids of its snapshots, oldest first.
  private func make(commits: Int) throws -> [Int64] {
    #expect(try sql("CREATE TABLE db.t (id int, city string)").exitCode == 0)
    for id in 0..<commits { try append(id) }
    return try ids()
  }

  private func ids() throws -> [Int64] {
    try run("snapshots", "db.t", "--json").lines.map { line in
      try #require(try object(line)["snapshot_id"] as? Int64)
    }
  }

  private func object(_ line: String?) throws -> [String: Any] {
    let data = Data(try #require(line).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func metadata() async throws -> TableMetadata {
    try await FileSystemCatalog(warehouse: tool.warehouse).loadTable("db.t").metadata
  }

  @Test(
    "snapshot_ids expire whatever their age, and no others; what a branch stands for never does")
  func snapshotIDs() throws {
    defer { tool.remove() }
    let made = try make(commits: 5)
    let first = try run(
      "expire_snapshots", "db.t", "--snapshot-ids", "\(made[0]),\(made[2])", "--json")
    #expect(first.exitCode == 0, "\(first.messages)")
    #expect(try object(first.lines.last)["deleted_manifest_lists_count"] as? Int == 2)
    #expect(try ids() == [made[1], made[3], made[4]])
    let second = try sql(
      "CALL system.expire_snapshots(table => 'db.t', snapshot_ids => array(\(made[1])))", "--json")
    #expect(second.exitCode == 0, "\(second.messages)")
    #expect(try object(second.lines.last)["deleted_manifest_lists_count"] as? Int == 1)
    #expect(try ids() == [made[3], made[4]])
    let current = try run("expire_snapshots", "db.t", "snapshot_ids=\(made[4])")
    #expect(current.exitCode == 2 && current.messages.contains("'main' stands for it"))
    let word = try run("expire_snapshots", "db.t", "--snapshot-ids", "\(made[3]),last")
    #expect(word.exitCode == 2 && word.messages.contains("snapshot_ids is an array of numbers"))
    #expect(try ids() == [made[3], made[4]])
    #expect(try run("count", "db.t").output.contains("5"))
  }

  @Test("clean_expired_metadata removes the schemas and specs that no snapshot has any more")
  func cleanExpiredMetadata() async throws {
    defer { tool.remove() }
    _ = try make(commits: 2)
    for change in ["ADD COLUMN note string", "ADD PARTITION FIELD city"] {
      #expect(try sql("ALTER TABLE db.t \(change)").exitCode == 0)
    }
    // After this only the new spec has files, and after the append only the new manifest is left.
    let rows = try tool.file("all.jsonl", "{\"id\":7,\"city\":\"Oslo\",\"note\":\"x\"}\n")
    #expect(try run("overwrite", "db.t", "--all", "--from", rows).exitCode == 0)
    try append(8, as: ",\"note\":\"y\"")

    let kept = try run("expire_snapshots", "db.t", "older_than=now", "--json")
    #expect(kept.exitCode == 0, "\(kept.messages)")
    #expect(try ids().count == 1)
    var found = try await metadata()
    #expect(found.schemas.map(\.id) == [0, 1] && found.partitionSpecs.map(\.id) == [0, 1])

    let dry = try run(
      "expire_snapshots", "db.t", "--clean-expired-metadata", "--dry-run", "--json")
    #expect(dry.exitCode == 0, "\(dry.messages)")
    #expect(try await metadata() == found)
    let cleaned = try sql(
      "CALL system.expire_snapshots(table => 'db.t', clean_expired_metadata => true)", "--json")
    #expect(cleaned.exitCode == 0, "\(cleaned.messages)")
    #expect(try object(cleaned.lines.last)["deleted_manifest_lists_count"] as? Int == 0)
    found = try await metadata()
    #expect(found.schemas.map(\.id) == [1] && found.partitionSpecs.map(\.id) == [1])
    #expect(try run("count", "db.t").output.contains("2"))
  }

  @Test("stream_results prints each file that is deleted, in front of the result")
  func streamResults() throws {
    defer { tool.remove() }
    let made = try make(commits: 4)
    let silent = try run("expire_snapshots", "db.t", "--snapshot-ids", "\(made[0])", "--json")
    #expect(silent.exitCode == 0 && silent.lines.count == 1, "\(silent.output)")
    let streamed = try run(
      "expire_snapshots", "db.t", "--snapshot-ids", "\(made[1])", "--stream-results", "--json")
    #expect(streamed.exitCode == 0 && streamed.lines.count == 2, "\(streamed.output)")
    let file = try object(streamed.lines.first)
    #expect(file["kind"] as? String == "manifest lists")
    #expect(file["snapshot_id"] as? Int64 == made[1])
    let path = try #require(file["file"] as? String)
    #expect(path.contains("snap-\(made[1])-"))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try object(streamed.lines.last)["deleted_manifest_lists_count"] as? Int == 1)
    let text = try sql(
      "CALL system.expire_snapshots('db.t', TIMESTAMP '2200-01-01 00:00:00', 1, 2, true)")
    #expect(text.exitCode == 0, "\(text.messages)")
    let deletes = text.lines.filter { $0.hasPrefix("deletes ") }
    #expect(deletes.count == 1 && deletes[0].contains("(snapshot \(made[2]), "), "\(text.output)")
  }

  @Test("cleanup_level says which files go: all, those of the metadata, or none")
  func cleanupLevel() throws {
    defer { tool.remove() }
    _ = try make(commits: 2)
    func replace(_ id: Int) throws {
      let rows = try tool.file("n.jsonl", "{\"id\":\(id),\"city\":\"Oslo\"}\n")
      #expect(try run("overwrite", "db.t", "--all", "--from", rows).exitCode == 0)
    }
    func files(_ ending: String) -> Int {
      let paths = FileManager.default.enumerator(atPath: tool.warehouse)?.allObjects as? [String]
      return (paths ?? []).count { $0.hasSuffix(ending) }
    }
    for (level, dataLeft, listsLeft) in [
      ("none", 0, 0), ("METADATA_ONLY", 0, 1), ("all", 1, 1),
    ] {
      try replace(dataLeft)
      let (data, lists) = (files(".parquet"), files(".avro"))
      let result = try run(
        "expire_snapshots", "db.t", "older_than=now", "--cleanup-level", level, "--json")
      #expect(result.exitCode == 0, "\(level): \(result.messages)")
      #expect((files(".parquet") < data) == (dataLeft == 1), "\(level)")
      #expect((files(".avro") < lists) == (listsLeft == 1), "\(level)")
      #expect(try ids().count == 1)
    }
    let wrong = try sql("CALL system.expire_snapshots('db.t', cleanup_level => 'some')")
    #expect(wrong.exitCode == 2)
    #expect(wrong.messages.contains("cleanup_level is ALL, METADATA_ONLY or NONE, not 'some'"))
    #expect(try run("count", "db.t").output.contains("1"))
  }

  @Test("files that others need are kept, and it is told for whom; other_tables is places or files")
  func keptForOthers() throws {
    defer { tool.remove() }
    _ = try make(commits: 3)
    // As another catalog would have made it, beside the table's own versions.
    let folder = tool.warehouse + "/db/t/metadata"
    let newest = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).filter {
        $0.hasSuffix(".metadata.json")
      }.max())
    let other = "00090-other.metadata.json"
    try FileManager.default.copyItem(atPath: "\(folder)/\(newest)", toPath: "\(folder)/\(other)")
    let wrong = try run("expire_snapshots", "db.t", "older_than=now", "--other-tables", "all")
    #expect(wrong.exitCode == 2, "\(wrong.messages)")
    #expect(wrong.messages.contains("other_tables is places or files, not 'all'"))
    for words in [["--dry-run", "--other-tables", "files"], []] {
      let result = try tool.run(
        ["expire_snapshots", "db.t", "older_than=now", "--json", "--warehouse", tool.warehouse]
          + words)
      #expect(result.exitCode == 0, "\(result.messages)")
      #expect(
        result.messages.contains("2 files, ") && result.messages.contains("kept for others: "))
      let told = try object(result.lines.last)
      #expect(told["kept_files_count"] as? Int == 2)
      #expect(told["deleted_manifest_lists_count"] as? Int == 0)
      let keepers = try #require(told["kept_for"] as? [String])
      #expect(keepers.count == 1 && keepers[0].hasSuffix("/metadata/\(other)"))
    }
    #expect(try ids().count == 1)
  }

  @Test("every procedure that holds names of files takes a memory limit, in any spelling")
  func memoryLimit() throws {
    defer { tool.remove() }
    _ = try make(commits: 3)
    for procedure in [
      "expire_snapshots", "rewrite_data_files", "rewrite_manifests",
      "rewrite_position_delete_files", "remove_dangling_deletes", "remove_orphan_files", "check",
      "delete_reachable_files",
    ] {
      let dry = procedure == "check" ? [] : ["--dry-run"]
      for limit in ["64MB", "1 gb", "1000000"] {
        let words = [procedure, "db.t", "--memory-limit", limit, "--warehouse", tool.warehouse]
        let result = try tool.run(words + dry)
        #expect(result.exitCode == 0, "\(procedure) \(limit): \(result.messages)")
      }
      let wrong = try run(procedure, "db.t", "--memory-limit", "much")
      #expect(wrong.exitCode == 2 && wrong.messages.contains("memory_limit is a size (512MB"))
    }
    // Three files do not fit.
    let refused = try run(
      "rewrite_data_files", "db.t", "--options", "rewrite-all=true", "--memory-limit", "2000")
    #expect(refused.exitCode == 2, "\(refused.messages)")
    #expect(refused.messages.contains("max-files-to-rewrite"))
    let called = try sql("CALL system.rewrite_manifests('db.t', memory_limit => '1MB')")
    #expect(called.exitCode == 0, "\(called.messages)")
  }
}
