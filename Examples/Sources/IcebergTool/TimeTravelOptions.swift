import ExampleSupport
import Iceberg

/// The options that choose a point in the history of a table.
enum TimeTravelOptions {
  /// Their names.
  static let names = ["--snapshot-id", "--as-of", "--ref"]

  /// Their lines in a help text.
  static let help = """
      --snapshot-id N   a snapshot by its id
      --as-of TIME      what was current at a time: 2024-01-15, 2024-01-15T10:30:00, with +02:00 for
                        a zone, or milliseconds since 1970
      --ref NAME        a branch or a tag
    """

  /// A scan of `table` at the point that the options choose.
  static func scan(_ table: Table, _ arguments: Arguments) throws -> TableScan {
    guard let point = try point(arguments) else { return table.scan() }
    return table.scan().at(point)
  }

  private static func point(_ arguments: Arguments) throws -> TimeTravel? {
    let given = names.filter { arguments.value($0) != nil }
    if given.count > 1 {
      throw ArgumentError("\(given.joined(separator: " and ")) cannot be given together")
    }
    if let id = try arguments.number("--snapshot-id", as: Int64.self) { return .snapshot(id) }
    if let time = arguments.value("--as-of") {
      return .timestamp(millis: try Timestamps.millis(time))
    }
    return arguments.value("--ref").map { .ref($0) }
  }
}
