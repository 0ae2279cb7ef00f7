import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg schema`
  static let schema = Command(
    name: "schema", summary: "the columns of a table, now or at any point of its history",
    help: """
      iceberg schema TABLE: the columns, with their ids. With --json the schema as the format writes it.

        --snapshot-id N   the schema of a snapshot
        --as-of TIME      the schema of what was current at a time
        --ref NAME        the schema of a branch or tag
        --all             every schema that the table has had
      """,
    declaration: Arguments.Declaration(flags: ["--all"], options: TimeTravelOptions.names)
  ) { invocation in
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
