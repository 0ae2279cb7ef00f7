import IcebergBytes
import IcebergModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The steps of writing a local file, in order. After each of them the process may stop.
package enum LocalWriteStep: Int, CaseIterable, Sendable {
  /// The folders above the file are there and synced.
  case folderCreated
  /// An empty file of a temporary name is there.
  case temporaryCreated
  /// The temporary file has all bytes.
  case written
  /// The bytes are on the disk.
  case synced
  /// The file has its name.
  case published
  /// The name is on the disk.
  case folderSynced
  /// The temporary name is gone.
  case temporaryRemoved
}

/// How files are written: what is needless or impossible, and what tests hook into.
package struct LocalWriteSteps: Sendable {
  private let onStep: (@Sendable (LocalWriteStep) throws -> Void)?
  /// Whether hard links are tried.
  let usesLinks: Bool
  /// Whether a file is on the disk when it has its name. Not needed of one that nobody wants after the
  /// process has ended.
  let syncs: Bool

  /// Calls `onStep` after each step of each write; what it throws is taken for a failure of the next.
  package init(
    usesLinks: Bool = true, syncs: Bool = true,
    onStep: (@Sendable (LocalWriteStep) throws -> Void)? = nil
  ) {
    self.usesLinks = usesLinks
    self.syncs = syncs
    self.onStep = onStep
  }

  func reach(_ step: LocalWriteStep) throws { try onStep?(step) }
}

/// A file on its way to its name: written under a temporary one in the same folder, then published.
final class TemporaryFile: Sendable {
  let steps: LocalWriteSteps
  private let path: String
  private let destination: String
  private let location: String
  /// The open file; nil once it is published or discarded.
  private let descriptor: Mutex<Int32?>

