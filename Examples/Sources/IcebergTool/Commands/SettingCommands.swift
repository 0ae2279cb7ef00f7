import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg properties`
  static let properties = Command.concluding(
    name: "properties", summary: "the settings of a table, and changes of them",
    help: """
      iceberg properties TABLE [list]: the settings.

      iceberg properties TABLE ACTION ...: change them.

        set KEY=VALUE ...     set or replace
        unset KEY ...         remove; those that are not set are passed over

      \(TableEvolution.help)

      Names that belong to an engine and not to a table are refused, and the right ones told.

      iceberg properties /data/warehouse/logs/events set commit.retry.num-retries=10
      """,
    declaration: Arguments.Declaration(flags: TableEvolution.flags)
  ) { invocation in
    let words = try ActionWords(invocation, actions: ["set", "unset", "list"])
    guard let words, words.action != "list" else {
      try await printProperties(words?.table ?? invocation.arguments.positional[0], invocation)
      return .success
    }
    return try await TableEvolution.run(invocation, table: words.table) { transaction in
      switch words.action {
      case "set":
        var properties: [String: String] = [:]
        for text in try words.someWords("key=value") {
          let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          guard parts.count == 2, !parts[0].isEmpty else {
            throw ArgumentError("set needs KEY=VALUE, not '\(text)'")
          }
          properties[String(parts[0])] = String(parts[1])
        }
        transaction.setProperties(try PropertyAdvice.checked(properties))
      default:
        transaction.removeProperties(try words.someWords("key"))
      }
    }
  }

  private static func printProperties(_ name: String, _ invocation: Invocation) async throws {
    let properties = try await TableSource.open(name, invocation).table.metadata.properties
    if invocation.isJSON {
      Output.write(JSONText.line(JSONText.object(properties)))
      return
    }
    var printer = TablePrinter(["property", "value"])
    for (key, value) in properties.sorted(by: { $0.key < $1.key }) { printer.add([key, value]) }
    Output.write(printer.text)
  }

  /// `iceberg upgrade`
  static let upgrade = Command.concluding(
    name: "upgrade", summary: "raise the format version of a table",
    help: """
      iceberg upgrade TABLE --format-version N: raise the format version. Files stay as they are, and
      there is no way back: --dry-run tells who cannot read or write the table any more.

        --format-version N    2 or 3
      \(TableEvolution.help)
      """,
    declaration: Arguments.Declaration(
      flags: TableEvolution.flags, options: ["--format-version"])
  ) { invocation in
    let name = try invocation.arguments.positional("table")[0]
    guard let version = try invocation.arguments.number("--format-version", as: Int.self) else {
      throw ArgumentError("--format-version N is missing")
    }
    return try await TableEvolution.run(invocation, table: name) { transaction in
      transaction.upgradeFormat(to: version)
    }
  }
}
