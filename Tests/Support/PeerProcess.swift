import Foundation

/// A program of another engine that answers every line of words with one line.
package final class PeerProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var read = Data()

  /// Starts a program that is found on the path, in a folder of the package.
  package init(_ program: String, arguments: [String], in folder: String = "") throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: PackageRoot.path(folder))
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
  package func ask(_ words: [String]) throws -> [String] {
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

  /// Sends a line of words divided by tabs, and returns the words of the line that comes back.
  package func ask(_ words: String...) throws -> [String] { try ask(words) }
}

/// PyIceberg, where it is at hand: `ICEBERG_PYTHON` is a Python that has it.
package enum PyIceberg {
  /// The Python; nil where there is none.
  package static let python: String? = {
    let named = ProcessInfo.processInfo.environment["ICEBERG_PYTHON"] ?? ""
    return named.isEmpty ? nil : named
  }()
}