  /// Makes the folders above `destination` and an empty temporary file beside it.
  init(for destination: String, _ location: String, steps: LocalWriteSteps) throws {
    self.steps = steps
    self.destination = destination
    self.location = location
    let folder = Self.folder(of: destination)
    guard !FileLocation.name(of: destination).isEmpty else {
      throw IcebergError(
        .invalidArgument, "the location is that of a folder", context: .init(location: location))
    }
    try LocalFolder(path: folder, location: location).create()
    try steps.reach(.folderCreated)
    var random = SystemRandomNumberGenerator()
    let number = String(UInt64.random(in: .min ... .max, using: &random), radix: 16)
    path = FileLocation.child("\(Self.prefix)\(getpid())-\(number)\(Self.suffix)", of: folder)
    let path = path
    let file = retryingInterrupts {
      open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o666))
    }
    guard file >= 0 else {
      throw IcebergError.systemCall("make a file beside this one", location, errno: errno)
    }
    descriptor = Mutex(file)
    do { try steps.reach(.temporaryCreated) } catch {
      discard()
      throw error
    }
  }

  deinit { discard() }

  // A name that is hidden from Hadoop and Spark, short enough beside a name of any length.
  private static let prefix = ".iceberg-"
  private static let suffix = ".tmp"

  static func isTemporaryName(_ name: String) -> Bool {
    name.hasPrefix(prefix) && name.hasSuffix(suffix)
  }

  /// Throws `alreadyExists` when something has the name already.
  static func checkFree(_ path: String, _ location: String) throws(IcebergError) {
    var info = stat()
    guard lstat(path, &info) != 0 else {
      throw IcebergError.systemCall("make the file", location, errno: EEXIST)
    }
  }

  /// Hadoop keeps checksums in files beside the ones it writes, and refuses to read a file whose
  /// checksum is that of an earlier content; without one it reads.
  static func removeHadoopChecksum(of path: String) {
    unlink(FileLocation.child(".\(FileLocation.name(of: path)).crc", of: folder(of: path)))
  }

  func write(_ bytes: Bytes) throws {
    try descriptor.withLock { descriptor in
      guard let file = descriptor else { throw closed() }
      let code: Int32 = bytes.withUnsafeBytes { all in
        var rest = all[...]
        while !rest.isEmpty {
          let part = UnsafeRawBufferPointer(rebasing: rest)
          #if canImport(Glibc)
          let count = retryingInterrupts { Glibc.write(file, part.baseAddress, part.count) }
          #elseif canImport(Musl)
          let count = retryingInterrupts { Musl.write(file, part.baseAddress, part.count) }
          #else
          let count = retryingInterrupts { Darwin.write(file, part.baseAddress, part.count) }
          #endif
          if count < 0 { return errno }
          rest = rest.dropFirst(count)
        }
        return 0
      }
      if code != 0 { throw IcebergError.systemCall("write the file", location, errno: code) }
    }
  }

  /// Gives the file its name.
  ///
  /// What goes wrong before is thrown as it is, and nothing was changed. What goes wrong after is
  /// thrown as `commitStateUnknown`: the file is there, but may be lost if the machine stops.
  func publish(_ mode: WriteMode) throws {
    do {
      try descriptor.withLock { descriptor in
        guard let file = descriptor else { throw closed() }
        guard !steps.syncs || fsync(file) == 0 else {
          throw IcebergError.systemCall("sync the file", location, errno: errno)
        }
        try steps.reach(.synced)
        Self.removeHadoopChecksum(of: destination)
        switch mode {
        case .createNew: try giveName(to: file)
        case .replace: try replace()
        }
      }
    } catch {
      discard()
      throw error
    }
    do {
      try steps.reach(.published)
      if steps.syncs {
        try LocalFolder(path: Self.folder(of: destination), location: location).sync()
      }
      try steps.reach(.folderSynced)
      discard()
      try steps.reach(.temporaryRemoved)
    } catch {
      discard()
      throw IcebergError(
        .commitStateUnknown, "the file was written, but may not be on the disk for good",
        context: .init(location: location), cause: error)
    }
  }

  /// Closes the file and removes its temporary name.
  func discard() {
    descriptor.withLock { descriptor in
      guard let file = descriptor else { return }
      descriptor = nil
      close(file)
      unlink(path)
    }
  }

  private func closed() -> IcebergError {
    IcebergError(
      .invalidArgument, "the file was finished or given up already",
      context: .init(location: location))
  }

  private func replace() throws(IcebergError) {
    guard rename(path, destination) == 0 else {
      throw IcebergError.systemCall("replace the file", location, errno: errno)
    }
  }

  /// One step that fails when the name is taken, whoever took it and however lately.
  private func giveName(to file: Int32) throws(IcebergError) {
    if steps.usesLinks {
      if link(path, destination) == 0 { return }
      let code = errno
      // A network file system may have lost the reply to a link that it made.
      if isPublished(file) { return }
      let isUnsupported = [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK].contains(code)
      if !isUnsupported { throw naming(code) }
    }
    let code = renameWithoutReplacing(path, destination)
    if code == 0 || isPublished(file) { return }
    guard code != EINVAL, code != ENOSYS, code != ENOTSUP else {
      throw IcebergError(
        .unsupported,
        """
        this file system has neither hard links nor renames that refuse to replace: without one of \
        them commits are not safe
        """, context: .init(location: location))
    }
    throw naming(code)
  }

  /// The error for a name that could not be given: unknown, unless the system refused for a reason
  /// that leaves no doubt.
  private func naming(_ code: Int32) -> IcebergError {
    var error = IcebergError.systemCall("make the file", location, errno: code)
    let refusals = [
      EEXIST, EACCES, EPERM, EROFS, ENOENT, ENOTDIR, ENOSPC, EDQUOT, ENAMETOOLONG, ELOOP, EXDEV,
    ]
    if !refusals.contains(code) { error.code = .commitStateUnknown }
    return error
  }

  /// Whether the destination is the very file that is open.
  private func isPublished(_ file: Int32) -> Bool {
    var (ours, theirs) = (stat(), stat())
    return fstat(file, &ours) == 0 && lstat(destination, &theirs) == 0
      && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino
  }

  private static func folder(of path: String) -> String {
    guard let parent = FileLocation.parent(of: path) else { return "." }
    return parent.isEmpty ? "/" : parent
  }
}

#if canImport(Darwin)
/// Zero, or the `errno` of the failed rename.
private func renameWithoutReplacing(_ source: String, _ destination: String) -> Int32 {
  renamex_np(source, destination, UInt32(RENAME_EXCL)) == 0 ? 0 : errno
}
#else
/// Zero, or the `errno` of the failed rename.
private func renameWithoutReplacing(_ source: String, _ destination: String) -> Int32 {
  typealias Rename =
    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
  // Declared only for GNU source, which Swift's import of the C library is not.
  guard let symbol = dlsym(nil, "renameat2") else { return ENOSYS }
  let rename = unsafeBitCast(symbol, to: Rename.self)
  let noReplace: UInt32 = 1
  return rename(AT_FDCWD, source, AT_FDCWD, destination, noReplace) == 0 ? 0 : errno
}
#endif
