import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg diff`
  static let diff = Command.concluding(
    name: "diff", summary: "what changed between two points of a table's history, rows included",
    help: """
      iceberg diff TABLE [A [B]]: what is different at B from what was at A: schema, partitioning, sort
      order, properties, totals, files by partition, and the rows. Only manifests and files are read
      that are not the same at both. Without B it is the current state, and without A the one before.

      A point is a branch, a tag, a snapshot id, a time, or one of '@{yesterday}' '@{2 hours ago}' '~3'
      (three ancestors back) 'v1.2~1'. Rows are compared with the columns of B.

        --rows            the rows that are gone (-) and new (+)
        --key COLUMNS     names of columns, with commas between them: rows that have the same key at both
                          points are told as one that changed (~), with the columns that did
        --limit N         no more than N rows
        --exit-code       end with 6 when anything is different, for scripts

      With --json one object a line: first all but the rows, then the rows, each with its "kind".

      iceberg diff /data/warehouse/logs/events '@{yesterday}' main --rows --key id
      """,
    declaration: Arguments.Declaration(
      flags: ["--rows", "--exit-code"], options: ["--key", "--limit"])
  ) { invocation in
    let arguments = invocation.arguments
    let points = Array(arguments.positional.dropFirst())
    guard let name = arguments.positional.first else { throw ArgumentError("missing <table>") }
    if points.count > 2 { throw ArgumentError("'\(points[2])' is one word too many") }
    let key = arguments.value("--key").map { RowOutput.names($0) } ?? []
    let limit = try RowOutput.limit(arguments)
    for option in ["--key", "--limit"]
    where arguments.value(option) != nil && !arguments.has("--rows") {
      throw ArgumentError("\(option) is about rows: give --rows too")
    }
    let source = try await TableSource.open(name, invocation)
    let table = source.table
    let current = table.metadata.currentSnapshot
    if points.isEmpty, current == nil || current?.parentID == nil {
      let what =
        current.map { "snapshot \($0.id) is the first one" } ?? "the table has no snapshots"
      throw IcebergError(
        .notFound, "there is no state before the current one: \(what). Name the points to compare")
    }
    let from = try TimeTravel(parsing: points.first ?? "~1", in: table.metadata)
    let to = try points.dropFirst().first.map { try TimeTravel(parsing: $0, in: table.metadata) }
    let isDifferent = try await source.following {
      let diff = try await table.diff(from: from, to: to)
      let rows = arguments.has("--rows") ? try diff.rows(key: key) : nil
      let report = DiffReport(diff, isJSON: invocation.isJSON)
      report.write()
      if let rows { try await report.write(rows, key: key, limit: limit) }
      return !diff.isEmpty
    }
    return isDifferent && arguments.has("--exit-code") ? .different : .success
  }
}
