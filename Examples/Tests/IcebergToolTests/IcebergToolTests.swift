import Foundation
import Testing

@Suite("The iceberg tool")
struct IcebergToolTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func create(_ columns: String = "id long not null, level string, score double") throws {
    let result = try tool.run(
      "create", "--warehouse", tool.warehouse, "logs.events", "--schema", columns,
      "--partition-by", "bucket(2, id)")
    #expect(result.exitCode == 0, "\(result.messages)")
  }

  private func append(_ file: String) throws {
    let result = try tool.run(
      "append", "--warehouse", tool.warehouse, "logs.events", "--from", file)
    #expect(result.exitCode == 0, "\(result.messages)")
  }

  private func rows(_ options: String...) throws -> [String] {
    let result =
      switch options.count {
      case 0: try tool.run("scan", "--warehouse", tool.warehouse, "logs.events", "--json")
      default:
        try tool.run(
          "scan", "--warehouse", tool.warehouse, "logs.events", "--json", options[0], options[1])
      }
    #expect(result.exitCode == 0, "\(result.messages)")
    return result.lines.sorted()
  }

  @Test("creates a table, appends a .csv and a .jsonl, and reads them back")
  func createAppendScan() throws {
    defer { tool.remove() }
    try create()
    try append(

      tool.file(
        "a.csv", "id,level,score\n1,INFO,0.5\n2,\"WARN, \"\"loud\"\"\",\n3,,NaN\n"))
    try append(tool.file("b.jsonl", "{\"id\":4,\"level\":\"ü\"}\n\n{\"id\":5,\"score\":1e3}\n"))
    #expect(
      try rows() == [
        #"{"id":1,"level":"INFO","score":0.5}"#,
        #"{"id":2,"level":"WARN, \"loud\"","score":null}"#,
        #"{"id":3,"level":null,"score":"NaN"}"#,
        #"{"id":4,"level":"ü","score":null}"#,
        #"{"id":5,"level":null,"score":1000.0}"#,
      ])
    #expect(try rows("--select", "level").contains(#"{"level":"INFO"}"#))
    #expect(try rows("--limit", "2").count == 2)
  }

  @Test("appends the data files of another table by the names of their columns")
  func appendDataFiles() throws {
    defer { tool.remove() }
    for format in ["parquet", "avro"] {
      let source = "src.\(format)"
      _ = try tool.run(
        "create", "--warehouse", tool.warehouse, source, "--schema",
        "score double, id int not null", "--property", "write.format.default=\(format)")
      let csv = try tool.file("\(format).csv", "id,score\n7,1.5\n8,\n")
      let appended = try tool.run("append", "--warehouse", tool.warehouse, source, "--from", csv)
      #expect(appended.exitCode == 0, "\(appended.messages)")
      let files = try tool.run("files", "--warehouse", tool.warehouse, source, "--json")
      let line = try #require(files.lines.first)
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let path = try #require(object["file_path"] as? String)
      #expect(path.hasSuffix("." + format))
      if format == "parquet" { try create() }
      try append(path)
    }
    let expected = [
      #"{"id":7,"level":null,"score":1.5}"#, #"{"id":8,"level":null,"score":null}"#,
    ]
    #expect(try rows() == (expected + expected).sorted())
  }

  @Test("travels back by snapshot id, by time and by reference")
  func timeTravel() throws {
    defer { tool.remove() }
    try create()
    try append(tool.file("a.csv", "id\n1\n"))
    try append(tool.file("b.csv", "id\n2\n"))
    let snapshots = try tool.run(
      "snapshots", "--warehouse", tool.warehouse, "logs.events", "--json")
    #expect(snapshots.lines.count == 2)
    let first = try #require(
      try JSONSerialization.jsonObject(with: Data(snapshots.lines[0].utf8)) as? [String: Any])
    let id = try #require(first["snapshot_id"] as? Int64)
    let time = try #require(first["committed_at"] as? String)
    let old = [#"{"id":1,"level":null,"score":null}"#]
    #expect(try rows("--snapshot-id", "\(id)") == old)
    #expect(try rows("--as-of", time) == old)
    #expect(try rows("--ref", "main").count == 2)
    for spelling in ["\(id)", time, "~1", "main~1", "@{\(time)}", "@{now}~1"] {
      #expect(try rows("--at", spelling) == old, "\(spelling)")
    }
    #expect(try rows("--at", "@{now}").count == 2)
    let tooFar = try tool.run("scan", "--warehouse", tool.warehouse, "logs.events", "--at", "~2")
    #expect(tooFar.exitCode == 3)
    #expect(tooFar.messages.contains("goes back to \(id), made at "), "\(tooFar.messages)")
    let expired = try tool.run(
      "scan", "--warehouse", tool.warehouse, "logs.events", "--snapshot-id", "17")
    #expect(expired.messages.contains("the oldest that is kept is \(id)"), "\(expired.messages)")
    let noTime = try tool.run("scan", "--warehouse", tool.warehouse, "logs.events", "--as-of", "1x")
    #expect(noTime.exitCode == 2)

    let before = try tool.run(
      "scan", "--warehouse", tool.warehouse, "logs.events", "--as-of", "2001-01-01")
    #expect(before.exitCode == 3)
    #expect(
      before.messages.contains(String(time.prefix(10))), "\(before.messages)")
  }

  @Test("opens a table by its folder and by a metadata file, and one that was moved")
  func openings() throws {
    defer { tool.remove() }
    try create()
    try append(tool.file("a.csv", "id\n1\n"))
    let path = tool.warehouse + "/logs/events"
    let row = [#"{"id":1,"level":null,"score":null}"#]
    #expect(try tool.run("scan", path, "--json").lines == row)
    #expect(try tool.run("scan", path + "/metadata/v2.metadata.json", "--json").lines == row)
    #expect(try tool.run("scan", path + "/metadata/v1.metadata.json", "--json").lines == [])

    let moved = tool.folder.appendingPathComponent("moved").path
    try FileManager.default.moveItem(atPath: path, toPath: moved)
    for name in [moved, moved + "/metadata/v2.metadata.json"] {
      let lost = try tool.run("scan", name, "--json")
      #expect(lost.exitCode == 3)
      #expect(lost.messages.contains("--map-location \(path)="), "\(lost.messages)")
      let counted = try tool.run("query", "SELECT COUNT(*) FROM '\(name)' WHERE id > 0")
      #expect(counted.messages.contains("--map-location \(path)="), "\(counted.messages)")
    }
    #expect(
      try tool.run("scan", moved, "--json", "--map-location", "\(path)=\(moved)").lines == row)
    let nothing = try tool.run("scan", moved + "/nothing")
    #expect(nothing.exitCode == 3)
    #expect(!nothing.messages.contains("--map-location"), "\(nothing.messages)")
  }

  @Test("makes and fills a table that is named by its folder")
  func folders() throws {
    defer { tool.remove() }
    let path = tool.folder.appendingPathComponent("alone").path
    #expect(try tool.run("create", path, "--schema", "id long").exitCode == 0)
    let csv = try tool.file("a.csv", "id\n1\n")
    #expect(try tool.run("append", path + "/", "--from", csv).exitCode == 0)
    #expect(try tool.run("scan", path, "--json").lines == [#"{"id":1}"#])
    let later = try tool.run("scan", path, "--json", "--as-of", "2900-01-01T00:00:00Z")
    #expect(later.lines.count == 1)
    let file = path + "/metadata/v2.metadata.json"
    #expect(try tool.run("append", file, "--from", csv).exitCode == 2)
  }

  @Test("shows the table from every side")
  func looks() throws {
    defer { tool.remove() }
    try create()
    try append(tool.file("a.csv", "id\n1\n2\n3\n"))
    let path = tool.warehouse + "/logs/events"
    let expected = [
      "describe": "bucket[2](id)", "tree": "└── ", "schema": "not null", "snapshots": "append",
      "history": "yes", "refs": "main", "manifests": "-m0.avro", "files": "id_bucket=",
    ]
    for (command, word) in expected.sorted(by: { $0.key < $1.key }) {
      let readable = try tool.run(command, path)
      #expect(readable.exitCode == 0, "\(command): \(readable.messages)")
      #expect(readable.output.contains(word), "\(command): \(readable.output)")
      let json = try tool.run(command, path, "--json")
      #expect(json.exitCode == 0, "\(command): \(json.messages)")
      for line in json.lines {
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
      }
      #expect(try tool.run(command, "--help").output.contains("iceberg \(command)"))
    }
  }

  @Test("says what is wrong, and ends with a code for it")
  func errors() throws {
    defer { tool.remove() }
    #expect(try tool.run().exitCode == 2)
    #expect(try tool.run("scn").exitCode == 2)
    #expect(try tool.run("scan").messages.contains("missing <table>"))
    let misspelt = try tool.run("scan", "x", "--limt", "3")
    #expect(misspelt.exitCode == 2)
    #expect(misspelt.messages.contains("--limit"))
    #expect(try tool.run("scan", tool.folder.path + "/nothing").exitCode == 3)

    try create()
    let twice = try tool.run(
      "create", "--warehouse", tool.warehouse, "logs.events", "--schema", "id long")
    #expect(twice.exitCode != 0)
    #expect(twice.messages.contains("alreadyExists"))
    let type = try tool.run("create", "--warehouse", tool.warehouse, "logs.x", "--schema", "id lng")
    #expect(type.exitCode == 2)
    #expect(type.messages.contains("'lng' is no type"))

    let csv = try tool.file("bad.csv", "id,score\n1,2\n2,many\n")
    let bad = try tool.run("append", "--warehouse", tool.warehouse, "logs.events", "--from", csv)
    #expect(bad.exitCode == 1)
    #expect(bad.messages.contains("line 3") && bad.messages.contains("score"))
    let column = try tool.file("column.csv", "id,extra\n1,2\n")
    let extra = try tool.run(
      "append", "--warehouse", tool.warehouse, "logs.events", "--from", column)
    #expect(extra.messages.contains("'extra' is no column"))
    #expect(try rows().isEmpty, "nothing of a refused file is in the table")
    let unknown = try tool.run(
      "scan", "--warehouse", tool.warehouse, "logs.events", "--select", "nope")
    #expect(unknown.exitCode == 3)
    #expect(unknown.messages.contains("nope"))
  }

  @Test("makes nested columns, every kind of partition field, and sort orders")
  func layouts() throws {
    defer { tool.remove() }
    let made = try tool.run(
      "create", "--warehouse", tool.warehouse, "db.nested", "--format-version", "3", "--schema",
      "id bigint not null comment 'the key', at timestamptz, \"odd name\" decimal(10, 2), "
        + "p struct<x: double not null, tags: array<string not null>>, m map<string, long>, "
        + "f fixed[4], n timestamp_ns", "--partition-by",
      "day(at), bucket(4, id), truncate(10, \"odd name\"), p.x", "--sort-by",
      "id desc nulls last, bucket(4, id)", "--property", "owner=ops")
    #expect(made.exitCode == 0, "\(made.messages)")
    let jsonl = try tool.file(
      "rows.jsonl",
      #"{"id":1,"at":"2024-01-15T10:30:00+00:00","odd name":"12.50","p":{"x":1.5,"tags":["a"]},"#
        + #""m":{"k":7},"f":"01020304","n":"2024-01-15T10:30:00.123456789"}"# + "\n")
    let appended = try tool.run(
      "append", "--warehouse", tool.warehouse, "db.nested", "--from", jsonl)
    #expect(appended.exitCode == 0, "\(appended.messages)")
    #expect(
      try tool.run("scan", "--warehouse", tool.warehouse, "db.nested", "--json").lines == [
        #"{"id":1,"at":"2024-01-15T10:30:00.000000+00:00","odd name":"12.50","#
          + #""p":{"x":1.5,"tags":["a"]},"m":[["k",7]],"f":"01020304","#
          + #""n":"2024-01-15T10:30:00.123456789"}"#
      ])
    let described = try tool.run("describe", "--warehouse", tool.warehouse, "db.nested")
    #expect(described.output.contains("owner = ops"))
    #expect(described.output.contains("id desc nulls-last, bucket[4](id) asc nulls-first"))
  }
}
