import Foundation
import Testing

@Suite("iceberg query, scan --where and count")
struct QueryTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  /// Three snapshots of a table in the warehouse: one row more each, ids 1 to 3.
  private func makeTable() throws {
    let made = try tool.run(
      "create", "--warehouse", tool.warehouse, "logs.events", "--schema",
      "id long not null, level string, at timestamptz, \"order\" int", "--partition-by", "day(at)")
    #expect(made.exitCode == 0, "\(made.messages)")
    for id in 1...3 {
      let file = try tool.file(
        "\(id).csv",
        "id,level,at,order\n\(id),\(id == 2 ? "ERROR" : "INFO"),2024-01-0\(id),\(id)\n")
      let result = try tool.run(
        "append", "--warehouse", tool.warehouse, "logs.events", "--from", file)
      #expect(result.exitCode == 0, "\(result.messages)")
    }
  }

  private var path: String { tool.warehouse + "/logs/events" }

  private func query(_ text: String) throws -> Tool.Result {
    try tool.run("query", "--warehouse", tool.warehouse, "--json", text)
  }

  private func snapshots() throws -> [(id: Int64, time: String)] {
    try tool.run("snapshots", path, "--json").lines.map { line in
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let id = try #require(object["snapshot_id"] as? Int64)
      return (id, try #require(object["committed_at"] as? String))
    }
  }

  @Test("columns, conditions, limits and counts")
  func selections() throws {
    defer { tool.remove() }
    try makeTable()
    let rows = [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#]
    for (text, expected) in [
      ("SELECT id FROM logs.events", rows),
      ("select id from logs.events;", rows),
      ("SELECT \"id\" FROM \"logs\".`events` WHERE id >= 2", Array(rows[1...])),
      ("SELECT id\nFROM '\(path)'\nWHERE level = 'ERROR'", [rows[1]]),
      ("SELECT id FROM \"\(path)\" WHERE (id IN (1, 3) AND \"order\" < 3) LIMIT 5", [rows[0]]),
      ("SELECT id FROM logs.events WHERE at >= TIMESTAMP '2024-01-03'", [rows[2]]),
      ("SELECT level, id FROM logs.events WHERE id = 2", [#"{"level":"ERROR","id":2}"#]),
      ("SELECT \"order\" FROM logs.events WHERE id = 2", [#"{"order":2}"#]),
      ("SELECT COUNT(*) FROM logs.events", [#"{"count":3}"#]),
      ("SELECT count ( * ) FROM logs.events WHERE id < 3", [#"{"count":2}"#]),
      ("SELECT id FROM logs.events LIMIT 0", []),
      ("SELECT COUNT(*) FROM logs.events LIMIT 0", []),
    ] as [(String, [String])] {
      let result = try query(text)
      #expect(result.exitCode == 0, "\(text): \(result.messages)")
      #expect(result.lines.sorted() == expected, "\(text)")
    }
    #expect(try query("SELECT * FROM logs.events LIMIT 2").lines.count == 2)
    let readable = try tool.run("query", "SELECT id, level FROM '\(path)' WHERE id = 2")
    #expect(readable.output == "id  level\n--  -----\n 2  ERROR\n")
  }

  @Test("four spellings of a point in time")
  func timeTravel() throws {
    defer { tool.remove() }
    try makeTable()
    let (id, time) = try snapshots()[1]
    for words in ["SYSTEM_TIME", "TIMESTAMP", "SYSTEM_VERSION", "VERSION"] {
      let isTime = words.contains("TIME")
      for point in isTime ? ["'\(time)'", "TIMESTAMP '\(time)'"] : ["\(id)", "'~1'", "'main~1'"] {
        for keyword in ["FOR ", ""] {
          let text = "SELECT COUNT(*) FROM logs.events \(keyword)\(words) AS OF \(point)"
          let result = try query(text)
          #expect(result.lines == [#"{"count":2}"#], "\(text): \(result.messages)")
        }
      }
    }
    let branch = try query("SELECT COUNT(*) FROM logs.events FOR VERSION AS OF 'main' WHERE id > 1")
    #expect(branch.lines == [#"{"count":2}"#])
    let early = try query("SELECT id FROM logs.events FOR SYSTEM_TIME AS OF DATE '2001-01-01'")
    #expect(early.exitCode == 3)
    #expect(early.messages.contains("the oldest point that is kept is"), "\(early.messages)")
    let unknown = try query("SELECT id FROM logs.events FOR VERSION AS OF 17")
    #expect(unknown.exitCode == 3)
    #expect(unknown.messages.contains("the oldest that is kept is"), "\(unknown.messages)")
    let noTime = try query("SELECT id FROM logs.events FOR TIMESTAMP AS OF 'then'")
    #expect(noTime.exitCode == 2)
  }

  @Test("metadata tables, behind a dot or a dollar sign")
  func metadataTables() throws {
    defer { tool.remove() }
    try makeTable()
    for name in [
      "logs.events.snapshots", "\"logs.events$snapshots\"", "logs.\"events$snapshots\"",
      "logs.events$snapshots", "'\(path)$snapshots'", "\"\(path)\".snapshots",
      "'\(path)'.Snapshots",
    ] {
      let result = try query("SELECT COUNT(*) FROM \(name)")
      #expect(result.lines == [#"{"count":3}"#], "\(name): \(result.messages)")
    }
    let old = try query("SELECT record_count FROM logs.events.files FOR VERSION AS OF '~1'")
    #expect(old.lines == [#"{"record_count":1}"#, #"{"record_count":1}"#], "\(old.messages)")
    let filtered = try query("SELECT operation FROM logs.events.snapshots WHERE parent_id IS NULL")
    #expect(filtered.lines == [#"{"operation":"append"}"#], "\(filtered.messages)")
    let unknown = try query("SELECT * FROM \"logs.events$snapshot\"")
    #expect(unknown.exitCode == 2)
    #expect(unknown.messages.contains("metadata_log_entries"), "\(unknown.messages)")

    // A table that is called like one comes first.
    _ = try tool.run(
      "create", "--warehouse", tool.warehouse, "logs.snapshots", "--schema", "id long")
    #expect(try query("SELECT COUNT(*) FROM logs.snapshots").lines == [#"{"count":0}"#])
  }

  @Test(
    "what is not accepted is named with its place",
    arguments: [
      ("", 1, "SELECT was expected"),
      ("DELETE FROM t", 1, "only reads"),
      ("WITH x AS (SELECT 1) SELECT * FROM x", 1, "WITH is not accepted"),
      ("SELECT FROM t", 8, "a column was expected"),
      ("SELECT DISTINCT a FROM t", 8, "DISTINCT is not accepted"),
      ("SELECT a, FROM t", 11, "a column was expected"),
      ("SELECT *, a FROM t", 9, "stand alone"),
      ("SELECT a, b, a FROM t", 14, "'a' is selected twice"),
      ("SELECT a.b, a FROM t", 13, "a part of the other"),
      ("SELECT a IS NULL FROM t", 10, "expressions are not accepted"),
      ("SELECT a + 1 FROM t", 10, "expressions are not accepted"),
      ("SELECT 1 FROM t", 8, "a column was expected"),
      ("SELECT max(a) FROM t", 8, "COUNT(*) is the only function"),
      ("SELECT COUNT(a) FROM t", 8, "only COUNT(*) counts"),
      ("SELECT COUNT(*), a FROM t", 8, "stand alone"),
      ("SELECT a AS b FROM t", 10, "an alias is not accepted"),
      ("SELECT a b FROM t", 10, "FROM was expected"),
      ("SELECT a", 9, "FROM was expected"),
      ("SELECT a FROM", 14, "a table was expected"),
      ("SELECT a FROM (SELECT b FROM t)", 15, "a query within"),
      ("SELECT a FROM scan('t')", 19, "functions are not accepted"),
      ("SELECT a FROM t, u", 16, "one table"),
      ("SELECT a FROM t JOIN u ON t.a = u.a", 17, "one table"),
      ("SELECT a FROM t x", 17, "no alias"),
      ("SELECT a FROM t x, u", 17, "one table"),
      ("SELECT a FROM t x LEFT JOIN u y", 17, "one table"),
      ("SELECT a FROM t FOR NOW", 21, "SYSTEM_TIME, TIMESTAMP, SYSTEM_VERSION or VERSION"),
      ("SELECT a FROM t FOR VERSION OF 1", 29, "AS OF was expected"),
      ("SELECT a FROM t FOR VERSION AS OF main", 35, "in quotes"),
      ("SELECT a FROM t FOR TIMESTAMP AS OF now()", 37, "in quotes"),
      ("SELECT a FROM t WHERE a = 1 FOR VERSION AS OF 1", 29, "right behind the table"),
      ("SELECT a FROM t LIMIT 1 FOR VERSION AS OF 1", 25, "right behind the table"),
      ("SELECT a FROM t WHERE", 22, "a condition was expected"),
      ("SELECT a FROM t WHERE a = 1 ORDER BY a", 29, "ORDER BY is not accepted"),
      ("SELECT a FROM t GROUP BY a", 17, "GROUP BY is not accepted"),
      ("SELECT a FROM t WHERE a IN (SELECT b FROM u)", 29, "a query within"),
      ("SELECT a FROM t WHERE a = 1 UNION SELECT 1", 29, "UNION is not accepted"),
      ("SELECT a FROM t LIMIT ten", 23, "a number of rows"),
      ("SELECT a FROM t LIMIT 1 OFFSET 2", 25, "OFFSET is not accepted"),
      ("SELECT a FROM t LIMIT 1; SELECT", 26, "cannot stand here"),
      ("SELECT a FROM 't", 15, "not closed"),
      ("SELECT a\nFROM t WHERE a = 1\nORDER BY a", 29, "\n  ORDER BY a\n  ^\n"),
    ] as [(String, Int, String)])
  func refusals(text: String, place: Int, message: String) throws {
    defer { tool.remove() }
    let result = try query(text)
    #expect(result.exitCode == 2)
    #expect(result.output.isEmpty)
    #expect(result.messages.contains("at character \(place), "), "\(result.messages)")
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(result.messages.contains("FROM table"), "\(result.messages)")
  }

  @Test("a name needs a warehouse, and a table has to be there")
  func names() throws {
    defer { tool.remove() }
    let name = try tool.run("query", "SELECT * FROM logs.events")
    #expect(name.exitCode == 2)
    #expect(name.messages.contains("--warehouse"))
    #expect(try query("SELECT * FROM logs.nothing").exitCode == 3)
    #expect(try query("SELECT * FROM '/no/such/table'").exitCode == 3)
  }

  @Test("scan and count take conditions, and say where one is wrong")
  func conditions() throws {
    defer { tool.remove() }
    try makeTable()
    let scan = try tool.run("scan", path, "--where", "level = 'ERROR'", "--select", "id", "--json")
    #expect(scan.lines == [#"{"id":2}"#], "\(scan.messages)")
    #expect(try tool.run("count", path).output == "3\n")
    #expect(try tool.run("count", path, "--where", "id <> 2").output == "2\n")
    let old = try tool.run("count", path, "--at", "~2", "--json")
    #expect(old.lines == [#"{"count":1,"files_counted":1,"files_read":0}"#])
    // Several rows of one file, of which some are wanted.
    let flat = tool.warehouse + "/flat"
    _ = try tool.run("create", flat, "--schema", "id long, level string")
    let file = try tool.file("flat.csv", "id,level\n1,INFO\n2,WARN\n3,\n4,WARN\n")
    _ = try tool.run("append", flat, "--from", file)
    let condition = "level IS NULL OR (level = 'WARN' AND id > 2)"
    let some = try tool.run("scan", flat, "--where", condition, "--select", "id", "--json")
    #expect(some.lines == [#"{"id":3}"#, #"{"id":4}"#], "\(some.messages)")
    let counted = try tool.run("count", flat, "--where", condition)
    #expect(counted.output == "2\n")
    #expect(counted.messages == "0 files counted by metadata, 1 read\n")
    let files = try tool.run("files", path, "--where", "level = 'ERROR'", "--json")
    #expect(files.lines.count == 1)
    #expect(files.output.contains("at_day=2024-01-02"), "\(files.messages)")
    let shift = try tool.run("count", path, "--where", "id >> 2")
    #expect(shift.exitCode == 2)
    #expect(shift.messages.contains("  id >> 2\n      ^"), "\(shift.messages)")
    #expect(try tool.run("count", path, "--where", "nope = 2").exitCode == 3)
    let type = try tool.run("count", path, "--where", "id = 'x'")
    #expect(type.exitCode == 2)
    #expect(type.messages.contains("id"), "\(type.messages)")
  }
}
