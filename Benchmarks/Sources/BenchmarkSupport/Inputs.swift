public import Foundation

/// The files that a benchmark works on and a peer, in the same run, works on too.
public enum Inputs {
  /// The folder for them: `ICEBERG_BENCHMARK_INPUTS`, or one for temporary files.
  public static let folder: URL = {
    let named = ProcessInfo.processInfo.environment["ICEBERG_BENCHMARK_INPUTS"] ?? ""
    let folder =
      named.isEmpty
      ? FileManager.default.temporaryDirectory.appendingPathComponent("iceberg-benchmarks")
      : URL(fileURLWithPath: named)
    return folder
  }()

  /// Writes a file for peers to find.
  public static func save(_ bytes: [UInt8], as name: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  /// Reads a file that was saved, or that a peer wrote.
  public static func load(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }
}
