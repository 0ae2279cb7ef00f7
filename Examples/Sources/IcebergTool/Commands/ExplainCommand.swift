import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg explain`
  static let explain = Command(
    name: "explain", summary: "what a scan would read, what it leaves out, why, and the cost",
    help: """
      iceberg explain TABLE: for every manifest and data file whether a scan reads it, and if not, by
      which rule, with the numbers; then the files and bytes to read and what they cost. Reads metadata
      only, with --row-groups the footers of the data files too.

      \(TimeTravelOptions.help)
      \(FilterOption.help)
        --select COLUMNS  the columns that are read, with commas between them; less of a file is read
        --row-groups      look into the data files: which row groups are read
        --price-per-tb N  the price of reading 10^12 bytes, in USD; 5 if it is not given
        --summary         the totals alone

      With --json one object a line: manifests, files (with row groups), and last the totals, each with
      its "kind".

      iceberg explain /data/warehouse/logs/events --where "event_time >= '2024-01-15'" --row-groups
      """,
    declaration: Arguments.Declaration(
      flags: ["--row-groups", "--summary"],
      options: TimeTravelOptions.names + [FilterOption.name, "--select", "--price-per-tb"])
  ) { invocation in
    let arguments = invocation.arguments
    let source = try await TableSource.open(invocation)
    var scan = try TimeTravelOptions.scan(source.table, arguments)
      .filter(try FilterOption.filter(arguments))
    if let columns = arguments.value("--select") { scan = scan.select(RowOutput.names(columns)) }
    let price = try price(arguments)
    let explained = scan
    let explanation = try await source.following {
      try await explained.explain(rowGroups: arguments.has("--row-groups"))
    }
    let report = ExplanationReport(explanation, price: price)
    let isWhole = !arguments.has("--summary")
    if invocation.isJSON {
      if isWhole { report.writeParts() }
      Output.write(JSONText.line(report.totalsJSON))
    } else {
      Output.write((isWhole ? report.parts : "") + report.totals)
    }
  }

  private static func price(_ arguments: Arguments) throws -> Double {
    guard let text = arguments.value("--price-per-tb") else { return 5 }
    guard let price = Double(text), price.isFinite, price >= 0 else {
      throw ArgumentError("--price-per-tb needs a number that is not negative, not '\(text)'")
    }
    return price
  }
}
