import Foundation
import Testing

@Suite("CALL and procedures as commands")
struct ProcedureTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func sql(_ text: String, _ options: String...) throws -> Tool.Result {
    try tool.run(["sql", "--warehouse", tool.warehouse] + options + [text])
  }

  private func run(_ words: String...) throws -> Tool.Result {
    try tool.run(words + ["--warehouse", tool.warehouse])
  }

  /// A table with three appends; the ids of its snapshots, oldest first.
  private func make() throws -> [Int64] {
    #expect(try sql("CREATE TABLE db.t (id int NOT NULL, city string)").exitCode == 0)
    for id in 1...3 {
      let rows = try tool.file("\(id).jsonl", "{\"id\":\(id),\"city\":\"Oslo\"}\n")
      #expect(try run("append", "db.t", "--from", rows).exitCode == 0)
    }
    return try run("snapshots", "db.t", "--json").lines.map { line in
      try #require(try object(line)["snapshot_id"] as? Int64)
    }
  }

  private func object(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  private func object(of result: Tool.Result) throws -> [String: Int64] {
    #expect(result.exitCode == 0, "\(result.messages)")
    let object = try object(try #require(result.lines.first))
    return object.compactMapValues { $0 as? Int64 }
  }

  @Test("a metadata file is registered, and the result tells what the table has")
  func register() throws {
    defer { tool.remove() }
    let ids = try make()
    #expect(try run("drop", "db.t").exitCode == 0)
    let file = tool.warehouse + "/db/t/metadata/dropped-v4.json"
    let call = "CALL system.register_table(table => 'db.t', metadata_file => '\(file)')"
    let expected = [
      "current_snapshot_id": ids[2], "total_records_count": 3, "total_data_files_count": 3,
    ]
    #expect(try object(of: sql(call, "--json", "--dry-run")) == expected)
    #expect(try run("count", "db.t").exitCode == 3)
    #expect(try object(of: sql(call, "--json")) == expected)
    #expect(try run("count", "db.t").exitCode == 0)
    #expect(try sql(call).exitCode == 1)
  }

  @Test("procedures of the history have the names, arguments and result columns that engines share")
  func history() throws {
    defer { tool.remove() }
    let ids = try make()
    let ancestors = try sql("CALL system.ancestors_of('db.t')", "--json")
    #expect(ancestors.lines.count == 3)
    #expect(try object(of: ancestors)["snapshot_id"] == ids[2])
    let back = try sql("CALL hive.system.rollback_to_snapshot('db.t', \(ids[0]))", "--json")
    #expect(
      try object(of: back) == ["previous_snapshot_id": ids[2], "current_snapshot_id": ids[0]])
    let set = try sql(
      "CALL system.set_current_snapshot(table => 'db.t', snapshot_id => \(ids[1]))", "--json")
    #expect(try object(of: set)["current_snapshot_id"] == ids[1])
    // A dry run tells the same, and changes nothing.
    let dry = try sql(
      "CALL system.rollback_to_timestamp('db.t', TIMESTAMP '2200-01-01 00:00:00')", "--json",
      "--dry-run")
    #expect(try object(of: dry)["current_snapshot_id"] == ids[1])
    let picked = try sql("call cherrypick_snapshot('db.t', \(ids[2]))", "--json")
    #expect(try object(of: picked)["source_snapshot_id"] == ids[2])
    #expect(
      try sql("ALTER TABLE db.t CREATE BRANCH old AS OF VERSION \(ids[0])").exitCode == 0)
    let forward = try sql("CALL system.fast_forward('db.t', 'old', 'main')", "--json")
    #expect(try object(of: forward)["previous_ref"] == ids[0])
    let text = try sql("CALL system.ancestors_of(table => 'db.t', snapshot_id => \(ids[0]))")
    // As wide as the ids, which are random.
    let heading = text.output.split(separator: "\n").first?.split(separator: " ")
    #expect(heading == ["snapshot_id", "timestamp"], "\(text.output)")
    // The same as commands, with dashes or underscores, options or values with names.
    for words in [
      ["ancestors_of", "db.t", "--snapshot-id", "\(ids[0])"],
      ["ancestors-of", "db.t", "snapshot_id=\(ids[0])"],
    ] {
      let result = try tool.run(words + ["--warehouse", tool.warehouse, "--json"])
      #expect(try object(of: result)["snapshot_id"] == ids[0])
    }
    let rolled = try run("rollback_to_snapshot", "db.t", "--snapshot_id=\(ids[0])", "--json")
    #expect(try object(of: rolled)["current_snapshot_id"] == ids[0])
  }

  @Test(
    "mistakes are explained where they stand",
    arguments: [
      ("CALL system.rollback_to_snapshot('db.t', snap => 1)", "it takes table, snapshot_id"),
      ("CALL system.rollback_to_snapshot('db.t')", "rollback_to_snapshot needs snapshot_id"),
      (
        "CALL system.rollback_to_snapshot('db.t', 'one')",
        "snapshot_id is a whole number, not 'one'"
      ),
      ("CALL system.ancestors_of('db.t', 1, 2)", "one value too many"),
      ("CALL system.ancestors_of(table => 'db.t', 2)", "stand before those with names"),
      ("CALL system.ancestors_of('db.t', table => 'db.t')", "table is given twice"),
      ("CALL system.ancestors_of(table = 'db.t')", "given with =>"),
      ("CALL system.ancestors_of(table => db.t)", "at character 35, 'db' stands where a constant"),
      ("CALL system.rollback_to_timestamp('db.t', TIMESTAMP 'noon')", "'noon' is no time"),
      ("CALL system.make_coffee('db.t')", "there is no procedure 'make_coffee'; there are"),
      ("CALL db.make.ancestors_of('db.t')", "procedures are in 'system'"),
      (
        """
        CALL system.create_changelog_view(table => 'db.t', options => map('start-snapshot-id', '1'), \
        net_changes => true)
        """, "start-snapshot-id and start-timestamp are --from"
      ),
      ("CALL system.register_table('db.t')", "metadata_file"),
      ("CALL system.ancestors_of(array(1, 'a'))", "table is a text, not an array"),
      ("ALTER TABLE db.t EXECUTE drop_extended_stats", "there is no procedure"),
    ])
  func mistakes(statement: String, message: String) throws {
    defer { tool.remove() }
    let result = try sql(statement)
    #expect(result.exitCode == 2, "\(result.exitCode) \(result.output) \(result.messages)")
    #expect(result.messages.contains(message), "\(result.messages)")
  }

  @Test("on the command line, too")
  func commandLineMistakes() throws {
    defer { tool.remove() }
    for (words, message) in [
      (["ancestors_of"], "missing <table>"),
      (["ancestors_of", "db.t", "snapshot=1"], "it takes table, snapshot_id"),
      (["ancestors_of", "db.t", "1"], "one word too many"),
      (["rollback_to_snapshot", "db.t"], "needs snapshot_id"),
      (["set_current_snapshot", "db.t"], "either snapshot_id or ref"),
    ] {
      let result = try tool.run(words + ["--warehouse", tool.warehouse])
      #expect(result.exitCode == 2)
      #expect(result.messages.contains(message), "\(result.messages)")
    }
  }
}
