import Foundation

/// The program run a second time, for what it measures alone: its memory is then not that of what was made
/// before.
public enum MeasuredProcess {
  /// Whether this is the second one, which has the inputs of the first.
  public static var isRunning: Bool { CommandLine.arguments.dropFirst().first == "measure" }

  /// Runs the program again, and ends as it does.
  public static func run() throws -> Never {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["measure"]
    var environment = ProcessInfo.processInfo.environment
    environment["ICEBERG_BENCHMARK_INPUTS"] = Inputs.folder.path
    process.environment = environment
    try process.run()
    process.waitUntilExit()
    exit(process.terminationStatus)
  }
}
