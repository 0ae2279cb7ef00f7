import Foundation
import Testing

@Suite("iceberg branch, tag, rollback, set-current and fast-forward")
struct ReferenceCommandTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  /// Makes a table with as many snapshots. Returns its path and their ids.
  private func make(_ name: String, snapshots count: Int) throws -> (path: String, ids: [Int64]) {
    let made = try tool.run(
      "create", "--warehouse", tool.warehouse, name, "--schema", "id long not null")
    #expect(made.exitCode == 0, "\(made.messages)")
    let path = tool.warehouse + "/" + name
    var ids: [Int64] = []
    for number in 0..<count {
      let file = try tool.file("\(name)-\(number).csv", "id\n\(number)\n")
      let result = try tool.run("append", path, "--from", file, "--json")
      ids.append(try #require(try object(result)["snapshot_id"] as? Int64))
    }
    return (path, ids)
  }

  private func object(_ result: Tool.Result) throws -> [String: Any] {
    #expect(result.exitCode == 0, "\(result.messages)")
    let line = try #require(result.lines.first)
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test("rollback goes to an ancestor or a time, and a dry run only says so")
  func rollback() throws {
    defer { tool.remove() }
    let (path, ids) = try make("t", snapshots: 3)
    let dry = try object(
      try tool.run("rollback", path, "--snapshot-id", "\(ids[0])", "--dry-run", "--json"))
    #expect(dry["previous_snapshot_id"] as? Int64 == ids[2])
    #expect(dry["current_snapshot_id"] as? Int64 == ids[0])
    #expect(dry["dry_run"] as? Bool == true && dry["metadata_location"] is NSNull)
    #expect(try tool.run("count", path).output == "3\n")

    let back = try object(try tool.run("rollback", path, "--snapshot_id", "\(ids[0])", "--json"))
    #expect(back["current_snapshot_id"] as? Int64 == ids[0])
    #expect(back["dry_run"] as? Bool == false)
    #expect(back["metadata_location"] is String)
    #expect(try tool.run("count", path).output == "1\n")
    // The third is no ancestor any more, but can be made current.
    #expect(try tool.run("rollback", path, "--snapshot-id", "\(ids[2])").exitCode == 5)
    #expect(try tool.run("rollback", path, "--snapshot-id", "5").exitCode == 3)
    let text = try tool.run("set-current", path, "--snapshot-id", "\(ids[2])")
    #expect(text.output == "main from snapshot \(ids[0]) to \(ids[2])\n")
    #expect(try tool.run("count", path).output == "3\n")
    // All are older than tomorrow, and none than the year 2000.
    #expect(try tool.run("rollback", path, "--timestamp", "2000-01-01").exitCode == 3)
    let now = try object(try tool.run("rollback", path, "--timestamp", "now", "--json"))
    #expect(now["current_snapshot_id"] as? Int64 == ids[2])
    for words in [
      ["rollback", path], ["rollback", path, "--snapshot-id", "1", "--timestamp", "now"],
      ["rollback", path, "--timestamp", "soon"], ["set-current", path],
    ] {
      #expect(try tool.run(words).exitCode == 2, "\(words)")
    }
  }

  @Test("branches and tags are made, moved, renamed, kept and removed")
  func references() throws {
    defer { tool.remove() }
    let (path, ids) = try make("t", snapshots: 2)
    let audit = try object(
      try tool.run(
        "branch", path, "create", "audit", "--at", "~1", "--min-snapshots-to-keep", "3",
        "--max-snapshot-age-ms", "1000", "--max-ref-age-ms", "2000", "--json"))
    #expect(audit["snapshot_id"] as? Int64 == ids[0])
    #expect(audit["type"] as? String == "BRANCH")
    #expect(audit["min_snapshots_to_keep"] as? Int == 3)
    #expect(audit["max_snapshot_age_in_ms"] as? Int == 1000)
    #expect(audit["max_reference_age_in_ms"] as? Int == 2000)
    let kept = try object(
      try tool.run(
        "branch", path, "retain", "audit", "--min-snapshots-to-keep", "none", "--json"))
    #expect(kept["min_snapshots_to_keep"] is NSNull)
    #expect(kept["max_snapshot_age_in_ms"] as? Int == 1000)

    let tag = try tool.run("tag", path, "create", "v1")
    #expect(tag.output == "tag 'v1' at snapshot \(ids[1])\n")
    let dry = try tool.run("tag", path, "replace", "v1", "--snapshot-id", "\(ids[0])", "--dry-run")
    #expect(dry.output == "would be: tag 'v1' at snapshot \(ids[0])\n")
    #expect(try tool.run("tag", path, "rename", "v1", "v2").exitCode == 0)
    let listed = try object(try tool.run("tag", path, "--json"))
    #expect(listed["name"] as? String == "v2" && listed["snapshot_id"] as? Int64 == ids[1])
    #expect(try tool.run("branch", path).output.contains("audit"))

    let moved = try object(try tool.run("fast-forward", path, "audit", "main", "--json"))
    #expect(moved["branch_updated"] as? String == "audit")
    #expect(moved["previous_ref"] as? Int64 == ids[0])
    #expect(moved["updated_ref"] as? Int64 == ids[1])
    let new = try object(
      try tool.run("fast-forward", path, "--branch", "new", "--to", "v2", "--json"))
    #expect(new["previous_ref"] is NSNull && new["updated_ref"] as? Int64 == ids[1])
    #expect(
      try tool.run("branch", path, "replace", "new", "--snapshot-id", "\(ids[0])").exitCode == 0)
    #expect(try tool.run("set-current", path, "--ref", "new").exitCode == 0)
    #expect(try tool.run("count", path).output == "1\n")
    #expect(try tool.run("fast-forward", path, "audit", "main").exitCode == 5)

    #expect(try tool.run("branch", path, "remove", "audit").output == "no branch 'audit'\n")
    #expect(try tool.run("tag", path, "remove", "v2").exitCode == 0)
    #expect(try tool.run("tag", path, "--json").output.isEmpty)
    for (words, code) in [
      (["create", "main"], 1), (["remove", "main"], 2), (["remove", "none"], 3),
      (["rename", "none", "x"], 3), (["create"], 2), (["make", "x"], 2), (["replace", "new"], 2),
      (["retain", "new"], 2), (["create", "x", "--snapshot-id", "5"], 5),
      (["retain", "new", "--min-snapshots-to-keep", "0"], 2),
    ] {
      let result = try tool.run(["branch", path] + words)
      #expect(result.exitCode == Int32(code), "\(words): \(result.messages)")
    }
    #expect(try tool.run("tag", path, "remove", "new").exitCode == 2)
    #expect(try tool.run("tag", path, "rename", "new", "x").exitCode == 2)
  }
}
