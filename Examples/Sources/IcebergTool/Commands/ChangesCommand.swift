import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg changes`
  static let changes = Command(
    name: "changes", summary: "which rows became new, changed and went, snapshot by snapshot",
    help: """
      iceberg changes TABLE [--from A] [--to B]: the rows that each snapshot behind A and up to B added and
      removed, however its files say so. Rows that were only moved to other files are no changes. Behind
      the columns of a row stand _change_type (INSERT, DELETE, UPDATE_BEFORE, UPDATE_AFTER),
      _change_ordinal, which counts the snapshots, and _commit_snapshot_id.

      A point is a branch, a tag, a snapshot id, a time, or one of '@{yesterday}' '@{2 hours ago}' '~3'
      (three ancestors back) 'v1.2~1'. Without A all changes are told, without B those up to now.

        --from A              the point behind which the changes begin
        --to B                the point up to which they go; rows are read with its columns
        --net                 only what is different between A and B in the end
        --identifier COLUMNS  names of columns, with commas between them: a row that is gone and one that
                              is new with the same values in them are told as one that changed
        --select COLUMNS      the columns, with commas between them
        --limit N             no more than N rows
      \(FilterOption.help)

      With --json one object a line.

      iceberg changes /data/warehouse/logs/events --from '@{yesterday}' --identifier id
      """,
    declaration: Arguments.Declaration(
      flags: ["--net"],
      options: ["--from", "--to", "--identifier", "--select", "--limit", FilterOption.name])
  ) { invocation in
    let arguments = invocation.arguments
    _ = try arguments.positional("table")
    let limit = try RowOutput.limit(arguments)
    let filter = try FilterOption.filter(arguments)
    let source = try await TableSource.open(invocation)
    let table = source.table
    func point(_ option: String) throws -> TimeTravel? {
      try arguments.value(option).map { try TimeTravel(parsing: $0, in: table.metadata) }
    }
    var changes = table.changes(after: try point("--from"), through: try point("--to"))
      .filter(filter)
    if arguments.has("--net") { changes = changes.net() }
    if let columns = arguments.value("--identifier") {
      changes = changes.pairingUpdates(by: RowOutput.names(columns))
    }
    if let columns = arguments.value("--select") {
      changes = changes.select(RowOutput.names(columns))
    }
    try await RowOutput.write(
      source.counted(changes.batches()), columns: try changes.schema, limit: limit,
      isJSON: invocation.isJSON)
  }
}
