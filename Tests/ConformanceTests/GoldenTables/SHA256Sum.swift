import Foundation
import IcebergTestSupport

/// Checksums by the system's own tool: the library has no use for them.
enum SHA256Sum {
  /// The digest of some bytes in lower-case hexadecimal digits.
  static func hexText(of bytes: [UInt8]) throws -> String {
    try withTemporaryDirectory { directory in
      let path = directory.path("bytes")
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #if os(macOS)
      let command = ["shasum", "-a", "256", path]
      #else
      let command = ["sha256sum", path]
      #endif
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = command
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: text.prefix(64), as: UTF8.self)
    }
  }
}
