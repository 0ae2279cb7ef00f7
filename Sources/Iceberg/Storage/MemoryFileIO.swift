public import IcebergBytes
import IcebergModel
import Synchronization

/// Files in memory, for tests and for tables that need not outlive the process.
///
/// Locations are plain names: any text, compared character by character, with slashes between folders.
/// Copies share their files.
public final class MemoryFileIO: FileIO {
  private struct File: Sendable {
    var bytes: Bytes
    var modifiedMillis: Int64
  }

  private let files = Mutex<[ExactText: File]>([:])
  private let now: @Sendable () -> Int64

  /// Storage without files. `now` is the clock for the time of change, in milliseconds since
  /// 1970-01-01 UTC.
  public init(now: @escaping @Sendable () -> Int64 = CommitEnvironment.system.now) {
    self.now = now
  }

  /// The locations of all files, sorted.
  public var locations: [String] { files.withLock { $0.keys.map(\.string).sorted() } }

  public func status(of location: String) async throws -> FileStatus {
    let file = try file(location)
    return FileStatus(
      location: location, sizeInBytes: Int64(file.bytes.count),
      modifiedMillis: file.modifiedMillis)
  }

  public func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    let bytes = try file(location).bytes
    guard let range else { return bytes }
    guard let lower = Int(exactly: range.lowerBound), let upper = Int(exactly: range.upperBound),
      let slice = bytes.slice(lower..<upper)
    else {
      throw IcebergError(
        .storage, "bytes \(range) were asked for, the file has \(bytes.count)",
        context: .init(location: location))
    }
    return slice
  }

  public func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    try publish(bytes, at: location, mode)
  }

  public func create(_ location: String) async throws -> any OutputFile {
    if files.withLock({ $0[ExactText(location)] != nil }) { throw Self.exists(location) }
    return MemoryOutputFile(storage: self, location: location)
  }

  public func list(under folder: String) async throws -> [FileStatus] {
    return files.withLock { files in
      files.compactMap { key, file in
        let location = key.string
        guard FileLocation.path(of: location, in: folder)?.isEmpty == false else { return nil }
        return FileStatus(
          location: location, sizeInBytes: Int64(file.bytes.count),
          modifiedMillis: file.modifiedMillis)
      }
    }
  }

  public func remove(_ locations: [String]) async throws {
    files.withLock { files in
      for location in locations { files[ExactText(location)] = nil }
    }
  }

  fileprivate func publish(_ bytes: Bytes, at location: String, _ mode: WriteMode) throws {
    guard !FileLocation.name(of: location).isEmpty else {
      throw IcebergError(
        .invalidArgument, "the location is empty or that of a folder",
        context: .init(location: location))
    }
    let (key, modified) = (ExactText(location), now())
    let isTaken = files.withLock { files in
      if mode == .createNew, files[key] != nil { return true }
      files[key] = File(bytes: bytes, modifiedMillis: modified)
      return false
    }
    if isTaken { throw Self.exists(location) }
  }

  private func file(_ location: String) throws -> File {
    guard let file = files.withLock({ $0[ExactText(location)] }) else {
      throw IcebergError(.notFound, "there is no such file", context: .init(location: location))
    }
    return file
  }

  private static func exists(_ location: String) -> IcebergError {
    IcebergError(.alreadyExists, "the file exists already", context: .init(location: location))
  }
}

/// A file in memory while it is written.
private final class MemoryOutputFile: OutputFile {
  private let storage: MemoryFileIO
  private let location: String
  /// The bytes so far; nil once the file is finished or given up.
  private let written = Mutex<[UInt8]?>([])

  init(storage: MemoryFileIO, location: String) {
    self.storage = storage
    self.location = location
  }

  func write(_ bytes: Bytes) async throws {
    let isOpen = written.withLock { written in
      guard written != nil else { return false }
      written?.append(contentsOf: bytes)
      return true
    }
    if !isOpen { throw closed() }
  }

  func finish() async throws {
    let bytes = written.withLock { written in
      defer { written = nil }
      return written
    }
    guard let bytes else { throw closed() }
    try storage.publish(Bytes(bytes), at: location, .createNew)
  }

  func abort() async { written.withLock { $0 = nil } }

  private func closed() -> IcebergError {
    IcebergError(
      .invalidArgument, "the file was finished or given up already",
      context: .init(location: location))
  }
}
