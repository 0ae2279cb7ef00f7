import Foundation
import Iceberg
import Synchronization

/// A program of another engine that answers every line of words with one line.
package final class PeerProcess: Sendable {
  /// What waits for programs does so here: other tests go on meanwhile.
  static let threads = BlockingExecutor(threadLimit: 16)

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  /// What was read behind the last answer.
  private let rest = Mutex(Data())

  /// Starts a program that is found on the path, in a folder of the package.
  package init(_ program: String, arguments: [String], in folder: String = "") throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: PackageRoot.path(folder))
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    Self.ignoreBrokenPipes
    try process.run()
  }

  /// A program that has ended fails the test that asks it: the signal would end the whole run.
  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Sends a line of words divided by tabs, and returns the words of the line that comes back.
  package func ask(_ words: [String]) async throws -> [String] {
    try await Self.threads.run { self.exchange(words) }
  }

  /// Sends a line of words divided by tabs, and returns the words of the line that comes back.
  package func ask(_ words: String...) async throws -> [String] { try await ask(words) }

  private func exchange(_ words: [String]) -> [String] {
    let line = words.joined(separator: "\t") + "\n"
    do {
      try input.fileHandleForWriting.write(contentsOf: Data(line.utf8))
    } catch {
      return ["bad", "the program has ended"]
    }
    return rest.withLock { read in
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
}

/// PyIceberg, where it is at hand: `ICEBERG_PYTHON` is a Python that has it.
package enum PyIceberg {
  /// The Python; nil where there is none.
  package static let python: String? = {
    let named = ProcessInfo.processInfo.environment["ICEBERG_PYTHON"] ?? ""
    return named.isEmpty ? nil : named
  }()
}
