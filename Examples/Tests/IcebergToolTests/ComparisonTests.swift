import Foundation
import Testing

@Suite("iceberg explain and diff")
struct ComparisonTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func make(_ name: String, _ files: String...) throws {
    let made = try tool.run(
      "create", "--warehouse", tool.warehouse, name, "--schema",
      "id long not null, level string, day date", "--partition-by", "day")
    #expect(made.exitCode == 0, "\(made.messages)")
    for (number, lines) in files.enumerated() {
      let file = try tool.file("\(name)-\(number).csv", "id,level,day\n" + lines)
      let result = try tool.run("append", "--warehouse", tool.warehouse, name, "--from", file)
      #expect(result.exitCode == 0, "\(result.messages)")
    }
  }

  private func objects(_ result: Tool.Result) throws -> [[String: Any]] {
    #expect([0, 6].contains(result.exitCode), "\(result.messages)")
    return try result.lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test("explain says of each manifest, file and row group whether and why it is read")
  func explain() throws {
    defer { tool.remove() }
    try make("t", "1,INFO,2024-01-01\n2,INFO,2024-01-02\n", "3,WARN,2024-01-03\n")
    let path = tool.warehouse + "/t"
    let condition = "day = DATE '2024-01-02' AND id >= 2"
    let parts = try objects(
      try tool.run("explain", path, "--where", condition, "--row-groups", "--json"))
    let manifests = parts.filter { $0["kind"] as? String == "manifest" }
    #expect(Set(manifests.map { $0["decision"] as? String }) == ["read", "skip"])
    let skipped = try #require(manifests.first { $0["decision"] as? String == "skip" })
    #expect(skipped["rule"] as? String == "partition summary")
    #expect((skipped["reason"] as? String)?.contains("2024-01-0") == true)
    let files = parts.filter { $0["kind"] as? String == "file" }
    #expect(files.count == 2)
    let read = try #require(files.first { $0["decision"] as? String == "read" })
    #expect(read["partition"] as? String == "day=2024-01-02")
    #expect((read["row_groups"] as? [Any])?.count == 1)
    let total = try #require(parts.last)
    #expect(total["kind"] as? String == "total")
    #expect(total["files"] as? Int == 3 && total["files_read"] as? Int == 1)
    #expect(try #require(total["skipped_share"] as? Double) > 0.5)

    let text = try tool.run(
      "explain", path, "--where", condition, "--price-per-tb", "6.25", "--row-groups")
    for words in [
      "partition summary", "day=2024-01-02", "row group 0", "1 of 3 read", "% skipped",
      "at 6.25 USD",
    ] {
      #expect(text.output.contains(words), "\(words): \(text.output)")
    }
    let summary = try tool.run("explain", path, "--summary")
    #expect(!summary.output.contains(".parquet"))
    #expect(summary.output.contains("3 of 3 read"), "\(summary.output)")
    #expect(try tool.run("explain", path, "--price-per-tb", "-1").exitCode == 2)
    #expect(try tool.run("explain", path, "--where", "nope = 1").exitCode == 3)
  }

  @Test("diff tells files and totals, and with --rows the rows")
  func appended() throws {
    defer { tool.remove() }
    try make("t", "1,INFO,2024-01-01\n", "2,,2024-01-02\n3,WARN,2024-01-02\n", "4,A,2024-01-01\n")
    let path = tool.warehouse + "/t"
    let text = try tool.run("diff", path, "~2", "~1", "--rows")
    for words in [
      "~ total-records = 1 -> 3 (+2)", "day=2024-01-02",
      "  + {\"id\":2,\"level\":null,\"day\":\"2024-01-02\"}\n",
    ] {
      #expect(text.output.contains(words), "\(words): \(text.output)")
    }
    #expect(text.messages == "0 rows removed, 2 added\n")
    let back = try objects(try tool.run("diff", path, "main", "~2", "--rows", "--json"))
    #expect(back.first?["kind"] as? String == "table")
    #expect(back.dropFirst().map { $0["kind"] as? String } == ["removed", "removed", "removed"])
    let limited = try tool.run("diff", path, "~2", "main", "--rows", "--json", "--limit", "1")
    #expect(limited.lines.count == 2)

    // Without points: what the last commit did.
    let last = try #require(try objects(try tool.run("diff", path, "--json")).first)
    let files = try #require(last["files"] as? [[String: Any]])
    #expect(files.count == 1)
    #expect(files.first?["partition"] as? String == "day=2024-01-01")
    #expect(files.first?["change"] as? String == "added")
    #expect(files.first?["rows"] as? Int == 1)
  }

  @Test("diff ends with 6 only where asked for and where something differs")
  func exitCode() throws {
    defer { tool.remove() }
    try make("t", "1,INFO,2024-01-01\n", "2,INFO,2024-01-01\n")
    try make("once", "1,INFO,2024-01-01\n")
    let first = try tool.run("diff", tool.warehouse + "/once")
    #expect(first.exitCode == 3)
    #expect(first.messages.contains("is the first one. Name the points to compare"))
    let path = tool.warehouse + "/t"
    #expect(try tool.run("diff", path, "~1").exitCode == 0)
    #expect(try tool.run("diff", path, "~1", "--exit-code").exitCode == 6)
    let same = try tool.run("diff", path, "main", "~0", "--exit-code")
    #expect(same.exitCode == 0)
    #expect(same.output.contains("No difference"))
    #expect(try tool.run("diff", path, "~9").exitCode == 3)
    #expect(try tool.run("diff", path, "a", "b", "c").exitCode == 2)
    #expect(try tool.run("diff", path, "~1", "--key", "id").exitCode == 2)
    #expect(try tool.run("diff", path, "~1", "--rows", "--key", "nope").exitCode == 3)
  }

  @Test("rows with the same key that differ are told as changed, with the columns that did")
  func changed() throws {
    defer { tool.remove() }
    try make("a", "1,INFO,2024-01-01\n2,INFO,2024-01-01\n")
    try make("b", "2,WARN,2024-01-01\n3,INFO,2024-01-01\n")
    // One table with the snapshot of a, and after it that of b.
    func metadata(_ name: String) throws -> [String: Any] {
      let url = URL(fileURLWithPath: tool.warehouse + "/\(name)/metadata/v2.metadata.json")
      return try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    }
    var table = try metadata("a")
    var first = try #require((table["snapshots"] as? [[String: Any]])?.first)
    var second = try #require((try metadata("b")["snapshots"] as? [[String: Any]])?.first)
    (first["snapshot-id"], second["snapshot-id"], second["sequence-number"]) = (1, 2, 2)
    second["parent-snapshot-id"] = 1
    table["snapshots"] = [first, second]
    table["current-snapshot-id"] = 2
    table["last-sequence-number"] = 2
    table["refs"] = ["main": ["snapshot-id": 2, "type": "branch"]]
    table["snapshot-log"] = []
    let path = tool.warehouse + "/a/metadata/v3.metadata.json"
    try JSONSerialization.data(withJSONObject: table).write(to: URL(fileURLWithPath: path))

    let text = try tool.run("diff", path, "1", "2", "--rows", "--key", "id")
    #expect(
      text.output.hasSuffix(
        """

        Rows
          - {"id":1,"level":"INFO","day":"2024-01-01"}
          + {"id":3,"level":"INFO","day":"2024-01-01"}
          ~ id=2  level: "INFO" -> "WARN"

        """), "\(text.output)\(text.messages)")
    #expect(text.messages == "1 row removed, 1 added, 1 changed\n")
    let json = try objects(
      try tool.run("diff", path, "1", "--rows", "--key", "id", "--json")
    ).dropFirst()
    #expect(json.map { $0["kind"] as? String } == ["removed", "added", "changed"])
    #expect((json.last?["to"] as? [String: Any])?["level"] as? String == "WARN")
  }
}
