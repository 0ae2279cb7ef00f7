import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg sql`
  static let sql = Command.concluding(
    name: "sql", summary: "statements that make, change, show and drop tables, and SELECT",
    help: """
      iceberg sql "STATEMENT; ...": carry out statements, one after the other, up to the first that fails.

        CREATE TABLE [IF NOT EXISTS] name (column type [NOT NULL] [DEFAULT value] [COMMENT 'text'], ...)
          [USING iceberg] [PARTITIONED BY (days(ts), bucket(16, id), truncate(4, name), level, ...)]
          [COMMENT 'text'] [LOCATION 'place'] [TBLPROPERTIES ('key' = 'value', ...)]
        ALTER TABLE name ADD COLUMN[S] (column type [NOT NULL] [DEFAULT value] [COMMENT 'text']
          [FIRST | AFTER column], ...)
        ALTER TABLE name RENAME COLUMN column TO name  |  DROP COLUMN[S] [IF EXISTS] column, ...
        ALTER TABLE name ALTER COLUMN column TYPE type | COMMENT 'text' | FIRST | AFTER column
          | SET NOT NULL | DROP NOT NULL | SET DEFAULT value | DROP DEFAULT
        ALTER TABLE name ADD PARTITION FIELD term [AS name]  |  DROP PARTITION FIELD term
          | REPLACE PARTITION FIELD term WITH term [AS name]
        ALTER TABLE name WRITE [DISTRIBUTED BY PARTITION] [LOCALLY] ORDERED BY key [ASC | DESC]
          [NULLS FIRST | LAST], ...  |  WRITE UNORDERED
        ALTER TABLE name SET TBLPROPERTIES ('key' = 'value', ...)  |  UNSET TBLPROPERTIES ('key', ...)
        ALTER TABLE name SET | DROP IDENTIFIER FIELDS column, ...
        ALTER TABLE name CREATE [OR REPLACE] BRANCH [IF NOT EXISTS] name [AS OF VERSION snapshot]
          [RETAIN n DAYS] [WITH SNAPSHOT RETENTION [n SNAPSHOTS] [n DAYS]]
          |  REPLACE BRANCH name ...  |  DROP BRANCH [IF EXISTS] name  |  the same with TAG
        ALTER TABLE name RENAME TO name  |  SET LOCATION 'place'
        DROP TABLE [IF EXISTS] name [PURGE]
        CREATE | DROP NAMESPACE name
        DESCRIBE name  |  SHOW CREATE TABLE name  |  SHOW TBLPROPERTIES name
        SHOW TABLES [IN namespace]  |  SHOW NAMESPACES
        CALL system.procedure(table => 'name', argument => value, ...)  with the procedures of
          'iceberg --help', such as expire_snapshots, and rollback_to_snapshot, fast_forward, ...
        ALTER TABLE name EXECUTE optimize(...) [WHERE ...] | expire_snapshots(...) | ...  as in Trino
        OPTIMIZE name REWRITE DATA USING BIN_PACK [WHERE ...]  |  VACUUM name  as in Athena
        SELECT ... as for 'iceberg query'

      A table is named by its path in single quotes, or with --warehouse as namespace.table. Columns inside
      structs are named with dots, and odd names stand in double quotes or backquotes. Types are those of
      'iceberg create' and SQL's (bigint, array<...>); TIMESTAMP has no zone, TIMESTAMP WITH TIME ZONE and
      timestamptz have. Everything after -- is a comment.

        --allow-incompatible-changes  make columns required though rows that are there may be null
      \(TableEvolution.help)

      iceberg sql --warehouse /data/warehouse "ALTER TABLE logs.events ADD COLUMN country string AFTER id"
      iceberg sql --warehouse /data/warehouse --dry-run "ALTER TABLE logs.events DROP COLUMN level"
      """,
    declaration: Arguments.Declaration(
      flags: TableEvolution.flags + ["--allow-incompatible-changes"])
  ) { invocation in
    let statements = try SQLParser.statements(try invocation.arguments.positional("statements")[0])
    let runner = SQLRunner(invocation: invocation)
    var worst = ExitCode.success
    for statement in statements {
      let code = try await runner.run(statement)
      if code != .success { worst = code }
    }
    return worst
  }
}
