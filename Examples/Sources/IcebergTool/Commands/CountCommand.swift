import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg count`
  static let count = Command(
    name: "count", summary: "how many rows a table has, now or at any point of its history",
    help: """
      iceberg count TABLE: the number of rows, or of those that satisfy a condition. Files are read only
      where metadata does not tell; how many they were is told beside the number.
      With --json {"count":3,"files_counted":2,"files_read":1}.

      \(TimeTravelOptions.help)
      \(FilterOption.help)

      iceberg count /data/warehouse/logs/events --where "level = 'ERROR'" --at '~1'
      """,
    declaration: Arguments.Declaration(options: TimeTravelOptions.names + [FilterOption.name])
  ) { invocation in
    let source = try await TableSource.open(invocation)
    let scan = try TimeTravelOptions.scan(source.table, invocation.arguments)
      .filter(try FilterOption.filter(invocation.arguments))
    let count = try await source.following(scan) { try await scan.rowCount() }
    if invocation.isJSON {
      let object: JSONObject = [
        "count": .integer(count.rows), "files_counted": .integer(Int64(count.filesCounted)),
        "files_read": .integer(Int64(count.filesRead)),
      ]
      Output.write(JSONText.line(.object(object)))
    } else {
      Output.write("\(count.rows)\n")
      Output.error(
        "\(Counts.text(count.filesCounted, "file")) counted by metadata, \(count.filesRead) read\n")
    }
  }
}
