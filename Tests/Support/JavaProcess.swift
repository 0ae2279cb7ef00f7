import Foundation
package import Testing

/// A program of `Interop/java`, run by a Java that has Iceberg on its class path: `ICE_CP`.
package final class JavaProcess {
  /// The class path of Iceberg Java; nil where it is not at hand.
  package static let classPath: String? = {
    let named = ProcessInfo.processInfo.environment["ICE_CP"] ?? ""
    return named.isEmpty ? nil : named
  }()

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var read = Data()

  /// Compiles `Interop/java/<name>.java` into `folder` and starts it.
  package init(_ name: String, in folder: String, arguments: [String]) throws {
    let path = Self.classPath ?? ""
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "javac", "-nowarn", "-cp", path, "-d", folder, PackageRoot.path("Interop/java/\(name).java"),
    ]
    compiler.standardError = FileHandle.nullDevice
    try compiler.run()
    compiler.waitUntilExit()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["java", "-Xmx512m", "-cp", "\(folder):\(path)", name] + arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Sends a line of words divided by tabs, and returns the words of the line that comes back.
  package func ask(_ words: String...) throws -> [String] {
    let line = words.joined(separator: "\t") + "\n"
    try input.fileHandleForWriting.write(contentsOf: Data(line.utf8))
    while true {
      if let end = read.firstIndex(of: UInt8(ascii: "\n")) {
        let text = String(decoding: read[..<end], as: UTF8.self)
        read = Data(read[read.index(after: end)...])
        return text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return ["bad", "the program has ended"] }
      read += more
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs the test or suite only where Iceberg Java is at hand.
  package static var needsJava: Self {
    .enabled(if: JavaProcess.classPath != nil, "needs Iceberg Java on the class path ICE_CP")
  }
}
