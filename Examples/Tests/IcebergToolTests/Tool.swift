import Foundation

/// Runs the built `iceberg` tool as a user would.
struct Tool {
  /// What came of a run.
  struct Result {
    /// What was printed.
    var output: String
    /// What was said beside it.
    var messages: String
    /// How it ended.
    var exitCode: Int32

    /// The output, a JSON value a line.
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// A folder of its own for each test.
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "iceberg-tool-tests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Removes the folder.
  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// The warehouse in the folder.
  var warehouse: String { folder.appendingPathComponent("warehouse").path }

  /// Writes a file into the folder and returns its path.
  func file(_ name: String, _ content: String) throws -> String {
    let url = folder.appendingPathComponent(name)
    try Data(content.utf8).write(to: url)
    return url.path
  }

  /// Runs the tool with the given words.
  func run(_ words: String...) throws -> Result { try run(words) }

  /// Runs the tool with the given words, and with more in its environment.
  func run(_ words: [String], environment: [String: String] = [:]) throws -> Result {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.executableURL = Self.executable
    process.arguments = words
    // Files, not pipes: a pipe that nobody empties would stop the tool.
    let output = folder.appendingPathComponent("out-\(UUID())")
    let messages = folder.appendingPathComponent("err-\(UUID())")
    for url in [output, messages] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: messages)
    try process.run()
    process.waitUntilExit()
    return Result(
      output: try String(contentsOf: output, encoding: .utf8),
      messages: try String(contentsOf: messages, encoding: .utf8),
      exitCode: process.terminationStatus)
  }

  /// The tool lies beside the bundle of the tests.
  private static let executable: URL = {
    var url = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    while url.pathComponents.count > 1 {
      url.deleteLastPathComponent()
      let tool = url.appendingPathComponent("iceberg")
      if FileManager.default.isExecutableFile(atPath: tool.path),
        !((try? tool.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false)
      {
        return tool
      }
    }
    return URL(fileURLWithPath: "iceberg")
  }()
}
