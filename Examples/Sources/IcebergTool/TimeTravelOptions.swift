import ExampleSupport
import Iceberg

/// The options that choose a point in the history of a table.
enum TimeTravelOptions {
  /// Their names.
  static let names = ["--at", "--snapshot-id", "--as-of", "--ref"]

  /// Their lines in a help text.
  static let help = """
      --at POINT        a point in time in any spelling: a branch, a tag, a snapshot id, a time, or one of
                        '@{yesterday}' '@{2 hours ago}' '~3' (three ancestors back) 'v1.2~1'
      --snapshot-id N   a snapshot by its id
      --as-of TIME      what was current at a time: 2024-01-15, 2024-01-15T10:30:00, with +02:00 for
                        a zone (else UTC), yesterday, '2 hours ago', or milliseconds since 1970
      --ref NAME        a branch or a tag
    """

  /// Whether one of them is given.
  static func areGiven(_ arguments: Arguments) -> Bool {
    names.contains { arguments.value($0) != nil }
  }

  /// A scan of `table` at the point that the options choose.
  static func scan(_ table: Table, _ arguments: Arguments) throws -> TableScan {
    guard let point = try point(arguments, in: table) else { return table.scan() }
    return table.scan().at(point)
  }

  /// The point that the options choose; nil when none is given.
  static func point(_ arguments: Arguments, in table: Table) throws -> TimeTravel? {
    let given = names.filter { arguments.value($0) != nil }
    if given.count > 1 {
      throw ArgumentError("\(given.joined(separator: " and ")) cannot be given together")
    }
    if let spelling = arguments.value("--at") {
      return try TimeTravel(parsing: spelling, in: table.metadata)
    }
    if let id = try arguments.number("--snapshot-id", as: Int64.self) { return .snapshot(id) }
    if let time = arguments.value("--as-of") { return try .timestamp(parsing: time) }
    return arguments.value("--ref").map { .ref($0) }
  }
}
