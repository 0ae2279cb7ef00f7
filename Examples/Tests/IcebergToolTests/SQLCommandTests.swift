import Foundation
import Testing

@Suite("iceberg sql")
struct SQLCommandTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func sql(_ text: String, _ options: String...) throws -> Tool.Result {
    try tool.run(["sql", "--warehouse", tool.warehouse] + options + [text])
  }

  private func make() throws {
    let result = try sql(
      """
      CREATE TABLE IF NOT EXISTS logs.events ( -- a table of the guide
        event_id BIGINT NOT NULL COMMENT 'key',
        `event type` STRING,
        properties MAP<STRING, STRING>,
        place STRUCT<city: STRING, at: ARRAY<DOUBLE>>,
        amount DECIMAL(10, 2),
        event_time TIMESTAMP WITH TIME ZONE
      ) USING iceberg
      PARTITIONED BY (days(event_time), bucket(event_id, 16), truncate(4, `event type`))
      COMMENT 'what happened'
      TBLPROPERTIES ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'ZSTD',
        'optimize_rewrite_delete_file_threshold' = '10', 'format-version' = '2');
      """)
    #expect(result.exitCode == 0, "\(result.messages)")
  }

  private func object(_ text: String, _ options: String...) throws -> [String: Any] {
    let result = try tool.run(["sql", "--warehouse", tool.warehouse, "--json"] + options + [text])
    #expect(result.exitCode == 0, "\(text): \(result.messages)")
    let data = Data(try #require(result.lines.last).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("a table is made, shown as the statement that makes it again, and dropped")
  func create() throws {
    defer { tool.remove() }
    try make()
    let shown = try sql("SHOW CREATE TABLE logs.events")
    #expect(shown.exitCode == 0, "\(shown.messages)")
    for part in [
      "  event_id long NOT NULL COMMENT 'key',", "  `event type` string,",
      "  properties map<string, string>,",
      "  place struct<city: string, at: array<double>>,", "  amount decimal(10, 2),",
      "  event_time timestamptz\n",
      "PARTITIONED BY (days(event_time), bucket(16, event_id), truncate(4, `event type`))",
      "'comment' = 'what happened'", "'write.parquet.compression-codec' = 'zstd'",
      "'optimize_rewrite_delete_file_threshold' = '10'",
    ] { #expect(shown.output.contains(part), "\(part) in\n\(shown.output)") }
    #expect(!shown.output.contains("table_type"))
    #expect(try sql("SHOW TABLES IN logs").output == "logs.events\n")
    #expect(try sql("SHOW NAMESPACES").output == "logs\n")
    let again = try sql("CREATE TABLE IF NOT EXISTS logs.events (id int)")
    #expect(again.output.contains("there already"))
    #expect(try sql("CREATE TABLE logs.events (id int)").exitCode != 0)
    let statement = shown.output.replacingOccurrences(of: "logs.events (", with: "logs.copy (")
      .split(separator: "\n").filter { !$0.hasPrefix("LOCATION") }.joined(separator: "\n")
    #expect(try sql(statement).exitCode == 0)
    let copy = try sql("SHOW CREATE TABLE logs.copy")
    #expect(
      copy.output.replacingOccurrences(of: "logs.copy", with: "logs.events")
        .replacingOccurrences(of: "logs/copy", with: "logs/events") == shown.output)
    #expect(try sql("DROP TABLE logs.copy PURGE; DROP TABLE IF EXISTS logs.copy").exitCode == 0)
    #expect(try sql("DESCRIBE logs.copy").exitCode == 3)
  }

  @Test(
    "columns are changed as the guide does",
    arguments: [
      "ALTER TABLE logs.events ADD COLUMNS (user_agent string COMMENT 'browser', place.zip int)",
      "ALTER TABLE logs.events ADD COLUMN x int AFTER event_id, y int FIRST",
      "ALTER TABLE logs.events RENAME COLUMN amount TO total",
      "ALTER TABLE logs.events RENAME COLUMN place.city TO place.town",
      "ALTER TABLE logs.events DROP COLUMN properties",
      "ALTER TABLE logs.events DROP COLUMNS IF EXISTS (moon, properties)",
      "ALTER TABLE logs.events ALTER COLUMN amount TYPE decimal(12, 2)",
      "ALTER TABLE logs.events ALTER COLUMN event_id COMMENT 'the key'",
      "ALTER TABLE logs.events ALTER COLUMN event_id AFTER amount",
      "ALTER TABLE logs.events ALTER COLUMN place.at FIRST",
      "ALTER TABLE logs.events ALTER COLUMN event_id DROP NOT NULL",
      "ALTER TABLE logs.events CHANGE COLUMN amount total decimal(11, 2) COMMENT 'EUR' FIRST",
      "ALTER TABLE logs.events ADD PARTITION FIELD bucket(8, event_id) AS shard",
      "ALTER TABLE logs.events DROP PARTITION FIELD days(event_time)",
      "ALTER TABLE logs.events DROP PARTITION FIELD event_time_day",
      "ALTER TABLE logs.events REPLACE PARTITION FIELD event_time_day WITH hours(event_time) AS h",
      "ALTER TABLE logs.events SET PARTITION SPEC (months(event_time))",
      "ALTER TABLE logs.events WRITE ORDERED BY event_time DESC NULLS LAST, bucket(4, event_id)",
      "ALTER TABLE logs.events WRITE DISTRIBUTED BY PARTITION LOCALLY ORDERED BY event_id",
      "ALTER TABLE logs.events WRITE UNORDERED",
      "ALTER TABLE logs.events SET TBLPROPERTIES ('owner' = 'ops', commit.retry.num-retries = 5)",
      "ALTER TABLE logs.events UNSET TBLPROPERTIES IF EXISTS ('comment')",
      "ALTER TABLE logs.events SET IDENTIFIER FIELDS event_id; ALTER TABLE logs.events DROP IDENTIFIER FIELDS event_id",
      "ALTER TABLE logs.events CREATE BRANCH audit RETAIN 7 DAYS WITH SNAPSHOT RETENTION 2 SNAPSHOTS 3 HOURS",
      "ALTER TABLE logs.events CREATE BRANCH IF NOT EXISTS audit; ALTER TABLE logs.events CREATE OR REPLACE BRANCH audit RETAIN 1 DAYS",
    ])
  func alter(statement: String) throws {
    defer { tool.remove() }
    try make()
    let dry = try sql(statement, "--dry-run")
    if !statement.contains(";") {
      #expect(dry.exitCode == 0, "\(dry.messages)")
      #expect(dry.output.hasPrefix("would change logs.events\n"), "\(dry.output)")
    }
    let result = try sql(statement)
    #expect(result.exitCode == 0, "\(result.messages)")
    #expect(result.output.hasPrefix("changed logs.events\n"), "\(result.output)")
  }

  @Test(
    "a dry run refuses what the statement would be refused for, and changes nothing",
    arguments: [
      ("ALTER TABLE logs.events RENAME TO logs.others", "cannot be renamed"),
      ("CREATE NAMESPACE logs", "there is a namespace"),
      ("CREATE NAMESPACE more WITH DBPROPERTIES ('owner' = 'me')", "properties"),
      ("DROP NAMESPACE logs", "not empty"),
      ("DROP NAMESPACE nowhere", "no namespace"),
      ("CREATE TABLE logs.events (id INT)", "there is a table"),
      ("CREATE TABLE logs.more (id INT) LOCATION '/elsewhere'", "cannot be made at '/elsewhere'"),
    ])
  func refusedDryRuns(statement: String, words: String) throws {
    defer { tool.remove() }
    try make()
    let dry = try sql(statement, "--dry-run")
    #expect(dry.exitCode != 0 && dry.output.isEmpty, "\(dry.output)")
    #expect(dry.messages.contains(words), "\(dry.messages)")
    let real = try sql(statement)
    #expect(real.exitCode == dry.exitCode, "\(real.messages)")
    #expect(try sql("SHOW NAMESPACES").output.contains("more") == false)
  }

  @Test("branches and tags keep what they are told to")
  func references() throws {
    defer { tool.remove() }
    try make()
    let rows = try tool.file("a.jsonl", "{\"event_id\":1}\n")
    let appended = try tool.run(
      "append", "--warehouse", tool.warehouse, "logs.events", "--from", rows, "--json")
    let first = try #require(appended.output.firstMatch(of: /"snapshot_id":(\d+)/)?.1)
    let made = try object(
      "ALTER TABLE logs.events CREATE TAG monthly AS OF VERSION \(first) RETAIN 180 DAYS")
    #expect((made["refs"] as? [String: Int64])?["monthly"] == Int64(first))
    let text = try sql(
      "ALTER TABLE logs.events CREATE BRANCH b WITH SNAPSHOT RETENTION 5 SNAPSHOTS 2 DAYS")
    #expect(
      text.output.contains(
        "branch 'b' at snapshot \(first), with at least 5 snapshots, and those of the last 172800000 ms"
      ), "\(text.output)")
    #expect(try sql("ALTER TABLE logs.events REPLACE TAG monthly RETAIN 1 HOURS").exitCode == 0)
    #expect(
      try sql(
        "ALTER TABLE logs.events DROP TAG monthly; ALTER TABLE logs.events DROP BRANCH IF EXISTS c"
      ).exitCode == 0)
    #expect(try sql("ALTER TABLE logs.events DROP TAG monthly").exitCode == 3)
    let count = try sql("SELECT COUNT(*) FROM logs.events FOR VERSION AS OF 'b' WHERE event_id = 1")
    #expect(count.output.contains("1"), "\(count.messages)")
  }

  @Test(
    "mistakes are explained where they stand",
    arguments: [
      (
        "ALTER TABLE logs.events ALTER COLUMN `event type` TYPE BIGINT", "string cannot become long"
      ),
      (
        "CREATE TABLE a.b (ts timestamp) PARTITIONED BY (year(ts), month(ts))",
        "year(ts) is redundant beside month(ts)"
      ),
      (
        "ALTER TABLE logs.events REPLACE PARTITION FIELD days(event_time) WITH days(event_time)",
        "replaced by itself"
      ),
      (
        "ALTER TABLE logs.events REPLACE PARTITION FIELD amount WITH bucket(4, amount)",
        "there is no partition field"
      ),
      (
        "ALTER TABLE logs.events SET TBLPROPERTIES ('spark.sql.iceberg.manifest-cache.enabled'='true')",
        "io.manifest.cache-enabled"
      ),
      (
        "CREATE TABLE a.b (id int) TBLPROPERTIES ('spark.sql.iceberg.commit.retry.num-retries' = '5')",
        "'commit.retry.num-retries'"
      ),
      ("ANALYZE TABLE t COMPUTE STATISTICS FOR ALL COLUMNS", "readable_metrics"),
      ("SELECT snapshot_id FROM logs.events.manifests", "added_snapshot_id"),
      ("MSCK REPAIR TABLE t", "nothing to repair"),
      ("ALTER TABLE logs.events DROP PARTITION (dt='2024-01-01')", "Hive's"),
      ("ALTER TABLE logs.events REPLACE COLUMNS (id int)", "keep the values"),
      ("CREATE EXTERNAL TABLE t (id int)", "without EXTERNAL"),
      ("CREATE TABLE t (id int) PARTITIONED BY (dt string)", "Hive's"),
      ("CREATE TABLE t (id int) STORED AS PARQUET", "write.format.default"),
      ("CREATE TABLE t (id int, PRIMARY KEY (id))", "SET IDENTIFIER FIELDS"),
      ("CREATE TABLE t (id strin)", "at character 20, 'strin' is no type"),
      ("ALTER TABLE logs.events ADD COLUM x int", "at character 35"),
      ("ALTER TABLE logs.events ADD PARTITION FIELD bucket(event_id)", "bucket needs a number"),
      (
        "ALTER TABLE logs.events ALTER COLUMN amount SET NOT NULL",
        "optional cannot become required"
      ),
      ("DROP TABLE logs.events; DANCE", "begins no statement"),
      ("ALTER TABLE logs.events DROP COLUMN 'id'", "'id'' stands where a column was expected"),
      ("INSERT INTO t VALUES (1)", "iceberg append"),
    ])
  func mistakes(statement: String, message: String) throws {
    defer { tool.remove() }
    try make()
    let result = try sql(statement)
    #expect(result.exitCode == 2, "\(result.exitCode) \(result.output) \(result.messages)")
    #expect(result.messages.contains(message), "\(result.messages)")
    // Nothing of a text is carried out when a part of it cannot be understood.
    #expect(try sql("DESCRIBE logs.events").exitCode == 0)
  }
}
