internal import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder for what does not fit into memory, on the local disk unless it is told otherwise.
///
/// It is made with the first file in it, and removed with all of them in the end. On the local disk it is
/// locked for as long as it is used, so that the next one to be made beside it removes it where the
/// process was killed.
package final class ScratchFolder: Sendable {
  /// The storage that the folder is in.
  package let fileIO: any FileIO
  /// The location of the folder.
  package let location: String
  private let base: String
  private let state = Mutex(State())

  private struct State {
    var files: [String] = []
    var isMade = false
    var lock: ScratchLock?
  }

  private static let prefix = "iceberg-"

  private init(in base: String, _ fileIO: any FileIO) {
    self.fileIO = fileIO
    self.base = base
    location = FileLocation.child(Self.prefix + CommitEnvironment.system.uuid(), of: base)
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
  package func newFile() async throws -> String {
    if let local = fileIO as? LocalFileIO {
      let path = try FileLocation.localPath(of: location)
      let base = try FileLocation.localPath(of: base)
      try await local.executor.run { try self.make(path, in: base) }
    }
    return state.withLock { state in
      let file = FileLocation.child("\(state.files.count)", of: location)
      state.files.append(file)
      return file
    }
  }

  /// Makes the folder on the local disk, unless it is there, and removes those that were left behind.
  private func make(_ path: String, in base: String) throws {
    let isFirst = try state.withLock { state in
      if state.isMade { return false }
      state.lock = try ScratchLock.make(path, location)
      state.isMade = true
      return true
    }
    guard isFirst else { return }
    ScratchLock.removeLeftFolders(in: FileLocation.withoutTrailingSlash(base)) { name in
      let id = name.dropFirst(Self.prefix.count)
      return name.hasPrefix(Self.prefix) && UUID(uuidString: String(id)) != nil
    }
  }

  private func remove() async {
    let (files, lock) = state.withLock { ($0.files, $0.lock) }
    if files.isEmpty { return }
    let (fileIO, location) = (fileIO, location)
    // Not undone by a cancellation.
    await Task {
      try? await fileIO.remove(files)
      lock?.release()
      try? await fileIO.removeEmptyFolder(location)
    }.value
  }
}
