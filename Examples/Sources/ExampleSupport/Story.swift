import FoundationEssentials

/// What an example tells while it runs: numbered steps, and what was seen in each.
public struct Story: Sendable {
  private var step = 0

  /// The beginning of a story.
  public init() {}

  /// Begins the next step.
  public mutating func step(_ title: String) {
    step += 1
    print("\(step == 1 ? "" : "\n")\(step). \(title)")
  }

  /// Tells something of the step.
  public func tell(_ text: String) { print("   \(text)") }

  /// Shows a table.
  public func show(_ table: TablePrinter) {
    for line in table.lines { tell(line) }
  }

  /// Where an example puts its tables: the folder named on the command line, or a new one among the
  /// temporary files.
  public static func folder(_ example: String) -> String {
    if CommandLine.arguments.count > 1 { return CommandLine.arguments[1] }
    return FileManager.default.temporaryDirectory.path + "/\(example)-\(UUID())"
  }
}
