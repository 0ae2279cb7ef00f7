import Foundation
import Testing

@Suite("expiry, orphans, checks, and iceberg maintain")
struct MaintainCommandTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func run(_ words: String...) throws -> Tool.Result {
    try tool.run(words + ["--warehouse", tool.warehouse])
  }

  private func make(_ name: String = "db.t", commits: Int = 4) throws {
    let made = try run("create", name, "--schema", "id int")
    #expect(made.exitCode == 0, "\(made.messages)")
    for id in 0..<commits {
      let rows = try tool.file("\(id).jsonl", "{\"id\":\(id)}\n")
      #expect(try run("append", name, "--from", rows).exitCode == 0)
    }
  }

  private func object(_ line: String?) throws -> [String: Any] {
    let data = Data(try #require(line).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Puts a file into the folder of a table that looks as if a writer had left it a week ago.
  private func leaveOrphan() throws -> String {
    let path = tool.warehouse + "/db/t/data/lost.parquet"
    try Data("PAR1".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -7 * 86_400)], ofItemAtPath: path)
    return path
  }

  private var files: [String] {
    let paths = FileManager.default.enumerator(atPath: tool.warehouse)?.allObjects as? [String]
    return (paths ?? []).sorted()
  }

  @Test("snapshots expire, after a dry run that lists files by snapshot; milestones need tags")
  func expire() throws {
    defer { tool.remove() }
    try make()
    #expect(
      try run("overwrite", "db.t", "--all", "--from", tool.file("n.jsonl", "{\"id\":9}\n")).exitCode
        == 0)
    let before = files
    let dry = try run("expire_snapshots", "db.t", "--older-than", "now", "--dry-run")
    #expect(dry.exitCode == 0, "\(dry.messages)")
    #expect(dry.output.contains("would delete "))
    #expect(dry.output.contains("deleted_data_files_count"))
    #expect(files == before)
    let kept = try tool.run(
      [
        "sql", "--warehouse", tool.warehouse, "--json",
        "CALL system.expire_snapshots(table => 'db.t', older_than => TIMESTAMP '2200-01-01 00:00:00', retain_last => 4)",
      ])
    #expect(kept.exitCode == 0, "\(kept.messages)")
    #expect(kept.messages.contains("Milestones are kept by tags"))
    #expect(try object(kept.lines.last)["deleted_data_files_count"] as? Int == 0)
    let result = try run("expire-snapshots", "db.t", "older_than=now", "--json")
    let counts = try object(result.lines.last)
    #expect(counts["deleted_data_files_count"] as? Int == 4)
    #expect(counts["deleted_manifest_lists_count"] as? Int == 3)
    #expect(try run("snapshots", "db.t", "--json").lines.count == 1)
    #expect(try run("count", "db.t").output.contains("1"))
  }

  @Test("orphans are listed, then removed; younger files than a day are never")
  func orphans() throws {
    defer { tool.remove() }
    try make()
    let path = try leaveOrphan()
    let dry = try run("remove_orphan_files", "db.t", "--dry-run")
    #expect(dry.exitCode == 0, "\(dry.messages)")
    #expect(dry.output.contains("lost.parquet"))
    #expect(dry.messages.contains("would delete 1 file"))
    #expect(FileManager.default.fileExists(atPath: path))
    let refused = try run("remove_orphan_files", "db.t", "--older-than", "1 hour ago")
    #expect(refused.exitCode == 2)
    let removed = try run("clean-orphan-files", "db.t", "--json")
    #expect(
      (try object(removed.lines.first)["orphan_file_location"] as? String)?.hasSuffix(
        "lost.parquet")
        == true)
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try run("count", "db.t").output.contains("4"))
  }

  @Test("a table that lacks a file is found out")
  func check() throws {
    defer { tool.remove() }
    try make()
    let intact = try run("check", "db.t")
    #expect(intact.exitCode == 0 && intact.output.hasPrefix("intact: "), "\(intact.output)")
    let data = try #require(files.first { $0.hasSuffix(".parquet") })
    try FileManager.default.removeItem(atPath: tool.warehouse + "/" + data)
    let damaged = try run("check", "db.t", "--json")
    #expect(damaged.exitCode == 7)
    #expect(try object(damaged.lines.first)["code"] as? String == "missing-file")
    // Nothing is deleted of a table that is damaged.
    #expect(try run("expire_snapshots", "db.t", "older_than=now").exitCode != 0)
  }

  @Test("a policy says what is done; nothing is done twice; a lock keeps others out")
  func maintain() throws {
    defer { tool.remove() }
    try make(commits: 6)
    try make("db.u", commits: 1)
    _ = try leaveOrphan()
    let policy = try tool.file(
      "policy.json",
      """
      {"expire-snapshots": {"when-snapshots-over": 5, "older-than": "now", "retain-last": 1},
       "rewrite-data-files": {"when-files-over": 5, "when-average-file-below-bytes": null},
       "rewrite-manifests": {"when-manifests-over": null}}
      """)
    let words = ["maintain", "--all", "--policy", policy, "--json", "--warehouse", tool.warehouse]
    let before = files
    let dry = try tool.run(words + ["--dry-run"])
    #expect(dry.exitCode == 0, "\(dry.messages)")
    let lines = try dry.lines.map { try object($0) }
    #expect(lines.filter { $0["status"] != nil }.count == 2)
    #expect(files == before)
    // Every file is told, and in the end what they are together.
    let planned = lines.filter { $0["file"] != nil }
    func count(_ step: String, _ fate: String) -> Int {
      planned.count { $0["step"] as? String == step && $0["would"] as? String == fate }
    }
    #expect(planned.allSatisfy { $0["table"] as? String == "db.t" })
    #expect(planned.allSatisfy { $0["size_in_bytes"] as? Int != nil })
    #expect(count("expire_snapshots", "delete") == 5)
    #expect(count("rewrite_data_files", "rewrite") == 6)
    #expect(count("remove_orphan_files", "delete") == 1)
    // Of each file the snapshot is told, where there is one, and what each snapshot has of them.
    let steps = try #require(
      lines.first { $0["status"] as? String == "done" }?["steps"] as? [[String: Any]])
    let expiry = try #require(steps.first?["result"] as? [String: Any])
    let totals = try #require(expiry["snapshots"] as? [[String: Any]])
    #expect(totals.count == 5 && (expiry["kinds"] as? [[String: Any]])?.count == 1)
    for total in totals {
      let own = planned.filter {
        $0["step"] as? String == "expire_snapshots"
          && $0["snapshot_id"] as? Int == total["snapshot_id"] as? Int
      }
      #expect(own.count == 1 && total["files"] as? Int == 1)
      #expect(own.first?["size_in_bytes"] as? Int == total["size_in_bytes"] as? Int)
    }
    #expect(
      planned.filter { $0["step"] as? String == "remove_orphan_files" }
        .allSatisfy { $0["snapshot_id"] is NSNull })
    let text = try run("maintain", "db.t", "--policy", policy, "--dry-run")
    #expect(text.output.contains("expired snapshot") && text.output.contains("5 manifest lists"))
    #expect(text.lines.count { $0.hasPrefix("db.t: would delete ") } == 6)
    #expect(text.lines.contains { $0.contains("/data/lost.parquet (4 bytes)") })
    let done = try tool.run(words)
    #expect(done.exitCode == 0, "\(done.output) \(done.messages)")
    let first = try object(done.lines.first)
    #expect(first["table"] as? String == "db.t" && first["status"] as? String == "done")
    let taken = try #require(first["steps"] as? [[String: Any]])
    #expect(
      taken.map { $0["name"] as? String } == [
        "expire_snapshots", "rewrite_data_files", "rewrite_manifests", "remove_orphan_files",
      ])
    #expect(taken[0]["changed"] as? Bool == true && taken[1]["changed"] as? Bool == true)
    #expect(taken[3]["changed"] as? Bool == true, "\(done.output)")
    #expect(try object(done.lines.last)["status"] as? String == "nothing-to-do")
    #expect(try run("count", "db.t").output.contains("6"))
    #expect(try tool.run(words + ["--exit-code"]).exitCode == 7)
    // Somebody else is at it.
    let lock = tool.warehouse + "/db/t/metadata/_maintenance/lock-1.json"
    try Data(
      """
      {"id":"x","owner":"ops","host":"h","process-id":1,"acquired-at-ms":1,
       "expires-at-ms":4102444800000}
      """.utf8
    ).write(to: URL(fileURLWithPath: lock))
    let locked = try run("maintain", "db.t", "--policy", policy)
    #expect(locked.exitCode == 8)
    #expect(locked.output.contains("ops (process 1 on host h"), "\(locked.output)")
  }

  @Test("a policy with a member that nobody knows is refused with those that there are")
  func policies() throws {
    defer { tool.remove() }
    let shown = try run("maintain", "--print-policy")
    #expect(shown.output.contains("\"when-snapshots-over\": 100"))
    #expect(shown.output.contains("\"other-tables\": \"places\""))
    #expect(shown.output.contains("\"when-average-file-below-bytes\": 104857600"))
    let same = try tool.file("same.json", shown.output)
    try make(commits: 1)
    #expect(try run("maintain", "db.t", "--policy", same).exitCode == 0)
    for (text, message) in [
      ("{\"expire\": {}}", "'expire', which is not known; there are expire-snapshots"),
      ("{\"rewrite-data-files\": {\"when-files-over\": \"many\"}}", "must be a whole number"),
      ("{\"remove-orphan-files\": {\"older-than\": \"soon\"}}", "must be a time"),
      ("{\"remove-orphan-files\": {\"other-tables\": \"all\"}}", "must be places, files, or null"),
      ("{\"expire-snapshots\": {\"other-tables\": \"all\"}}", "must be places, files, or null"),
      ("{\"lock-seconds\": 1}", "from 10 to 86400"), ("[1", "no JSON"),
    ] {
      let result = try run("maintain", "db.t", "--policy", tool.file("wrong.json", text))
      #expect(result.exitCode == 2)
      #expect(result.messages.contains(message), "\(result.messages)")
    }
    #expect(try run("maintain").exitCode == 2)
  }
}
