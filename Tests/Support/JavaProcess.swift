import Foundation
import Iceberg
package import Testing

/// A program of `Interop/java`, run by a Java that has Iceberg on its class path: `ICE_CP`.
package final class JavaProcess: Sendable {
  /// The class path of Iceberg Java; nil where it is not at hand.
  package static let classPath: String? = {
    let named = ProcessInfo.processInfo.environment["ICE_CP"] ?? ""
    return named.isEmpty ? nil : named
  }()

  /// SQLite's JDBC driver, a .jar; nil where it is not at hand. `ICEBERG_SQLITE_JNI` is the folder of its
  /// library where the .jar does not hold it.
  package static let sqliteDriver: String? = {
    let named = ProcessInfo.processInfo.environment["ICEBERG_SQLITE_JDBC"] ?? ""
    return named.isEmpty ? nil : named
  }()

  private let peer: PeerProcess

  /// What Java has to be told where Spark runs in it.
  package static let sparkOptions = [
    "java.lang", "java.lang.invoke", "java.io", "java.net", "java.nio", "java.util",
    "java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch", "sun.nio.cs",
    "sun.security.action", "sun.util.calendar",
  ].map { "--add-opens=java.base/\($0)=ALL-UNNAMED" }

  /// Compiles `Interop/java/<name>.java` into `folder` and starts it.
  package init(
    _ name: String, in folder: String, arguments: [String], options: [String] = []
  ) async throws {
    let path = Self.classPath ?? ""
    try await PeerProcess.threads.run {
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments = [
        "javac", "-nowarn", "-cp", path, "-d", folder,
        PackageRoot.path("Interop/java/\(name).java"),
      ]
      compiler.standardError = FileHandle.nullDevice
      try compiler.run()
      compiler.waitUntilExit()
    }
    var options = options + ["-Xmx512m", "-cp", "\(folder):\(path):\(Self.sqliteDriver ?? "")"]
    if let library = ProcessInfo.processInfo.environment["ICEBERG_SQLITE_JNI"] {
      options.append("-Dorg.sqlite.lib.path=\(library)")
      options.append("-Djava.library.path=\(library)")
    }
    peer = try PeerProcess("java", arguments: options + [name] + arguments)
  }

  /// Sends a line of words divided by tabs, and returns the words of the line that comes back.
  package func ask(_ words: String...) async throws -> [String] { try await peer.ask(words) }

  /// Sends a line of words divided by tabs, and returns the words of the line that comes back.
  package func ask(words: [String]) async throws -> [String] { try await peer.ask(words) }
}

extension Trait where Self == ConditionTrait {
  /// Runs the test or suite only where Iceberg Java is at hand.
  package static var needsJava: Self {
    .enabled(if: JavaProcess.classPath != nil, "needs Iceberg Java on the class path ICE_CP")
  }
}
