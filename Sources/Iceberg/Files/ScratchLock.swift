import IcebergModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What tells the scratch folder of a process that lives from one that a killed process left behind: a
/// file in it that is locked, which the system undoes when the process ends, however it ends.
///
/// The file holds the name of the host, as a lock may not be seen from another one.
final class ScratchLock: Sendable {
  /// The name of the file.
  static let fileName = ".lock"

  /// The names of folders whose lock this process holds.
  ///
  /// Where locks belong to processes, as in network file systems, one's own looks free, and is gone when
  /// its file is opened and closed again: these are passed over.
  private static let held = Mutex<Set<String>>([])

  private let folder: String
  private let name: String
  private let descriptor: Int32

  /// Makes a folder, for this user alone, and locks it; nil where files cannot be locked. Then the folder is
  /// never taken for one that was left behind.
  static func make(_ folder: String, _ location: String) throws -> ScratchLock? {
    if let base = FileLocation.parent(of: folder), !base.isEmpty {
      try LocalFolder(path: base, location: location).create()
    }
    guard mkdir(folder, mode_t(0o700)) == 0 else {
      throw IcebergError.systemCall("make the folder", location, errno: errno)
    }
    return ScratchLock(in: folder)
  }

  /// Makes and locks the file. It gets its name when it is locked, so that nobody finds it free.
  private init?(in folder: String) {
    let path = folder + "/" + Self.fileName
    let unlocked = path + ".new"
    let file = retryingInterrupts {
      open(unlocked, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o600))
    }
    guard file >= 0 else { return nil }
    let host = Self.host
    let name = FileLocation.name(of: folder)
    Self.held.withLock { _ = $0.insert(name) }
    guard !host.isEmpty, write(file, host, host.count) == host.count,
      flock(file, LOCK_EX | LOCK_NB) == 0, rename(unlocked, path) == 0
    else {
      unlink(unlocked)
      close(file)
      Self.held.withLock { _ = $0.remove(name) }
      return nil
    }
    self.folder = folder
    self.name = name
    descriptor = file
  }

  /// Removes the file, and gives up the lock.
  func release() {
    unlink(folder + "/" + Self.fileName)
    close(descriptor)
    Self.held.withLock { _ = $0.remove(name) }
  }

  private static var host: [UInt8] {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return [] }
    return name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }
}

// What killed processes have left behind.
extension ScratchLock {
  /// Removes the scratch folders that lie in `base` and whose process is gone.
  ///
  /// Only those of this user and this host, with a lock file that is free; of what is in them, only what
  /// a scratch folder has. Links are not followed. What cannot be removed stays.
  static func removeLeftFolders(in base: String, where isScratchName: (String) -> Bool) {
    let folder = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    let entries = (try? LocalFolder(path: base, location: base).entries()) ?? []
    for entry in entries where entry.kind == .folder && isScratchName(entry.name) {
      if held.withLock({ $0.contains(entry.name) }) { continue }
      removeLeftFolder(entry.name, at: base + "/" + entry.name, in: folder)
    }
  }

  private static func removeLeftFolder(_ name: String, at path: String, in base: Int32) {
    let folder = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    let lock = openat(folder, fileName, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard lock >= 0 else { return }
    defer { close(lock) }
    guard isOwn(folder, S_IFDIR), isOwn(lock, S_IFREG), isOfHost(lock),
      flock(lock, LOCK_EX | LOCK_NB) == 0
    else { return }
    let entries = (try? LocalFolder(path: path, location: path).entries()) ?? []
    for entry in entries where entry.kind == .file {
      let isNumber = entry.name.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
      if isNumber || TemporaryFile.isTemporaryName(entry.name) { unlinkat(folder, entry.name, 0) }
    }
    unlinkat(folder, fileName, 0)
    // Fails where there is something else.
    unlinkat(base, name, AT_REMOVEDIR)
  }

  private static func isOwn(_ file: Int32, _ type: mode_t) -> Bool {
    var info = stat()
    return fstat(file, &info) == 0 && info.st_uid == geteuid() && info.st_mode & S_IFMT == type
  }

  private static func isOfHost(_ file: Int32) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 257)
    let count = read(file, &bytes, bytes.count)
    return count >= 0 && Array(bytes.prefix(count)) == host
  }
}
