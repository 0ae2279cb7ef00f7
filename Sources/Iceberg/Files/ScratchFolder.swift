internal import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder for what does not fit into memory, on the local disk unless it is told otherwise.
///
/// It is made with the first file in it, and removed with all of them in the end.
package final class ScratchFolder: Sendable {
  /// The storage that the folder is in.
  package let fileIO: any FileIO
  /// The location of the folder.
  package let location: String
  private let files = Mutex<[String]>([])

  private init(in base: String, _ fileIO: any FileIO) {
    self.fileIO = fileIO
    let name = "iceberg-" + CommitEnvironment.system.uuid()
    location = FileLocation.child(name, of: base)
  }

  /// Calls `body` with a folder that is removed afterwards.
  ///
  /// - Parameters:
  ///   - base: where the folder is made; nil is what the environment variable `TMPDIR` says, or `/tmp`.
  ///   - fileIO: the storage of `base`; by default the local disk, whose files need not outlast the
  ///     machine.
  package static func with<Result>(
    in base: String? = nil,
    fileIO: any FileIO = LocalFileIO(steps: LocalWriteSteps(syncs: false)),
    _ body: (ScratchFolder) async throws -> Result
  ) async throws -> Result {
    let base = base ?? ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    let folder = ScratchFolder(in: base, fileIO)
    do {
      let result = try await body(folder)
      await folder.remove()
      return result
    } catch {
      await folder.remove()
      throw error
    }
  }

  /// The location of a new file in the folder, which is not made yet.
  package func newFile() -> String {
    files.withLock { files in
      let file = FileLocation.child("\(files.count)", of: location)
      files.append(file)
      return file
    }
  }

  private func remove() async {
    let files = files.withLock { $0 }
    if files.isEmpty { return }
    let (fileIO, location) = (fileIO, location)
    // Not undone by a cancellation.
    await Task {
      try? await fileIO.remove(files)
      try? await fileIO.removeEmptyFolder(location)
    }.value
  }
}
