import Foundation
import Testing

@Suite("commands and statements of maintenance")
struct MaintenanceCommandTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func run(_ words: String...) throws -> Tool.Result {
    try tool.run(words + ["--warehouse", tool.warehouse])
  }

  private func sql(_ text: String, _ options: String...) throws -> Tool.Result {
    try tool.run(["sql", "--warehouse", tool.warehouse] + options + [text])
  }

  /// A table with a commit for each of some small files, in two partitions.
  private func make(files: Int = 6, properties: String = "") throws {
    let clause = properties.isEmpty ? "" : " TBLPROPERTIES (\(properties))"
    let made = try sql(
      "CREATE TABLE db.t (id int NOT NULL, city string) PARTITIONED BY (city)" + clause)
    #expect(made.exitCode == 0, "\(made.messages)")
    for id in 0..<files {
      let city = id % 2 == 0 ? "Oslo" : "Bergen"
      let rows = try tool.file("\(id).jsonl", "{\"id\":\(id),\"city\":\"\(city)\"}\n")
      #expect(try run("append", "db.t", "--from", rows).exitCode == 0)
    }
  }

  private func object(_ result: Tool.Result) throws -> [String: Any] {
    #expect(result.exitCode == 0, "\(result.messages)")
    let data = Data(try #require(result.lines.first).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func numbers(_ result: Tool.Result) throws -> [String: Int] {
    try object(result).filter { $0.key != "dry_run" }
      .compactMapValues { $0 as? Int }
  }

  private func rows(_ place: String = "db.t") throws -> String {
    try run("count", place).output
  }

  @Test("small files are put together, as far as options and condition say; first only planned")
  func rewriteDataFiles() throws {
    defer { tool.remove() }
    try make()
    let dry = try run("rewrite_data_files", "db.t", "--options", "min-input-files=2", "--dry-run")
    #expect(dry.output.contains("would be rewritten:"), "\(dry.output) \(dry.messages)")
    #expect(dry.output.contains("city=Bergen"))
    #expect(
      dry.output.contains(
        """
        rewritten_data_files_count  added_data_files_count  rewritten_bytes_count  \
        failed_data_files_count  removed_delete_files_count
        """))
    let first = try numbers(
      sql(
        """
        CALL system.rewrite_data_files(table => 'db.t', strategy => 'sort', sort_order => 'id DESC',
          where => 'city = "Oslo"', options => map('min-input-files', '2', 'rewrite-all', true))
        """, "--json"))
    #expect(first["rewritten_data_files_count"] == 3)
    #expect(first["added_data_files_count"] == 1)
    #expect(first["failed_data_files_count"] == 0)
    let second = try numbers(
      run("compact", "db.t", "options=min-input-files=2", "--json"))
    #expect(second["rewritten_data_files_count"] == 3)
    // Nothing is left to do, and the tool says why.
    let nothing = try run("rewrite-data-files", "db.t", "--dry-run").output
    #expect(nothing.contains("no partition has 5 (min-input-files)"), "\(nothing)")
    let third = try numbers(run("rewrite-data-files", "db.t", "--json"))
    #expect(third["rewritten_data_files_count"] == 0)
    #expect(try rows().contains("6"))
  }

  @Test("Athena's and Trino's statements do the same")
  func otherEngines() throws {
    defer { tool.remove() }
    try make(properties: "'write.target-file-size-bytes' = '1048576'")
    let trino = try numbers(
      sql(
        "ALTER TABLE db.t EXECUTE optimize(file_size_threshold => '100KB') WHERE city = 'Oslo'",
        "--json"))
    #expect(trino["rewritten_data_files_count"] == 3)
    for id in 10..<14 {
      let more = try tool.file("\(id).jsonl", "{\"id\":\(id),\"city\":\"Bergen\"}\n")
      #expect(try run("append", "db.t", "--from", more).exitCode == 0)
    }
    let athena = try numbers(
      sql("OPTIMIZE db.t REWRITE DATA USING BIN_PACK WHERE city = 'Bergen'", "--json"))
    #expect(athena["rewritten_data_files_count"] == 7)
    #expect(athena["added_data_files_count"] == 1)
  }

  @Test("position deletes are put together, and those that apply to nothing removed")
  func deletes() throws {
    defer { tool.remove() }
    try make(files: 0, properties: "'write.delete.mode' = 'merge-on-read'")
    let lines = (0..<6).map { "{\"id\":\($0),\"city\":\"Oslo\"}\n" }.joined()
    let file = try tool.file("rows.jsonl", lines)
    for _ in 0..<2 { #expect(try run("append", "db.t", "--from", file).exitCode == 0) }
    for id in [0, 2] {
      #expect(try run("delete", "db.t", "--where", "id = \(id)").exitCode == 0)
    }
    let words = ["rewrite_position_delete_files", "db.t", "--options", "rewrite-all=true"]
    let dry = try numbers(
      tool.run(words + ["--dry-run", "--json", "--warehouse", tool.warehouse]))
    #expect(dry["rewritten_delete_files_count"] ?? 0 >= 2)
    let rewritten = try numbers(
      sql(
        "CALL system.rewrite_position_delete_files('db.t', map('rewrite-all', 'true'))", "--json"))
    #expect(rewritten["rewritten_delete_files_count"] == dry["rewritten_delete_files_count"])
    #expect(rewritten["added_delete_files_count"] == 1)
    #expect(try rows().contains("8"))
    let compacted = try numbers(
      run(
        "rewrite_data_files", "db.t", "--options", "rewrite-all=true", "--options",
        "use-starting-sequence-number=false", "--json"))
    #expect(compacted["rewritten_data_files_count"] == 2)
    let dangling = try numbers(run("remove_dangling_deletes", "db.t", "--json"))
    // The commit of the rewrite has left them out already.
    #expect(dangling["removed_delete_files_count"] == 0)
    let left = try numbers(run("query", "SELECT COUNT(*) FROM db.t.delete_files", "--json"))
    #expect(left["count"] == 0)
    #expect(try rows().contains("8"))
  }

  @Test("manifests are written anew, by partition")
  func rewriteManifests() throws {
    defer { tool.remove() }
    try make(properties: "'commit.manifest-merge.enabled' = 'false'")
    let dry = try numbers(run("rewrite_manifests", "db.t", "--dry-run", "--json"))
    #expect(dry["rewritten_manifests_count"] == 6 && dry["added_manifests_count"] == 1)
    let result = try numbers(sql("CALL system.rewrite_manifests('db.t', false)", "--json"))
    #expect(result["rewritten_manifests_count"] == 6 && result["added_manifests_count"] == 1)
    let again = try numbers(run("optimize-manifests", "db.t", "--json"))
    #expect(again["rewritten_manifests_count"] == 0)
    #expect(try rows().contains("6"))
  }

  @Test(
    "the mistakes of guides are explained",
    arguments: [
      ("CALL glue_catalog.system.rewrite_data_files('db.t', map('a', 'b'))", "options come fourth"),
      (
        "CALL system.rewrite_data_files(table => 'db.t', where => '{\"event_date\": \"2024-01-15\"}')",
        "where takes a condition on columns"
      ),
      (
        "CALL system.rewrite_data_files(table => 'db.t', where => 'event_date=2024-01-15')",
        "where takes a condition on columns"
      ),
      (
        "CALL system.rewrite_data_files(table => 'db.t', min_input_files => 2)",
        "options => map('min-input-files', '...')"
      ),
      (
        "CALL system.rewrite_data_files(table => 'db.t', options => map('min-files', '2'))",
        "has no option 'min-files'"
      ),
      ("CALL system.rewrite_data_files('db.t', 'zorder')", "strategy is 'binpack' or 'sort'"),
      ("CALL system.rewrite_data_files('db.t', 'binpack', 'id')", "goes with the strategy 'sort'"),
      ("OPTIMIZE db.t", "the statement ends where REWRITE was expected"),
      ("ALTER TABLE db.t EXECUTE optimize(file_size_threshold => 'much')", "such as '128MB'"),
    ])
  func mistakes(statement: String, message: String) throws {
    defer { tool.remove() }
    let result = try sql(statement)
    #expect(result.exitCode == 2, "\(result.exitCode) \(result.output) \(result.messages)")
    #expect(result.messages.contains(message), "\(result.messages)")
  }
}
