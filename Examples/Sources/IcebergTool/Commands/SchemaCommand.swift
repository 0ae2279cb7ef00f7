import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg schema`
  static let schema = Command.concluding(
    name: "schema",
    summary: "the columns of a table at any point of its history, and their changes",
    help: """
      iceberg schema TABLE: the columns, with their ids. With --json the schema as the format writes it.

        --snapshot-id N       the schema of a snapshot
        --as-of TIME          the schema of what was current at a time
        --ref NAME            the schema of a branch or tag
        --all                 every schema that the table has had

      iceberg schema TABLE log: when the columns changed, and how, as far as metadata files are kept.

      iceberg schema TABLE ACTION ...: change the columns, and tell what follows. Files stay as they are.

        add COLUMN TYPE       add a column; place.zip is added to the struct 'place', and to the
                              elements of a list or the values of a map
        drop COLUMN ...       remove columns: older snapshots still show them
        rename COLUMN NAME    give a column another name; NAME is the last part of the path only
        widen COLUMN TYPE     int to long, float to double, more digits of a decimal; in format
                              version 3 also date to timestamp
        move COLUMN           with --first, --before or --after: change the order
        doc COLUMN [TEXT]     set the comment; without TEXT remove it
        require COLUMN        allow no more nulls; needs --allow-incompatible-changes
        optional COLUMN       allow nulls
        default COLUMN [VALUE]  what is written where no value is supplied (format version 3); without
                              VALUE nothing is
        identifier [COLUMN ...]  the columns that identify a row; none without any
        union                 with --schema or --schema-file: add what the table lacks, widen what it has

        --doc TEXT            with add: the comment
        --default VALUE       with add: the value of rows that are there, and of those that are written
                              without one (format version 3)
        --required            with add: allow no nulls
        --first, --before COLUMN, --after COLUMN    with add and move: the place
        --schema COLUMNS, --schema-file FILE        with union: as for 'iceberg create'
        --allow-incompatible-changes  make a column required though rows that are there may be null
      \(TableEvolution.help)

      iceberg schema /data/warehouse/logs/events add country string --doc 'ISO 3166 code' --after id
      iceberg schema /data/warehouse/logs/events rename level severity --dry-run
      """,
    declaration: Arguments.Declaration(
      flags: TableEvolution.flags + [
        "--all", "--required", "--first", "--allow-incompatible-changes",
      ],
      options: TimeTravelOptions.names + [
        "--doc", "--default", "--before", "--after", "--schema", "--schema-file",
      ])
  ) { invocation in
    guard let words = try ActionWords(invocation, actions: SchemaAction.names + ["log"]) else {
      try await printSchema(invocation)
      return .success
    }
    if words.action == "log" {
      let table = try await TableSource.open(words.table, invocation).table
      try await SchemaLog(of: table).write(isJSON: invocation.isJSON)
      return .success
    }
    let action = try await SchemaAction(words, invocation.arguments)
    return try await TableEvolution.run(invocation, table: words.table) { transaction in
      try action.apply(to: &transaction)
    }
  }

  private static func printSchema(_ invocation: Invocation) async throws {
    let table = try await TableSource.open(invocation).table
    let schemas =
      if invocation.arguments.has("--all") {
        table.metadata.schemas
      } else {
        [try TimeTravelOptions.scan(table, invocation.arguments).schema]
      }
    for schema in schemas {
      if invocation.isJSON {
        Output.write(JSONText.line(try schema.json()))
      } else {
        if schemas.count > 1 { Output.write("schema \(schema.id)\n") }
        Output.write(SchemaTable.text(schema))
      }
    }
  }
}
