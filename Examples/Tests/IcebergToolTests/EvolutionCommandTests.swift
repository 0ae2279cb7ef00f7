import Foundation
import Testing

@Suite("iceberg schema, partition, sort-order, properties and upgrade")
struct EvolutionCommandTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func run(_ words: String...) throws -> Tool.Result { try run(words: words) }

  private func run(words: [String]) throws -> Tool.Result {
    var words = words
    words.insert(contentsOf: ["--warehouse", tool.warehouse], at: 1)
    return try tool.run(words)
  }

  private func make() throws {
    let created = try run(
      "create", "logs.events", "--schema",
      "id int not null, level string, place struct<city: string>, at timestamptz",
      "--partition-by", "day(at)")
    #expect(created.exitCode == 0, "\(created.messages)")
    let rows = try tool.file(
      "a.jsonl", "{\"id\":1,\"level\":\"INFO\",\"place\":{\"city\":\"Ulm\"}}\n")
    #expect(try run("append", "logs.events", "--from", rows).exitCode == 0)
  }

  private func object(_ result: Tool.Result) throws -> [String: Any] {
    #expect(result.exitCode == 0, "\(result.messages)")
    let data = Data(try #require(result.lines.last).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func columns() throws -> [String] {
    let schema = try object(run("schema", "logs.events", "--json"))
    return try #require(schema["fields"] as? [[String: Any]]).map { field in
      let type = field["type"] as? String ?? "struct"
      return
        "\(field["name"] ?? "") \(type)\(field["required"] as? Bool == true ? " not null" : "")"
    }
  }

  @Test("columns are added, changed, moved and dropped, in either order of words")
  func columnsChange() throws {
    defer { tool.remove() }
    try make()
    for words in [
      ["schema", "logs.events", "add", "country", "string", "--doc", "ISO", "--after", "id"],
      ["schema", "add", "logs.events", "place.zip", "int"],
      ["schema", "logs.events", "widen", "id", "bigint"],
      ["schema", "logs.events", "rename", "place.city", "town"],
      ["schema", "logs.events", "move", "level", "--first"],
      ["schema", "logs.events", "doc", "level", "how bad"],
      ["schema", "logs.events", "optional", "id"],
      ["schema", "logs.events", "require", "id", "--allow-incompatible-changes"],
      ["schema", "logs.events", "identifier", "id"],
      ["schema", "logs.events", "union", "--schema", "note string, id int not null"],
      ["schema", "logs.events", "drop", "country"],
    ] {
      let result = try run(words: words)
      #expect(result.exitCode == 0, "\(words): \(result.messages)")
      #expect(result.output.hasPrefix("changed logs.events\n"), "\(words): \(result.output)")
    }
    #expect(
      try columns() == [
        "level string", "id long not null", "place struct", "at timestamptz", "note string",
      ])
    let rows = try run("scan", "logs.events", "--json", "--select", "id,level,place,note")
    #expect(
      rows.output == #"{"id":1,"level":"INFO","place":{"town":"Ulm","zip":null},"note":null}"#
        + "\n")
  }

  @Test("the log tells when columns changed, as far as metadata is kept")
  func log() throws {
    defer { tool.remove() }
    try make()
    #expect(try run("schema", "logs.events", "log").output.split(separator: "\n").count == 2)
    #expect(try run("schema", "logs.events", "rename", "level", "severity").exitCode == 0)
    #expect(try run("schema", "logs.events", "add", "x", "int").exitCode == 0)
    let lines = try run("schema", "logs.events", "log", "--json").lines
    #expect(lines.count == 2)
    #expect(lines[0].contains(#""change_type":"RENAME_COLUMN""#), "\(lines[0])")
    #expect(lines[0].contains(#""database":"logs","table":"events","schema_id":1"#), "\(lines[0])")
    #expect(lines[0].contains(#""timestamp":"2"#), "\(lines[0])")
    #expect(lines[1].contains(#""change_type":"ADD_COLUMN""#), "\(lines[1])")
    // Without the metadata of then it is still told what changed.
    let folder = URL(fileURLWithPath: tool.warehouse + "/logs/events/metadata")
    for version in 1...3 {
      try FileManager.default.removeItem(
        at: folder.appendingPathComponent("v\(version).metadata.json"))
    }
    let left = try run("schema", "logs.events", "log", "--json").lines
    #expect(left.count == 2)
    #expect(left[0].contains(#""timestamp":null"#), "\(left)")
  }

  @Test("a dry run tells what would break, and changes nothing")
  func dryRun() throws {
    defer { tool.remove() }
    try make()
    let shown = try run("schema", "logs.events", "drop", "level", "--dry-run", "--json")
    let report = try object(shown)
    #expect(report["dry_run"] as? Bool == true)
    #expect(report["is_breaking"] as? Bool == true)
    let findings = try #require(report["findings"] as? [[String: String]])
    #expect(findings.first?["severity"] == "breaking")
    #expect(findings.first?["subject"] == "level")
    #expect(
      try run("schema", "logs.events", "drop", "level", "--dry-run", "--exit-code").exitCode == 6)
    #expect(
      try run("schema", "logs.events", "add", "x", "int", "--dry-run", "--exit-code").exitCode == 0)
    #expect(try columns().count == 4)
    let text = try run("upgrade", "logs.events", "--format-version", "3", "--dry-run")
    #expect(text.output.hasPrefix("would change logs.events\n  format version 3\n"))
    #expect(text.output.contains("Athena"))
  }

  @Test(
    "what cannot be is refused, and says why",
    arguments: [
      (["schema", "logs.events", "widen", "level", "long"], "string cannot become long"),
      (["schema", "logs.events", "drop", "at"], "partition field 'at_day' is made from it"),
      (["schema", "logs.events", "drop", "moon"], "there is no column 'moon'"),
      (["schema", "logs.events", "require", "level"], "optional cannot become required"),
      (["schema", "logs.events", "add", "x", "int", "--default", "5"], "needs format version 3"),
      (["schema", "logs.events", "add", "x"], "add needs <type>"),
      (["schema", "logs.events", "dance"], "none of add, drop"),
      (["schema", "logs.events", "move", "id"], "needs --first"),
      (["partition", "logs.events", "add", "day(at)"], "partitioned by day(at) already"),
      (
        ["partition", "logs.events", "replace", "id", "bucket(4, id)"],
        "there is no partition field"
      ),
      (["sort-order", "logs.events", "moon"], "there is no column 'moon'"),
      (
        ["properties", "logs.events", "set", "spark.sql.iceberg.commit.retry.num-retries=5"],
        "commit.retry.num-retries"
      ),
      (["properties", "logs.events", "set", "uuid=5"], "cannot be set"),
      (["upgrade", "logs.events", "--format-version", "1"], "cannot go back"),
    ])
  func refusals(words: [String], message: String) throws {
    defer { tool.remove() }
    try make()
    let result = try run(words: words)
    #expect([2, 5].contains(result.exitCode), "\(result.output)")
    #expect(result.messages.contains(message), "\(result.messages)")
  }

  @Test("partitions, order, properties and version change, and are listed")
  func layout() throws {
    defer { tool.remove() }
    try make()
    #expect(try run("partition", "logs.events", "add", "bucket(4, id)", "level as l").exitCode == 0)
    #expect(try run("partition", "logs.events", "replace", "at_day", "hour(at)").exitCode == 0)
    #expect(try run("partition", "rename", "logs.events", "l", "how_bad").exitCode == 0)
    #expect(try run("partition", "logs.events", "remove", "bucket(4, id)").exitCode == 0)
    let specs = try run("partition", "logs.events", "--json")
    #expect(specs.lines.count == 5)
    #expect(specs.lines.last?.contains(#""text":"level, hour(at)""#) == true, "\(specs.output)")
    #expect(try run("sort-order", "logs.events", "level desc, id").exitCode == 0)
    let orders = try run("sort-order", "logs.events")
    #expect(
      orders.output.contains("*      1  level desc nulls-last, id asc nulls-first"),
      "\(orders.output)")
    #expect(
      try run("properties", "logs.events", "set", "owner=ops", "write_compression=SNAPPY").exitCode
        == 0)
    let properties = try object(run("properties", "logs.events", "--json"))
    #expect(properties["write.parquet.compression-codec"] as? String == "snappy")
    #expect(properties["owner"] as? String == "ops")
    #expect(try run("properties", "logs.events", "unset", "owner", "moon").exitCode == 0)
    #expect(try object(run("properties", "list", "logs.events", "--json"))["owner"] == nil)
    #expect(try run("upgrade", "logs.events", "--format-version", "3").exitCode == 0)
    let added = try object(
      run("schema", "logs.events", "add", "x", "int", "--required", "--default", "5", "--json"))
    #expect(added["format_version"] as? Int == 3)
    let nothing = try run("upgrade", "logs.events", "--format-version", "3")
    #expect(nothing.output == "nothing to change in logs.events\n")
    #expect(try run("scan", "logs.events", "--json", "--select", "x").output == "{\"x\":5}\n")
    #expect(try run("partition", "logs.events", "set").exitCode == 0)
    #expect(try run("sort-order", "logs.events", "--none").exitCode == 0)
  }
}
