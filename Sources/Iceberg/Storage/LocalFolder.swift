import IcebergModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder of the local disk. `location` is how the caller named it, for answers and errors.
struct LocalFolder {
  let path: String
  let location: String

  /// What is directly in the folder; nothing when it does not exist.
  func entries() throws -> [FolderEntry] {
    try Self.read(path, location).map { FolderEntry(name: $0.name, kind: $0.kind) }
  }

  /// Every file below the folder. Links to folders are followed, but none of them twice.
  func files() throws -> [FileStatus] {
    var files: [FileStatus] = []
    let walk = LocalFileWalk(self)
    while let more = try walk.next(atMost: .max) { files += more }
    return files
  }

  /// Makes the folder and those above it, and syncs the folders that got a new entry.
  func create() throws {
    var missing: [String] = []
    var folder = path
    while true {
      var info = stat()
      if stat(folder, &info) == 0 {
        guard info.st_mode & S_IFMT == S_IFDIR else {
          throw IcebergError.systemCall("make the folder '\(folder)'", location, errno: ENOTDIR)
        }
        break
      }
      guard errno == ENOENT else {
        throw IcebergError.systemCall("look at the folder '\(folder)'", location, errno: errno)
      }
      missing.append(folder)
      guard let parent = Self.parent(of: folder) else { break }
      folder = parent
    }
    for folder in missing.reversed() {
      guard mkdir(folder, mode_t(0o777)) == 0 || errno == EEXIST else {
        throw IcebergError.systemCall("make the folder '\(folder)'", location, errno: errno)
      }
      try LocalFolder(path: Self.parent(of: folder) ?? ".", location: location).sync()
    }
  }

  /// Puts the entries of the folder on the disk.
  func sync() throws {
    let folder = retryingInterrupts { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard folder >= 0 else {
      throw IcebergError.systemCall("open the folder", location, errno: errno)
    }
    defer { close(folder) }
    // Some file systems cannot sync a folder, and say so; there is nothing better to be done.
    guard fsync(folder) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw IcebergError.systemCall("sync the folder", location, errno: errno)
    }
  }

  /// Removes the folder and those in it, the ones that hold something excepted.
  func removeIfEmpty() throws {
    var info = stat()
    guard lstat(path, &info) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return }
      throw IcebergError.systemCall("look at the folder", location, errno: errno)
    }
    guard info.st_mode & S_IFMT == S_IFDIR else {
      throw IcebergError(.invalidArgument, "not a folder", context: .init(location: location))
    }
    var pending = [path]
    var folders: [String] = []
    while let folder = pending.popLast() {
      folders.append(folder)
      for (name, _) in try Self.names(in: folder, location) {
        let child = FileLocation.child(name, of: folder)
        if lstat(child, &info) == 0, info.st_mode & S_IFMT == S_IFDIR { pending.append(child) }
      }
    }
    for folder in folders.reversed() where rmdir(folder) != 0 {
      // What someone has put there meanwhile stays.
      if [ENOENT, ENOTEMPTY, EEXIST, EBUSY].contains(errno) { continue }
      throw IcebergError.systemCall("remove the folder '\(folder)'", location, errno: errno)
    }
  }

  private static func parent(of path: String) -> String? {
    let path = FileLocation.withoutTrailingSlash(path)
    guard path != "/", let parent = FileLocation.parent(of: path) else { return nil }
    return parent.isEmpty ? "/" : FileLocation.withoutTrailingSlash(parent)
  }

  /// The files and folders in a folder, links being what they lead to; nothing when there is no such
  /// folder.
  private static func read(_ path: String, _ location: String) throws -> [FolderEntry] {
    var entries: [FolderEntry] = []
    for (name, type) in try names(in: path, location) {
      switch Int32(type) {
      case Int32(DT_REG): entries.append(FolderEntry(name: name, kind: .file))
      case Int32(DT_DIR): entries.append(FolderEntry(name: name, kind: .folder))
      default:
        // A link, or a file system that does not tell.
        var info = stat()
        guard stat(FileLocation.child(name, of: path), &info) == 0 else { continue }
        switch info.st_mode & S_IFMT {
        case S_IFREG: entries.append(FolderEntry(name: name, kind: .file))
        case S_IFDIR: entries.append(FolderEntry(name: name, kind: .folder))
        default: continue
        }
      }
    }
    return entries
  }

  /// The names in a folder with what the system says they are. A name that is not UTF-8 cannot stand
  /// in a location and is left out.
  private static func names(
    in path: String, _ location: String
  ) throws -> [(name: String, type: UInt8)] {
    let folder = LocalFolder(path: path, location: location)
    guard let reader = try LocalFolderReader(folder) else { return [] }
    var names: [(name: String, type: UInt8)] = []
    while let name = try reader.next() { names.append(name) }
    return names
  }
}
