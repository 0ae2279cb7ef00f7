import Foundation
import Testing

/// Runs a built example as a user would.
final class Example {
  let name: String
  /// A folder of its own for each test.
  let folder: URL

  init(_ name: String) throws {
    self.name = name
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "iceberg-example-tests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs the example in its folder, or with the given words, and returns what it printed.
  func run(_ words: [String]? = nil) throws -> String {
    let process = Process()
    process.executableURL = Self.executable(name)
    process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder.path]) {
      $1
    }
    process.arguments = words ?? (name == "csv-import" ? [] : [folder.path + "/warehouse"])
    let output = folder.appendingPathComponent("out-\(UUID())")
    try Data().write(to: output)
    // A file, not a pipe: a pipe that nobody empties would stop the program.
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: output, encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(text)")
    return text
  }

  /// Runs the example and compares what it prints, or with what it begins.
  func prints(_ expected: String, exactly: Bool = true) throws {
    let text = try run()
    let found = exactly ? text : String(text.prefix(expected.count))
    #expect(found.trimmingCharacters(in: .newlines) == expected, "\(text)")
  }

  /// The programs lie beside the bundle of the tests.
  private static func executable(_ name: String) -> URL {
    var url = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    while url.pathComponents.count > 1 {
      url.deleteLastPathComponent()
      let program = url.appendingPathComponent(name)
      if FileManager.default.isExecutableFile(atPath: program.path),
        !((try? program.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false)
      {
        return program
      }
    }
    return URL(fileURLWithPath: name)
  }
}
