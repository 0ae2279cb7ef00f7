public import IcebergBytes
import IcebergModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Files of the local disk, or of any file system that is mounted there.
///
/// Locations are paths (`/a/b`, or relative to the working directory) and URIs (`file:/a/b`,
/// `file:///a/b`). As in metadata written by others, nothing in them is percent-decoded.
///
/// A file is written under a temporary name in its folder, synced, and then given its name in one
/// step: by `link`, which fails where a file exists, or by `rename` when it is to be replaced. The
/// folder is synced too. No reader ever sees part of a file, and a crash leaves at most a temporary
/// file (see ``isTemporary(_:)``).
public struct LocalFileIO: FileIO {
  let executor: BlockingExecutor
  let steps: LocalWriteSteps

  /// Access to local files, with blocking calls made on `executor`.
  public init(executor: BlockingExecutor = BlockingExecutor()) {
    self.init(executor: executor, steps: LocalWriteSteps())
  }

  /// Access to local files that tells of each step of a write.
  package init(executor: BlockingExecutor = BlockingExecutor(), steps: LocalWriteSteps) {
    self.executor = executor
    self.steps = steps
  }

  /// Whether a location has the name of a temporary file, which an unfinished write left behind or
  /// is still using.
  public static func isTemporary(_ location: String) -> Bool {
    TemporaryFile.isTemporaryName(FileLocation.name(of: location))
  }

  public func status(of location: String) async throws -> FileStatus {
    let path = try FileLocation.localPath(of: location)
    return try await executor.run { try Self.status(of: path, location) }
  }

  public func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    let path = try FileLocation.localPath(of: location)
    return try await executor.run { try Self.read(path, location, range: range) }
  }

  public func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    let path = try FileLocation.localPath(of: location)
    let steps = steps
    try await executor.run {
      // Spares the write where the race is lost already; `link` decides.
      if mode == .createNew { try TemporaryFile.checkFree(path, location) }
      let file = try TemporaryFile(for: path, location, steps: steps)
      do {
        try file.write(bytes)
        try steps.reach(.written)
      } catch {
        file.discard()
        throw error
      }
      try file.publish(mode)
    }
  }

  public func create(_ location: String) async throws -> any OutputFile {
    let path = try FileLocation.localPath(of: location)
    let (executor, steps) = (executor, steps)
    return try await executor.run {
      try TemporaryFile.checkFree(path, location)
      return LocalOutputFile(
        file: try TemporaryFile(for: path, location, steps: steps), executor: executor)
    }
  }

  public func list(under folder: String) async throws -> [FileStatus] {
    let path = try FileLocation.localPath(of: folder)
    return try await executor.run { try LocalFolder(path: path, location: folder).files() }
  }

  public func list(
    under folder: String, inPages body: (_ files: [FileStatus]) async throws -> Void
  ) async throws {
    let walk = LocalFileWalk(
      LocalFolder(path: try FileLocation.localPath(of: folder), location: folder))
    while let files = try await executor.run({ try walk.next(atMost: Self.pageSize) }) {
      try await body(files)
    }
  }

  /// The number of files that are listed at a time.
  private static let pageSize = 1000

  public func remove(_ locations: [String]) async throws {
    var paths: [(path: String, location: String)] = []
    for location in locations { paths.append((try FileLocation.localPath(of: location), location)) }
    let files = paths
    try await executor.run {
      var failure: IcebergError?
      for (path, location) in files {
        do throws(IcebergError) {
          try Self.remove(path, location)
        } catch {
          failure = failure ?? error
        }
      }
      if let failure { throw failure }
    }
  }

  public func children(of folder: String) async throws -> [FolderEntry] {
    let path = try FileLocation.localPath(of: folder)
    return try await executor.run { try LocalFolder(path: path, location: folder).entries() }
  }

  public func createFolder(_ location: String) async throws {
    let path = try FileLocation.localPath(of: location)
    try await executor.run { try LocalFolder(path: path, location: location).create() }
  }

  public func removeEmptyFolder(_ location: String) async throws {
    let path = try FileLocation.localPath(of: location)
    try await executor.run { try LocalFolder(path: path, location: location).removeIfEmpty() }
  }
}

extension LocalFileIO {
  private static func status(of path: String, _ location: String) throws -> FileStatus {
    var info = stat()
    guard stat(path, &info) == 0 else {
      throw IcebergError.systemCall("look at the file", location, errno: errno)
    }
    try checkIsFile(info, location)
    return FileStatus(
      location: location, sizeInBytes: Int64(info.st_size), modifiedMillis: info.modifiedMillis)
  }

  private static func read(_ path: String, _ location: String, range: Range<Int64>?) throws -> Bytes
  {
    // Without `O_NONBLOCK` opening a pipe would wait for its writer.
    let file = retryingInterrupts { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard file >= 0 else { throw IcebergError.systemCall("open the file", location, errno: errno) }
    defer { close(file) }
    var info = stat()
    guard fstat(file, &info) == 0 else {
      throw IcebergError.systemCall("look at the file", location, errno: errno)
    }
    try checkIsFile(info, location)
    let size = Int64(info.st_size)
    let range = range ?? 0..<size
    guard range.lowerBound >= 0, range.upperBound <= size, let count = Int(exactly: range.count)
    else {
      throw IcebergError(
        .storage, "bytes \(range) were asked for, the file has \(size)",
        context: .init(location: location))
    }
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let all = UnsafeMutableRawBufferPointer(buffer)
      filled = 0
      while filled < count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: all[filled..<count])
        let got = retryingInterrupts {
          pread(file, rest.baseAddress, rest.count, off_t(range.lowerBound) + off_t(filled))
        }
        if got < 0 { code = errno }
        if got <= 0 { return }
        filled += got
      }
    }
    if code != 0 { throw IcebergError.systemCall("read the file", location, errno: code) }
    guard bytes.count == count else {
      throw IcebergError(
        .storage, "the file became shorter while it was read", context: .init(location: location))
    }
    return Bytes(bytes)
  }

  private static func remove(_ path: String, _ location: String) throws(IcebergError) {
    guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else {
      throw IcebergError.systemCall("remove the file", location, errno: errno)
    }
    TemporaryFile.removeHadoopChecksum(of: path)
  }

  private static func checkIsFile(_ info: stat, _ location: String) throws(IcebergError) {
    guard info.st_mode & S_IFMT != S_IFDIR else {
      throw IcebergError(
        .notFound, "there is a folder, not a file", context: .init(location: location))
    }
    guard info.st_mode & S_IFMT == S_IFREG else {
      throw IcebergError(
        .invalidArgument, "not a regular file", context: .init(location: location))
    }
  }
}

extension stat {
  /// When the content was last changed, in milliseconds since 1970-01-01 UTC.
  var modifiedMillis: Int64 {
    #if canImport(Darwin)
    let time = st_mtimespec
    #else
    let time = st_mtim
    #endif
    return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
  }
}
