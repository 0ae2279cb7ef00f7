import Foundation

/// A run of the worker, the program that scenario tests start as a process of its own.
package struct WorkerProcess {
  private let process: Process
  private let output: Pipe

  /// Starts the worker with the given arguments.
  package init(_ arguments: String...) throws {
    process = Process()
    output = Pipe()
    process.executableURL = Self.program
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
  }

  /// Stops the process at once: it can clean up nothing.
  package func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }

  /// Waits for the end of the process. What it printed and what it exited with.
  package func result() throws -> (output: String, exitCode: Int32) {
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
  }

  /// The program lies beside the one that runs the tests.
  private static var program: URL {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      folder = URL(fileURLWithPath: own).deletingLastPathComponent()
    }
    return folder.appendingPathComponent("IcebergTestWorker")
  }
}
