import IcebergModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The files below a folder of the local disk, some at a time: however many there are, only the folders
/// that are still to be read are kept.
///
/// Links to folders are followed, but no folder is read twice.
final class LocalFileWalk: Sendable {
  private struct State {
    var waiting: [LocalFolder]
    var seen: Set<FileIdentity> = []
    var current: (folder: LocalFolder, entries: LocalFolderReader)?
  }

  private let state: Mutex<State>

  init(_ folder: LocalFolder) { state = Mutex(State(waiting: [folder])) }

  /// Up to `limit` more files; nil after the last one.
  func next(atMost limit: Int) throws -> [FileStatus]? {
    try state.withLock { state in
      var files: [FileStatus] = []
      while files.count < limit {
        guard let (folder, entries) = state.current else {
          guard try Self.enterNext(&state) else { return files.isEmpty ? nil : files }
          continue
        }
        guard let (name, type) = try entries.next() else {
          state.current = nil
          continue
        }
        let child = LocalFolder(
          path: FileLocation.child(name, of: folder.path),
          location: FileLocation.child(name, of: folder.location))
        if Int32(type) == Int32(DT_DIR) {
          state.waiting.append(child)
          continue
        }
        var info = stat()
        // Gone since the folder was read, or a link that leads nowhere: no file.
        guard stat(child.path, &info) == 0 else { continue }
        switch info.st_mode & S_IFMT {
        case S_IFDIR: state.waiting.append(child)
        case S_IFREG:
          files.append(
            FileStatus(
              location: child.location, sizeInBytes: Int64(info.st_size),
              modifiedMillis: info.modifiedMillis))
        default: continue
        }
      }
      return files
    }
  }

  /// Opens the next folder that was not read before; false when there is none.
  private static func enterNext(_ state: inout State) throws -> Bool {
    while let folder = state.waiting.popLast() {
      var info = stat()
      guard stat(folder.path, &info) == 0, state.seen.insert(FileIdentity(info)).inserted,
        let entries = try LocalFolderReader(folder)
      else { continue }
      state.current = (folder, entries)
      return true
    }
    return false
  }
}

/// The names in a folder, one after the other, with what the system says they are.
///
/// A name that is not UTF-8 cannot stand in a location and is left out.
final class LocalFolderReader {
  #if canImport(Darwin)
  private let handle: UnsafeMutablePointer<DIR>
  #else
  private let handle: OpaquePointer
  #endif
  private let location: String

  /// The names in a folder; nil when there is no such folder.
  init?(_ folder: LocalFolder) throws(IcebergError) {
    guard let handle = opendir(folder.path) else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw IcebergError.systemCall("read the folder", folder.location, errno: errno)
    }
    self.handle = handle
    location = folder.location
  }

  deinit { closedir(handle) }

  func next() throws(IcebergError) -> (name: String, type: UInt8)? {
    while true {
      errno = 0
      guard let entry = readdir(handle) else {
        guard errno == 0 else {
          throw IcebergError.systemCall("read the folder", location, errno: errno)
        }
        return nil
      }
      let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
      let text = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
      guard let name = String(validatingCString: text), name != ".", name != ".." else { continue }
      return (name, entry.pointee.d_type)
    }
  }
}

/// What tells two files of one machine apart.
private struct FileIdentity: Hashable {
  let device: UInt64
  let number: UInt64

  init(_ info: stat) {
    device = UInt64(truncatingIfNeeded: info.st_dev)
    number = UInt64(truncatingIfNeeded: info.st_ino)
  }
}
