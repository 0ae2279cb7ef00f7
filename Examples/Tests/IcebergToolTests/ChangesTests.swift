import Foundation
import Iceberg
import Testing

@Suite("iceberg changes, cherry-pick and publish")
struct ChangesTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  /// Makes a table of the given files, a snapshot each. Returns its path and the ids.
  private func make(_ files: String...) throws -> (path: String, ids: [Int64]) {
    let made = try tool.run(
      "create", "--warehouse", tool.warehouse, "t", "--schema", "id long not null, level string")
    #expect(made.exitCode == 0, "\(made.messages)")
    let path = tool.warehouse + "/t"
    var ids: [Int64] = []
    for (number, lines) in files.enumerated() {
      let file = try tool.file("\(number).csv", "id,level\n" + lines)
      let result = try object(try tool.run("append", path, "--from", file, "--json"))
      ids.append(try #require(result["snapshot_id"] as? Int64))
    }
    return (path, ids)
  }

  private func object(_ result: Tool.Result) throws -> [String: Any] {
    #expect(result.exitCode == 0, "\(result.messages)")
    let line = try #require(result.lines.first)
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test("changes are told snapshot by snapshot, as JSON and for people")
  func changes() throws {
    defer { tool.remove() }
    let (path, ids) = try make("1,INFO\n", "2,WARN\n3,\n")
    let all = try tool.run("changes", path, "--json")
    #expect(
      all.lines == [
        #"{"id":1,"level":"INFO","_change_type":"INSERT","_change_ordinal":0,"_commit_snapshot_id":\#(ids[0])}"#,
        #"{"id":2,"level":"WARN","_change_type":"INSERT","_change_ordinal":1,"_commit_snapshot_id":\#(ids[1])}"#,
        #"{"id":3,"level":null,"_change_type":"INSERT","_change_ordinal":1,"_commit_snapshot_id":\#(ids[1])}"#,
      ])
    let some = try tool.run(
      "changes", path, "--from", "~1", "--to", "main", "--where", "id > 2", "--select", "id",
      "--identifier", "id", "--net", "--json")
    #expect(
      some.lines == [
        #"{"id":3,"_change_type":"INSERT","_change_ordinal":0,"_commit_snapshot_id":\#(ids[1])}"#
      ])
    let text = try tool.run("changes", path, "--limit", "1")
    #expect(text.output.contains("_change_type") && text.output.contains("INSERT"))
    #expect(try tool.run("changes", path, "--from", "5").exitCode == 3)
    #expect(try tool.run("changes", path, "--from", "main", "--to", "~1").exitCode == 2)
    #expect(try tool.run("changes", path, "--identifier", "x").exitCode == 3)
  }

  @Test("a snapshot that was rolled back is picked again, once")
  func cherryPick() throws {
    defer { tool.remove() }
    let (path, ids) = try make("1,A\n", "2,B\n", "3,C\n")
    #expect(try tool.run("rollback", path, "--snapshot-id", "\(ids[0])").exitCode == 0)
    let dry = try object(
      try tool.run("cherry-pick", path, "--snapshot-id", "\(ids[2])", "--dry-run", "--json"))
    #expect(dry["source_snapshot_id"] as? Int64 == ids[2])
    #expect(dry["dry_run"] as? Bool == true)
    let picked = try object(
      try tool.run("cherry-pick", path, "--snapshot-id", "\(ids[2])", "--json"))
    #expect(picked["source_snapshot_id"] as? Int64 == ids[2])
    #expect(picked["current_snapshot_id"] as? Int64 != ids[2])
    #expect(
      try tool.run("scan", path, "--select", "id", "--json").lines.sorted()
        == [#"{"id":1}"#, #"{"id":3}"#])
    #expect(try tool.run("cherry-pick", path, "--snapshot-id", "\(ids[2])").exitCode == 5)
    #expect(try tool.run("cherry-pick", path, "--snapshot-id", "7").exitCode == 3)
    #expect(try tool.run("cherry-pick", path).exitCode == 2)
    #expect(try tool.run("publish", path, "--wap-id", "none").exitCode == 3)
    #expect(try tool.run("publish", path).exitCode == 2)
  }

  /// Stages a row under an id; the id of its snapshot.
  private func stage(_ id: Int64, as wapID: String) async throws -> Int64 {
    let table = try await FileSystemCatalog(warehouse: tool.warehouse).loadTable("t")
    let row: [Literal?] = [.long(id), .string("STAGED")]
    let batch = try RecordBatch(rows: [row], schema: table.metadata.currentSchema)
    let files = try await table.withWriter { try await $0.write(batch) }
    let staged = try await table.commit { tx in
      tx.append(files)
      tx.stage(wapID: wapID)
    }
    return try #require(staged.metadata.snapshots.last?.id)
  }

  @Test("what was staged under an id becomes part of a branch, by the command and by CALL, once")
  func publish() async throws {
    defer { tool.remove() }
    let (path, ids) = try make("1,A\n")
    let first = try await stage(2, as: "load-1")
    let second = try await stage(3, as: "load-2")
    let third = try await stage(4, as: "load-3")
    func rows(_ options: String...) throws -> [String] {
      try tool.run(["scan", path, "--select", "id", "--json"] + options).lines.sorted()
    }
    #expect(try rows() == [#"{"id":1}"#])

    // One that follows the last snapshot becomes the last one itself.
    let dry = try object(
      try tool.run("publish", path, "--wap-id", "load-1", "--dry-run", "--json"))
    #expect(dry["current_snapshot_id"] as? Int64 == first && dry["dry_run"] as? Bool == true)
    #expect(try rows() == [#"{"id":1}"#])
    let published = try tool.run("publish", path, "--wap-id", "load-1")
    #expect(published.exitCode == 0, "\(published.messages)")
    #expect(published.output == "main at snapshot \(first)\n")
    #expect(try rows() == [#"{"id":1}"#, #"{"id":2}"#])

    // The next one is repeated behind it.
    let called = try object(
      try tool.run(
        "sql", "--warehouse", tool.warehouse, "--json",
        "CALL system.publish_changes(table => 't', wap_id => 'load-2')"))
    #expect(called["source_snapshot_id"] as? Int64 == second)
    let current = try #require(called["current_snapshot_id"] as? Int64)
    #expect(current != second)
    #expect(try rows() == [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#])
    let catalog = FileSystemCatalog(warehouse: tool.warehouse)
    var metadata = try await catalog.loadTable("t").metadata
    #expect(metadata.currentSnapshotID == current)
    #expect(metadata.currentSnapshot?.parentID == first)
    #expect(metadata.currentSnapshot?.summary?["published-wap-id"] == "load-2")
    #expect(metadata.currentSnapshot?.summary?["source-snapshot-id"] == "\(second)")

    for wapID in ["load-1", "load-2"] {
      let again = try tool.run("publish", path, "--wap-id", wapID)
      #expect(again.exitCode == 5 && again.messages.contains("was published by snapshot"))
    }

    // On another branch; the main one stays.
    #expect(
      try tool.run("branch", path, "create", "audit", "--snapshot-id", "\(ids[0])").exitCode == 0)
    let branch = try object(
      try tool.run("publish", path, "--wap-id", "load-3", "--branch", "audit", "--json"))
    #expect(branch["source_snapshot_id"] as? Int64 == third)
    #expect(branch["current_snapshot_id"] as? Int64 == third)
    metadata = try await catalog.loadTable("t").metadata
    #expect(metadata.references["audit"]?.snapshotID == third)
    #expect(metadata.currentSnapshotID == current)
    #expect(try rows("--ref", "audit") == [#"{"id":1}"#, #"{"id":4}"#])
  }
}
