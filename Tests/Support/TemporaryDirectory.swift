import Foundation

/// A folder that is there as long as someone holds it, and then removed with all it contains.
///
/// Keep the value alive for as long as the folder is used: `withTemporaryDirectory` does so.
package final class TemporaryDirectory: Sendable {
  /// The absolute path, without a slash at the end, free of symbolic links.
  package let path: String

  /// Makes a new, empty folder.
  package init() throws {
    let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    let folder = base.appendingPathComponent("iceberg-test-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The absolute path of something in the folder.
  package func path(_ relative: String) -> String { path + "/" + relative }

  /// The listing of the folder.
  package var listing: FileListing { FileListing(root: path) }
}

/// Calls `body` with a new folder, which is removed when it returns or throws.
package func withTemporaryDirectory<R>(_ body: (TemporaryDirectory) throws -> R) throws -> R {
  let directory = try TemporaryDirectory()
  defer { withExtendedLifetime(directory) {} }
  return try body(directory)
}

/// Calls `body` with a new folder, which is removed when it returns or throws.
package func withTemporaryDirectory<R>(
  _ body: (TemporaryDirectory) async throws -> R
) async throws -> R {
  let directory = try TemporaryDirectory()
  defer { withExtendedLifetime(directory) {} }
  return try await body(directory)
}
